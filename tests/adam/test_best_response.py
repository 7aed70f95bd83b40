"""Best overall response with and without confirmation (RECIST 1.1, section 4.6, Table 3)."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.best_response import Confirmation, best_response, first_progression

START = pd.Timestamp("2020-01-01")
CONFIRMED = Confirmation(28, 42)
ONCE = Confirmation(0, 42)


def responses(*answers: tuple[int, str]) -> pd.DataFrame:
    """The assessments of one subject: (days after the start, response)."""
    return pd.DataFrame(
        {
            "USUBJID": "S1",
            "ADT": [START + pd.Timedelta(days=day) for day, _ in answers],
            "AVALC": [value for _, value in answers],
            "TRTSDT": START,
            "_row_rs": range(1, len(answers) + 1),
        }
    )


@pytest.mark.parametrize(
    ("answers", "confirmed", "once"),
    [
        pytest.param([(56, "CR"), (84, "CR")], "CR", "CR", id="CR confirmed after 28 days"),
        pytest.param([(56, "CR"), (83, "CR")], "SD", "CR", id="27 days do not confirm"),
        pytest.param([(56, "PR"), (84, "PR")], "PR", "PR", id="PR confirmed by PR"),
        pytest.param([(56, "PR"), (84, "CR")], "PR", "CR", id="PR confirmed by CR"),
        pytest.param([(56, "PR"), (84, "NE"), (112, "PR")], "PR", "PR", id="NE in between"),
        pytest.param([(56, "PR"), (84, "PD")], "SD", "PR", id="PR not confirmed counts as SD"),
        pytest.param([(28, "PR"), (56, "PD")], "PD", "PR", id="too early for SD"),
        pytest.param([(42, "SD"), (56, "PD")], "SD", "SD", id="stable on day 42"),
        pytest.param([(41, "SD"), (56, "PD")], "PD", "PD", id="not yet stable"),
        pytest.param([(41, "SD")], "NE", "NE", id="stable too short, nothing else"),
        pytest.param([(28, "PD"), (56, "PR"), (84, "PR")], "PD", "PD", id="nothing after PD"),
        pytest.param([(56, "NE")], "NE", "NE", id="not evaluable"),
        pytest.param([(56, "NON-CR/NON-PD")], "SD", "SD", id="no target lesion"),
    ],
)
def test_best_response(answers: list[tuple[int, str]], confirmed: str, once: str) -> None:
    rows = responses(*answers)
    assert best_response(rows, "TRTSDT", CONFIRMED)["AVALC"].tolist() == [confirmed]
    assert best_response(rows, "TRTSDT", ONCE)["AVALC"].tolist() == [once]


def test_date_and_lineage_of_the_best_response() -> None:
    rows = responses((28, "SD"), (56, "PR"), (84, "PR"), (112, "PD"), (140, "PR"))
    best = best_response(rows, "TRTSDT", CONFIRMED)
    assert best["ADT"].tolist() == [START + pd.Timedelta(days=56)]
    assert best["_row_rs"].tolist() == [(1, 2, 3, 4)]


def test_first_progression_is_the_earliest() -> None:
    found = first_progression(responses((84, "PD"), (56, "PD"), (28, "SD")))
    assert found["ADT"].tolist() == [START + pd.Timedelta(days=56)]
    assert first_progression(responses((28, "SD"))).empty
