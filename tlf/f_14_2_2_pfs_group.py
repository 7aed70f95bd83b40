"""F14.2.2: Kaplan-Meier estimates of progression-free survival by group, with log-rank test."""

from pipeline.tlf.display import show
from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.survival import kaplan_meier, log_rank
from pipeline.where import equals

AXES = TimeAxes(
    "Months from first infusion", "months", tuple(range(0, 25, 3)), "Progression-free probability"
)


def f_14_2_2_pfs_group(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "PFS")])

    def curve(arm):
        rows = survival.loc[survival["_column"] == arm.key]
        return " ".join(arm.head), kaplan_meier(rows["AVALM"], rows["CNSR"] == 0, transform="log")

    test = log_rank(survival["AVALM"], survival["CNSR"] == 0, survival["_column"])
    data = kaplan_meier_data(
        [curve(arm) for arm in population.arms],
        AXES,
        notes=[f"Log-rank p: {show('p_value', {'p': test.p})}"],
    )
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=survival)
