"""More rows for test_conditions.py: check, columns, `with:` as YAML, whether each row passes."""

from __future__ import annotations

import pandas as pd

Y, N, NONE = "Y", "N", None

IN_ROW = [
    (
        "matches",
        {"A": ["ALT", "9ALT", "alt", NONE, "ABCDEFGHI"]},
        '{variables: [A], pattern: "[A-Z_][A-Z0-9_]{0,7}"}',
        [True, False, False, True, False],
    ),
    (
        "matches_then",
        {"A": ["SAFFL", "SAFFL", "AGE"], "K": ["Char", "Num", "Num"]},
        '{variable: A, pattern: ".+FL", then: {K: Char}}',
        [True, False, True],
    ),
    (  # AVISITN of B has no AVISIT
        "has_partner",
        {"D": ["A", "A", "B", "B"], "V": ["AVISIT", "AVISITN", "AVISITN", "AGE"]},
        r'{variable: V, within: D, partners: {"(AVISIT)N": "\\1"}}',
        [True, True, False, True],
    ),
    (
        "together",
        {"A": ["1", "1", NONE, NONE], "B": ["2", NONE, "2", NONE]},
        "pairs: {A: B}",
        [True, False, False, True],
    ),
    (
        "accompanied",
        {"A": ["1", "1", NONE], "B": ["2", NONE, "2"]},
        "pairs: {A: B}",
        [True, False, True],
    ),
    (
        "equal_in_row",
        {"A": ["1", "1", NONE, NONE], "B": ["1", "2", NONE, "1"]},
        "pairs: {A: B}",
        [True, False, True, False],
    ),
    (
        "coded_flags",
        {"N": [1.0, 0.0, NONE, 1.0, NONE], "F": [Y, N, NONE, N, Y]},
        "pairs: {N: F}",
        [True, True, True, False, False],
    ),
    (
        "difference",
        {"C": [2.0, 3.0, NONE, 0.3], "V": [5.0, 5.0, 5.0, 0.4], "B": [3.0, 3.0, 3.0, 0.1]},
        "{variable: C, of: V, minus: B}",
        [True, False, True, True],
    ),
    (  # no percent change from 0
        "percent_change",
        {"P": [50.0, 60.0, NONE, 10.0], "V": [3.0, 3.0, 3.0, 3.0], "B": [2.0, 2.0, 2.0, 0.0]},
        "{variable: P, of: V, base: B}",
        [True, False, True, False],
    ),
    (
        "less_than",
        {"A": [1.0, 2.0, 3.0, NONE], "B": [2.0, 2.0, 2.0, 2.0]},
        "pairs: {A: B}",
        [True, False, False, True],
    ),
    (
        "in_bounds",
        {"A": [90.0, 100.0, 89.9, 100.1, NONE]},
        '{variable: A, low: "90", high: "100"}',
        [True, True, False, False, True],
    ),
    (
        "whole_number",
        {"A": [1.0, 2.0, 0.0, -1.0, 1.5, NONE]},
        "variables: [A]",
        [True, True, False, False, False, True],
    ),
    (  # limits belong to the range
        "agrees_with_range",
        {
            "I": ["NORMAL", "NORMAL", "LOW", "HIGH", "HIGH", "ABNORMAL", NONE, "LOW"],
            "V": [10.0, 9.9, 9.9, 20.1, 20.0, 5.0, 5.0, NONE],
            "L": [10.0] * 8,
            "H": [20.0] * 8,
        },
        "{variable: I, value: V, limits: [L, H]}",
        [True, False, True, True, False, True, True, True],
    ),
    (
        "any_of",
        {"S": [Y, Y, N, N], "A": [Y, N, N, N], "B": [N, N, N, Y]},
        "{when: {S: Y}, variables: [A, B], values: [Y]}",
        [True, False, True, False],
    ),
    (
        "same_day",
        {
            "A": pd.to_datetime(["2016-01-02T10:00", "2016-01-02T10:00"]),
            "B": pd.to_datetime(["2016-01-02", "2016-01-03"]),
        },
        "pairs: {A: B}",
        [True, False],
    ),
]
AMONG_ROWS = [
    (  # ALT has two names; the name of AST stands for two codes
        "one_to_one",
        {"C": ["ALT", "ALT", "AST", "X", "ALP", NONE], "T": ["a", "b", "c", "c", "d", "d"]},
        "pairs: {C: T}",
        [False, False, False, False, True, True],
    ),
    (
        "one_to_one",
        {"P": ["1", "2"], "C": ["x", "x"], "T": ["a", "b"]},
        "{pairs: {C: T}, by: [P]}",
        [True, True],
    ),
    (
        "at_most",
        {"S": ["1", "1", "1", "2"]},
        '{by: [S], count: "2"}',
        [False, False, False, True],
    ),
    ("at_least", {"S": ["1", "1", "2"]}, '{by: [S], count: "2"}', [True, True, False]),
    (
        "filled_alike",
        {"P": ["1", "1", "2", "2"], "B": ["LAST", NONE, NONE, NONE]},
        "{variable: B, by: [P]}",
        [True, False, True, True],
    ),
    ("contains", {"A": ["x", "y"]}, "{variable: A, values: [x, z]}", [False, True]),
    ("contains", {"A": ["x", "y"]}, "{variable: A, values: [y]}", [True, True]),
    (  # 2 has no baseline record
        "from_baseline",
        {
            "S": ["1", "1", "1", "2"],
            "F": [Y, NONE, NONE, NONE],
            "V": [5.0, 6.0, 7.0, 8.0],
            "B": [5.0, 5.0, 6.0, 8.0],
        },
        "{pairs: {B: V}, flag: {F: Y}, by: [S]}",
        [True, True, False, False],
    ),
    (  # visit 3 before the last day of visit 2
        "in_visit_order",
        {
            "S": ["1", "1", "1", "1", "2"],
            "V": [1.0, 3.0, 2.0, 2.0, 1.0],
            "D": ["2016-01-01", "2016-01-09", "2016-01-08", "2016-01-10", "2016-01"],
        },
        "{date: D, order: V, by: [S]}",
        [True, False, True, True, True],
    ),
    (
        "ordered_rows",
        {
            "S": ["1", "1", "2", "2", "3"],
            "P": ["PFS", "OS", "PFS", "OS", "PFS"],
            "V": [5.0, 5.0, 6.0, 5.0, 1.0],
        },
        "{variable: V, by: [S], twins: {smaller: {P: PFS}, larger: {P: OS}}}",
        [True, True, False, True, True],
    ),
    (  # creatinine in mg/dL among values in umol/L; 200 is high, but no slip
        "no_unit_slip",
        {
            "S": ["1", "1", "1", "1", "2", "2", "2", "2"],
            "T": ["CREAT"] * 8,
            "V": [80.0, 84.0, 0.9, 82.0, 80.0, 200.0, 82.0, NONE],
            "L": [60.0] * 8,
            "H": [110.0] * 8,
        },
        '{value: V, by: [S, T], slip: {factors: ["10", "88.4"], limits: [L, H]}}',
        [True, True, False, True, True, True, True, True],
    ),
]
ACROSS = [
    ("count_of", {"USUBJID": ["1", "2"]}, '{record: {dataset: EX}, count: "2"}', [True, False]),
    ("other_present", {"USUBJID": ["1", "3"]}, "{of: DM.ARMCD}", [True, False]),
    (
        "points_to_record",
        {
            "USUBJID": ["1", "1", "2", "9", "1", NONE],
            "R": ["EX", "EX", "DM", "DM", "XX", "EX"],
            "I": ["EXSEQ", "EXSEQ", NONE, NONE, "XXSEQ", "EXSEQ"],
            "V": ["2", "7", NONE, NONE, "1", NONE],
        },
        "{domain: R, variable: I, value: V}",
        [True, False, True, False, False, True],
    ),
    (
        "equal_to_record",
        {"USUBJID": ["1", "1", "1"], "EXSEQ": [1, 2, 3], "D": ["2016-01-24", "2016-01-24", NONE]},
        "copies: {dataset: EX, by: [USUBJID, EXSEQ], variables: {D: EXSTDTC}}",
        [True, False, False],
    ),
    (
        "has_record_near",
        {"USUBJID": ["1", "1", "1", "9"], "D": ["2016-01-12", "2016-01-17", "2016", "2016-01-10"]},
        '{record: {dataset: EX}, near: {own: D, other: EX.EXSTDTC, days: "3"}}',
        [True, False, True, False],
    ),
    (  # the last infusion of 1 is on 2016-01-24
        "not_after_record",
        {"USUBJID": ["1", "1", "9"], "D": ["2016-01-24", "2016-01-25", "2016-01-25"]},
        "{variable: D, record: {dataset: EX}, date: EX.EXSTDTC}",
        [True, False, True],
    ),
    (
        "equal_to_first",
        {"USUBJID": ["1", "1", "9"], "D": ["2016-01-10", "2016-01-24", "2016-01-10"]},
        "{variable: D, record: {dataset: EX}, date: EX.EXSTDTC}",
        [True, False, False],
    ),
    (  # 12 + 20 on the first day
        "sum_on_day",
        {"USUBJID": ["1", "1", "1"], "V": [32.0, 31.0, NONE], "D": ["2016-01-01"] * 3},
        "{variable: V, record: {dataset: TR}, "
        "sums: {own: D, dataset: TR, other: TRDTC, of: TRSTRESN}}",
        [True, False, True],
    ),
]
CLINICAL = [
    (
        "not_after_cutoff",
        {"D": ["2018-01-31", "2018-02-01", "2018-02", "2018", NONE]},
        "{variables: [D], cutoff: DCUTDTC}",
        [True, False, False, True, True],
    ),
    (  # 1 has an event in AE; the bilirubin of 3 is 31 days from ALT; ALP of 4 is raised
        "hys_law",
        {
            "USUBJID": ["2", "2", "1", "1", "3", "3", "4", "4", "4"],
            "T": ["ALT", "BILI", "AST", "BILI", "ALT", "BILI", "ALT", "BILI", "ALP"],
            "V": [120.0, 40.0, 120.0, 40.0, 120.0, 40.0, 120.0, 40.0, 300.0],
            "H": [40.0, 20.0, 40.0, 20.0, 40.0, 20.0, 40.0, 20.0, 120.0],
            "D": [
                "2016-01-01",
                "2016-01-31",
                "2016-01-01",
                "2016-01-31",
                "2016-01-01",
                "2016-02-01",
                "2016-01-01",
                "2016-01-05",
                "2016-01-05",
            ],
        },
        "{result: {test: T, value: V, high: H, date: D}, record: {dataset: AE}}",
        [True, False, True, True, True, True, True, True, True],
    ),
    (  # sums by visit: 32 at baseline, then 22 (-31%), 27 (+23% and 5 mm), 0, not complete
        "agrees_with_diameters",
        {
            "USUBJID": ["1"] * 7,
            "VISITNUM": [2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 2.0],
            "R": ["PR", "SD", "PD", "SD", "CR", "SD", "NE"],
        },
        "{variable: R, record: {dataset: TR, by: [USUBJID, VISITNUM]}, of: TR.TRSTRESN}",
        [True, False, True, False, True, True, True],
    ),
]
PLAUSIBLE = [
    (  # the limits themselves are possible; GLUC has none
        "plausible",
        {"V": [29.9, 30.0, 250.0, 250.1, NONE, 9.0], "T": ["HGB"] * 5 + ["GLUC"]},
        '{variable: V, by: T, bounds: {HGB: ["30", "250"]}}',
        [False, True, True, False, True, True],
    ),
    (
        "known_to_the_day",
        {"D": ["2016-02-29", "2016-02", "2016", NONE, "2016-02-29T08:30"]},
        "{variables: [D]}",
        [True, False, False, True, True],
    ),
    (  # visit 2 of subject 1 is on 1 February; visit 9 has no record
        "near_visit",
        {
            "USUBJID": ["1"] * 6,
            "VISITNUM": [2.0, 2.0, 2.0, 2.0, 9.0, 2.0],
            "D": ["2016-02-04", "2016-02-05", "2016-01-29", "2016-01-28", "2017-01-01", "2016-02"],
        },
        '{variable: D, of: SV.SVSTDTC, tolerance: "3"}',
        [True, False, True, False, True, True],
    ),
]

MORE_CASES = [*IN_ROW, *AMONG_ROWS, *ACROSS, *CLINICAL, *PLAUSIBLE]
MORE_DATA = {
    "SV": {"USUBJID": ["1"], "VISITNUM": [2.0], "SVSTDTC": ["2016-02-01"]},
    "AE": {"USUBJID": ["1"], "AETERM": ["Jaundice"]},
    "TR": {
        "USUBJID": ["1"] * 10,
        "VISITNUM": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0],
        "TRDTC": ["2016-01-01"] * 2 + ["2016-02-01"] * 2 + ["2016-03-01"] * 2 + ["2016-04-01"] * 4,
        "TRSTRESN": [12.0, 20.0, 10.0, 12.0, 12.0, 15.0, 0.0, 0.0, 10.0, NONE],
    },
}
