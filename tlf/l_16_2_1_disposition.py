"""L16.2.1: consent, treatment, end of treatment and end of study of every screened subject."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "RFICDT": "Consent",
    "TRTSDT": "First Infusion",
    "TRTEDT": "Last Infusion",
    "NINF": "Infusions",
    "EOTSTT": "End of Treatment",
    "EOSSTT": "End of Study",
    "DCSREAS": "Reason",
    "DTHDT": "Death",
    "LSTALVDT": "Last Known Alive",
}
NO_GROUP = "Screening failure"


def l_16_2_1_disposition(adsl, population):
    subjects = population.of(adsl)
    subjects = subjects.assign(GROUP=subjects["_column"].fillna(NO_GROUP))
    return Listing(subjects, ["USUBJID", *HEADS], heads=HEADS)
