"""Every check of the library: a table of rows, and which of them pass."""

from __future__ import annotations

import pandas as pd
import pytest
from cases_of_checks import MORE_CASES, MORE_DATA

from pipeline.checks.conditions import known_check, library, needs_of
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.yamltext import Block, read_yaml

prepare_pandas()

Y, N, NONE = "Y", "N", None
DM = {
    "USUBJID": ["1", "2", "3"],
    "ARMCD": ["A", "D", NONE],
    "RFSTDTC": ["2016-01-10", "2016-02-01", NONE],
    "RFXSTDTC": ["2016-01-10", "2016-02-01", NONE],
    "RFXENDTC": ["2016-02-21", "2016-08", NONE],
    "DTHFL": [Y, NONE, NONE],
    "DTHDTC": ["2017-05-01", NONE, NONE],
    "AGE": [40, 71, 17],
}
DS = {"USUBJID": ["1", "2"], "DSDECOD": ["DEATH", "COMPLETED"], "DSSEQ": [1, 1]}
EX = {
    "USUBJID": ["1", "1", "2"],
    "EXSTDTC": ["2016-01-24", "2016-01-10", "2016-02-01"],
    "EXSEQ": [1, 2, 1],
}
TS = {
    "TSPARMCD": ["AGEMIN", "AGEMAX", "TITLE", "DCUTDTC"],
    "TSVAL": ["P18Y", "65", "A trial", "2018-01-31"],
}
SUPPAE = {"USUBJID": ["1"], "IDVARVAL": ["2"], "QNAM": ["AEINFN"], "QVAL": ["3"]}
DATA = {"DM": DM, "DS": DS, "EX": EX, "TS": TS, "SUPPAE": SUPPAE, **MORE_DATA}

