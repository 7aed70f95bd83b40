"""Analysis visits by day windows (ADaMIG 1.3, section 3.3.4: AVISIT, AWTARGET, AWRANGE)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from pipeline.adam.baseline import KEYS
from pipeline.errors import StudyError
from pipeline.yamltext import Block

RULES = ("nearest", "last")


@dataclass(frozen=True)
class Window:
    """One analysis visit: days `first` to `last`, both included, around `target`."""

    visit: str
    target: int
    first: int
    last: int

    @property
    def shown(self) -> str:
        """The window as AWRANGE prints it."""
        return f"{self.first} to {self.last}"


def read_windows(block: Block) -> tuple[Window, ...]:
    """Windows from a setting `Week 2: {target: "15", from: "9", to: "22"}`, in order of the days.

    Days are those of ADY: there is no day 0. StudyError for a number that is none, a target outside
    its window, and windows that overlap.
    """
    windows = [_window(visit, block) for visit in block]
    ordered = sorted(windows, key=lambda window: window.first)
    for before, after in pairwise(ordered):
        if after.first <= before.last:
            raise StudyError(
                block.where(after.visit),
                f"the window of {after.visit!r} begins on day {after.first}, within that of "
                f"{before.visit!r} ({before.shown})",
                "let the windows follow each other",
            )
    return tuple(ordered)


def derive_vars_avisit(
    frame: pd.DataFrame,
    windows: Sequence[Window],
    rule: str = "nearest",
    by: Sequence[str] = KEYS,
) -> pd.DataFrame:
    """`frame` with AVISIT, AVISITN (1, 2, ..), AWTARGET, AWRANGE, AWTDIFF and ANL01FL.

    Reads ADY and AVAL. AWTDIFF is the distance to the target in days, without a day 0 between.
    ANL01FL = Y marks one record per `by` and visit: by `nearest` the least distance (of two the
    later one), by `last` the latest day. Days outside every window have no visit. StudyError for
    another rule.
    """
    if rule not in RULES:
        raise StudyError("analysis visits", f"{rule!r} is no rule", "use nearest or last")
    day = frame["ADY"]
    new = pd.DataFrame(
        {"AVISIT": np.nan, "AVISITN": np.nan, "AWTARGET": np.nan, "AWRANGE": np.nan},
        index=frame.index,
    ).astype({"AVISIT": "str", "AWRANGE": "str"})
    for number, window in enumerate(windows, 1):
        within = day.between(window.first, window.last)
        new.loc[within, "AVISIT"] = window.visit
        new.loc[within, "AVISITN"] = float(number)
        new.loc[within, "AWTARGET"] = float(window.target)
        new.loc[within, "AWRANGE"] = window.shown
    distance = (_without_zero(day) - _without_zero(new["AWTARGET"])).abs()
    made = frame.assign(**{name: new[name] for name in new.columns}, AWTDIFF=distance)
    return made.assign(ANL01FL=_chosen(made, rule, by))


def _chosen(frame: pd.DataFrame, rule: str, by: Sequence[str]) -> pd.Series:
    """Y on the record of each group and visit that counts."""
    keys = [*by, "AVISIT"]
    known = frame.loc[frame["AVISIT"].notna() & frame["AVAL"].notna()]
    order = {"AWTDIFF": True, "ADY": False} if rule == "nearest" else {"ADY": False}
    ordered = known.sort_values(list(order), ascending=list(order.values()), kind="stable")
    first = ordered.drop_duplicates(keys, keep="first")
    return pd.Series("Y", index=first.index, dtype="str").reindex(frame.index)


def _without_zero(days: pd.Series) -> pd.Series:
    """Days on a scale without a gap: day 1 becomes 0, day -1 stays."""
    return days - (days > 0)


def _window(visit: str, block: Block) -> Window:
    """One window."""
    entry = block.block(visit).check(required=("target", "from", "to"))
    days = {key: _day(entry, key) for key in ("target", "from", "to")}
    window = Window(visit, days["target"], days["from"], days["to"])
    if not window.first <= window.target <= window.last:
        raise StudyError(
            block.where(visit),
            f"the target {window.target} of {visit!r} lies outside its window ({window.shown})",
            "write from <= target <= to",
        )
    return window


def _day(entry: Block, key: str) -> int:
    """A day, which may be negative but not 0."""
    text = entry.text(key)
    if not text.removeprefix("-").isdigit() or int(text) == 0:
        raise StudyError(
            entry.where(key), f"{key} is {text!r}", "write a day: -1 is the day before day 1"
        )
    return int(text)
