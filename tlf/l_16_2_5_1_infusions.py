"""L16.2.5.1: every infusion with its date, study day, dose and lot."""

from pipeline.tlf.outputs import Listing
from pipeline.where import equals


def l_16_2_5_1_infusions(adex, population):
    infusions = population.of(adex.loc[equals("PARAMCD", "DOSE")])
    return Listing(
        infusions.assign(GROUP=infusions["_column"], DOSE=infusions["AVAL"] / 1e9),
        ["USUBJID", "GROUP", "AVISITN", "ADT", "ADY", "DOSE", "EXLOT"],
        heads={
            "GROUP": "Group",
            "AVISITN": "Infusion",
            "ADT": "Date",
            "ADY": "Study Day",
            "DOSE": "Dose (1E9 cells)",
            "EXLOT": "Lot",
        },
    )
