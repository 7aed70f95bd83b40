"""The synthetic forms: reproducible, on target, and never told without the banner."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline.frames import read_frame
from pipeline.tlf.survival import kaplan_meier, log_rank, quantile

ROOT = Path(__file__).parent.parent
PUBLISHED = {  # the article: Fig 2 and Fig 3C, months
    ("PFS", ""): (4.8, 2.5, 7.5),
    ("PFS", "A"): (1.6,),
    ("PFS", "B"): (2.5,),
    ("PFS", "C"): (5.5,),
    ("PFS", "D"): (7.5,),
    ("OSREC", ""): (21.1, 12.6, 33.1),
}


@pytest.fixture(scope="module")
def times(built: Path) -> pd.DataFrame:
    found = read_frame(built / "build/adam/adtte.parquet")
    return found.assign(GROUP=found["TRTP"].str.slice(6, 7))


def test_the_generators_write_the_committed_extracts(tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(ROOT / "raw", study / "raw", ignore=shutil.ignore_patterns("__pycache__"))
    (study / "pipeline").symlink_to(ROOT / "pipeline")
    for program in ("make_extracts", "make_synthetic"):
        subprocess.run([sys.executable, f"raw/{program}.py"], cwd=study, check=True)
    extracts = sorted((ROOT / "raw").glob("*.csv"))
    changed = [p.name for p in extracts if p.read_bytes() != (study / "raw" / p.name).read_bytes()]
    assert len(extracts) > 11
    assert changed == []


@pytest.mark.parametrize(("parameter", "group"), PUBLISHED)
def test_survival_prints_as_published(times: pd.DataFrame, parameter: str, group: str) -> None:
    rows = times.loc[(times["PARAMCD"] == parameter) & times["GROUP"].str.startswith(group)]
    found = quantile(kaplan_meier(rows["AVALM"], rows["CNSR"] == 0, transform="log"))
    for value, published in zip(found, PUBLISHED[parameter, group], strict=False):
        assert value == pytest.approx(published, abs=0.05)


def test_log_rank_of_progression_prints_as_published(times: pd.DataFrame) -> None:
    rows = times.loc[times["PARAMCD"] == "PFS"]
    test = log_rank(rows["AVALM"], rows["CNSR"] == 0, rows["GROUP"])
    assert test.p == pytest.approx(0.0008, abs=0.00005)


def test_progression_is_never_after_death(times: pd.DataFrame) -> None:
    wide = times.pivot(index="USUBJID", columns="PARAMCD", values="AVAL")
    assert (wide["PFS"] <= wide["OS"]).all()
    assert (wide["OSREC"] > wide["OS"]).all()


def test_the_investigator_agrees_with_the_diameters(built: Path) -> None:
    responses = read_frame(built / "build/adam/adrs.parquet")
    wide = responses.loc[responses["PARAMCD"].isin(["OVRLRESP", "OVRLDER"])].pivot(
        index=["USUBJID", "AVISIT"], columns="PARAMCD", values="AVALC"
    )
    assert len(wide) == 114
    assert (wide["OVRLRESP"] == wide["OVRLDER"]).all()
    first = responses.loc[(responses["PARAMCD"] == "PD") & (responses["AVALC"] == "Y")]
    progressed = first.set_index("USUBJID")["ADT"]
    times = read_frame(built / "build/adam/adtte.parquet")
    ended = times.loc[(times["PARAMCD"] == "PFS") & (times["PFSRULE"] == 1)].set_index("USUBJID")[
        "ADT"
    ]
    assert ended.sort_index().equals(progressed.sort_index())


def test_no_assessment_after_death(built: Path) -> None:
    died = read_frame(built / "build/sdtm/dm.parquet").set_index("USUBJID")["DTHDTC"]
    for name, date in (("tu", "TUDTC"), ("tr", "TRDTC"), ("rs", "RSDTC"), ("cm", "CMENDTC")):
        rows = read_frame(built / f"build/sdtm/{name}.parquet")
        late = rows[date].str.slice(0, 10) > rows["USUBJID"].map(died)
        assert not late.fillna(False).any(), name


@pytest.mark.parametrize(
    ("output", "synthetic"),
    [
        ("t-14-2-1", True),
        ("t-14-2-3", True),
        ("t-14-2-8", True),
        ("f-14-1-2", True),
        ("f-14-2-5", True),
        ("f-14-2-8", True),
        ("l-16-2-4-3", True),
        ("l-16-2-6-2", True),
        ("t-14-1-3", False),
        ("t-14-1-4", False),
        ("t-14-2-2", False),
        ("t-14-2-4", False),
        ("f-14-2-4", False),
    ],
)
def test_banner(built: Path, output: str, synthetic: bool) -> None:
    result = json.loads((built / f"build/tlf/{output}.json").read_text(encoding="utf-8"))
    assert result["synthetic"] is synthetic
