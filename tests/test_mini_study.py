"""The study of six subjects: every value below is worked out by hand from tests/mini_study/raw.

1001 Active   first dose 20JAN, second 03FEB, left 17FEB. Events 15JAN (before), 20JAN, 05FEB.
1002 Placebo  one dose 21JAN, lost 05FEB. One event in February, the day unknown.
1003 Active   one dose 25JAN, died 23FEB. Two events on the day of the first dose.
1004 Placebo  first dose 25JAN, second 08FEB, left 22FEB. No event (the gate question says No).
1005 Active   first dose 01FEB, second 15FEB, left 10MAR. One event on 29FEB.
1006          screening failure, never treated.

Scans are due on days 8, 15, 22 and 29, with a day of grace; stable disease and confirmation need
seven days. Results of the laboratory come in US and SI units.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from pipeline.engine import run
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.plan import plan

NONE = None
NERVOUS = "nervous system disorders"
GASTRO = "gastrointestinal disorders"


def dataset(study: Path, name: str) -> pd.DataFrame:
    """A built dataset with SUBJ, the last four digits of USUBJID."""
    layer = "adam" if name.startswith("ad") else "sdtm"
    frame = read_frame(study / f"build/{layer}/{name}.parquet")
    return frame.assign(SUBJ=frame["USUBJID"].str[-4:])


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """The columns as tuples; missing is None, a date its ISO 8601 text."""
    texts = {
        name: frame[name].dt.strftime("%Y-%m-%d")
        for name in columns
        if pd.api.types.is_datetime64_any_dtype(frame[name])
    }
    chosen = frame.assign(**texts)[list(columns)].astype(object)
    chosen = chosen.where(chosen.notna(), None)
    return [tuple(row) for row in chosen.to_numpy().tolist()]


def output(study: Path, name: str) -> dict:
    """The results file of an output."""
    return json.loads((study / f"build/tlf/{name}.json").read_text(encoding="utf-8"))


def cells(result: dict, row: str, statistic: str) -> list[object]:
    """A statistic of a row in the columns Active, Placebo, All."""
    values = {(r, c, s): value for r, c, s, value in result["results"]}
    return [values[row, column, statistic] for column in ("ACT", "PBO", "total")]


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


def test_adsl(built_mini: Path) -> None:
    """TRTDURD 20JAN to 03FEB is 15 days, both counted."""
    adsl = dataset(built_mini, "adsl")
    found = rows(adsl, "SUBJ", "SAFFL", "TRT01AN", "TRTSDT", "TRTEDT", "TRTDURD", "NDOSE", "SYSBL")
    assert found == [
        ("1001", "Y", 1, "2016-01-20", "2016-02-03", 15, 2, 122),
        ("1002", "Y", 2, "2016-01-21", "2016-01-21", 1, 1, 131),
        ("1003", "Y", 1, "2016-01-25", "2016-01-25", 1, 1, 140),
        ("1004", "Y", 2, "2016-01-25", "2016-02-08", 15, 2, 110),
        ("1005", "Y", 1, "2016-02-01", "2016-02-15", 15, 2, 115),
        ("1006", "N", NONE, NONE, NONE, NONE, NONE, NONE),
    ]


def test_adae(built_mini: Path) -> None:
    """1001's event of 05FEB is 2 days after the second dose; 1005's of 29FEB 14 days after it."""
    adae = dataset(built_mini, "adae")
    found = rows(adae, "SUBJ", "ASEQ", "ASTDT", "ASTDY", "ADURN", "TRTEMFL", "LDOSEN", "LDOSEDY")
    assert found == [
        ("1001", 1, "2016-01-15", -5, 2, NONE, NONE, NONE),
        ("1001", 2, "2016-01-20", 1, 3, "Y", 1, 0),
        ("1001", 3, "2016-02-05", 17, NONE, "Y", 2, 2),
        ("1002", 1, NONE, NONE, NONE, NONE, NONE, NONE),
        ("1003", 1, "2016-01-25", 1, 2, "Y", 1, 0),
        ("1003", 2, "2016-01-25", 1, 1, "Y", 1, 0),
        ("1005", 1, "2016-02-29", 29, 2, "Y", 2, 14),
    ]


def test_adtte_overall_survival(built_mini: Path) -> None:
    """20JAN to 17FEB: 28 + 1. 21JAN to 05FEB: 15 + 1. 25JAN to 23FEB: 29 + 1. 25JAN to 22FEB:
    28 + 1. 01FEB to 10MAR in a leap year: 38 + 1."""
    adtte = dataset(built_mini, "adtte").query("PARAMCD == 'OS'")
    assert rows(adtte, "SUBJ", "ADT", "AVAL", "CNSR", "EVNTDESC", "SRCDOM", "SRCSEQ") == [
        ("1001", "2016-02-17", 29, 1, "Left the study", "DS", 2),
        ("1002", "2016-02-05", 16, 1, "Left the study", "DS", 2),
        ("1003", "2016-02-23", 30, 0, "Death", "DS", 2),
        ("1004", "2016-02-22", 29, 1, "Left the study", "DS", 2),
        ("1005", "2016-03-10", 39, 1, "Left the study", "DS", 2),
    ]


def test_adtte_time_to_first_event_on_treatment(built_mini: Path) -> None:
    """The last dose ends observation: 1005's event of 29FEB comes after 15FEB and does not count.

    1001's first treatment-emergent event is that of 20JAN, not the one of 15JAN; 1003's event falls
    on the day of the last dose and counts; 1002's has no day.
    """
    adtte = dataset(built_mini, "adtte").query("PARAMCD == 'TTAE'")
    assert rows(adtte, "SUBJ", "ADT", "AVAL", "CNSR", "SRCDOM", "SRCVAR", "SRCSEQ") == [
        ("1001", "2016-01-20", 1, 0, "ADAE", "ASTDT", 2),
        ("1002", "2016-01-21", 1, 2, "ADSL", "TRTEDT", NONE),
        ("1003", "2016-01-25", 1, 0, "ADAE", "ASTDT", 1),
        ("1004", "2016-02-08", 15, 2, "ADSL", "TRTEDT", NONE),
        ("1005", "2016-02-15", 15, 2, "ADSL", "TRTEDT", NONE),
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


def test_adlb_grades(built_mini: Path) -> None:
    """Bilirubin 0.9 at a limit of 0.6: 1.5 times, still grade 1. ALT 120 at 40.02: 2.9985 times,
    grade 1. Creatinine 160.0 is 2.0001 times the baseline of 80 (grade 2) and 1.6 times the limit.
    Potassium 2.9 is below 3.0: grade 3, there is no 2. Platelets 75: not below 75, grade 1.
    Haemoglobin 200 g/L: 20 above the baseline of 180, which is above the limit of 170, so grade 1
    (30 above the limit would be 2)."""
    adlb = dataset(built_mini, "adlb").query("AVISITN == 3")
    found = rows(
        adlb, "SUBJ", "PARAMCD", "CHG", "R2ANRHI", "ATOXGRL", "ATOXGRH", "ATOXGR", "ANL01FL"
    )
    assert [(row[0], row[1], *row[3:]) for row in found] == [
        ("1001", "ALT", 2.9985, NONE, "1", "1", "Y"),
        ("1001", "BILI", 1.5, NONE, "1", "1", "Y"),
        ("1002", "CREAT", 1.60177, NONE, "2", "2", "Y"),
        ("1003", "K", 0.568627, "3", "0", "3", "Y"),
        ("1003", "PLAT", 0.1875, "1", NONE, "1", "Y"),
        ("1004", "HGB", 1.17647, "0", "1", "1", "Y"),
        ("1005", "PT", 0.918519, NONE, NONE, NONE, NONE),
    ]
    assert found[5][2] == 20


def test_adtr(built_mini: Path) -> None:
    """1001: 100, 70 (-30%: PR), 65, one lesion not measured, 73 (8 mm above 65 is 12%; -27%: SD).
    1003: a node of 15, 3, 9 mm is normal below 10. 1004: 25, 20, 25: 5 mm and 25% above the nadir.
    """
    adtr = dataset(built_mini, "adtr")
    assert rows(adtr, "SUBJ", "AVISITN", "AVAL", "PCHG", "NADIR", "CHGNAD", "TRGRESP") == [
        ("1001", 10, 100, 0, NONE, NONE, NONE),
        ("1001", 11, 70, -30, 100, -30, "PR"),
        ("1001", 12, 65, -35, 70, -5, "PR"),
        ("1001", 13, NONE, NONE, 65, NONE, "NE"),
        ("1001", 14, 73, -27, 65, 8, "SD"),
        ("1003", 10, 15, 0, NONE, NONE, NONE),
        ("1003", 11, 3, -80, 15, -12, "CR"),
        ("1003", 12, 9, -40, 3, 6, "CR"),
        ("1004", 10, 25, 0, NONE, NONE, NONE),
        ("1004", 11, 20, -20, 25, -5, "SD"),
        ("1004", 12, 25, 0, 20, 5, "PD"),
        ("1005", 10, 50, 0, NONE, NONE, NONE),
        ("1005", 11, 50, 0, 50, 0, "SD"),
        ("1005", 14, 50, 0, 50, 0, "SD"),
    ]


def test_adrs(built_mini: Path) -> None:
    """What the investigator says follows from the lesions at each of the twelve scans.

    1001: PR on days 8 and 15, seven days apart. 1002: non-target lesions only; its progression
    comes after the new therapy and is none for the best response. 1005: a new lesion on day 30.
    """
    adrs = dataset(built_mini, "adrs")
    said, derived = (
        rows(adrs.loc[adrs["PARAMCD"] == code], "SUBJ", "AVISIT", "ADT", "AVALC")
        for code in ("OVRLRESP", "OVRLDER")
    )
    assert len(said) == 12
    assert said == derived
    best = adrs.loc[adrs["PARAMCD"].isin(["BOR", "CBOR", "PD"])]
    assert rows(best.sort_values(["SUBJ", "PARAMCD"]), "SUBJ", "PARAMCD", "AVALC", "ADT") == [
        ("1001", "BOR", "PR", "2016-01-27"),
        ("1001", "CBOR", "PR", "2016-01-27"),
        ("1001", "PD", "N", NONE),
        ("1002", "BOR", "NON-CR/NON-PD", "2016-01-28"),
        ("1002", "CBOR", "NON-CR/NON-PD", "2016-01-28"),
        ("1002", "PD", "Y", "2016-02-04"),
        ("1003", "BOR", "CR", "2016-02-01"),
        ("1003", "CBOR", "CR", "2016-02-01"),
        ("1003", "PD", "N", NONE),
        ("1004", "BOR", "SD", "2016-02-01"),
        ("1004", "CBOR", "SD", "2016-02-01"),
        ("1004", "PD", "Y", "2016-02-08"),
        ("1005", "BOR", "SD", "2016-02-08"),
        ("1005", "CBOR", "SD", "2016-02-08"),
        ("1005", "PD", "Y", "2016-03-01"),
    ]


def test_adtte_progression_free_survival(built_mini: Path) -> None:
    """1001: no event, last scan on day 29 (that of day 22 was not evaluable). 1002: new therapy on
    30JAN, so censored at the scan of day 8. 1003: last scan on day 15, then due on 22 and 29; death
    on day 30 is within the day of grace. 1004: progression on day 15. 1005: last scan on day 8,
    then due on 15 and 22; the new lesion of day 30 comes after two missed scans.
    """
    adtte = dataset(built_mini, "adtte").query("PARAMCD == 'PFS'")
    assert rows(adtte, "SUBJ", "ADT", "AVAL", "CNSR", "PFSRULE", "SRCDOM", "SRCSEQ") == [
        ("1001", "2016-02-17", 29, 5, 7, "ADRS", 4),
        ("1002", "2016-01-28", 8, 3, 5, "ADRS", 1),
        ("1003", "2016-02-23", 30, 0, 2, "ADSL", NONE),
        ("1004", "2016-02-08", 15, 0, 1, "ADRS", 2),
        ("1005", "2016-02-08", 8, 4, 6, "ADRS", 1),
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


def test_best_response(built_mini: Path) -> None:
    """Active: 1001 PR, 1003 CR, 1005 SD. Placebo: 1002 NON-CR/NON-PD, 1004 SD."""
    result = output(built_mini, "t-1-3")
    found = {
        label: cells(result, f"confirmed/{label.lower()}", "n")
        for label in ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
    }
    assert found == {
        "CR": [1, 0, 1],
        "PR": [1, 0, 1],
        "SD": [1, 1, 2],
        "NON-CR/NON-PD": [0, 1, 1],
        "PD": [0, 0, 0],
        "NE": [0, 0, 0],
    }


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


def test_demographics(built_mini: Path) -> None:
    """Age: Active 40, 60, 44; Placebo 50, 35. SD of Active: sqrt((64 + 144 + 16) / 2)."""
    result = output(built_mini, "t-1-1")
    assert [column["n"] for column in result["columns"]] == [3, 2, 5]
    mean = "age (years)/age/mean (sd)"
    assert cells(result, mean, "mean") == [48, 42.5, pytest.approx(45.8)]
    assert cells(result, mean, "sd")[:2] == [pytest.approx(112**0.5), pytest.approx(112.5**0.5)]
    assert cells(result, mean, "median") == [44, 42.5, 44]
    assert cells(result, mean, "max") == [60, 50, 60]
    assert cells(result, "sex, n (%)/female", "n") == [2, 1, 3]
    assert cells(result, "sex, n (%)/female", "pct") == [pytest.approx(200 / 3), 50, 60]
    assert cells(result, "sex, n (%)/male", "n") == [1, 1, 2]


@pytest.mark.parametrize(
    ("row", "subjects"),
    [
        ("any event", [3, 0, 3]),  # 1001, 1003, 1005
        (NERVOUS, [2, 0, 2]),  # 1001 twice, counted once; 1003
        (f"{NERVOUS}/headache", [2, 0, 2]),
        (GASTRO, [1, 0, 1]),  # 1003; 1001's came before treatment, 1002's has no day
        (f"{GASTRO}/nausea", [1, 0, 1]),
        ("general disorders and administration site conditions/pyrexia", [1, 0, 1]),
    ],
)
def test_adverse_events(built_mini: Path, row: str, subjects: list[int]) -> None:
    result = output(built_mini, "t-1-2")
    assert cells(result, row, "n") == subjects
    shares = [100 * n / of for n, of in zip(subjects, (3, 2, 5), strict=True)]
    assert cells(result, row, "pct") == pytest.approx(shares)


def test_adverse_events_are_ordered_by_frequency(built_mini: Path) -> None:
    """Two subjects before one; on a tie by name. No row for Vomiting."""
    labels = [row["labels"][0] for row in output(built_mini, "t-1-2")["rows"]]
    assert labels == [
        "Any event",
        "Nervous system disorders",
        "Headache",
        "Gastrointestinal disorders",
        "Nausea",
        "General disorders and administration site conditions",
        "Pyrexia",
    ]


def test_survival(built_mini: Path) -> None:
    """Active 29+, 30, 39+: two at risk on day 30, so S = 1/2. Placebo 16+, 29+: S stays 1."""
    data = output(built_mini, "f-1-1")["data"]
    active, placebo = data["groups"]
    assert (active["times"], active["survival"]) == ([29, 30, 39], [1, 0.5, 0.5])
    assert (active["n"], active["events"], active["at_risk"]) == (3, 1, [3, 3, 3, 2, 0])
    assert (placebo["times"], placebo["survival"]) == ([16, 29], [1, 1])
    assert (placebo["events"], placebo["median"]["estimate"]) == (0, None)
    assert placebo["at_risk"] == [2, 2, 1, 0, 0]


def test_listing(built_mini: Path) -> None:
    records = output(built_mini, "l-1-1")["records"]
    assert len(records) == 7
    assert records[3] == [
        "DEMO-7-1002",
        "vomited",
        "Vomiting",
        "2016-02",
        None,
        None,
        "MILD",
        "NOT RELATED",
        None,
    ]


@pytest.mark.parametrize(
    ("name", "synthetic"), [("t-1-1", False), ("f-1-1", False), ("t-1-2", True), ("l-1-1", True)]
)
def test_one_synthetic_record_marks_the_outputs_it_reaches(
    built_mini: Path, name: str, synthetic: bool
) -> None:
    """1003's headache is marked synthetic on its CRF line (row_source)."""
    assert output(built_mini, name)["synthetic"] is synthetic


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


