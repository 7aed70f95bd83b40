"""The outputs of the reference study against the article and against R, from CRF extracts on.

The expected numbers are typed from the article's tables (baseline, therapies, adverse events) or
were computed with R's survival package from them; nothing here comes from the engine.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.engine import run
from pipeline.errors import StudyError
from pipeline.plan import plan
from pipeline.programs import read_programs
from pipeline.study import open_study
from pipeline.tlf.concordance import concordance
from pipeline.tlf.make import make_output
from pipeline.tlf.toc import read_toc

ROOT = Path(__file__).parents[2]
COLUMNS = ("A", "B", "C", "D", "total")
Outputs = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the reference study with its datasets, outputs and concordance built."""
    path = tmp_path_factory.mktemp("study")
    for name in ("study.yaml", "codelists.yaml"):
        shutil.copy(ROOT / name, path / name)
    for name in ("raw", "sdtm", "adam", "tlf"):
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    tasks = plan(path)
    run(tasks, path, [t.name for t in tasks if t.name.startswith(("sdtm/", "adam/"))])
    folder = open_study(path)
    programs = read_programs(path, "tlf")
    for output in read_toc(path, programs, folder.study.populations):
        make_output(folder, output, programs[output.program])
    concordance(folder)
    return path


@pytest.fixture(scope="module")
def outputs(built: Path) -> Outputs:
    """The results files by output id."""
    found = [json.loads(path.read_text()) for path in (built / "build/tlf").glob("*.json")]
    return {result["id"]: result for result in found}


def values(result: dict[str, Any], row: str, statistic: str) -> list[Any]:
    """The statistic of a row in the columns A, B, C, D, total."""
    found = {
        column: value
        for key, column, name, value in result["results"]
        if (key, name) == (row, statistic)
    }
    return [found.get(column) for column in COLUMNS]


COUNTS = [
    ("T14.1.1", "planned infusions", [4, 4, 8, 16, None]),
    ("T14.1.2", "screened", [None, None, None, None, 24]),
    ("T14.1.2", "screening failures", [None, None, None, None, 6]),
    ("T14.1.2", "treated", [3, 5, 6, 4, 18]),
    ("T14.1.2", "alive at data cut-off", [0, 0, 0, 1, 1]),
    ("T14.1.3", "location of recurrence, n (%)/liver", [2, 4, 2, 2, 10]),
    ("T14.1.3", "location of recurrence, n (%)/lung", [3, 4, 6, 2, 15]),
    ("T14.1.3", "location of recurrence, n (%)/liver and lung", [2, 3, 2, 0, 7]),
    ("T14.1.3", "prior anti-carcinoma treatment, n (%)/yes", [2, 4, 4, 2, 12]),
    ("T14.1.5", "tace", [0, 2, 1, 2, 5]),
    ("T14.1.5", "sorafenib", [3, 0, 3, 3, 9]),
    ("T14.1.5", "surgical intervention", [1, 0, 0, 0, 1]),
    ("T14.1.7", "infusions given", [12, 20, 48, 64, 144]),
    ("T14.1.7", "of 5e9 cells", [12, 0, 0, 16, 28]),
    ("T14.2.2", "overall survival/died", [3, 5, 6, 3, 17]),
    ("T14.2.2", "sensitivity analysis/censored", [0, 0, 1, 1, 2]),
    ("T14.3.1.1", "number of events/related teaes", [5, 0, 4, 8, 17]),
    ("T14.3.1.1", "number of events/related teaes of grade 2", [0, 0, 0, 1, 1]),
    ("T14.3.1.3", "any related teae/any", [2, 0, 2, 3, 7]),
    ("T14.3.1.3", "any related teae/1", [2, 0, 2, 2, 6]),
    ("T14.3.1.3", "any related teae/2", [0, 0, 0, 1, 1]),
    ("T14.3.1.3", "any related teae/>=3", [0, 0, 0, 0, 0]),
    ("T14.3.1.7", "pyrexia", [2, 0, 2, 3, 7]),
    ("T14.3.1.7", "sepsis", [0, 0, 0, 0, 0]),
    ("T14.3.1.8", "subjects with dlt", [0, 0, 0, 0, 0]),
]


@pytest.mark.parametrize(("output", "row", "expected"), COUNTS)
def test_counts(outputs: Outputs, output: str, row: str, expected: list[int | None]) -> None:
    assert values(outputs[output], row, "n") == expected


