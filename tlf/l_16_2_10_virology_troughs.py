"""L16.2.10: every viral load and trough level."""

from pipeline.merge import stacked
from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "PARAM": "Test",
    "AVISIT": "Visit",
    "ADT": "Date",
    "ADY": "Study Day",
    "RESULT": "Result",
    "ANRIND": "Range [1]",
}


def l_16_2_10_virology_troughs(admb, adpc, population):
    viral = admb.assign(RESULT=admb["AVALC"])
    troughs = adpc.assign(RESULT=adpc["AVAL"].map("{:.1f}".format))
    both = population.of(stacked(viral, troughs))
    values = both.sort_values(["USUBJID", "PARAM", "AVISITN"], kind="stable")
    return Listing(
        values.assign(GROUP=values["_column"]),
        ["USUBJID", *HEADS],
        heads=HEADS,
        widths={"PARAM": 2},
    )