# check, columns of the frame, `with:` as YAML, whether each row passes
CASES = [
    ("not_missing", {"A": ["x", NONE]}, "variables: [A]", [True, False]),
    ("not_missing", {"A": ["x", "x"], "B": [1.0, NONE]}, "variables: [A, B]", [True, False]),
    (
        "in_set",
        {"A": [Y, N, "y", NONE]},
        "{variable: A, values: [Y, N]}",
        [True, True, False, True],
    ),
    ("in_set", {"A": [1.0, 2.0, NONE]}, '{variable: A, values: ["1"]}', [True, False, True]),
    ("in_sets", {"A": [Y, "X"], "B": [N, N]}, "sets: {A: [Y], B: [N]}", [True, False]),
    (
        "implies",
        {"A": [Y, Y, N, NONE], "B": ["x", NONE, NONE, NONE]},
        "{when: {A: Y}, then: {B: present}}",
        [True, False, True, True],
    ),
    (
        "implies",
        {"A": [Y, Y], "B": [NONE, "x"]},
        "{when: {A: [Y, N]}, then: {B: missing}}",
        [True, False],
    ),
    (
        "equivalent",
        {"A": [Y, Y, NONE, NONE], "B": ["x", NONE, "x", NONE]},
        "{when: {A: Y}, then: {B: present}}",
        [True, False, False, True],
    ),
    (
        "text_fits",
        {"A": ["abc", "abcd", "a ", "", "\u00e4\u00e4", "\u00e4a", NONE]},
        'lengths: {A: "3"}',
        [True, False, False, False, False, True, True],
    ),
    ("not_zero", {"A": [-1.0, 0.0, 1.0, NONE]}, "variables: [A]", [True, False, True, True]),
    (
        "value_by_value",
        {"A": ["MILD", "SEVERE", NONE, "MILD"], "B": ["1", "1", "1", "9"]},
        '{variable: A, given: B, values: {"1": MILD}}',
        [True, False, True, True],
    ),
    (
        "numeric_pair",
        {
            "A": ["2.44", "2.44", "2.44", ">2000", "NEGATIVE", "+1"],
            "B": [2.44, 24.4, NONE, NONE, NONE, NONE],
        },
        "{text: A, number: B}",
        [True, False, False, True, True, True],
    ),
    (
        "quotient",
        {"A": [1.0, 1.1, NONE, NONE], "B": [30.4375, 30.4375, NONE, 1.0]},
        '{variable: A, of: B, divisor: "30.4375"}',
        [True, False, True, False],
    ),
    (
        "as_specified",
        {"A": ["Age", "age", NONE], "B": ["Age", "Age", "Age"]},
        "{variable: A, specified: B}",
        [True, False, False],
    ),
    (
        "iso8601",
        {
            "A": [
                "2016",
                "2016-02",
                "2016-02-29",
                "2016-02-29T23:59",
                "2016---15",
                NONE,
                "2016-02-30",
                "2015-02-29",
                "2016-13",
                "29FEB2016",
                "2016-2-1",
                "2016-02-29T24:00",
            ]
        },
        "variables: [A]",
        [True] * 6 + [False] * 6,
    ),
    (
        "duration",
        {"A": ["P14D", "P1Y6M", "PT36H", "P2W", NONE, "14D", "P", "PT", "P1D2M"]},
        "variables: [A]",
        [True] * 5 + [False] * 4,
    ),
    (
        "date_order",
        {
            "A": ["2016-01-02", "2016-01-02", "2016-01-02", "2016-01", "2016-02", NONE],
            "B": ["2016-01-02", "2016-01-01", "2016-01", "2016-01-01", "2016-01-31", "2016"],
        },
        "{start: A, end: B}",
        [True, False, True, True, False, True],
    ),
    (
        "date_order",
        {"A": ["2016-01-01T10:00", "2016-01-01T10:01"], "B": ["2016-01-01T10:00:30"] * 2},
        "{start: A, end: B}",
        [True, False],
    ),
    (
        "date_order",
        {"A": pd.to_datetime(["2016-01-02", "2016-01-02"]), "B": ["2016-01-02", "2016-01-01"]},
        "{start: A, end: B}",
        [True, False],
    ),
    (
        "date_orders",
        {"A": ["2016", "2017"], "B": ["2016-05", "2016-05"]},
        "pairs: {A: B}",
        [True, False],
    ),
    (
        "within_reference",
        {
            "USUBJID": ["1", "1", "1", "2", "2", "3"],
            "A": ["2016-01-10", "2016-01-09", "2016-02-22", "2016-08-31", "2016-09", "2016"],
        },
        "{variable: A, start: DM.RFXSTDTC, end: DM.RFXENDTC}",
        [True, False, False, True, False, True],
    ),
    (  # day 1 is the reference day, the day before is -1, day 0 does not exist
        "study_day",
        {
            "USUBJID": ["1", "1", "1", "1", "1", "3", "3"],
            "A": [
                "2016-01-10",
                "2016-01-09",
                "2016-01-10",
                "2016-01",
                "2016-01",
                "2016-01-10",
                "2016-01-10",
            ],
            "B": [1.0, -1.0, 0.0, NONE, 1.0, NONE, 1.0],
        },
        "{days: {B: A}, reference: DM.RFSTDTC}",
        [True, True, False, True, False, True, False],
    ),
    (
        "days_between",
        {
            "V": [1, 32, 31],
            "A": pd.to_datetime(["2016-01-01"] * 3),
            "B": pd.to_datetime(["2016-01-01", "2016-02-01", "2016-02-01"]),
        },
        "{variable: V, start: A, end: B}",
        [True, True, False],
    ),
    (  # out of order in the frame; 14, then 18 days
        "interval_days",
        {
            "USUBJID": ["1", "1", "1", "2"],
            "A": ["2016-01-15", "2016-01-01", "2016-02-02", "2016-03-01"],
        },
        '{variable: A, days: "14", tolerance: "3"}',
        [True, True, False, True],
    ),
    (
        "flag_from_date",
        {
            "USUBJID": ["1", "1", "1", "3"],
            "F": [Y, Y, NONE, Y],
            "A": ["2016-01-10", "2016-01-09", "2016-01-11", "2016-01-01"],
        },
        "{flag: F, window: {date: A, start: DM.RFXSTDTC}}",
        [True, False, False, True],
    ),
    (  # the last treatment of 1 is 2016-02-21, thirty days later is 2016-03-22
        "flag_from_date",
        {
            "USUBJID": ["1", "1", "1"],
            "F": [Y, Y, N],
            "A": ["2016-03-22", "2016-03-23", "2016-03-23"],
        },
        '{flag: F, window: {date: A, start: DM.RFXSTDTC, end: DM.RFXENDTC, days: "30"}}',
        [True, False, True],
    ),
    ("unique_per", {"A": ["1", "1", "2"], "B": [1, 1, 1]}, "by: [A, B]", [False, False, True]),
    (
        "one_value_per",
        {"T": ["AFP", "AFP", "ALT", "ALT"], "U": ["ng/mL", "ug/L", "U/L", NONE]},
        "{variable: U, by: [T]}",
        [False, False, True, True],
    ),
    (  # in time: 5e9 first, 1e10 from the second on; subject 3 has no arm
        "value_by_position",
        {
            "USUBJID": ["2", "2", "2", "3"],
            "EXSTDTC": ["2016-03-01", "2016-02-01", "2016-04-01", "2016-02-01"],
            "EXDOSE": [1e10, 5e9, 5e9, 5e9],
        },
        "{variable: EXDOSE, order: EXSTDTC, "
        "plan: {group: DM.ARMCD, steps: {D: {1: 5e9, 2: 1e10}}}}",
        [True, True, False, False],
    ),
    (
        "consecutive",
        {"S": ["1", "1", "2", "2", "3", "3"], "V": [1, 2, 1, 3, 1, 1]},
        "{variable: V, by: [S]}",
        [True, True, False, False, False, False],
    ),
    (  # treatment of 1 began on 2016-01-10; 2 has two flagged records
        "baseline_flag",
        {
            "USUBJID": ["1", "2", "2", "1", "1"],
            "T": ["A", "A", "A", "B", "C"],
            "R": ["5", "5", "6", "7", NONE],
            "D": ["2016-01-10", "2016-01-01", "2016-01-02", "2016-01-11", "2016-01-09"],
        },
        "{by: [USUBJID, T], result: R, window: {date: D, end: DM.RFXSTDTC}}",
        [True, False, False, False, False],
    ),
    (
        "matches_nth",
        {
            "USUBJID": ["1", "1", "1", "2"],
            "N": [1.0, 2.0, 3.0, NONE],
            "A": ["2016-01-10", "2016-01-25", "2016-01-24", "2016-01-01"],
        },
        "{number: N, of: EX.EXSTDTC, onset: {date: A}}",
        [True, False, False, True],
    ),
    (
        "matches_nth",
        {"USUBJID": ["1", "1"], "N": [2.0, 2.0], "A": ["2016-01-25"] * 2, "O": [1, 0]},
        "{number: N, of: EX.EXSTDTC, onset: {date: A, days: O}}",
        [True, False],
    ),
    (
        "in_other",
        {"USUBJID": ["1", "9", NONE]},
        "{variable: USUBJID, of: DM.USUBJID}",
        [True, False, True],
    ),
    (
        "has_record",
        {"USUBJID": ["1", "2", "3"]},
        "record: {dataset: DS, where: {DSDECOD: DEATH}}",
        [True, False, False],
    ),
    (
        "has_no_record",
        {"USUBJID": ["1", "2", "3"]},
        "record: {dataset: DS, where: {DSDECOD: DEATH}}",
        [False, True, True],
    ),
    (
        "count_per",
        {"USUBJID": ["1", "2", "3", "1"], "ARMCD": ["A", "D", NONE, "D"]},
        '{record: {dataset: EX}, group: ARMCD, counts: {A: "2", D: "3"}}',
        [True, False, True, False],
    ),
    (
        "other_in_set",
        {"USUBJID": ["1", "2", "9"]},
        "{of: DM.DTHFL, values: [Y]}",
        [True, False, False],
    ),
    (
        "equal_to_other",
        {"USUBJID": ["1", "1", "2"], "D": ["2017-05-01", "2017-05-02", NONE]},
        "copies: {dataset: DM, variables: {D: DTHDTC}}",
        [True, False, True],
    ),
    (
        "equal_to_supplemental",
        {"USUBJID": ["1", "1", "1"], "AESEQ": [2, 2, 1], "N": [3, 4, 9]},
        "{variable: N, number: AESEQ, of: {dataset: SUPPAE, qualifier: AEINFN}}",
        [True, False, True],
    ),
    (  # DM has one A, one D, one without an arm; the answer is about the dataset
        "same_counts",
        {"ARMCD": ["D", NONE, "A"]},
        "{by: [ARMCD], dataset: {dataset: DM}}",
        [True],
    ),
    (
        "same_counts",
        {"ARMCD": ["A", "D", "D", NONE]},
        "{by: [ARMCD], dataset: {dataset: DM}}",
        [False],
    ),
    (
        "resolves",
        {
            "USUBJID": ["1", "2", "1", "1", "1", "1", "1"],
            "D": ["DM", "DM", "DS", "DS", "XX", "DS", NONE],
            "V": ["DTHDTC", "DTHDTC", "DSDECOD", "DSDECOD", "A", "DSTERM", NONE],
            "S": [NONE, NONE, 1.0, 2.0, 1.0, 1.0, NONE],
        },
        "{domain: D, variable: V, sequence: S}",
        [True, False, True, False, False, False, True],
    ),
    (  # 18 to 65; subject 1 has a record in DS
        "outside_without",
        {"USUBJID": ["3", "3", "3", "3", "3", "1"], "AGE": [18.0, 65.0, 66.0, 17.0, NONE, 71.0]},
        "{variable: AGE, limits: [AGEMIN, AGEMAX], record: {dataset: DS}}",
        [True, True, False, False, True, True],
    ),
    *MORE_CASES,
]


