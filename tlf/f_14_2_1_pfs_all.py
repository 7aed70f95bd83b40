"""F14.2.1: Kaplan-Meier estimate of progression-free survival, all subjects."""

from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.survival import kaplan_meier
from pipeline.where import equals

AXES = TimeAxes(
    "Months from first infusion", "months", tuple(range(0, 25, 3)), "Progression-free probability"
)


def f_14_2_1_pfs_all(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "PFS")])
    curve = kaplan_meier(survival["AVALM"], survival["CNSR"] == 0, transform="log")
    data = kaplan_meier_data([("All subjects", curve)], AXES, band=True)
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=survival)
