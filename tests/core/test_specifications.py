"""Reading NAME.yaml, forms.yaml, codelists.yaml and study.yaml: what they may not say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipeline.codelists import read_codelists
from pipeline.errors import StudyError
from pipeline.forms import read_forms
from pipeline.spec import read_dataset
from pipeline.study import open_study, read_study

AE = """dataset: AE
label: Adverse Events
class: EVENTS
structure: One record per event
keys: [USUBJID]
variables:
  USUBJID: {label: Subject, type: text, origin: raw_ae.SUBJECT}
  AESTDY: {label: Day, type: integer, origin: Derived, uses: [AE.AESTDTC, DM.RFSTDTC]}
"""
FORMS = """ae:
  label: Adverse Events
  structure: One record per event
  key: [SUBJECT]
  fields:
    SUBJECT: {label: Subject, type: text, source: published, required: true}
"""
LISTS = """NY:
  label: No Yes
  terms:
    Y: {decode: Yes, collected: [Yes, "1"]}
    N: {decode: No, collected: [No, "0"]}
"""
STUDY = """study: S-1
title: T
cutoff: 2020-02-29
subjects: {form: ae, fields: [SUBJECT]}
arms: {A: {name: Arm A}}
"""


def spoiled(path: Path, text: str, old: str, new: str) -> Path:
    """A file with `old` replaced by `new` in its text."""
    assert old in text
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_specification(tmp_path: Path) -> None:
    dataset = read_dataset(spoiled(tmp_path / "ae.yaml", AE, "label", "label"), "sdtm")
    assert (dataset.name, dataset.names, dataset.scope) == ("AE", ["USUBJID", "AESTDY"], "subject")
    assert (dataset["USUBJID"].origin, dataset["USUBJID"].references) == (
        "Collected",
        ("raw_ae.SUBJECT",),
    )
    assert (dataset["AESTDY"].origin, dataset["AESTDY"].is_text) == ("Derived", False)
    with pytest.raises(KeyError):
        dataset["AETERM"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("class: EVENTS", "class: EVENT", 3, "class is 'EVENT'"),
        ("keys: [USUBJID]", "keys: [AESEQ]", 5, "the key AESEQ is not a variable"),
        ("type: text", "type: char", 7, "type is 'char'"),
        ("raw_ae.SUBJECT", "ae_SUBJECT", 7, "neither raw_FORM.FIELD nor DATASET.VARIABLE"),
        ("  AESTDY:", "  AEStartDay:", 8, "is not a variable name"),
        ("type: text", "typ: text", 7, "unknown key 'typ'"),
        ("dataset: AE", "dataset: AEX", 1, "AEX stands in ae.yaml"),
        ("type: integer,", "type: integer, core: Must,", 8, "core is 'Must'"),
        ("type: integer,", "type: integer, length: eight,", 8, "length is 'eight'"),
        ("structure: One", "scope: arm\nstructure: One", 4, "scope is 'arm'"),
    ],
)
def test_a_faulty_specification(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_dataset(spoiled(tmp_path / "ae.yaml", AE, old, new), "sdtm")
    assert caught.value.where == f"sdtm/ae.yaml line {line}"
    assert what in caught.value.what


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("key: [SUBJECT]", "key: [SITE]", 4, "ae: SITE is not a field"),
        ("key: [SUBJECT]", "key: [SUBJECT]\n  row_source: WHO", 4, "ae: WHO is not a field"),
        ("type: text", "type: string", 6, "type is 'string'"),
        ("source: published", "source: guessed", 6, "source is 'guessed'"),
        ("required: true", "required: yes", 6, "required is 'yes'"),
        ("label: Adverse Events", "label: A\n  file: ../ae.csv", 3, "'../ae.csv' is a path"),
    ],
)
def test_a_faulty_form(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_forms(spoiled(tmp_path / "forms.yaml", FORMS, old, new))
    assert caught.value.where == f"raw/forms.yaml line {line}"
    assert what in caught.value.what


def test_a_form(tmp_path: Path) -> None:
    form = read_forms(spoiled(tmp_path / "forms.yaml", FORMS, "label", "label"))["ae"]
    assert (form.file, form.key, form.row_source) == ("ae.csv", ("SUBJECT",), "")
    assert form["SUBJECT"].required
    with pytest.raises(KeyError):
        form["SITE"]


def test_a_codelist(tmp_path: Path) -> None:
    ny = read_codelists(spoiled(tmp_path / "codelists.yaml", LISTS, "label", "label"))["NY"]
    collected = pd.Series(["Yes", " 1 ", "N", "yes", "maybe", None], dtype="str")
    coded = ny.submission(collected)
    assert coded.fillna("-").tolist() == ["Y", "Y", "N", "-", "-", "-"]
    assert ny.knows(collected).tolist() == [True, True, True, False, False, True]
    assert ny.decode(coded).fillna("-").tolist() == ["Yes", "Yes", "No", "-", "-", "-"]
    assert ny.values == ["Y", "N"]


def test_a_collected_value_of_two_terms(tmp_path: Path) -> None:
    path = spoiled(tmp_path / "codelists.yaml", LISTS, '"0"', '"1"')
    with pytest.raises(StudyError, match="NY: the collected value '1' belongs to two terms"):
        read_codelists(path)


def test_a_study(tmp_path: Path) -> None:
    spoiled(tmp_path / "study.yaml", STUDY, "title", "title")
    study = read_study(tmp_path)
    assert (study.id, study.cutoff) == ("S-1", dt.date(2020, 2, 29))
    assert [(arm.code, arm.head) for arm in study.arms] == [("A", ("Arm A",))]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("study: S-1", "study: S 1", "study is 'S 1'"),
        ("2020-02-29", "2021-02-29", "cutoff is '2021-02-29'"),
        ("subjects:", "subject:", "unknown key 'subject'"),
        ("{name: Arm A}", "{nam: Arm A}", "unknown key 'nam'"),
    ],
)
def test_a_faulty_study(tmp_path: Path, old: str, new: str, what: str) -> None:
    spoiled(tmp_path / "study.yaml", STUDY, old, new)
    with pytest.raises(StudyError, match=what):
        read_study(tmp_path)


def test_the_timestamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cut-off, unless SOURCE_DATE_EPOCH says otherwise; never the clock."""
    spoiled(tmp_path / "study.yaml", STUDY, "title", "title")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_study(tmp_path).timestamp == dt.datetime(2020, 2, 29)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert read_study(tmp_path).timestamp == dt.datetime(1970, 1, 2)


@pytest.mark.parametrize(
    ("file", "text", "old", "new", "what"),
    [
        ("study.yaml", STUDY, "[SUBJECT]", "[PAT]", "a field of its key is not declared"),
        ("raw/forms.yaml", FORMS, "type: text", "type: text, codelist: SEX", "codelist SEX is not"),
        ("sdtm/ae.yaml", AE, "type: text", "type: text, codelist: SEX", "codelist SEX is not"),
        ("adam/ae.yaml", AE, "label", "label", "a dataset of this name exists in sdtm"),
    ],
)
def test_files_that_do_not_agree(
    tmp_path: Path, file: str, text: str, old: str, new: str, what: str
) -> None:
    for name, good in (("study.yaml", STUDY), ("raw/forms.yaml", FORMS), ("sdtm/ae.yaml", AE)):
        spoiled(tmp_path / name, good, "A", "A")
    open_study(tmp_path)
    spoiled(tmp_path / file, text, old, new)
    with pytest.raises(StudyError, match=what):
        open_study(tmp_path)


def test_a_folder_without_a_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no study\.yaml in this folder"):
        open_study(tmp_path)
