"""F1.1: Kaplan-Meier estimate of overall survival by arm."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.survival import kaplan_meier
from pipeline.where import equals

AXES = TimeAxes("Days from first dose", "days", (0, 10, 20, 30, 40))


def f_1_1_survival(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "OS")])
    groups = []
    for arm in population.arms:
        own = survival.loc[equals("_column", arm.key)]
        groups.append((arm.head[0], kaplan_meier(own["AVAL"], own["CNSR"] == 0)))
    data = kaplan_meier_data(groups, AXES)
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=survival)
