"""T14.3.5.1: hepatitis B virus DNA by visit and group: samples, and subjects with reactivation."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import all_of, always, equals, flagged

QUANTIFIED = flagged("CRIT1FL")


def t_14_3_5_1_hbv_dna(admb, population):
    def visit(name):
        here = equals("AVISIT", name)
        rows = {"Tested": here, "Quantifiable [1]": all_of(here, QUANTIFIED)}
        return stack(count_subjects(admb, rows, population), under=name.capitalize())

    order = admb.sort_values("AVISITN")["AVISIT"].unique()
    any_visit = {"Tested at any visit": always(), "Quantifiable at any visit [1]": QUANTIFIED}
    return Table(
        stack(count_subjects(admb, any_visit, population), *(visit(name) for name in order)),
        population,
        stub=("Visit",),
    )