def _block(text: str, tmp_path) -> Block:
    file = tmp_path / "rule.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    return read_yaml(file)


def _passes(name: str, columns: dict, parameters: dict) -> list[bool]:
    data = {key: pd.DataFrame(value) for key, value in DATA.items()}
    frame = pd.DataFrame(columns)
    frame.index = range(7, 7 + len(frame))  # no check may rely on the index
    outcome = known_check(name, "here").test(frame, data, **parameters)
    if isinstance(outcome, str):
        return [outcome == ""]
    assert list(outcome.index) == list(frame.index)
    passed = outcome.all(axis=1) if isinstance(outcome, pd.DataFrame) else outcome
    assert passed.dtype == bool
    return passed.tolist()


@pytest.mark.parametrize(("name", "columns", "given", "expected"), CASES)
def test_check(name, columns, given, expected, tmp_path):
    parameters = known_check(name, "here").read(_block(given, tmp_path))
    assert _passes(name, columns, parameters) == expected


def test_every_check_of_the_library_has_a_passing_and_a_failing_row():
    for name in library():
        rows = {row for case in CASES if case[0] == name for row in case[3]}
        assert rows == {True, False}, name


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        (["A", "D", "D", NONE], "ARMCD = D: 2 records, 1 in DM"),
        (["A", "D"], "ARMCD is missing: 0 records, 1 in DM"),
        (list("AGFECB"), "ARMCD = B: 1 records, 0 in DM; ARMCD = C: 1 records, 0 in DM; "
         "ARMCD = D: 0 records, 1 in DM; ARMCD = E: 1 records, 0 in DM; "
         "ARMCD = F: 1 records, 0 in DM; 2 groups more"),
    ],
)  # fmt: skip
def test_counts_that_differ_are_one_finding(arms, told, tmp_path):
    found = known_check("same_counts", "here")
    parameters = found.read(_block("{by: [ARMCD], dataset: {dataset: DM}}", tmp_path))
    assert found.test(pd.DataFrame({"ARMCD": arms}), {"DM": pd.DataFrame(DM)}, **parameters) == told


