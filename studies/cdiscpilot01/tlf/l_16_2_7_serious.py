"""L16.2.7: every serious adverse event."""

from pipeline.tlf.outputs import Listing
from pipeline.where import flagged

HEADS = {
    "TRTA": "Treatment",
    "WHO": "Age / Sex",
    "EVENT": "System Organ Class / Preferred Term / Reported Term",
    "ASTDT": "Start",
    "ASTDY": "Study Day",
    "ADURN": "Duration (days)",
    "AESEV": "Severity",
    "AEREL": "Relation",
    "AEOUT": "Outcome",
    "TRTEMFL": "TEAE",
}


SERIOUS = flagged("AESER")


def l_16_2_7_serious(population, adae=SERIOUS):
    events = population.of(adae)
    return Listing(
        events.assign(
            WHO=events["AGE"].astype("int64").astype("str") + " / " + events["SEX"],
            EVENT=events["AEBODSYS"] + " / " + events["AEDECOD"] + " / " + events["AETERM"],
        ),
        ["USUBJID", *HEADS],
        heads=HEADS,
        widths={"USUBJID": 2, "TRTA": 2, "EVENT": 4},
    )
