"""T14.3.3.1: a narrative of each death: what is known from the datasets, and what is not."""

from pipeline.merge import derive_vars_merged, summarised
from pipeline.tlf.outputs import Listing
from pipeline.where import flagged

SEX = {"M": "man", "F": "woman"}


def t_14_3_3_1_narratives(adsl, adae, population):
    events = summarised(
        adae.loc[flagged("TRTEMFL")], "USUBJID", EVENTS=("AESEQ", "size"), WORST=("ATOXGRN", "max")
    )
    died = population.of(adsl.loc[flagged("DTHFL")])
    died = derive_vars_merged(died, events, "USUBJID", ["EVENTS", "WORST"])

    def number(name):
        return died[name].astype("Int64").astype("str")

    def day(name):
        return died[name].dt.strftime("%Y-%m-%d")

    since = (died["DTHDT"] - died["TRTEDT"]).dt.days.astype("str")
    reported = number("EVENTS") + ", of grade " + number("WORST") + " at most."
    text = (
        number("AGE") + "-year-old " + died["SEX"].map(SEX) + ", " + number("NINF") + " infusions "
        "from " + day("TRTSDT") + " to " + day("TRTEDT") + ". "
        "Adverse events published: " + reported.mask(died["EVENTS"].isna(), "none.") + " "
        "Died on " + day("DTHDT") + ", " + since + " days after the last infusion. "
        "Cause: " + died["DTHCAUS"].str.lower() + "."
    )  # fmt: skip
    return Listing(
        died.assign(GROUP=died["_column"], NARRATIVE=text),
        ["USUBJID", "GROUP", "NARRATIVE"],
        heads={"GROUP": "Group", "NARRATIVE": "Narrative [1]"},
        widths={"NARRATIVE": 6},
    )
