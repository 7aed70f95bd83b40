"""L16.2.8.2: laboratory results of CTCAE grade 2 or more, in either direction."""

from pipeline.tlf.outputs import Listing
from pipeline.where import any_of, at_least

HEADS = {
    "GROUP": "Group",
    "PARAM": "Test",
    "AVISIT": "Visit",
    "ADT": "Date",
    "AVALC": "Result",
    "BASE": "Baseline",
    "ATOXDSCL": "Low: term",
    "ATOXGRL": "Grade",
    "ATOXDSCH": "High: term",
    "ATOXGRH": "Grade",
}


def l_16_2_8_2_abnormal(adlb, population):
    severe = any_of(at_least("ATOXGRLN", 2), at_least("ATOXGRHN", 2))
    results = population.of(adlb.loc[severe])
    return Listing(
        results.assign(GROUP=results["_column"]),
        ["USUBJID", *HEADS],
        heads=HEADS,
        empty="No result was of grade 2 or more.",
    )
