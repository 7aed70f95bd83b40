"""Trial design datasets from sdtm/trial_design.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.sdtm.trial_design import (
    trial_arms,
    trial_criteria,
    trial_elements,
    trial_summary,
    trial_visits,
)
from pipeline.study import Study, read_study

STUDY = """study: S-1
title: T
cutoff: 2020-01-01
subjects: {form: dm, fields: [NO]}
arms: {B: {name: Arm B}, A: {name: Arm A}}
"""
DESIGN = """elements:
  SCRN: {name: Screening, starts: Consent, ends: First dose}
  TRT: {name: Drug, starts: First dose, duration: P28D}
arms:
  A:
    SCREENING: {element: SCRN, branch: Allocated}
    TREATMENT: {element: TRT, transition: to follow-up}
visits:
  SCREENING: {number: "1", starts: Consent}
  DAY 1: {number: "2", day: "1", arms: [A, B], starts: First dose}
criteria:
  INCL01: {text: Adult, category: INCLUSION}
parameters:
  TRT: {name: Treatment, value: [Drug, Other]}
  PLANSUB: {name: Planned Subjects, "null": UNK}
"""


def design(folder: Path, text: str = DESIGN) -> Study:
    """The study with this trial design."""
    (folder / "sdtm").mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(STUDY)
    (folder / "sdtm/trial_design.yaml").write_text(text)
    return read_study(folder)


def test_the_five_datasets(tmp_path: Path) -> None:
    study = design(tmp_path)
    te, ta, tv = trial_elements(study), trial_arms(study), trial_visits(study)
    assert te[["ETCD", "TESTRL", "TEDUR"]].to_numpy().tolist() == [
        ["SCRN", "Consent", ""],
        ["TRT", "First dose", "P28D"],
    ]
    assert ta[["ARMCD", "ARM", "TAETORD", "ETCD", "ELEMENT", "EPOCH"]].to_numpy().tolist() == [
        ["A", "Arm A", 1, "SCRN", "Screening", "SCREENING"],
        ["A", "Arm A", 2, "TRT", "Drug", "TREATMENT"],
    ]
    assert ta["TABRANCH"].tolist() == ["Allocated", ""]
    assert tv[["VISIT", "VISITNUM", "ARMCD"]].fillna("all").to_numpy().tolist() == [
        ["SCREENING", 1.0, "all"],
        ["DAY 1", 2.0, "A"],
        ["DAY 1", 2.0, "B"],
    ]
    assert trial_criteria(study)["IETESTCD"].tolist() == ["INCL01"]
    ts = trial_summary(study)
    assert ts[["TSPARMCD", "TSSEQ", "TSVAL", "TSVALNF"]].to_numpy().tolist() == [
        ["TRT", 1, "Drug", ""],
        ["TRT", 2, "Other", ""],
        ["PLANSUB", 1, "", "UNK"],
    ]
    assert set(ts["STUDYID"]) == {"S-1"}


@pytest.mark.parametrize(
    ("old", "new", "make", "line"),
    [
        ("starts: Consent, ends", "start: Consent, ends", trial_elements, 2),
        ("branch: Allocated", "branches: Allocated", trial_arms, 6),
        ("text: Adult", "texts: Adult", trial_criteria, 12),
        ("name: Treatment", "nam: Treatment", trial_summary, 14),
    ],
)
def test_a_faulty_key(tmp_path: Path, old: str, new: str, make, line: int) -> None:
    with pytest.raises(StudyError, match=f"trial_design.yaml line {line}: unknown key"):
        make(design(tmp_path, DESIGN.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "make"),
    [
        ("element: TRT,", "element: TRX,", trial_arms),
        ("  A:\n", "  C:\n", trial_arms),
        ('number: "2"', "number: two", trial_visits),
        ('day: "1"', "day: first", trial_visits),
    ],
)
def test_a_faulty_value(tmp_path: Path, old: str, new: str, make) -> None:
    with pytest.raises(StudyError, match=r"sdtm/trial_design\.yaml line \d+"):
        make(design(tmp_path, DESIGN.replace(old, new)))
