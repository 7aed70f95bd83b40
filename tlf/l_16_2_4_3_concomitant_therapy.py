"""L16.2.4.3: every concomitant drug and procedure with its dates."""

from pipeline.tlf.outputs import Listing
from pipeline.where import flagged

HEADS = {
    "GROUP": "Group",
    "CMCAT": "Category",
    "CMTRT": "Drug or Procedure",
    "CMDECOD": "Standardised Name",
    "ASTDT": "Start",
    "AENDT": "End",
    "ASTDY": "Start Day [1]",
    "AENDY": "End Day [1]",
    "CMENRTPT": "At Last Contact",
}


def l_16_2_4_3_concomitant_therapy(adcm, population):
    given = population.of(adcm.loc[flagged("ONTRTFL")]).sort_values(
        ["USUBJID", "CMCAT", "ASTDT", "CMDECOD"], kind="stable"
    )
    return Listing(
        given.assign(GROUP=given["_column"]),
        ["USUBJID", *HEADS],
        heads=HEADS,
        widths={"CMTRT": 1.5, "CMCAT": 1.5, "CMDECOD": 1.5},
    )
