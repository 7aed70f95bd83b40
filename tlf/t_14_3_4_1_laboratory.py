"""T14.3.4.1: laboratory results, value and change from baseline by visit and group."""

from pipeline.tlf.by_visit import summarize_by_visit
from pipeline.tlf.outputs import Table
from pipeline.where import all_of, equals, flagged, not_, present

DIGITS = {"BILI": 1, "K": 1, "GLUC": 1, "PT": 1, "INR": 2, "WBC": 2, "NEUT": 2, "LYM": 2}
SHOWN = all_of(flagged("ANL01FL"), present("AVAL"), not_(equals("AVISIT", "SCREENING")))


def t_14_3_4_1_laboratory(adlb, population):
    return Table(
        summarize_by_visit(adlb.loc[SHOWN], population, DIGITS),
        population,
        stub=("Parameter\n  Visit",),
    )
