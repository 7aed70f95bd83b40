"""The parts of the report: scripts, file names, timelines, what stands behind a finding."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoiled_study import SCRIPT, SUBJECT

from pipeline.checks.built import Built
from pipeline.checks.page import write_report
from pipeline.checks.page_rows import FieldsBehind, crf_texts, record_texts
from pipeline.checks.pages import file_name, replaced, script_json
from pipeline.checks.reported import Reported
from pipeline.checks.subject_pages import MOST_PAGES, chosen_subjects
from pipeline.checks.timeline import day_number, events, shape_of, study_days
from pipeline.checks.validate import Validation, validate
from pipeline.datasets import all_datasets
from pipeline.findings import Finding
from pipeline.frames import read_frame
from pipeline.spec import Dataset, Variable
from pipeline.study import open_study


@given(st.text())
def test_a_script_holds_the_value_and_nothing_that_ends_it(text):
    made = script_json({"text": text})
    assert json.loads(made) == {"text": text}
    assert not set("<>&\u2028\u2029") & set(made)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=6, unique=True))
def test_file_names_are_plain_and_different(texts):
    names = [file_name(text) for text in texts]
    assert len(set(names)) == len(texts)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in names)


def test_a_folder_stays_until_the_next_one_is_complete(tmp_path):
    folder = tmp_path / "pages"
    with replaced(folder) as beside:
        (beside / "a").write_text("1")
    with pytest.raises(ZeroDivisionError), replaced(folder) as beside:
        (beside / "b").write_text(str(1 / 0))
    assert [path.name for path in folder.iterdir()] == ["a"]
    with replaced(folder) as beside:
        (beside / "c").write_text("1")
    assert [path.name for path in folder.iterdir()] == ["c"]


def a_dataset(name: str, kind: str, layer: str, keys: str, **types: str) -> Dataset:
    variables = tuple(Variable(n, f"Label of {n}", t) for n, t in types.items())
    return Dataset(name, name, layer, kind, "", "", tuple(keys.split()), "subject", variables)


AE = a_dataset(
    "AE",
    "EVENTS",
    "sdtm",
    "USUBJID AESEQ",
    **{"USUBJID": "text", "AESEQ": "integer", "AETERM": "text", "AEDECOD": "text"},
    **{"AESER": "text", "AEOUT": "text", "AETOXGR": "text"},
    **{"AEDTC": "iso8601", "AESTDTC": "iso8601", "AEENDTC": "iso8601"},
)
LB = a_dataset(
    "LB",
    "FINDINGS",
    "sdtm",
    "USUBJID LBSEQ",
    **{"USUBJID": "text", "LBTESTCD": "text", "LBTEST": "text", "LBSTRESC": "text"},
    **{"LBSTRESU": "text", "LBNRIND": "text", "VISIT": "text", "LBDTC": "iso8601"},
)
DM = a_dataset(
    "DM",
    "SPECIAL PURPOSE",
    "sdtm",
    "STUDYID USUBJID",
    **{"USUBJID": "text", "RFSTDTC": "iso8601", "DTHDTC": "iso8601"},
)


def test_when_and_what_follow_from_the_specification():
    ae, lb, dm = shape_of(AE), shape_of(LB), shape_of(DM)
    assert (ae.start, ae.end, ae.title, ae.spans) == ("AESTDTC", "AEENDTC", "AEDECOD", True)
    assert (lb.start, lb.end, lb.title, lb.range) == ("LBDTC", "", "LBTEST", "LBNRIND")
    assert dm.dates == ("RFSTDTC", "DTHDTC")
    analysis = a_dataset(
        "ADXX", "BASIC DATA STRUCTURE", "adam", "USUBJID PARAMCD", PARAM="text", ADT="date"
    )
    assert (shape_of(analysis).start, shape_of(analysis).title) == ("ADT", "PARAM")


def days(*dates: str) -> list[float]:
    return [(pd.Timestamp(date) - pd.Timestamp("1970-01-01")).days for date in dates]


def test_a_partial_date_takes_the_time_it_may_mean():
    frame = pd.DataFrame(
        {
            "USUBJID": "S",
            "AEDECOD": ["Rash", "Fever", "Cough", "Pain"],
            "AESER": ["Y", "N", None, None],
            "AEOUT": [None, None, "FATAL", None],
            "AETOXGR": ["2", None, "5", None],
            "AESTDTC": ["2016-02", "2016-01-05T10:00", "2015", None],
            "AEENDTC": [None, "2016-01-07", "2016-02-29", "2016"],
        },
        index=[11, 12, 13, 14],
        dtype="str",
    )
    told = events(frame, AE)
    assert told["record"].tolist() == [11, 12, 13, 14]
    assert told["first"].tolist()[:3] == days("2016-02-01", "2016-01-05", "2015-01-01")
    assert told["last"].tolist() == days("2016-02-29", "2016-01-07", "2016-02-29", "2016-12-31")
    assert pd.isna(told["first"].iloc[3])
    assert told["mark"].tolist() == ["serious", "", "fatal", ""]
    assert told["detail"].iloc[0] == "AETOXGR 2; AESER Y"
    reference = pd.Series(days("2016-01-05") * 4, index=told.index)
    day = study_days(told, reference)
    assert day.iloc[1] == 1  # the reference day is day 1
    assert day.drop(12).isna().all()  # partial dates have no study day


def test_results_out_of_range_stand_out():
    frame = pd.DataFrame(
        {
            "LBTEST": ["Sodium"] * 3,
            "LBSTRESC": ["120", "140", None],
            "LBSTRESU": ["mmol/L"] * 3,
            "LBNRIND": ["LOW", "NORMAL", None],
            "VISIT": ["WEEK 1"] * 3,
            "LBDTC": ["2016-02-01"] * 3,
        },
        dtype="str",
    )
    told = events(frame, LB)
    assert told["mark"].tolist() == ["low", "", ""]
    assert told["detail"].tolist() == ["120 mmol/L; WEEK 1", "140 mmol/L; WEEK 1", "WEEK 1"]


def test_one_record_per_subject_gives_one_event_per_date():
    frame = pd.DataFrame(
        {"USUBJID": ["A", "B"], "RFSTDTC": ["2016-01-05", None], "DTHDTC": ["2016-03-01", None]}
    )
    told = events(frame, DM)
    assert told[["title", "detail", "mark"]].to_numpy().tolist() == [
        ["Label of RFSTDTC", "RFSTDTC", ""],
        ["Label of DTHDTC", "DTHDTC", "death"],
    ]
    assert day_number(pd.Series(["1970-01-02", None])).tolist()[:1] == [1.0]


def test_every_dataset_of_the_reference_study_has_a_time_and_a_title():
    root = Path(__file__).parents[2]
    without = set()
    for dataset in all_datasets(open_study(root)).values():
        shape = shape_of(dataset)
        assert shape.title in dataset.names
        if "USUBJID" in dataset.names and not (shape.start or shape.dates):
            without.add(dataset.name)
    assert without <= {"RELREC", "SUPPAE", "IE"}  # records that no date is collected for


def test_a_study_of_many_subjects_has_pages_for_the_gravest():
    many = [f"S{n:04d}" for n in range(MOST_PAGES + 50)]
    found = [
        Reported(Finding("R", severity, name, "", ""), "", "", usubjid=name)
        for severity, numbers in (("warning", range(20, 290)), ("error", (299, 10)))
        for name in (f"S{n:04d}" for n in numbers)
    ]
    chosen = chosen_subjects(many, found)
    assert len(chosen) == MOST_PAGES
    assert {"S0010", "S0299"} <= set(chosen)  # errors come before any number of warnings
    assert "S0000" not in chosen  # no finding, no page
    assert chosen_subjects(many[:30], found) == many[:30]


def test_crf_fields_are_found_through_all_datasets(built_mini):
    behind = FieldsBehind(open_study(built_mini))
    assert behind.of("AE", "AESTDTC") == (("raw/events.csv", "BEGAN"),)
    assert ("raw/events.csv", "BEGAN") in behind.of("ADAE", "ASTDT")
    assert behind.of("AE", "NOSUCH") == ()


def test_records_are_shown_as_they_were_entered(spoiled):
    folder = open_study(spoiled)
    texts = crf_texts(folder, {"raw/events.csv": [2, 10]})
    assert texts["raw/events.csv:2"][:4] == ["1001", "1", "Yes", SCRIPT]
    aside = "9999,1,Yes,nobody's,Rash,Skin disorders,01-FEB-2016,,Mild,No,published"
    assert texts["raw/events.csv:10"] == [aside]  # set aside by the intake: the line itself
    frame = read_frame(spoiled / "build/sdtm/ae.parquet")
    (row,) = record_texts(Built(folder, {"AE": folder.datasets["ae"]}), {"AE": [2]}).values()
    assert row[list(frame.columns).index("AETERM")] == frame["AETERM"].iloc[1]


def page_of(study: Path, subject: str) -> dict:
    text = (study / f"build/validation/subjects/{subject}.html").read_text(encoding="utf-8")
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
    return json.loads(found)


def test_the_page_of_a_subject_holds_every_record_of_the_subject(spoiled):
    page = page_of(spoiled, SUBJECT)
    held = {dataset["name"]: len(dataset["records"]) for dataset in page["datasets"]}
    folder, there = open_study(spoiled), {}
    for name, dataset in all_datasets(folder).items():
        frame = read_frame(spoiled / f"build/{dataset.layer}/{name}.parquet")
        if "USUBJID" in frame and (frame["USUBJID"] == SUBJECT).any():
            there[dataset.name] = int((frame["USUBJID"] == SUBJECT).sum())
    assert held == there
    assert len(held) > 6
    rules = {item["rule"] for item in page["findings"]}
    assert {"DQ1.1", "DATE-ORDER"} <= rules
    (ae,) = [dataset for dataset in page["datasets"] if dataset["name"] == "AE"]
    lines = [places for _, places in ae["records"].values()]
    assert {line for place in lines for line in place["raw/events.csv"]} == {2, 3, 4}
    assert page["texts"]["raw/events.csv:2"][3] == SCRIPT


def test_the_report_says_who_has_a_page_and_why_the_others_do_not(spoiled, tmp_path, monkeypatch):
    study = Path(shutil.copytree(spoiled, tmp_path / "study"))
    monkeypatch.setattr("pipeline.checks.subject_pages.MOST_PAGES", 2)
    monkeypatch.setattr("pipeline.checks.page.MOST_PAGES", 2)
    names = [f"DEMO-7-100{number}" for number in range(1, 7)]
    found = [
        Reported(Finding("R", severity, name, "", "", dataset="DM"), "", "", usubjid=name, key=name)
        for severity, name in zip(("note", "error", "warning"), names, strict=False)
    ]
    folder = open_study(study)
    built = Built(folder, {item.name: item for item in all_datasets(folder).values()})
    write_report(folder, Validation([], found, [], [], built, None))
    page = (study / "build/validation/index.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "2 subjects have one, so that the report stays small" in text
    assert "1 without a page: their findings are fewer or less grave DEMO-7-1001" in text
    without = "3 without a page: no finding is about them DEMO-7-1004, DEMO-7-1005, DEMO-7-1006"
    assert without in text
    made = {path.stem for path in (study / "build/validation/subjects").iterdir()}
    assert made == {"DEMO-7-1002", "DEMO-7-1003"}
    assert "Every subject has a page" not in text


def test_pages_made_in_several_goes_are_the_same(spoiled, tmp_path, monkeypatch):
    study = Path(shutil.copytree(spoiled, tmp_path / "study"))
    pages = study / "build/validation/subjects"
    once = {path.name: path.read_bytes() for path in pages.iterdir()}
    monkeypatch.setattr("pipeline.checks.subject_pages.AT_ONCE", 2)
    validate(open_study(study))
    assert {path.name: path.read_bytes() for path in pages.iterdir()} == once
    assert len(once) > 4
