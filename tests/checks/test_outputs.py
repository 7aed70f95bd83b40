"""Checks of the outputs: for each rule a results file that passes and the same one spoilt."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.output_run import CHECKED, check_outputs
from pipeline.checks.output_sources import changed_pins, without_banner
from pipeline.checks.outputs import RULES, Fault, check_output
from pipeline.checks.shared_numbers import disagreements
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.study import open_study

SIZES = {"A": 2, "B": 3, "total": 5}
# row: subjects of group A, group B and in all, of 2, 3 and 5
COUNTS = {"any": (2, 1, 3), "heart": (2, 1, 3), "heart/angina": (1, 1, 2), "heart/block": (1, 0, 1)}
TABLE = {
    "id": "T1",
    "kind": "table",
    "synthetic": False,
    "columns": [{"key": key, "n": size} for key, size in SIZES.items()],
    "results": [
        [row, key, name, value]
        for row, counts in COUNTS.items()
        for (key, size), n in zip(SIZES.items(), counts, strict=True)
        for name, value in (("n", n), ("N", size), ("pct", 100 * n / size))
    ],
}
CURVE = {
    "label": "All",
    "n": 5,
    "events": 3,
    "median": {"estimate": 4.5},
    "survival": [1.0, 0.8, 0.4],
    "at_risk": [5, 3, 0],
}
FIGURE = {
    "id": "F1",
    "kind": "figure",
    "figure": "kaplan_meier",
    "synthetic": False,
    "data": {"groups": [CURVE]},
}
LISTING = {"id": "L1", "kind": "listing", "synthetic": False, "records": [["x"]] * 3}
Spoil = Callable[[dict], None]


def spoiled(result: dict, spoil: Spoil) -> list[Fault]:
    """The faults of a spoilt copy."""
    changed = copy.deepcopy(result)
    spoil(changed)
    return check_output(changed, SIZES)


def put(row: str, column: str, statistic: str, value: float) -> Spoil:
    """Change one number of a table."""

    def change(result: dict) -> None:
        (cell,) = (c for c in result["results"] if c[:3] == [row, column, statistic])
        cell[3] = value

    return change


def test_a_table_and_a_figure_without_fault() -> None:
    assert check_output(TABLE, SIZES) == []
    assert check_output(FIGURE, SIZES) == []
    assert check_output(LISTING, SIZES) == []


@pytest.mark.parametrize(
    ("rule", "spoil", "place", "what"),
    [
        ("DQ40.1", lambda r: r["columns"][0].update(n=3), "column A", "N is 3, ADSL has 2"),
        ("DQ40.2", put("any", "A", "N", 1), "row any, column A", "n 2 of N 1"),
        ("DQ40.2", put("any", "B", "pct", 33.4), "row any, column B", "printed as 33.4 %"),
        ("DQ40.3", put("heart/block", "total", "n", 2), "row heart/block", "add up to 1"),
        ("DQ40.4", put("heart", "A", "n", 0), "row heart, column A", "0 does not lie between 1"),
    ],
)
def test_a_spoilt_table(rule: str, spoil: Spoil, place: str, what: str) -> None:
    found = {fault.rule: fault for fault in spoiled(TABLE, spoil)}
    assert (found[rule].output, found[rule].place) == ("T1", place)
    assert what in found[rule].what


def test_more_subjects_in_a_heading_than_below_it() -> None:
    """Two subjects in group A, but only one event below."""

    def without_block(result: dict) -> None:
        result["results"] = [c for c in result["results"] if c[0] != "heart/block"]

    assert [(f.rule, f.place) for f in spoiled(TABLE, without_block)] == [
        ("DQ40.4", "row heart, column A"),
        ("DQ40.4", "row heart, column total"),
    ]


def test_a_total_of_more_than_the_groups_is_right_when_subjects_have_no_group() -> None:
    """Screening failures count in the total column alone."""
    changed = copy.deepcopy(TABLE)
    changed["columns"][2]["n"] = 7
    changed["results"] = [["screened", "A", "n", 2], ["screened", "B", "n", 3]]
    changed["results"] += [["screened", "total", "n", 7]]
    assert check_output(changed, SIZES | {"total": 7}) == []


@pytest.mark.parametrize(
    ("name", "values", "what"),
    [
        ("survival", [1.0, 0.4, 0.8], "survival rises"),
        ("at_risk", [5, 3, 4], "at_risk rises"),
        ("at_risk", [6, 3, 0], "6 at risk of 5 subjects"),
    ],
)
def test_a_spoilt_curve(name: str, values: list[float], what: str) -> None:
    found = spoiled(FIGURE, lambda r: r["data"]["groups"][0].update({name: values}))
    assert [(fault.rule, fault.place, fault.what) for fault in found] == [
        ("DQ40.5", "curve All", what)
    ]


def shared(folder: Path, text: str) -> list[Fault]:
    """The disagreements of three outputs under an agreements file."""
    (folder / "tlf").mkdir(exist_ok=True)
    (folder / "tlf/agreements.yaml").write_text(text, encoding="utf-8")
    return disagreements(folder, {"T1": TABLE, "F1": FIGURE, "L1": LISTING})


def test_numbers_that_outputs_share(tmp_path: Path) -> None:
    same = "Events: {T1: [any, total, n], F1: [All, events], L1: [records]}\n"
    assert shared(tmp_path, same) == []
    (found,) = shared(tmp_path, "Median: {F1: [All, median], T1: [any, A, n]}\n")
    assert (found.rule, found.output, found.place) == ("DQ40.6", "F1, T1", "Median")
    assert found.what == "not the same: F1 4.5, T1 2"


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("T9: [any, A, n]", "no output T9"),
        ("T1: [nothing, A, n]", "T1 has no number at nothing, A, n"),
        ("T1: [records]", "T1 has no number at records"),
        ("F1: [Some, median]", "F1 has no number at Some, median"),
        ("L1: [subjects]", "L1 has no number at subjects"),
    ],
)
def test_a_place_that_does_not_exist(tmp_path: Path, entry: str, what: str) -> None:
    with pytest.raises(StudyError, match=what) as caught:
        shared(tmp_path, f"Events: {{{entry}}}\n")
    assert caught.value.where == "tlf/agreements.yaml line 1"


def test_pinned_files(tmp_path: Path) -> None:
    (tmp_path / "raw/kept").mkdir(parents=True)
    table, pins = tmp_path / "raw/kept/table.csv", tmp_path / "raw/kept/SHA256SUMS"
    table.write_text("a\n1\n")
    pins.write_text(f"{hashlib.sha256(b'a' + bytes([10, 49, 10])).hexdigest()}  table.csv\n")
    assert changed_pins(tmp_path) == []
    table.write_text("a\n2\n")
    assert [(f.output, f.what) for f in changed_pins(tmp_path)] == [
        ("raw/kept/table.csv", "the file has changed")
    ]
    table.unlink()
    assert [f.what for f in changed_pins(tmp_path)] == ["the file is missing"]
    pins.write_text(f"{'0' * 64}  ../../study.yaml\n")
    with pytest.raises(StudyError, match="not a digest and a file name"):
        changed_pins(tmp_path)


def test_the_banner_of_every_output_of_the_reference_study(built: Path) -> None:
    """Taken off, it is missed wherever the records are of a form of synthetic results alone."""
    folder, missed = open_study(built), set()
    for path in sorted((built / "build/tlf").glob("*.lineage.parquet")):
        name = path.name.removesuffix(".lineage.parquet")
        result = json.loads((path.parent / f"{name}.json").read_text(encoding="utf-8"))
        records = read_frame(path)
        assert without_banner(folder, result, records) == []
        if without_banner(folder, result | {"synthetic": False}, records):
            missed.add(result["id"])
    assert {"T14.2.1", "F14.3.5.1", "T14.3.4.1", "L16.2.9", "T14.2.7"} <= missed
    assert not {"T14.2.2", "T14.3.1.4", "T14.1.3"} & missed


def test_a_marked_record_needs_the_banner(built_mini: Path) -> None:
    """Line 7 of events.csv is marked synthetic; adverse event 5 is made of it."""
    records = pd.DataFrame({"dataset": ["ae"], "record": [5]})
    (found,) = without_banner(open_study(built_mini), TABLE, records)
    assert found.rule == "DQ42.1"


def test_all_outputs_of_a_study(built_mini: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(built_mini, study)
    checked = json.loads((study / CHECKED).read_text(encoding="utf-8"))
    assert (checked["faults"], set(checked["rules"])) == ([], set(RULES))
    table = study / "build/tlf/t-1-1.json"
    table.write_text(table.read_text().replace('"n": 3', '"n": 2', 1))
    with pytest.raises(StudyError, match=r"DQ40\.1, T1\.1, column") as caught:
        check_outputs(open_study(study), {"t-1-1": "SAFFL"})
    assert "fix: correct the program" in str(caught.value)
    assert json.loads((study / CHECKED).read_text())["faults"]
