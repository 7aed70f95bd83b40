"""L16.2.9: every vital sign by visit and time point."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "PARAM": "Vital sign",
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
    return Listing(
        values.assign(GROUP=values["_column"]), ["USUBJID", *HEADS], heads=HEADS, digits={"CHG": 1}
    )
