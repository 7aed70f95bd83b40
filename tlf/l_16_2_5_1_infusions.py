"""L16.2.5.1: every infusion with its date, study day, dose, and the release tests of its lot."""

from pipeline.merge import derive_vars_merged
from pipeline.tlf.outputs import Listing
from pipeline.where import equals

HEADS = {
    "GROUP": "Group",
    "AVISITN": "Infusion",
    "ADT": "Date",
    "ADY": "Study Day",
    "DOSE": "Dose (1E9 cells)",
    "EXLOT": "Lot",
    "VIAB": "Viability (%)",
    "PUR": "Purity (%)",
}


def l_16_2_5_1_infusions(adex, adcp, population):
    infusions = population.of(adex.loc[equals("PARAMCD", "DOSE")])
    listed = infusions.assign(GROUP=infusions["_column"], DOSE=infusions["AVAL"] / 1e9)
    for test in ("VIAB", "PUR"):
        results = adcp.loc[equals("PARAMCD", test)].assign(EXLOT=lambda rows: rows["LOT"])
        listed = derive_vars_merged(listed, results, ["USUBJID", "EXLOT"], {test: "AVAL"})
    return Listing(listed, ["USUBJID", *HEADS], heads=HEADS, digits={"VIAB": 1, "PUR": 1})
