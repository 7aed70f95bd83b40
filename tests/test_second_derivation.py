"""Progression-free survival a second time, from the SDTM transport files and with pandas alone.

Progression is told from the lesions themselves, by RECIST 1.1 sections 4.3.1 to 4.3.4 as they read:
a complete sum of diameters of the target lesions of 120 % of the smallest so far (baseline
included) and 5 mm more, a new lesion, or progression of the other lesions. Nothing of the engine
is imported.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

MONTH = 30.4375


def dataset(built: Path, name: str) -> pd.DataFrame:
    """A transport file as pandas reads it; blanks are missing."""
    frame = pd.read_sas(built / f"build/xpt/{name}.xpt", format="xport", encoding="ascii")
    return frame.replace("", None)


@pytest.fixture(scope="module")
def progression(built: Path) -> pd.Series:
    """USUBJID -> date of the first assessment that shows progression."""
    lesions = dataset(built, "tr")
    target = lesions[(lesions["TRGRPID"] == "TARGET") & (lesions["TRTESTCD"] == "LDIAM")]
    by = ["USUBJID", "TRLNKGRP"]
    whole = target.groupby(by)["TRSTRESN"].transform(lambda values: values.notna().all())
    sums = (
        target[whole.astype(bool)]
        .groupby(by, as_index=False)
        .agg(sum=("TRSTRESN", "sum"), date=("TRDTC", "min"))
    )
    sums = sums.sort_values(["USUBJID", "date"])
    smallest = sums.groupby("USUBJID")["sum"].transform(lambda values: values.cummin().shift())
    grown = (sums["sum"] >= 1.2 * smallest) & (sums["sum"] - smallest >= 5)
    identified, responses = dataset(built, "tu"), dataset(built, "rs")
    others = responses[(responses["RSTESTCD"] == "NTRGRESP") & (responses["RSSTRESC"] == "PD")]
    found = pd.concat(
        [
            sums.loc[grown, ["USUBJID", "date"]],
            identified.loc[identified["TUSTRESC"] == "NEW", ["USUBJID", "TUDTC"]].set_axis(
                ["USUBJID", "date"], axis=1
            ),
            others[["USUBJID", "RSDTC"]].set_axis(["USUBJID", "date"], axis=1),
        ]
    )
    return pd.to_datetime(found.groupby("USUBJID")["date"].min())


@pytest.fixture(scope="module")
def second(built: Path, progression: pd.Series) -> pd.DataFrame:
    """Per treated subject: days from the first infusion to progression or death, and which."""
    subjects = dataset(built, "dm").set_index("USUBJID")
    subjects = subjects[subjects["RFXSTDTC"].notna()]
    start, death = (pd.to_datetime(subjects[name]) for name in ("RFXSTDTC", "DTHDTC"))
    progressed = progression.reindex(subjects.index)
    end = pd.concat([progressed, death], axis=1).min(axis=1)
    what = progressed.le(death.fillna(pd.Timestamp.max)).map({True: "progression", False: "death"})
    days = (end - start).dt.days + 1
    return pd.DataFrame({"days": days, "what": what.where(end.notna(), "none")})


def test_progression_free_survival_of_every_subject(built: Path, second: pd.DataFrame) -> None:
    adtte = dataset(built, "adtte").set_index("USUBJID")
    pfs = adtte[adtte["PARAMCD"] == "PFS"].reindex(second.index)
    event = pfs["EVNTDESC"].map({"Progressive disease": "progression", "Death": "death"})
    assert event.fillna("none").tolist() == second["what"].tolist()
    happened = second["what"] != "none"
    assert pfs.loc[happened, "AVAL"].tolist() == second.loc[happened, "days"].tolist()
    assert (
        pfs["CNSR"].abs() < 1e-60
    ).tolist() == happened.tolist()  # a 0 of an XPT as pandas reads it


@pytest.mark.parametrize(("group", "months"), [("A", 1.6), ("B", 2.5), ("C", 5.5), ("D", 7.5)])
def test_medians_are_the_published_ones(
    built: Path, second: pd.DataFrame, group: str, months: float
) -> None:
    """Every subject of A, B and C has the event, so the median is that of the times; in D three of
    four have, and the curve reaches one half at the second."""
    arms = dataset(built, "dm").set_index("USUBJID")["ARMCD"].reindex(second.index)
    days = second.loc[arms == group, "days"].fillna(float("inf")).sort_values().tolist()
    middle = len(days) // 2
    median = days[middle] if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    assert round(median / MONTH, 1) == months


def test_no_progression_after_death(built: Path, progression: pd.Series) -> None:
    died = pd.to_datetime(dataset(built, "dm").set_index("USUBJID")["DTHDTC"]).dropna()
    both = progression.to_frame("progression").join(died, how="inner")
    assert len(both) > 10
    assert (both["progression"] <= both["DTHDTC"]).all()
