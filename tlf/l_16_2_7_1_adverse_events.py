"""L16.2.7.1: every adverse event with its infusion, grade, relation and duration."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "EVENT": "System Organ Class / Preferred Term / Reported Term",
    "AEINFN": "Infusion",
    "DOSE": "Dose (1E9 cells)",
    "ASTDT": "Start",
    "ASTDY": "Study Day",
    "AEINFDY": "Days From Infusion",
    "ADURN": "Duration (days)",
    "AETOXGR": "Grade",
    "AREL": "Relation [1]",
    "TRTEMFL": "TEAE",
}


def l_16_2_7_1_adverse_events(adae, population):
    events = population.of(adae)
    return Listing(
        events.assign(
            GROUP=events["_column"],
            DOSE=events["ADOSE"] / 1e9,
            EVENT=events["AEBODSYS"] + " / " + events["AEDECOD"] + " / " + events["AETERM"],
        ),
        ["USUBJID", *HEADS],
        heads=HEADS,
    )
