"""L16.2.4.4: transplantation and recurrence of every treated subject."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "MHTERM": "Diagnosis",
    "LTDT": "Transplantation",
    "RECURDT": "Recurrence",
    "TTRD": "Days [1]",
    "RECURLOC": "Location of Recurrence",
}


def l_16_2_4_4_history(adsl, mh, population):
    terms = mh.set_index("USUBJID")["MHTERM"]
    subjects = population.of(adsl).assign(
        GROUP=lambda rows: rows["_column"], MHTERM=lambda rows: rows["USUBJID"].map(terms)
    )
    return Listing(subjects, ["USUBJID", *HEADS], heads=HEADS, widths={"MHTERM": 2, "RECURLOC": 2})