def test_a_cell_leads_to_its_crf_lines(built_mini: Path) -> None:
    """Headache of Active: lines 2, 4 (1001) and 7 (1003) of events.csv."""
    cell = read_frame(built_mini / "build/tlf/t-1-2.lineage.parquet")
    cell = cell.loc[(cell["row"] == f"{NERVOUS}/headache") & (cell["column"] == "ACT")]
    adae = set(cell.loc[cell["dataset"].str.upper() == "ADAE", "record"])
    up = read_frame(built_mini / "build/adam/adae.lineage.parquet")
    ae = set(up.loc[up["record"].isin(adae) & (up["source"] == "ae"), "source_record"])
    raw = read_frame(built_mini / "build/sdtm/ae.lineage.parquet")
    raw = raw.loc[raw["record"].isin(ae) & (raw["source"] == "raw_events"), "source_record"]
    assert sorted(raw) == [2, 4, 7]


def test_no_finding(built_mini: Path) -> None:
    """A clean study has neither intake findings nor errors of the rules."""
    assert json.loads((built_mini / "build/raw/findings.json").read_text()) == []
    found = json.loads((built_mini / "build/validation/findings.json").read_text())
    assert [item for item in found if item["severity"] == "error"] == []


def test_xpt_and_word(built_mini: Path) -> None:
    frame, meta = pyreadstat.read_xport(built_mini / "build/xpt/adae.xpt")
    assert len(frame) == 7
    assert meta.column_names_to_labels["LDOSEDY"] == "Days From Last Dose to Onset"
    assert sorted(path.name for path in (built_mini / "build/tlf").glob("*.docx")) == [
        "16-2-listings.docx",
        "demo-7-tlf.docx",
        "f-1-1.docx",
        "l-1-1.docx",
        "t-1-1.docx",
        "t-1-2.docx",
        "t-1-3.docx",
    ]
