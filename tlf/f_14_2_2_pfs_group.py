"""F14.2.2: Kaplan-Meier estimates of progression-free survival by group, with log-rank test."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.time_to_event import curves_by_arm, log_rank_note
from pipeline.where import equals

AXES = TimeAxes(
    "Months from first infusion", "months", tuple(range(0, 25, 3)), "Progression-free probability"
)


def f_14_2_2_pfs_group(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "PFS")])
    curves = curves_by_arm(times, population)
    data = kaplan_meier_data(curves, AXES, notes=[log_rank_note(times)])
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=times)
