"""T14.1.6: how long the subjects were followed up, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, measured, stack, summarize
from pipeline.tlf.survival import kaplan_meier, quantile
from pipeline.where import equals

MEDIAN = Row("median", ("Median (95% CI) [2]",), 0, "median_ci", 1)


def reverse_median(follow_up):
    curve = kaplan_meier(follow_up["AVALM"], follow_up["CNSR"] == 0, transform="log-log")
    return quantile(curve)._asdict()


def t_14_1_6_follow_up(adsl, adtte, population):
    follow_up = adtte.loc[equals("PARAMCD", "FUP")]
    return Table(
        stack(
            stack(
                summarize(adsl, "FUMON", population, digits=1),
                under="Follow-up after the treatment period (months) [1]",
            ),
            stack(
                measured(MEDIAN, follow_up, population, reverse_median),
                under="Follow-up from the first infusion (months)",
            ),
        ),
        population,
        stub=("Follow-up",),
    )
