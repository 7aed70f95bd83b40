"""ADaM of the study of six subjects (tests/mini_values.py)."""

from __future__ import annotations

from pathlib import Path

from tests.mini_values import NONE, cells, dataset, output, rows


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
