"""Analysis visits by windows of days (ADaMIG 1.3, section 3.3.4: AVISIT, AWTARGET, AWRANGE).

A window has a target day and the days around it; an open side has no first or no last day. Days
are those of ADY: there is no day 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from pipeline.errors import StudyError

UNIT = "DAYS"


@dataclass(frozen=True)
class Window:
    """One analysis visit: days `first` to `last`, both included, around `target`."""

    visit: str
    target: int
    first: int | None = None
    last: int | None = None

    @property
    def shown(self) -> str:
        """The window as AWRANGE prints it: 2-84, <=1, >140."""
        if self.first is None:
            return f"<={self.last}"
        return f">{self.first - 1}" if self.last is None else f"{self.first}-{self.last}"


def windows_between(targets: Mapping[str, int], first: int) -> tuple[Window, ...]:
    """Windows that meet halfway between the targets: visit -> target day, in rising order.

    The first window begins on the day `first`, the last has no end; a day that lies just between
    two targets belongs to the earlier. StudyError when the days do not rise.
    """
    days = [first, *targets.values()]
    if any(after <= before for before, after in pairwise(days)):
        raise StudyError(
            "analysis visits", f"the days {days} do not rise", "order visits by their target day"
        )
    lasts: list[int | None] = [(a + b) // 2 for a, b in pairwise(targets.values())]
    firsts = [first, *(last + 1 for last in lasts if last is not None)]
    return tuple(
        Window(visit, target, begin, end)
        for (visit, target), begin, end in zip(targets.items(), firsts, [*lasts, None], strict=True)
    )


def derive_var_avisit(frame: pd.DataFrame, windows: Sequence[Window]) -> pd.DataFrame:
    """`frame` with AVISIT: the window that ADY lies in, missing outside all of them."""
    visit = pd.Series(None, index=frame.index, dtype="str")
    for window in windows:
        within = frame["ADY"].ge(window.first if window.first is not None else -float("inf"))
        within &= frame["ADY"].le(window.last if window.last is not None else float("inf"))
        visit = visit.mask(within, window.visit)
    return frame.assign(AVISIT=visit)


def derive_vars_window(frame: pd.DataFrame, windows: Sequence[Window]) -> pd.DataFrame:
    """`frame` with AWRANGE, AWTARGET, AWTDIFF, AWLO, AWHI and AWU of the window of AVISIT.

    AWTDIFF is the distance of ADY from the target in days, whichever side it lies on. All are
    missing for a visit without window.
    """
    by_visit = {window.visit: window for window in windows}
    visit = frame["AVISIT"]

    def numbers(days: Mapping[str, int | None]) -> pd.Series:
        return visit.map(days).astype("float64")

    made = frame.assign(
        AWRANGE=visit.map({name: w.shown for name, w in by_visit.items()}).astype("str"),
        AWTARGET=numbers({name: w.target for name, w in by_visit.items()}),
        AWLO=numbers({name: w.first for name, w in by_visit.items()}),
        AWHI=numbers({name: w.last for name, w in by_visit.items()}),
        AWU=visit.map(dict.fromkeys(by_visit, UNIT)).astype("str"),
    )
    distance = _without_zero(made["ADY"]) - _without_zero(made["AWTARGET"])
    return made.assign(AWTDIFF=distance.abs())


def flag_nearest(frame: pd.DataFrame, name: str, by: Sequence[str]) -> pd.DataFrame:
    """`frame` with `name` = Y on one record per `by` and AVISIT: the nearest to the target.

    Of two equally near the earlier counts. Records without AVISIT have no flag.
    """
    known = frame.loc[frame["AVISIT"].notna()].sort_values(["AWTDIFF", "ADY"], kind="stable")
    chosen = known.drop_duplicates([*by, "AVISIT"]).index
    return frame.assign(**{name: pd.Series("Y", index=chosen, dtype="str").reindex(frame.index)})


def _without_zero(days: pd.Series) -> pd.Series:
    """Days on a scale without a gap: day 1 becomes 0, day -1 stays."""
    return days - (days > 0)
