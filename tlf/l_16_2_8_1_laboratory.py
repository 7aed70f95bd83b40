"""L16.2.8.1: every laboratory result with its range."""

from pipeline.tlf.outputs import Listing
from pipeline.where import present

HEADS = {
    "GROUP": "Group",
    "TEST": "Test",
    "AVISIT": "Visit",
    "ADT": "Date",
    "ADY": "Study Day",
    "AVALC": "Result",
    "ANRLO": "Low",
    "ANRHI": "High",
    "ANRIND": "Range",
    "ATOXGRL": "Grade, low [1]",
    "ATOXGRH": "Grade, high [1]",
}


def l_16_2_8_1_laboratory(adlb, population):
    results = population.of(adlb.loc[present("SRCSEQ")])
    results = results.sort_values(["USUBJID", "PARAMN", "AVISITN"], kind="stable")
    unit = results["PARAM"].str.extract(r"( \(.*\))$")[0].fillna("")
    return Listing(
        results.assign(GROUP=results["_column"], TEST=results["PARAMCD"] + unit),
        ["USUBJID", *HEADS],
        heads=HEADS,
    )
