"""T1.1: age and sex by arm."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack, summarize
from pipeline.where import equals

SEX = {"Female": equals("SEX", "F"), "Male": equals("SEX", "M")}


def t_1_1_demographics(adsl, population):
    return Table(
        stack(
            stack(summarize(adsl, "AGE", population), under="Age (years)"),
            stack(count_subjects(adsl, SEX, population), under="Sex, n (%)"),
        ),
        population,
        stub=("Characteristic",),
    )
