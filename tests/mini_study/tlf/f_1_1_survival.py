"""F1.1: Kaplan-Meier estimate of overall survival by arm."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.time_to_event import curves_by_arm
from pipeline.where import equals

AXES = TimeAxes("Days from first dose", "days", (0, 10, 20, 30, 40))


def f_1_1_survival(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "OS")])
    data = kaplan_meier_data(curves_by_arm(times, population, "AVAL"), AXES)
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=times)
