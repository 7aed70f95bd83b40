"""F14.2.4: Kaplan-Meier estimates of overall survival by treatment group, with log-rank test."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.time_to_event import curves_by_arm, log_rank_note
from pipeline.where import equals

AXES = TimeAxes("Months from first infusion", "months", tuple(range(0, 121, 12)))


def f_14_2_4_os_group(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "OS")])
    curves = curves_by_arm(times, population)
    data = kaplan_meier_data(curves, AXES, notes=[log_rank_note(times)])
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=times)
