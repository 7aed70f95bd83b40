"""L16.2.2: protocol deviations, and eligibility criteria that a subject did not meet."""

import pandas as pd

from pipeline.tlf.outputs import Listing

NO_GROUP = "Screening failure"


def l_16_2_2_deviations(dv, ie, population):
    deviations = dv.assign(KIND="Protocol deviation", ITEM=dv["DVTERM"])
    criteria = ie.assign(KIND="Criterion not met", ITEM=ie["IETESTCD"] + ": " + ie["IETEST"])
    found = population.of(pd.concat([deviations, criteria]))
    return Listing(
        found.assign(GROUP=found["_column"].fillna(NO_GROUP)).sort_values(["USUBJID", "KIND"]),
        ["USUBJID", "GROUP", "KIND", "ITEM"],
        heads={"GROUP": "Group", "KIND": "Kind", "ITEM": "Deviation or criterion"},
        widths={"ITEM": 3},
    )