def test_a_dataset_with_repeated_keys_is_looked_up_without_an_error():
    data = {"DM": pd.DataFrame({"USUBJID": ["1", "1"], "DTHFL": ["Y", "N"]})}
    test = library()["other_in_set"]
    reference = test.kinds["of"]("DM", "DTHFL")
    frame = pd.DataFrame({"USUBJID": ["1"]})
    assert test.test(frame, data, of=reference, values=("Y",)).tolist() == [True]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("not_missing", "variables: [aeterm]", "'aeterm' is not a variable name"),
        ("not_missing", "{variables: [A], more: x}", "unknown key 'more'"),
        ("not_missing", "{}", "the key 'variables' is missing"),
        ("quotient", "{variable: A, of: B, divisor: month}", "'month' is not a number"),
        ("in_other", "{variable: A, of: DM}", "'' is not a variable name"),
        ("has_record", "record: {where: {A: Y}}", "the key 'dataset' is missing"),
        ("implies", "{when: {}, then: {A: Y}}", "when is empty"),
        ("outside_without", "{variable: A, limits: [X], record: {dataset: DV}}", "has 1 names"),
        (
            "value_by_position",
            "{variable: A, order: B, plan: {group: DM.ARMCD, steps: {A: {2: 5e9}}}}",
            "position 1 has no value",
        ),
    ],
)
def test_wrong_parameters_name_the_line(name, given, message, tmp_path):
    with pytest.raises(StudyError, match=r"rule\.yaml line 1") as error:
        known_check(name, "here").read(_block(given, tmp_path))
    assert message in str(error.value)


def test_an_unknown_check_lists_the_library():
    with pytest.raises(StudyError, match=r"not_mising.*not a check") as error:
        known_check("not_mising", "expectations/ae.yaml line 3")
    assert "not_missing" in error.value.fix


def test_needs_name_the_variables_on_both_sides(tmp_path):
    check = known_check("has_record", "here")
    given = check.read(_block("record: {dataset: DS, where: {DSDECOD: DEATH}}", tmp_path))
    assert needs_of(given) == {("", "USUBJID"), ("DS", "USUBJID"), ("DS", "DSDECOD")}
