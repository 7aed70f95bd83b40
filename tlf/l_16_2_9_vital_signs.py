"""L16.2.9: every vital sign by visit and time point."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "TEST": "Vital sign",
    "AVISIT": "Visit",
    "ATPT": "Time point",
    "ADT": "Date",
    "ADY": "Study Day",
    "AVAL": "Value",
    "CHG": "Change",
    "CRIT1FL": "Fever [1]",
}


def l_16_2_9_vital_signs(advs, population):
    values = population.of(advs).sort_values(["USUBJID", "AVISITN", "ATPTN", "PARAMN"])
    unit = values["PARAM"].str.extract(r"( \(.*\))$")[0]
    return Listing(
        values.assign(GROUP=values["_column"], TEST=values["PARAMCD"] + unit),
        ["USUBJID", *HEADS],
        heads=HEADS,
        digits={"CHG": 1},
    )
