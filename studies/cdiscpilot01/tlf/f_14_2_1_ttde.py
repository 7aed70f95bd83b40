"""F14.2.1: Kaplan-Meier estimates of the time to the first dermatologic event, by arm."""

from pipeline.tlf.display import show
from pipeline.tlf.figure_data import TimeAxes, kaplan_meier_alt, kaplan_meier_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.survival import kaplan_meier, log_rank
from pipeline.where import equals

AXES = TimeAxes(
    "Days from first dose", "days", tuple(range(0, 211, 30)), "Probability without event"
)


def f_14_2_1_ttde(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "TTDE")])

    def curve(arm):
        rows = times.loc[equals("_column", arm.key)]
        return " ".join(arm.head), kaplan_meier(rows["AVAL"], rows["CNSR"] == 0)

    test = log_rank(times["AVAL"], times["CNSR"] == 0, times["_column"])
    data = kaplan_meier_data(
        [curve(arm) for arm in population.arms],
        AXES,
        notes=[f"Log-rank p: {show('p_value', {'p': test.p})}"],
    )
    return Figure("kaplan_meier", data, kaplan_meier_alt(data), behind=times)
