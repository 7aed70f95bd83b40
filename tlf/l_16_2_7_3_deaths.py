"""L16.2.7.3: serious adverse events and deaths; seriousness and causes are not published."""

from pipeline.tlf.outputs import Listing
from pipeline.where import flagged

HEADS = {
    "GROUP": "Group",
    "TRTEDT": "Last infusion",
    "DTHDT": "Death",
    "SINCE": "Days since last infusion",
    "CAUSE": "Cause",
}


def l_16_2_7_3_deaths(adsl, population):
    died = population.of(adsl.loc[flagged("DTHFL")])
    return Listing(
        died.assign(
            GROUP=died["_column"],
            SINCE=(died["DTHDT"] - died["TRTEDT"]).dt.days,
            CAUSE=died["DTHCAUS"].str.capitalize(),
        ),
        ["USUBJID", *HEADS],
        heads=HEADS,
    )
