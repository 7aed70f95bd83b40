"""SDTM of the study of six subjects (tests/mini_values.py), and where its CRF records went."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.engine import run
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.plan import plan
from tests.mini_values import NONE, dataset, rows


def test_dm(built_mini: Path) -> None:
    dm = dataset(built_mini, "dm")
    assert rows(dm, "SUBJ", "SEX", "AGE", "ARMCD", "ACTARMCD", "ARMNRS") == [
        ("1001", "F", 40, "ACT", "ACT", NONE),
        ("1002", "M", 50, "PBO", "PBO", NONE),
        ("1003", "M", 60, "ACT", "ACT", NONE),
        ("1004", "F", 35, "PBO", "PBO", NONE),
        ("1005", "F", 44, "ACT", "ACT", NONE),
        ("1006", "M", 28, NONE, NONE, "SCREEN FAILURE"),
    ]
    assert rows(dm, "SUBJ", "RFICDTC", "RFXSTDTC", "RFXENDTC", "RFPENDTC", "DTHDTC") == [
        ("1001", "2016-01-10", "2016-01-20", "2016-02-03", "2016-02-17", NONE),
        ("1002", "2016-01-11", "2016-01-21", "2016-01-21", "2016-02-05", NONE),
        ("1003", "2016-01-12", "2016-01-25", "2016-01-25", "2016-02-23", "2016-02-23"),
        ("1004", "2016-01-15", "2016-01-25", "2016-02-08", "2016-02-22", NONE),
        ("1005", "2016-01-18", "2016-02-01", "2016-02-15", "2016-03-10", NONE),
        ("1006", "2016-01-20", NONE, NONE, "2016-01-25", NONE),
    ]
    assert dm["USUBJID"].tolist()[0] == "DEMO-7-1001"


def test_se(built_mini: Path) -> None:
    """A subject without an arm gets the screening element, which both arms share."""
    se = dataset(built_mini, "se")
    found = rows(se, "SUBJ", "SESEQ", "ETCD", "EPOCH", "SESTDTC", "SEENDTC")
    assert found[:4] == [
        ("1001", 1, "SCRN", "SCREENING", "2016-01-10", "2016-01-20"),
        ("1001", 2, "TAB", "TREATMENT", "2016-01-20", "2016-02-17"),
        ("1002", 1, "SCRN", "SCREENING", "2016-01-11", "2016-01-21"),
        ("1002", 2, "PLC", "TREATMENT", "2016-01-21", "2016-02-05"),
    ]
    assert found[10:] == [("1006", 1, "SCRN", "SCREENING", "2016-01-20", "2016-01-25")]


def test_ex(built_mini: Path) -> None:
    """MM/DD/YYYY; day 15 is 14 days after day 1."""
    ex = dataset(built_mini, "ex")
    assert rows(ex, "SUBJ", "EXSEQ", "EXTRT", "EXDOSE", "EXSTDTC", "EXSTDY") == [
        ("1001", 1, "TABLET", 10, "2016-01-20", 1),
        ("1001", 2, "TABLET", 10, "2016-02-03", 15),
        ("1002", 1, "PLACEBO", 0, "2016-01-21", 1),
        ("1003", 1, "TABLET", 10, "2016-01-25", 1),
        ("1004", 1, "PLACEBO", 0, "2016-01-25", 1),
        ("1004", 2, "PLACEBO", 0, "2016-02-08", 15),
        ("1005", 1, "TABLET", 10, "2016-02-01", 1),
        ("1005", 2, "TABLET", 10, "2016-02-15", 15),
    ]
    assert set(ex["EPOCH"]) == {"TREATMENT"}


def test_ae(built_mini: Path) -> None:
    """AESEQ by start then term: 1001's nausea of 15JAN is 1; on a tie Headache before Nausea.

    15JAN is 5 days before 20JAN: day -5. 05FEB is 16 days after 20JAN: day 17. 29FEB is 28 days
    after 01FEB: day 29. `UN-FEB-2016` stays 2016-02, without a day and without an epoch.
    """
    ae = dataset(built_mini, "ae")
    found = rows(ae, "SUBJ", "AESEQ", "AEDECOD", "AESTDTC", "AESTDY", "AEENDY", "EPOCH")
    assert found == [
        ("1001", 2, "Headache", "2016-01-20", 1, 3, "TREATMENT"),
        ("1001", 3, "Headache", "2016-02-05", 17, NONE, "TREATMENT"),
        ("1001", 1, "Nausea", "2016-01-15", -5, -4, "SCREENING"),
        ("1002", 1, "Vomiting", "2016-02", NONE, NONE, NONE),
        ("1003", 1, "Headache", "2016-01-25", 1, 2, "TREATMENT"),
        ("1003", 2, "Nausea", "2016-01-25", 1, 1, "TREATMENT"),
        ("1005", 1, "Pyrexia", "2016-02-29", 29, 30, "TREATMENT"),
    ]
    assert rows(ae, "AETERM", "AESEV", "AEREL")[1] == ("head ache, again", "MODERATE", "RELATED")


def test_suppae(built_mini: Path) -> None:
    """No record where treatment emergence is unknown (1002)."""
    supp = dataset(built_mini, "suppae")
    assert rows(supp, "SUBJ", "RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "QVAL") == [
        ("1001", "AE", "AESEQ", "1", "AETRTEM", "N"),
        ("1001", "AE", "AESEQ", "2", "AETRTEM", "Y"),
        ("1001", "AE", "AESEQ", "3", "AETRTEM", "Y"),
        ("1003", "AE", "AESEQ", "1", "AETRTEM", "Y"),
        ("1003", "AE", "AESEQ", "2", "AETRTEM", "Y"),
        ("1005", "AE", "AESEQ", "1", "AETRTEM", "Y"),
    ]


def test_vs(built_mini: Path) -> None:
    """1001: pulse was not taken on day 1, so the baseline is that of 18JAN. 1002: no clock time."""
    vs = dataset(built_mini, "vs")
    found = rows(vs, "SUBJ", "VSSEQ", "VSTESTCD", "VSSTRESN", "VSDTC", "VSDY", "VSLOBXFL")
    assert found[:9] == [
        ("1001", 1, "PULSE", 70, "2016-01-18T09:30", -2, "Y"),
        ("1001", 2, "PULSE", 72, "2016-02-03T08:15", 15, NONE),
        ("1001", 3, "SYSBP", 120, "2016-01-18T09:30", -2, NONE),
        ("1001", 4, "SYSBP", 122, "2016-01-20T08:00", 1, "Y"),
        ("1001", 5, "SYSBP", 118, "2016-02-03T08:15", 15, NONE),
        ("1002", 1, "PULSE", 80, "2016-01-18T10:00", -3, NONE),
        ("1002", 2, "PULSE", 82, "2016-01-21", 1, "Y"),
        ("1002", 3, "SYSBP", 130, "2016-01-18T10:00", -3, NONE),
        ("1002", 4, "SYSBP", 131, "2016-01-21", 1, "Y"),
    ]
    assert found[15:] == [
        ("1006", 1, "PULSE", 85, "2016-01-22T09:00", NONE, NONE),
        ("1006", 2, "SYSBP", 150, "2016-01-22T09:00", NONE, NONE),
    ]
    assert set(rows(vs, "VISIT", "VISITNUM")) == {("SCREENING", 1), ("DAY 1", 2), ("DAY 15", 3)}


def test_ds(built_mini: Path) -> None:
    """Consent is always number 1. 10JAN is 10 days before 20JAN; 17FEB is 28 days after it."""
    ds = dataset(built_mini, "ds").query("SUBJ in ['1001', '1003', '1006']")
    assert rows(ds, "SUBJ", "DSSEQ", "DSDECOD", "DSSTDTC", "DSSTDY", "EPOCH") == [
        ("1001", 2, "COMPLETED", "2016-02-17", 29, "TREATMENT"),
        ("1001", 1, "INFORMED CONSENT OBTAINED", "2016-01-10", -10, "SCREENING"),
        ("1003", 2, "DEATH", "2016-02-23", 30, "TREATMENT"),
        ("1003", 1, "INFORMED CONSENT OBTAINED", "2016-01-12", -13, "SCREENING"),
        ("1006", 2, "SCREEN FAILURE", "2016-01-25", NONE, "SCREENING"),
        ("1006", 1, "INFORMED CONSENT OBTAINED", "2016-01-20", NONE, "SCREENING"),
    ]


def test_trial_design(built_mini: Path) -> None:
    ta = read_frame(built_mini / "build/sdtm/ta.parquet")
    assert rows(ta, "ARMCD", "ARM", "TAETORD", "ETCD", "EPOCH") == [
        ("ACT", "Active", 1, "SCRN", "SCREENING"),
        ("ACT", "Active", 2, "TAB", "TREATMENT"),
        ("PBO", "Placebo", 1, "SCRN", "SCREENING"),
        ("PBO", "Placebo", 2, "PLC", "TREATMENT"),
    ]
    ts = read_frame(built_mini / "build/sdtm/ts.parquet")
    assert rows(ts, "TSPARMCD", "TSVAL", "TSVALNF") == [
        ("AGEMIN", "P18Y", NONE),
        ("NARMS", "2", NONE),
        ("PLANSUB", NONE, "UNK"),
        ("RANDOM", "Y", NONE),
    ]


def test_lb_in_standard_units(built_mini: Path) -> None:
    """1 mg/dL of bilirubin (584.67 g/mol) is 17.10366 umol/L, of creatinine (113.12) 88.40170.

    1 ukat is 60 U. `sec` is `s`, ng/mL is ug/L. `>2000` and `+1` are no numbers.
    """
    lb = dataset(built_mini, "lb")
    assert rows(lb, "SUBJ", "LBTESTCD", "LBORRES", "LBSTRESC", "LBSTRESN", "LBSTRESU") == [
        ("1001", "ALT", "30", "30", 30, "U/L"),
        ("1001", "ALT", "2.0", "120", 120, "U/L"),
        ("1001", "BILI", "0.6", "10.2622", 10.2622, "umol/L"),
        ("1001", "BILI", "0.9", "15.3933", 15.3933, "umol/L"),
        ("1002", "CREAT", "80", "80", 80, "umol/L"),
        ("1002", "CREAT", "1.81", "160.0071", 160.0071, "umol/L"),
        ("1003", "K", "4.0", "4.0", 4, "mmol/L"),
        ("1003", "K", "2.9", "2.9", 2.9, "mmol/L"),
        ("1003", "PLAT", "210", "210", 210, "10^9/L"),
        ("1003", "PLAT", "75", "75", 75, "10^9/L"),
        ("1004", "HGB", "18.0", "180", 180, "g/L"),
        ("1004", "HGB", "20.0", "200", 200, "g/L"),
        ("1005", "AFP", ">2000", ">2000", NONE, "ug/L"),
        ("1005", "PROT", "+1", "+1", NONE, NONE),
        ("1005", "PT", "12.4", "12.4", 12.4, "s"),
    ]


def test_relrec(built_mini: Path) -> None:
    """A lesion has one record in TU and many in TR; a scan has one response."""
    relrec = read_frame(built_mini / "build/sdtm/relrec.parquet")
    assert rows(relrec, "RELID", "RDOMAIN", "IDVAR", "RELTYPE") == [
        ("TRRS", "RS", "RSLNKGRP", "ONE"),
        ("TRRS", "TR", "TRLNKGRP", "MANY"),
        ("TUTR", "TR", "TRLNKID", "MANY"),
        ("TUTR", "TU", "TULNKID", "ONE"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",0.6,mg/dL,", ",0.6,,", "unit of BILI: a number has no unit"),
        (",0.6,mg/dL,", ",0.6,U/L,", "no conversion from 'U/L' to 'umol/L' for BILI"),
    ],
)
def test_a_result_whose_unit_is_not_known_stops_lb(
    mini_folder: Path, old: str, new: str, message: str
) -> None:
    form = mini_folder / "raw/blood.csv"
    form.write_text(form.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        run(plan(mini_folder), mini_folder)


def test_the_balance_closes(built_mini: Path) -> None:
    """Eight lines of adverse events: seven mapped, one left out by the gate question."""
    with (built_mini / "build/validation/balance.csv").open() as file:
        balance = {row["form"]: row for row in csv.DictReader(file)}
    found = {
        form: (row["records"], row["mapped"], row["excluded"]) for form, row in balance.items()
    }
    assert found == {
        "blood": ("15", "15", "0"),
        "enrol": ("6", "6", "0"),
        "events": ("8", "7", "1"),
        "lesions": ("23", "23", "0"),
        "responses": ("12", "12", "0"),
        "status": ("6", "6", "0"),
        "tablets": ("8", "8", "0"),
        "therapy": ("1", "1", "0"),
        "vitals": ("9", "9", "0"),
    }
    with (built_mini / "build/validation/exclusions.csv").open() as file:
        left_out = list(csv.DictReader(file))
    assert [(row["form"], row["line"], row["subject"]) for row in left_out] == [
        ("events", "8", "1004")
    ]
