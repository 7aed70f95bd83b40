"""L16.2.6.2: every tumour assessment: lesions, sum of diameters, responses."""

from pipeline.merge import derive_vars_merged, summarised
from pipeline.tlf.outputs import Listing
from pipeline.where import equals

HEADS = {
    "GROUP": "Group",
    "AVISIT": "Visit",
    "ADT": "Date",
    "ADY": "Day",
    "LESIONS": "Lesions, Diameter (mm) or State [1]",
    "AVAL": "Sum (mm)",
    "PCHG": "Change (%)",
    "PCHGNAD": "Change From Nadir (%)",
    "TRGRESP": "Target",
    "OVERALL": "Overall [2]",
    "DERIVED": "Overall Derived [3]",
}
VISIT = ["USUBJID", "AVISIT"]


def l_16_2_6_2_recist(adtr, adrs, tr, tu, population):
    found = tr.assign(AVISIT=tr["VISIT"], TULNKID=tr["TRLNKID"])
    found = derive_vars_merged(found, tu, ["USUBJID", "TULNKID"], ["TULOC"])
    result = found["TRSTRESC"].fillna("not evaluated").str.lower()
    found = found.assign(TEXT=found["TRLNKID"] + " " + found["TULOC"].str.lower() + " " + result)
    lesions = summarised(found, VISIT, LESIONS=("TEXT", "; ".join))
    rows = population.of(derive_vars_merged(adtr, lesions, VISIT, ["LESIONS"]))
    for name, code in {"OVERALL": "OVRLRESP", "DERIVED": "OVRLDER"}.items():
        responses = adrs.loc[equals("PARAMCD", code)]
        rows = derive_vars_merged(rows, responses, VISIT, {name: "AVALC"})
    return Listing(
        rows.assign(GROUP=rows["_column"]).sort_values(["USUBJID", "ADT"]),
        ["USUBJID", *HEADS],
        heads=HEADS,
        digits={"AVAL": 0, "PCHG": 1, "PCHGNAD": 1},
        widths={"LESIONS": 3, "AVISIT": 1.7},
    )
