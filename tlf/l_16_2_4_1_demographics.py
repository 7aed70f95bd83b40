"""L16.2.4.1: every treated subject with the characteristics and the disease at baseline."""

from pipeline.tlf.outputs import Listing

HEADS = {
    "GROUP": "Group",
    "AGE": "Age (years)",
    "ECOGBL": "ECOG",
    "BCLCBL": "BCLC",
    "MILANBL": "Milan criteria",
    "TTRD": "Days from LT to recurrence",
    "RECURLOC": "Location of recurrence",
    "AFPBLC": "AFP (ng/mL)",
    "PRTRTFL": "Prior treatment",
    "FUMON": "Follow-up (months)",
}


def l_16_2_4_1_demographics(adsl, population):
    subjects = population.of(adsl).assign(GROUP=lambda rows: rows["_column"])
    return Listing(
        subjects,
        [
            *("USUBJID", "GROUP", "AGE", "SEX", "ECOGBL", "BCLCBL", "MILANBL", "TTRD"),
            *("RECURLOC", "AFPBLC", "PRTRTFL", "FUMON"),
        ],
        heads=HEADS,
        digits={"FUMON": 1},
    )
