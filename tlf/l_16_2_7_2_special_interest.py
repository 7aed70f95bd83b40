"""L16.2.7.2: every event of special interest looked for, whether it occurred or not."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "PARAM": "Event of special interest",
    "CRIT1FL": "Occurred",
    "AVAL": "Events",
    "ATOXGRN": "Highest grade",
    "ADT": "First start",
}


def l_16_2_7_2_special_interest(adaesi, population):
    events = population.of(adaesi)
    return Listing(
        events.assign(GROUP=events["_column"]),
        ["USUBJID", *HEADS],
        heads=HEADS,
        digits={"AVAL": 0},
        widths={"PARAM": 2},
    )
