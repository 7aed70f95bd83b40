"""The analysis datasets of the CDISC pilot, rebuilt from SDTM, against the published ones.

Both sides are compared cell by cell. Variables that differ on purpose stand in
studies/cdiscpilot01/DIVERGENCES.md, and only those.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.engine import run
from pipeline.frames import read_frame
from pipeline.plan import plan
from pipeline.study import open_study
from tests.conftest import PILOT, copied
from tests.published import published, published_labels

KEYS = {
    "adsl": ["USUBJID"],
    "adae": ["USUBJID", "AESEQ"],
    "adtte": ["USUBJID", "PARAMCD"],
    "adlbc": ["USUBJID", "PARAMCD", "LBSEQ", "AVISITN"],
    "adadas": ["USUBJID", "PARAMCD", "QSSEQ", "AVISITN"],
}
RECORDS = {"adsl": 254, "adae": 1191, "adtte": 254, "adlbc": 37132, "adadas": 12463}
GRADES = {  # CTCAE 4.03: times the upper limit of normal above which a grade begins
    "ALT": (1, 3, 5, 20),
    "AST": (1, 3, 5, 20),
    "GGT": (1, 2.5, 5, 20),
    "ALP": (1, 2.5, 5, 20),
    "BILI": (1, 1.5, 3, 10),
}


def ours(pilot: Path, name: str) -> pd.DataFrame:
    """Our dataset with the records the publication has: of ADTTE the dermatologic events only."""
    frame = read_frame(pilot / f"build/adam/{name}.parquet")
    return frame.loc[frame["PARAMCD"] == "TTDE"] if name == "adtte" else frame


def cells_that_differ(left: pd.Series, right: pd.Series) -> int:
    """How many cells differ; numbers agree to 1e-12 of their size, missing equals missing."""
    if pd.api.types.is_numeric_dtype(left):
        a, b = left.to_numpy("float64"), right.to_numpy("float64")
        return int((~np.isclose(a, b, rtol=1e-12, atol=0, equal_nan=True)).sum())
    a, b = left.astype("object"), right.astype("object")
    same = (a == b) | (a.isna().to_numpy() & b.isna().to_numpy())
    return int((~same.to_numpy(dtype=bool)).sum())


def divergences() -> dict[tuple[str, str], int]:
    """(dataset, variable) -> number of differing cells, from the table of DIVERGENCES.md."""
    text = (PILOT / "DIVERGENCES.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (AD\w+) \| (\w+) \| ([\d,]+) \|", text, flags=re.MULTILINE)
    return {(d.lower(), v): int(n.replace(",", "")) for d, v, n in rows}


@pytest.mark.parametrize("name", KEYS)
def test_every_cell_agrees_with_the_published_dataset_or_is_listed(pilot: Path, name: str) -> None:
    theirs = published(name).sort_values(KEYS[name], ignore_index=True)
    mine = ours(pilot, name).sort_values(KEYS[name], ignore_index=True)
    assert (len(mine), len(theirs)) == (RECORDS[name], RECORDS[name])
    assert [column for column in theirs if column not in mine] == []
    found = {(name, c): cells_that_differ(mine[c], theirs[c]) for c in theirs}
    listed = {at: n for at, n in divergences().items() if at[0] == name}
    assert {at: n for at, n in found.items() if n} == listed
    assert all(cells_that_differ(mine[key], theirs[key]) == 0 for key in KEYS[name])


@pytest.mark.parametrize("name", KEYS)
def test_labels_are_the_published_ones(pilot: Path, name: str) -> None:
    specified = open_study(pilot).datasets[name]
    labels = published_labels(name)
    assert {v: specified[v].label for v in labels} == labels


def test_the_divergences_of_adadas_are_as_described(pilot: Path) -> None:
    """The publication gives a second total of a window the value of the total before it."""
    keys = KEYS["adadas"]
    both = ours(pilot, "adadas").merge(published("adadas"), on=keys, suffixes=("", "_theirs"))
    observed = both.loc[(both["PARAMCD"] == "ACTOT") & both["DTYPE"].isna()].sort_values("ADT")
    before = observed.groupby("USUBJID")["AVAL"].shift().rename("before")
    sources = observed[["USUBJID", "QSSEQ", "ANL01FL"]].join(before)
    differ = both.loc[both["AVAL"] != both["AVAL_theirs"]].dropna(subset=["AVAL"])
    differ = differ.merge(sources, on=["USUBJID", "QSSEQ"], suffixes=("", "_source"))
    assert (differ["AVAL_theirs"] == differ["before"]).all()
    assert differ["ANL01FL_source"].isna().all()
    assert (differ["USUBJID"].nunique(), int(differ["DTYPE"].isna().sum())) == (19, 19)


def test_sites_that_are_pooled_have_fewer_than_three_subjects_in_an_arm(pilot: Path) -> None:
    dm = read_frame(pilot / "build/sdtm/dm.parquet")
    treated = dm.loc[dm["RFXSTDTC"].notna()]
    fewest = treated.groupby(["SITEID", "ARM"]).size().unstack(fill_value=0).min(axis=1)
    pooled = open_study(pilot).study.settings["pooled_sites"]
    assert sorted(pooled) == sorted(fewest.index[fewest < 3])


def test_treatment_end_is_the_discontinuation_where_exposure_has_no_end(pilot: Path) -> None:
    ex, ds = (read_frame(pilot / f"build/sdtm/{name}.parquet") for name in ("ex", "ds"))
    last = ex.sort_values("EXSTDTC").groupby("USUBJID").tail(1).set_index("USUBJID")["EXENDTC"]
    ends = ds.loc[ds["DSCAT"] == "DISPOSITION EVENT"].set_index("USUBJID")["DSSTDTC"]
    adsl = ours(pilot, "adsl").set_index("USUBJID")
    open_ended = last.index[last.isna()]
    assert len(open_ended) == 6
    said = adsl.loc[open_ended, "TRTEDT"].dt.strftime("%Y-%m-%d")
    assert (said == ends[open_ended]).all()
    arms = read_frame(pilot / "build/sdtm/dm.parquet").set_index("USUBJID").loc[adsl.index]
    assert (adsl["TRT01A"] == arms["ARM"]).all()
    assert int((arms["ARM"] != arms["ACTARM"]).sum()) == 12


@pytest.mark.parametrize(
    ("code", "flag", "events"), [("TTAE", "TRTEMFL", 218), ("TTSAE", "AESER", 3)]
)
def test_times_to_events_are_those_of_the_published_adae(
    pilot: Path, code: str, flag: str, events: int
) -> None:
    """First event and end of study from the published datasets, with plain pandas."""
    adae, adsl = published("adae"), published("adsl").set_index("USUBJID")
    counted = adae.loc[(adae["TRTEMFL"] == "Y") & (adae[flag] == "Y")]
    first = counted.groupby("USUBJID")["ASTDT"].min().reindex(adsl.index)
    first = first.where(first <= adsl["RFENDT"])
    days = (first.fillna(adsl["RFENDT"]) - adsl["TRTSDT"]).dt.days + 1
    adtte = read_frame(pilot / "build/adam/adtte.parquet")
    mine = adtte.loc[adtte["PARAMCD"] == code].set_index("USUBJID").loc[adsl.index]
    assert (mine["AVAL"] == days).all()
    assert ((mine["CNSR"] == 0) == first.notna()).all()
    assert int(first.notna().sum()) == events


def test_deaths_are_the_three_of_dm(pilot: Path) -> None:
    adtte = read_frame(pilot / "build/adam/adtte.parquet")
    deaths = adtte.loc[(adtte["PARAMCD"] == "OS") & (adtte["CNSR"] == 0)]
    dm = read_frame(pilot / "build/sdtm/dm.parquet").dropna(subset="DTHDTC")
    assert len(deaths) == 3
    assert dict(zip(deaths["USUBJID"], deaths["ADT"].dt.strftime("%Y-%m-%d"), strict=True)) == dict(
        zip(dm["USUBJID"], dm["DTHDTC"], strict=True)
    )


@pytest.mark.parametrize("code", GRADES)
def test_toxicity_grades_follow_ctcae(pilot: Path, code: str) -> None:
    """Recomputed from value and upper limit; five tests that CTCAE 4.03 grades by the limit."""
    rows = ours(pilot, "adlbc").loc[lambda frame: frame["PARAMCD"] == code]
    rows = rows.dropna(subset=["AVAL", "A1HI"])
    grade = sum((rows["AVAL"] > times * rows["A1HI"]).astype(int) for times in GRADES[code])
    assert (rows["ATOXGRHN"] == grade).all()
    assert (grade > 0).any()


def test_windows_of_the_laboratory_hold_the_planned_visits(pilot: Path) -> None:
    """Targets are 7 days a week; windows meet halfway and hold most results of the visit."""
    rows = ours(pilot, "adlbc").dropna(subset=["AWTARGET"])
    week = rows["AVISIT"].str.removeprefix("Week ").astype(int)
    assert (rows["AWTARGET"] == 7 * week).all()
    assert ((rows["ADY"] - rows["AWTARGET"]).abs() == rows["AWTDIFF"]).all()
    within = (rows["ADY"] >= rows["AWLO"]) & ~(rows["ADY"] > rows["AWHI"])
    assert within.mean() > 0.9
    assert set(rows.loc[week == 12, "AWRANGE"]) == {"71-98"}


def test_transport_files_give_the_same_datasets(pilot: Path, tmp_path: Path) -> None:
    """SDTM as written to XPT, taken over by `--sdtm`: ADSL and ADAE have the same bytes."""
    study, files = copied(PILOT, tmp_path / "study"), tmp_path / "xpt"
    files.mkdir()
    for name in open_study(pilot).sources:
        shutil.copy(pilot / f"build/xpt/{name}.xpt", files)
    run(plan(study, sdtm=files), study, ["adam/adsl", "adam/adae"])
    for name in ("adsl", "adae"):
        path = f"build/adam/{name}.parquet"
        pd.testing.assert_frame_equal(read_frame(study / path), read_frame(pilot / path))
