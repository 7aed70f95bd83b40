"""L16.2.3: screened subjects who are not in an analysis set."""

from pipeline.tlf.outputs import Listing
from pipeline.where import any_of, equals

OUTSIDE = any_of(*(equals(flag, "N") for flag in ("SAFFL", "FASFL", "DLTEVLFL")))
HEADS = {
    "GROUP": "Group",
    "ARMNRS": "Reason Without Group",
    "SAFFL": "Safety",
    "FASFL": "Full Analysis Set",
    "DLTEVLFL": "DLT Evaluable",
}


def l_16_2_3_excluded(adsl, population):
    outside = population.of(adsl.loc[OUTSIDE])
    return Listing(outside.assign(GROUP=outside["_column"]), ["USUBJID", *HEADS], heads=HEADS)
