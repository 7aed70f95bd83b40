"""Best overall response and the parameters of response (RECIST 1.1, section 4.4).

The frames have one row per subject and assessment after baseline: USUBJID, ADT and OVRLRESP (CR,
PR, SD, NON-CR/NON-PD, PD, NE). What lies after the first PD does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.lineage import row_columns
from pipeline.merge import derive_vars_merged, stacked

ORDER = {"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6}
STABLE = ("SD", "NON-CR/NON-PD")
CONFIRMS = {"CR": ("CR",), "PR": ("CR", "PR")}


@dataclass(frozen=True)
class BestRule:
    """How a best overall response is found.

    `minimum`: days from the start to the assessment for stable disease (6 to 8 weeks by protocol,
    section 4.4.3). `confirmed`: whether CR and PR need a second assessment, at least `interval`
    days later (4 weeks, section 4.6) with at most `missed` assessments NE between.
    """

    minimum: int
    confirmed: bool = False
    interval: int = 28
    missed: int = 1


def until_progression(assessments: pd.DataFrame) -> pd.DataFrame:
    """The assessments up to and with the first PD of each subject, in the order of ADT."""
    ordered = assessments.sort_values(["USUBJID", "ADT"], kind="stable")
    progressed = (ordered["OVRLRESP"] == "PD").astype("int64")
    before = progressed.groupby(ordered["USUBJID"], sort=False).cumsum() - progressed
    return ordered.loc[before == 0]


def relapsed(assessments: pd.DataFrame) -> pd.DataFrame:
    """`assessments` with PD for PR and stable disease after a CR (RECIST 1.1, table 3, note a).

    The disease is back, even where the sum of diameters is a partial response by the baseline.
    """
    ordered = assessments.sort_values(["USUBJID", "ADT"], kind="stable")
    response = ordered["OVRLRESP"]
    complete = (response == "CR").astype("int64").groupby(ordered["USUBJID"], sort=False)
    back = response.isin(["PR", *STABLE]) & (complete.cumsum() > 0)
    return ordered.assign(OVRLRESP=response.where(~back, "PD"))


def best_response(assessments: pd.DataFrame, starts: pd.Series, rule: BestRule) -> pd.DataFrame:
    """One row per subject of `assessments`: the row that shows the best response, as RESPONSE.

    `starts` maps USUBJID to the date from which stable disease is counted. Without confirmation
    the best response is the best of CR, PR, stable disease, PD and NE in this order; with it,
    table 3 of the guideline: a CR or PR not confirmed, and stable disease, count as SD when they
    last the minimum, and otherwise as PD if PD follows, or else NE. Disease after a CR is PD
    (`relapsed`). Ties: the first assessment.
    """
    known = until_progression(relapsed(assessments.loc[assessments["OVRLRESP"].notna()]))
    response = known["OVRLRESP"]
    confirmed = _confirmed(known, rule) if rule.confirmed else known["OVRLRESP"].isin(CONFIRMS)
    responding = response.isin(list(CONFIRMS))
    days = (known["ADT"] - known["USUBJID"].map(starts)).dt.days
    counted = response.where(~responding | confirmed, "SD")
    short = counted.isin(STABLE) & ~(days >= rule.minimum)
    made = known.assign(RESPONSE=counted.where(~short, "NE"))
    made["_rank"] = made["RESPONSE"].map(ORDER)
    best = made.sort_values(["USUBJID", "_rank", "ADT"], kind="stable")
    return best.drop_duplicates("USUBJID").drop(columns="_rank")


def _confirmed(known: pd.DataFrame, rule: BestRule) -> pd.Series:
    """Whether each CR or PR is followed by one that confirms it, nothing worse lying between."""
    numbered = known[["USUBJID", "ADT", "OVRLRESP"]].assign(
        _place=known.groupby("USUBJID", sort=False).cumcount(), _first=known.index
    )
    for name, wanted in CONFIRMS.items():
        other = ~numbered["OVRLRESP"].isin([*wanted, "NE"])
        numbered[f"_worse_{name}"] = other.groupby(numbered["USUBJID"], sort=False).cumsum()
    missed = (numbered["OVRLRESP"] == "NE").groupby(numbered["USUBJID"], sort=False).cumsum()
    numbered["_missed"] = missed
    pairs = numbered.merge(
        numbered.drop(columns="_first"),
        how="left",
        on="USUBJID",
        suffixes=("", "_2"),
        validate="many_to_many",
    )
    later = (pairs["_place_2"] > pairs["_place"]) & (
        (pairs["ADT_2"] - pairs["ADT"]).dt.days >= rule.interval
    )
    few = pairs["_missed_2"] - pairs["_missed"] <= rule.missed
    proved = pd.Series(False, index=pairs.index)
    for name, wanted in CONFIRMS.items():
        clean = pairs[f"_worse_{name}_2"] == pairs[f"_worse_{name}"]
        proved |= (pairs["OVRLRESP"] == name) & pairs["OVRLRESP_2"].isin(wanted) & clean
    return known.index.to_series().isin(pairs.loc[later & few & proved, "_first"])


def derive_params_response(
    assessments: pd.DataFrame,
    adsl: pd.DataFrame,
    start: str,
    rules: Mapping[str, BestRule],
    ends: pd.Series | None = None,
) -> pd.DataFrame:
    """Rows of a basic data structure: OVRLRESP per assessment, and per subject `rules` and PD.

    `rules` maps PARAMCD to how a best response is found: `{"BOR": BestRule(42), "CBOR":
    BestRule(42, confirmed=True)}`. Gives PARAMCD, AVALC, AVAL (CR 1, PR 2, SD 3, NON-CR/NON-PD 4,
    PD 5, NE 6; for PD 1 and 0), ADT and the lineage of the assessments. `start` is the date
    variable of `adsl` (TRTSDT) from which stable disease is counted. PD is Y on the date of the
    first PD, N without date. `ends` maps USUBJID to the start of a new anticancer therapy:
    assessments after it do not count for the best response. A subject of `adsl` without an
    assessment is NE. A row per subject comes from its record of `adsl` as well.
    """
    rows = assessments.loc[assessments["OVRLRESP"].notna()]
    visits = rows.assign(PARAMCD="OVRLRESP", AVALC=rows["OVRLRESP"])
    counted = rows if ends is None else rows.loc[~(rows["ADT"] > rows["USUBJID"].map(ends))]
    starts = adsl.set_index("USUBJID")[start]
    best = [
        _per_subject(adsl, best_response(counted, starts, rule), name)
        for name, rule in rules.items()
    ]
    made = stacked(visits, *best)
    made = made.assign(AVAL=made["AVALC"].map(ORDER).astype("float64"))
    return stacked(made, _progression(adsl, rows)).drop(columns=["OVRLRESP", "RESPONSE"])


def _per_subject(adsl: pd.DataFrame, best: pd.DataFrame, name: str) -> pd.DataFrame:
    """One row per subject of `adsl`; NE without an assessment."""
    subjects = adsl[["USUBJID", *row_columns(adsl)]]
    carried: Sequence[str] = ["ADT", "RESPONSE"]
    found = derive_vars_merged(subjects, best, "USUBJID", carried)
    return found.assign(PARAMCD=name, AVALC=found["RESPONSE"].fillna("NE"))


def _progression(adsl: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per subject of `adsl`: whether and when the first PD was seen."""
    first = until_progression(rows).loc[lambda frame: frame["OVRLRESP"] == "PD"]
    subjects = adsl[["USUBJID", *row_columns(adsl)]]
    found = derive_vars_merged(subjects, first, "USUBJID", ["ADT"])
    seen = found["ADT"].notna()
    return found.assign(
        PARAMCD="PD",
        AVALC=seen.map({True: "Y", False: "N"}),
        AVAL=seen.astype("float64"),
        OVRLRESP=None,
        RESPONSE=None,
    )