NUMBERS = [
    ("T14.1.3", "age (years)/age/mean (sd)", "total", "mean", 47.5556, 1e-4),
    ("T14.1.3", "age (years)/age/mean (sd)", "A", "sd", 12.6623, 1e-4),
    ("T14.1.5", "tace", "p", "p", 0.5261, 5e-5),
    ("T14.1.5", "tare", "p", "p", 0.6471, 5e-5),
    ("T14.1.5", "sorafenib", "p", "p", 0.0270, 5e-5),
    ("T14.1.5", "surgical intervention", "p", "p", 0.1667, 5e-5),
    ("T14.2.2", "overall survival/median", "total", "estimate", 17.69, 5e-3),
    ("T14.2.2", "overall survival/median", "total", "lower", 12.58, 5e-3),
    ("T14.2.2", "overall survival/median", "total", "upper", 24.18, 5e-3),
    ("T14.2.2", "overall survival/rate 12", "total", "pct", 72.2, 5e-2),
    ("T14.2.2", "overall survival/rate 24", "total", "pct", 22.2, 5e-2),
    ("T14.2.2", "overall survival/log-rank p-value", "total", "p", 0.0357, 5e-5),
    ("T14.2.2", "sensitivity analysis/median", "total", "upper", 30.26, 5e-3),
    ("T14.2.2", "sensitivity analysis/log-rank p-value", "total", "p", 0.0416, 5e-5),
    ("T14.2.4", "group d v a", "hr", "estimate", 0.075, 5e-4),
    ("T14.2.4", "group d v a", "hr", "lower", 0.008, 5e-4),
    ("T14.2.4", "group d v a", "hr", "upper", 0.665, 1e-3),
    ("T14.2.4", "age (per year)", "p", "p", 0.482, 5e-4),
    ("T14.2.4", "all groups (omnibus)", "p", "p", 0.066, 5e-4),
    ("T14.2.5", "age (years)", "rho", "value", -0.397, 5e-4),
    ("T14.2.5", "age (years)", "p", "p", 0.103, 5e-4),
    ("T14.2.5", "time from transplantation to recurrence (days)", "rho", "value", 0.418, 5e-4),
    ("T14.3.1.6", "all infusions", "5e9", "n", 5, 0),
    ("T14.3.1.6", "all infusions", "5e9", "N", 28, 0),
    ("T14.3.1.6", "all infusions", "1e10", "n", 12, 0),
    ("T14.3.1.6", "all infusions", "1e10", "N", 116, 0),
    ("T14.3.1.7", "pyrexia", "ci", "lower", 17.3, 5e-2),
    ("T14.3.1.7", "pyrexia", "ci", "upper", 64.3, 5e-2),
    ("T14.3.1.7", "sepsis", "ci", "upper", 18.5, 5e-2),
]


@pytest.mark.parametrize(("output", "row", "column", "statistic", "expected", "within"), NUMBERS)
def test_numbers(
    outputs: Outputs,
    output: str,
    row: str,
    column: str,
    statistic: str,
    expected: float,
    within: float,
) -> None:
    found = {tuple(cell): value for *cell, value in outputs[output]["results"]}
    assert found[(row, column, statistic)] == pytest.approx(expected, abs=within)


def test_listings_hold_every_record(outputs: Outputs) -> None:
    records = {name: len(r["records"]) for name, r in outputs.items() if r["kind"] == "listing"}
    expected = {
        "L16.2.2": 2,
        "L16.2.4.1": 18,
        "L16.2.5.1": 144,
        "L16.2.6.1": 18 * 5,  # OS, OSS1, PFS, OSREC, FUP
        "L16.2.7.1": 17,
        "L16.2.7.2": 18 * 8,  # eight events were looked for
        "L16.2.7.3": 17,
        "T14.3.2.3": 17,
        "L16.2.8.1": 20 * 180 + 2 + 18,  # tests x visits, two repeats, AFP
        "L16.2.8.2": 0,
        "L16.2.9": 5 * (2 * 144 + 36),
        "L16.2.10": 72 + 2 * 180,
    }
    assert {name: records[name] for name in expected} == expected


def test_records_behind_pyrexia_are_its_17_events(built: Path) -> None:
    lineage = pd.read_parquet(built / "build/tlf/t-14-3-1-7.lineage.parquet")
    behind = lineage.loc[(lineage["row"] == "pyrexia") & (lineage["column"] == "total")]
    assert (behind["dataset"] == "adae").all()
    assert len(behind) == 17


def test_the_concordance_has_all_57_numbers(built: Path) -> None:
    table = pd.read_csv(built / "build/concordance.csv", dtype=str, keep_default_na=False)
    assert table["status"].value_counts().to_dict() == {
        "EXACT": 28,
        "DIFFERS": 16,
        "SYNTHETIC": 9,
        "CONDITIONAL": 3,
        "NOT POSSIBLE": 1,
    }


def test_a_changed_number_stops_the_concordance(built: Path) -> None:
    path = built / "build/tlf/t-14-1-2.json"
    text = path.read_text()
    result = json.loads(text)
    for cell in result["results"]:
        if cell[:3] == ["screened", "total", "n"]:
            cell[3] = 23
    path.write_text(json.dumps(result))
    try:
        with pytest.raises(StudyError, match="R01: expected EXACT, found DIFFERS"):
            concordance(open_study(built))
    finally:
        path.write_text(text)
