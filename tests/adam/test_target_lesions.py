"""Target and overall response at every boundary of RECIST 1.1 (section 4.3.1, Tables 1 and 2)."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.target_lesions import (
    derive_params_sum_diameters,
    overall_response,
    target_response,
)


def sums(visits: list[list[float | None]], nodes: str = "") -> pd.DataFrame:
    """The assessments of one subject from the diameters per visit, 28 days apart."""
    lesions = pd.DataFrame(
        [
            {
                "USUBJID": "S1",
                "VISITNUM": float(visit),
                "MM": diameter,
                "DATE": pd.Timestamp("2020-01-01") + pd.Timedelta(days=28 * visit),
                "NODE": nodes[n] if nodes else "N",
                "_row_tr": 10 * visit + n,
            }
            for visit, diameters in enumerate(visits)
            for n, diameter in enumerate(diameters)
        ]
    ).astype({"MM": "float64"})
    return derive_params_sum_diameters(lesions, "MM", "DATE", ("VISITNUM",), "NODE")


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        pytest.param([[100], [70]], ["PR"], id="30% below baseline"),
        pytest.param([[100], [70.1]], ["SD"], id="just less than 30%"),
        pytest.param([[100], [120]], ["PD"], id="20% above"),
        pytest.param([[100], [119.9]], ["SD"], id="just less than 20%"),
        pytest.param([[24], [28.9]], ["SD"], id="20% but less than 5 mm"),
        pytest.param([[25], [30]], ["PD"], id="20% and 5 mm"),
        pytest.param([[20], [25]], ["PD"], id="25% and 5 mm"),
        pytest.param([[100], [50], [60]], ["PR", "PD"], id="the nadir counts, not baseline"),
        pytest.param([[100], [50], [59]], ["PR", "PR"], id="18% above nadir"),
        pytest.param([[100], [90], [110]], ["SD", "PD"], id="22% above the nadir, 10% baseline"),
        pytest.param([[60, 40], [0, 0]], ["CR"], id="nothing left"),
        pytest.param([[60, 40], [0, 5]], ["PR"], id="one lesion left"),
        pytest.param([[60, 40], [0, 0], [0, 5]], ["CR", "PD"], id="5 mm after nothing"),
        pytest.param([[60, 40], [0, 0], [0, 4]], ["CR", "PR"], id="4 mm after nothing"),
        pytest.param([[60, 40], [20, None]], ["NE"], id="one lesion not measured"),
        pytest.param([[60, 40], [None, 20], [48, 12]], ["NE", "PR"], id="measured again"),
    ],
)
def test_target_response(visits: list[list[float | None]], expected: list[str]) -> None:
    found = target_response(sums(visits))
    assert pd.isna(found.iloc[0])
    assert found.iloc[1:].tolist() == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [([0, 9.9], "CR"), ([0, 10], "PR"), ([1, 9.9], "PR")],
)
def test_a_node_below_10_mm_is_not_pathological(after: list[float], expected: str) -> None:
    assert target_response(sums([[50, 20], after], nodes="NY")).iloc[1] == expected


def test_sums_changes_and_lineage() -> None:
    found = sums([[60, 40], [50, 30], [None, 30], [66, 30]])
    assert found["AVAL"].tolist()[:2] == [100, 80]
    assert pd.isna(found["AVAL"].iloc[2])
    assert found["BASE"].tolist() == [100] * 4
    assert found["NADIR"].tolist()[1:] == [100, 80, 80]
    assert found["PCHG"].iloc[3] == pytest.approx(-4)
    assert found["CHGNAD"].iloc[3] == pytest.approx(16)
    assert found["PCHGNAD"].iloc[3] == pytest.approx(20)
    assert found["_row_tr"].iloc[1] == (10, 11)


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [
        ("CR", "CR", "N", "CR"),
        ("CR", None, "N", "CR"),
        ("CR", "NON-CR/NON-PD", "N", "PR"),
        ("CR", "NE", "N", "PR"),
        ("PR", "NON-CR/NON-PD", "N", "PR"),
        ("PR", "NE", "N", "PR"),
        ("SD", "NON-CR/NON-PD", "N", "SD"),
        ("SD", None, "N", "SD"),
        ("NE", "NON-CR/NON-PD", "N", "NE"),
        ("PD", "CR", "N", "PD"),
        ("CR", "PD", "N", "PD"),
        ("CR", "CR", "Y", "PD"),
        ("NE", "CR", "Y", "PD"),
        (None, "CR", "N", "CR"),
        (None, "NON-CR/NON-PD", "N", "NON-CR/NON-PD"),
        (None, "NE", "N", "NE"),
        (None, "PD", "N", "PD"),
        (None, None, "Y", "PD"),
    ],
)
def test_overall_response(
    target: str | None, non_target: str | None, new: str, expected: str
) -> None:
    columns = [pd.Series([value], dtype="str") for value in (target, non_target, new)]
    assert overall_response(*columns).tolist() == [expected]
