"""Best overall response: table 3 of RECIST 1.1, with confirmation and without."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.response import (
    BestRule,
    best_response,
    derive_params_response,
    until_progression,
)
from pipeline.frames import prepare_pandas

START = pd.Timestamp("2024-01-01")
PARTLY = "NON-CR/NON-PD"


def assessments(*answers: tuple[int, str], subject: str = "1") -> pd.DataFrame:
    """Overall responses by day after the start."""
    prepare_pandas()
    frame = pd.DataFrame(answers, columns=["day", "OVRLRESP"]).astype({"OVRLRESP": "str"})
    return frame.assign(
        USUBJID=subject,
        ADT=START + pd.to_timedelta(frame["day"], unit="D"),
        _row_rs=range(1, len(frame) + 1),
    ).drop(columns="day")


def best(*answers: tuple[int, str], confirmed: bool) -> str:
    rule = BestRule(minimum=42, confirmed=confirmed)
    made = best_response(assessments(*answers), pd.Series({"1": START}), rule)
    assert len(made) == 1
    return made["RESPONSE"].iloc[0]


# table 3: first assessment (day 56, so that stable disease lasts the minimum), second, best
TABLE3 = [
    ("CR", "CR", "CR"),
    ("CR", "PR", "SD"),
    ("CR", "SD", "SD"),
    ("CR", "PD", "SD"),
    ("CR", "NE", "SD"),
    ("PR", "CR", "PR"),
    ("PR", "PR", "PR"),
    ("PR", "SD", "SD"),
    ("PR", "PD", "SD"),
    ("PR", "NE", "SD"),
    ("NE", "NE", "NE"),
]


@pytest.mark.parametrize(("first", "second", "expected"), TABLE3)
def test_table_3(first: str, second: str, expected: str) -> None:
    assert best((56, first), (112, second), confirmed=True) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("CR", "PD", "PD"), ("CR", "NE", "NE"), ("PR", "PD", "PD"), ("PR", "NE", "NE")],
)
def test_table_3_when_the_minimum_is_not_met(first: str, second: str, expected: str) -> None:
    assert best((41, first), (48, second), confirmed=True) == expected


@pytest.mark.parametrize(
    ("answers", "confirmed", "plain"),
    [
        ([(56, "PR"), (83, "PR")], "SD", "PR"),  # 27 days
        ([(56, "PR"), (84, "PR")], "PR", "PR"),  # 28 days
        ([(56, "CR"), (84, "CR")], "CR", "CR"),
        ([(56, "PR"), (70, "PR"), (84, "PR")], "PR", "PR"),
        ([(56, "PR"), (84, "NE"), (112, "PR")], "PR", "PR"),  # one NE between
        ([(56, "PR"), (84, "NE"), (98, "NE"), (112, "PR")], "SD", "PR"),  # two
        ([(56, "PR"), (84, "SD"), (112, "PR")], "SD", "PR"),  # stable disease between
        ([(56, "CR"), (84, "PR"), (112, "CR")], "SD", "CR"),
        ([(56, "PR"), (112, "CR"), (168, "CR")], "CR", "CR"),
        ([(56, "PR"), (112, "CR"), (168, "PD")], "PR", "CR"),
        ([(42, "SD")], "SD", "SD"),
        ([(41, "SD")], "NE", "NE"),
        ([(41, "SD"), (56, "PD")], "PD", "PD"),
        ([(28, "PR")], "NE", "PR"),
        ([(56, "PD"), (112, "CR"), (168, "CR")], "PD", "PD"),  # after PD nothing counts
        ([(56, PARTLY)], PARTLY, PARTLY),
        ([(30, PARTLY), (56, "PD")], "PD", "PD"),
        ([(56, "NE"), (112, "PD")], "PD", "PD"),
        ([(56, "PR"), (84, "NE"), (98, "NE"), (112, "NE"), (126, "PR")], "SD", "PR"),
        ([(28, "CR"), (56, "PR"), (84, "PR")], "PD", "CR"),  # disease after CR is PD (note a)
        ([(28, "CR"), (56, "SD")], "PD", "CR"),
        ([(56, "CR"), (84, "PR"), (112, "PR")], "SD", "CR"),
    ],
)
def test_best_response(answers: list[tuple[int, str]], confirmed: str, plain: str) -> None:
    assert best(*answers, confirmed=True) == confirmed
    assert best(*answers, confirmed=False) == plain
    assert best(*reversed(answers), confirmed=True) == confirmed  # the order of the rows


def test_subjects_do_not_confirm_each_other() -> None:
    rows = pd.concat(
        [assessments((56, "PR")), assessments((112, "PR"), subject="2")], ignore_index=True
    )
    made = best_response(rows, pd.Series({"1": START, "2": START}), BestRule(42, confirmed=True))
    assert made["RESPONSE"].tolist() == ["SD", "SD"]


def test_until_progression() -> None:
    kept = until_progression(assessments((168, "PD"), (56, "SD"), (112, "PD")))
    assert kept["OVRLRESP"].tolist() == ["SD", "PD"]
    assert kept["ADT"].iloc[-1] == START + pd.Timedelta(days=112)


def parameters(ends: pd.Series | None = None) -> pd.DataFrame:
    adsl = pd.DataFrame({"USUBJID": ["1", "2"], "TRTSDT": [START, START]}).astype(
        {"USUBJID": "str"}
    )
    rows = assessments((56, "SD"), (112, "PR"), (168, "PR"), (224, "PD"))
    rules = {"BOR": BestRule(42), "CBOR": BestRule(42, confirmed=True)}
    return derive_params_response(rows, adsl, "TRTSDT", rules, ends)


def of(made: pd.DataFrame, code: str, subject: str) -> pd.Series:
    """The one record of a parameter and subject."""
    rows = made.loc[(made["PARAMCD"] == code) & (made["USUBJID"] == subject)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_parameters() -> None:
    made = parameters()
    visits = made.loc[made["PARAMCD"] == "OVRLRESP"]
    assert visits["AVALC"].tolist() == ["SD", "PR", "PR", "PD"]
    assert visits["AVAL"].tolist() == [3, 2, 2, 5]
    assert of(made, "BOR", "1")[["AVALC", "AVAL"]].tolist() == ["PR", 2.0]
    assert of(made, "CBOR", "1")["ADT"] == START + pd.Timedelta(days=112)
    assert of(made, "CBOR", "1")["_row_rs"] == 2
    assert of(made, "BOR", "2")[["AVALC", "AVAL"]].tolist() == ["NE", 6.0]
    assert of(made, "PD", "1")[["AVALC", "AVAL"]].tolist() == ["Y", 1.0]
    assert of(made, "PD", "1")["ADT"] == START + pd.Timedelta(days=224)
    assert of(made, "PD", "2")[["AVALC", "AVAL"]].tolist() == ["N", 0.0]
    assert pd.isna(of(made, "PD", "2")["ADT"])


def test_after_a_new_therapy_nothing_counts_for_the_best_response() -> None:
    made = parameters(pd.Series({"1": START + pd.Timedelta(days=111)}))
    assert of(made, "BOR", "1")["AVALC"] == "SD"
    assert of(made, "PD", "1")["AVALC"] == "Y"
    assert (made["PARAMCD"] == "OVRLRESP").sum() == 4
