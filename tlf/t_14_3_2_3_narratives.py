"""T14.3.2.3: index of the subjects for whom a narrative is due."""

from pipeline.tlf.outputs import Listing
from pipeline.where import flagged


def t_14_3_2_3_narratives(adsl, population):
    died = population.of(adsl.loc[flagged("DTHFL")])
    return Listing(
        died.assign(
            GROUP=died["_column"],
            REASON="Death",
            SINCE=(died["DTHDT"] - died["TRTEDT"]).dt.days,
            NARRATIVE="T14.3.3.1",
        ),
        ["USUBJID", "GROUP", "REASON", "TRTSDT", "DTHDT", "SINCE", "NARRATIVE"],
        heads={
            "GROUP": "Group",
            "REASON": "Reason",
            "TRTSDT": "First infusion",
            "DTHDT": "Death",
            "SINCE": "Days since last infusion",
            "NARRATIVE": "Narrative",
        },
    )
