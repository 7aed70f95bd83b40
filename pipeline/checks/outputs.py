"""Checks of the outputs after they are made: each agrees with ADSL and with itself.

Read from the results files that Word is rendered from, not from the programs that made them. A
number that is wrong here is a fault of a program or an engine verb, so it stops the build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from pipeline.study import Study

TOTAL = "total"
RULES = {
    "DQ40.1": "The N of a column is the number of its subjects in ADSL.",
    "DQ40.2": "No count is larger than its denominator, and the percentage is that of the two.",
    "DQ40.3": "The total is the sum of the groups.",
    "DQ40.4": "The subjects of a heading lie between the largest count below it and their sum.",
    "DQ40.5": "A survival curve and its numbers at risk do not rise.",
    "DQ40.6": "Numbers that several outputs print are the same.",
    "DQ42.1": "An output made of synthetic records carries the banner.",
    "DQ42.2": "Files that the study pins are as they were pinned.",
}
Result = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What cannot be: the rule, the output or file, the cell, and what is wrong with it."""

    rule: str
    output: str
    place: str
    what: str


def check_output(result: Result, sizes: Mapping[str, int]) -> list[Fault]:
    """The faults of one output; `sizes` counts the subjects of its population by column key."""
    if result["kind"] == "table":
        cells = _cells(result)
        return [
            *_sizes(result, sizes),
            *_counts(result, cells),
            *_totals(result, cells),
            *_headings(result, cells),
        ]
    if result["kind"] == "figure":
        return list(_curves(result))
    return []


def sizes_of(adsl: pd.DataFrame, flag: str, study: Study) -> dict[str, int]:
    """Subjects of a population by arm and in all, counted anew from ADSL."""
    chosen = adsl[adsl[flag] == "Y"] if flag else adsl
    by_arm = chosen[study.treatment].value_counts()
    return {arm.code: int(by_arm.get(arm.name, 0)) for arm in study.arms} | {TOTAL: len(chosen)}


def _cells(result: Result) -> pd.DataFrame:
    """The statistics n, N and pct of each cell (row, column), missing where it has none."""
    long = pd.DataFrame(result["results"], columns=["row", "column", "statistic", "value"])
    counts = long[long["statistic"].isin(["n", "N", "pct"])]
    wide = counts.pivot(index=["row", "column"], columns="statistic", values="value")
    return wide.reindex(columns=["n", "N", "pct"]).apply(pd.to_numeric, errors="coerce")


def _sizes(result: Result, sizes: Mapping[str, int]) -> Iterator[Fault]:
    """DQ40.1."""
    for column in result["columns"]:
        key, printed = column["key"], column["n"]
        if printed is not None and key in sizes and printed != sizes[key]:
            what = f"N is {printed}, ADSL has {sizes[key]} subjects"
            yield Fault("DQ40.1", result["id"], f"column {key}", what)


def _counts(result: Result, cells: pd.DataFrame) -> Iterator[Fault]:
    """DQ40.2."""
    known = cells.dropna(subset=["n", "N"])
    wrong = (known["n"] < 0) | (known["n"] > known["N"])
    expected = 100 * known["n"] / known["N"].where(known["N"] > 0)
    wrong |= (known["pct"] - expected).abs() > 1e-6
    for row, column, n, size, pct in known[wrong].reset_index().itertuples(index=False):
        what = f"n {n:g} of N {size:g} is printed as {pct:g} %"
        yield Fault("DQ40.2", result["id"], f"row {row}, column {column}", what)


def _totals(result: Result, cells: pd.DataFrame) -> Iterator[Fault]:
    """DQ40.3; where subjects without an arm count in the total it need not be the sum."""
    sizes = {column["key"]: column["n"] for column in result["columns"]}
    arms = [key for key, size in sizes.items() if key != TOTAL and size is not None]
    if not arms or sizes.get(TOTAL) != sum(sizes[key] for key in arms):
        return
    wide = cells["n"].unstack("column").reindex(columns=[*arms, TOTAL]).dropna()
    both = wide[[TOTAL]].assign(summed=wide[arms].sum(axis=1))
    wrong = both[both[TOTAL] != both["summed"]]
    for row, total, summed in wrong.reset_index().itertuples(index=False):
        what = f"the total is {total:g}, the groups add up to {summed:g}"
        yield Fault("DQ40.3", result["id"], f"row {row}", what)


def _headings(result: Result, cells: pd.DataFrame) -> Iterator[Fault]:
    """DQ40.4."""
    below = cells.dropna(subset=["n", "N"])["n"].reset_index()
    below["heading"] = below["row"].str.rsplit("/", n=1).str[0]
    below = below[below["heading"] != below["row"]]
    spread = below.groupby(["heading", "column"])["n"].agg(["max", "sum"])
    both = spread.join(cells["n"].rename_axis(["heading", "column"]), how="inner").dropna()
    wrong = both[(both["n"] < both["max"]) | (both["n"] > both["sum"])].reset_index()
    for row, column, most, summed, n in wrong.itertuples(index=False):
        what = f"n {n:g} does not lie between {most:g} and {summed:g}"
        yield Fault("DQ40.4", result["id"], f"row {row}, column {column}", what)


def _curves(result: Result) -> Iterator[Fault]:
    """DQ40.5."""
    if result["figure"] != "kaplan_meier":
        return
    for group in result["data"]["groups"]:
        for name in ("survival", "at_risk"):
            if any(later > earlier for earlier, later in pairwise(group[name])):
                yield Fault("DQ40.5", result["id"], f"curve {group['label']}", f"{name} rises")
        if group["at_risk"] and group["at_risk"][0] > group["n"]:
            what = f"{group['at_risk'][0]} at risk of {group['n']} subjects"
            yield Fault("DQ40.5", result["id"], f"curve {group['label']}", what)
