"""The defects seeded into the CRF extracts: the validation finds each of them and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
KEY = yaml.load((ROOT / "raw/defects.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


DEVIATION = "DQ41.2"


@pytest.fixture(scope="module")
def all_found(built: Path) -> list[dict]:
    """The findings of the reference study."""
    return json.loads((built / "build/validation/findings.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(all_found: list[dict]) -> list[dict]:
    """The findings without the deviation that the article tells, which nobody has seeded."""
    return [item for item in all_found if item["rule"] != DEVIATION]


def test_the_age_of_patient_11_is_reported_once_and_as_a_note(all_found: list[dict]) -> None:
    about = [item for item in all_found if item["subject"].endswith("-011")]
    noted = [(item["rule"], item["severity"]) for item in about if item["rule"].startswith("DQ41")]
    assert noted == [(DEVIATION, "note")]
    assert sum(item["rule"] == DEVIATION for item in all_found) == 1


def places(found: list[dict]) -> list[tuple[str, str]]:
    """(rule, CRF line) of every finding."""
    return sorted((item["rule"], line) for item in found for line in item["crf"])


def test_the_answer_key_and_the_findings_are_the_same(found: list[dict]) -> None:
    expected = sorted(
        (rule, f"raw/{defect['form']}.csv line {line}")
        for defect in KEY.values()
        for rule in defect["rules"]
        for line in defect["lines"]
    )
    assert places(found) == expected


def test_every_defect_is_a_warning_that_names_its_subject(found: list[dict]) -> None:
    assert {item["severity"] for item in found} == {"warning"}
    subjects = {item["subject"].removeprefix("NCT02399735-") for item in found}
    assert subjects == {defect["subject"] for defect in KEY.values()}


@pytest.mark.parametrize(
    ("kind", "count"), [("D-PARTIAL", 4), ("D-UNIT", 1), ("D-WINDOW", 1), ("D-DUPLICATE", 2)]
)
def test_so_many_defects_of_each_kind_are_seeded(kind: str, count: int) -> None:
    assert sum(name.startswith(kind) for name in KEY) == count


def line_of(form: str, number: str) -> dict[str, str]:
    """The record on a line of an extract; the header is line 1."""
    lines = (ROOT / f"raw/{form}.csv").read_text(encoding="utf-8").splitlines()
    return dict(zip(lines[0].split(","), lines[int(number) - 1].split(","), strict=True))


def test_the_lines_of_the_key_hold_the_defects() -> None:
    for name, defect in KEY.items():
        records = [line_of(defect["form"], line) for line in defect["lines"]]
        if name.startswith("D-PARTIAL"):
            assert len(records[0]["HBV_DAT"].split()) == 2
        if name.startswith("D-UNIT"):
            assert records[0]["LAB_UNIT"] == "umol/L"
            assert float(records[0]["LAB_RES"]) < 2
        if name.startswith("D-DUPLICATE"):
            first, again = ({k: v for k, v in r.items() if k != "LAB_NO"} for r in records)
            assert first == again
