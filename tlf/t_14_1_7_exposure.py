"""T14.1.7: how many infusions and cells the subjects received, and for how long, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_records, stack, summarize
from pipeline.where import all_of, at_least, equals

INFUSION = all_of(equals("PARAMCD", "DOSE"), at_least("AVAL", 1))
INFUSIONS = {
    "Infusions given": INFUSION,
    "of 5E9 cells": all_of(INFUSION, equals("AVAL", 5e9)),
    "of 1E10 cells": all_of(INFUSION, equals("AVAL", 1e10)),
}
ROWS = {"Mean (SD)": "mean_sd", "Median (min, max)": "median_range"}
PER_SUBJECT = {
    "Infusions per subject": ("NINF", 1, 0),
    "Cumulative dose (1E9 cells)": ("TDOSE", 1e9, 0),
    "Relative dose intensity (%) [2]": ("RDI", 1, 0),
    "Treatment period (days) [1]": ("PDURD", 1, 0),
    "First to last infusion (days) [1]": ("TRTDURD", 1, 0),
}


def t_14_1_7_exposure(adex, population):
    def summary(label, parameter, unit, digits):
        rows = adex.loc[equals("PARAMCD", parameter)]
        values = rows.assign(AVAL=rows["AVAL"] / unit)
        return stack(summarize(values, "AVAL", population, ROWS, digits), under=label)

    return Table(
        stack(
            count_records(adex, INFUSIONS, population),
            *(summary(label, *how) for label, how in PER_SUBJECT.items()),
        ),
        population,
        stub=("Exposure",),
    )
