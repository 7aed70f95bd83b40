"""The verbs of SDTM programs: mapping, baseline, epochs, elements, visits, flags, results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.codelists import Codelist, Term
from pipeline.errors import StudyError
from pipeline.sdtm.adverse_events import flag_terms, flag_treatment_emergent
from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.elements import derive_vars_element
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify, number
from pipeline.sdtm.results import one_per_result, split_results
from pipeline.sdtm.therapy import derive_var_enrf
from pipeline.sdtm.visits import derive_vars_visit
from pipeline.study import Study, read_study
from pipeline.toxicity import BLOOD, dose_limiting
from pipeline.where import equals

STUDY = """study: S-1
title: T
cutoff: 2020-01-01
subjects: {form: dm, fields: [SITE, NO]}
arms: {A: {name: Arm A}, B: {name: Arm B}}
"""
DESIGN = """visits:
  SCREENING: {number: "1", starts: Consent}
  DAY 1: {number: "2.5", starts: Dose}
"""
SEX = Codelist(
    "SEX",
    "Sex",
    "",
    False,
    (Term("F", decode="Female", collected=("2",)),),
    {"F": "F", "2": "F"},
)
DM = pd.DataFrame({"USUBJID": ["1", "2", "3"], "RFXSTDTC": ["2016-02-17T10:00", None, "2016-02"]})


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "sdtm/trial_design.yaml").write_text(DESIGN)
    return read_study(tmp_path)


def shown(values: pd.Series) -> list[object]:
    """The values with `-` for missing."""
    return values.astype(object).where(values.notna(), "-").tolist()


def test_identify(study: Study) -> None:
    frame = pd.DataFrame({"SITE": ["01", "02"], "NO": ["007", "1"]})
    found = identify(frame, domain="AE", study=study)
    assert found["USUBJID"].tolist() == ["S-1-01-007", "S-1-02-1"]
    assert set(found["DOMAIN"]) == {"AE"}


def test_mapping() -> None:
    frame = pd.DataFrame({"A": ["2", "x", None], "F": ["Y", "N", "Y"]}).astype("str")
    yes = equals("F", "Y")
    assert shown(collected("A", where=yes)(frame)) == ["2", "-", "-"]
    assert shown(coded("A", SEX)(frame)) == ["F", "-", "-"]
    assert shown(decoded("A", SEX)(frame)) == ["Female", "-", "-"]
    assert shown(hardcoded("Z", where=yes)(frame)) == ["Z", "-", "Z"]
    assert shown(number("A")(frame)) == [2.0, "-", "-"]


@pytest.mark.parametrize(
    ("records", "flags"),
    [
        # the day of first exposure counts, whatever the clock says
        ([("2016-02-16", "5"), ("2016-02-17T23:00", "6"), ("2016-02-18", "7")], ["-", "Y", "-"]),
        # a record without a result cannot be the baseline
        ([("2016-02-16", "5"), ("2016-02-17", None)], ["Y", "-"]),
        # nothing before exposure
        ([("2016-02-18", "5")], ["-"]),
        # a record without a date cannot be placed
        ([(None, "5"), ("2016-02-10", "6")], ["-", "Y"]),
        # two of one day: the later in the file
        ([("2016-02-10", "5"), ("2016-02-10", "6")], ["-", "Y"]),
    ],
)
def test_last_observation_before_exposure(
    records: list[tuple[str | None, str | None]], flags: list[str]
) -> None:
    lb = pd.DataFrame(records, columns=["LBDTC", "LBSTRESC"]).astype("str")
    lb = lb.assign(DOMAIN="LB", USUBJID="1", LBTESTCD="ALT")
    assert shown(derive_var_lobxfl(lb, DM)["LBLOBXFL"]) == flags


def test_baseline_by_subject_and_test() -> None:
    """Subject 2 was never exposed; the tests of subject 1 have one each."""
    lb = pd.DataFrame(
        {
            "DOMAIN": "LB",
            "USUBJID": ["1", "1", "2"],
            "LBTESTCD": ["ALT", "AST", "ALT"],
            "LBDTC": ["2016-02-01", "2016-02-02", "2016-02-01"],
            "LBSTRESC": ["5", "6", "7"],
        }
    )
    assert shown(derive_var_lobxfl(lb, DM)["LBLOBXFL"]) == ["Y", "Y", "-"]
    assert "LBLOBXFL" in derive_var_lobxfl(lb.iloc[:0], DM).columns


@pytest.mark.parametrize(
    ("date", "epoch"),
    [
        ("2016-01-09", "-"),  # before the first element
        ("2016-01-10", "SCREENING"),
        ("2016-01-19", "SCREENING"),
        ("2016-01-20", "TREATMENT"),  # the first day of the next element
        ("2016-01-20T00:00", "TREATMENT"),
        ("2016-02-17", "TREATMENT"),  # the last day
        ("2016-02-18", "-"),  # after it
        ("2016-02", "-"),
        (None, "-"),
    ],
)
def test_epoch(date: str | None, epoch: str) -> None:
    se = pd.DataFrame(
        {
            "USUBJID": "1",
            "TAETORD": [2, 1],
            "SESTDTC": ["2016-01-20", "2016-01-10"],
            "SEENDTC": ["2016-02-17", "2016-01-20"],
            "EPOCH": ["TREATMENT", "SCREENING"],
        }
    )
    frame = pd.DataFrame({"USUBJID": ["1", "2"], "AESTDTC": [date, date]}, index=[4, 2])
    assert shown(derive_var_epoch(frame, se, "AESTDTC")["EPOCH"]) == [epoch, "-"]


def test_epoch_of_an_element_without_end() -> None:
    se = pd.DataFrame(
        {
            "USUBJID": ["1"],
            "TAETORD": [1],
            "SESTDTC": ["2016-01-20"],
            "SEENDTC": pd.Series([None], dtype="str"),
            "EPOCH": ["TREATMENT"],
        }
    )
    frame = pd.DataFrame({"USUBJID": ["1"], "AESTDTC": ["2020-01-01"]})
    assert shown(derive_var_epoch(frame, se, "AESTDTC")["EPOCH"]) == ["TREATMENT"]


def test_elements_of_subjects() -> None:
    """Without an arm: the element that all arms share at that place; none where they differ."""
    ta = pd.DataFrame(
        {
            "ARMCD": ["A", "A", "B", "B"],
            "TAETORD": [1, 2, 1, 2],
            "ETCD": ["SCRN", "TRTA", "SCRN", "TRTB"],
            "ELEMENT": ["Screening", "A", "Screening", "B"],
            "EPOCH": ["SCREENING", "TREATMENT", "SCREENING", "TREATMENT"],
        }
    )
    frame = pd.DataFrame(
        {"USUBJID": ["1", "2", "3", "3"], "ARMCD": ["B", "A", None, None], "TAETORD": [2, 1, 1, 2]}
    )
    assert shown(derive_vars_element(frame, ta)["ETCD"]) == ["TRTB", "SCRN", "SCRN", "-"]


def test_visits(study: Study) -> None:
    frame = pd.DataFrame({"V": ["Screening", " day 1 ", None]}).astype("str")
    found = derive_vars_visit(frame, "V", study)
    assert shown(found["VISITNUM"]) == [1.0, 2.5, "-"]
    assert shown(found["VISIT"]) == ["SCREENING", "DAY 1", "-"]
    with pytest.raises(StudyError, match="'DAY 2' is not planned"):
        derive_vars_visit(pd.DataFrame({"V": ["Day 2"]}), "V", study)


@pytest.mark.parametrize(
    ("subject", "date", "flag"),
    [
        ("1", "2016-02-16", "N"),
        ("1", "2016-02-17", "Y"),
        ("1", "2016-02", "-"),
        ("1", None, "-"),
        ("2", "2016-02-17", "-"),  # never exposed
        ("3", "2016-02-17", "-"),  # the day of exposure is not known
    ],
)
def test_treatment_emergent(subject: str, date: str | None, flag: str) -> None:
    ae = pd.DataFrame({"USUBJID": [subject], "AESTDTC": pd.Series([date], dtype="str")})
    assert shown(flag_treatment_emergent(ae, DM, "AETRTEM")["AETRTEM"]) == [flag]


def test_terms() -> None:
    ae = pd.DataFrame({"AEDECOD": ["Pyrexia", "Nausea", None]})
    assert flag_terms(ae, "AESPINT", ["Pyrexia"])["AESPINT"].tolist() == ["Y", "N", "N"]


ALT = ("Investigations", "Alanine aminotransferase increased")
ANAEMIA = (BLOOD, "Anaemia")
NEUTROPHILS = ("Investigations", "Neutrophil count decreased")


@pytest.mark.parametrize(
    ("related", "grade", "term", "days", "limiting"),
    [
        ("RELATED", "3", ALT, 0, True),
        ("RELATED", "3", ALT, 7, True),
        ("RELATED", "3", ALT, 8, False),
        ("RELATED", "2", ALT, 1, False),
        ("NOT RELATED", "4", ALT, 1, False),
        ("RELATED", "3", ANAEMIA, 1, False),
        ("RELATED", "4", ANAEMIA, 1, True),
        ("RELATED", "3", NEUTROPHILS, 1, False),
        ("RELATED", "4", NEUTROPHILS, 1, True),
        (None, "4", ALT, 1, False),
        ("RELATED", None, ALT, 1, False),
        ("RELATED", "4", ALT, None, False),
    ],
)
def test_dose_limiting(related, grade, term, days: float | None, limiting: bool) -> None:
    soc, decod = term
    events = pd.DataFrame(
        {"AEREL": [related], "AETOXGR": [grade], "AEBODSYS": [soc], "AEDECOD": [decod]}
    ).astype("str")
    found = dose_limiting(events, pd.Series([days], dtype="float64"), 7)
    assert found.tolist() == [limiting]


def test_one_record_per_result() -> None:
    frame = pd.DataFrame({"S": ["120", None], "P": ["70", "71"], "_row_raw_v": [2, 3]})
    found = one_per_result(frame, {"S": "SYSBP", "P": "PULSE"}, test="VSTESTCD")
    assert found[["VSTESTCD", "_result", "_row_raw_v"]].to_numpy().tolist() == [
        ["SYSBP", "120", 2],
        ["PULSE", "70", 2],
        ["PULSE", "71", 3],
    ]


def test_a_field_empty_in_all_records_makes_no_record() -> None:
    frame = pd.DataFrame({"S": [None, None], "P": ["70", "71"]}).astype("str")
    found = one_per_result(frame, {"S": "SYSBP", "P": "PULSE"}, test="VSTESTCD")
    assert found[["VSTESTCD", "_result"]].to_numpy().tolist() == [["PULSE", "70"], ["PULSE", "71"]]


def test_split_results() -> None:
    frame = pd.DataFrame({"R": ["Liver, lung", "Bone"], "_row_raw_m": [2, 3]})
    found = split_results(frame, "R")
    assert found["R"].tolist() == ["Liver", "lung", "Bone"]
    assert found["_row_raw_m"].tolist() == [2, 2, 3]


def test_relation_to_the_reference_period() -> None:
    frame = pd.DataFrame({"C": ["PRIOR THERAPY", "CONCOMITANT THERAPY", "SURGERY", None]})
    found = derive_var_enrf(frame.astype("str"), "CMENRF", "C")["CMENRF"]
    assert shown(found) == ["BEFORE", "DURING/AFTER", "-", "-"]
