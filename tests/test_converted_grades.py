"""Results collected in one unit and graded in another: a multiple of the limit stays one."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.frames import prepare_pandas
from pipeline.ranges import times_limit
from pipeline.sdtm.units import derive_vars_standard_result

# test, multiples of the upper limit at which grades 1 to 4 begin (CTCAE 4.03), limits in mg/dL
TESTS = [
    ("BILI", ("1", "1.5", "3.0", "10.0"), [f"{tenth / 10}" for tenth in range(2, 40)]),
    ("CREAT", ("1", "1.5", "3.0", "6.0"), [f"0.{hundredth}" for hundredth in range(50, 100)]),
]


def standard(test: str, results: list[str], limits: list[str]) -> pd.DataFrame:
    """Results in mg/dL with their upper limits, converted to umol/L and graded."""
    prepare_pandas()
    frame = pd.DataFrame({"LBTESTCD": test, "LBORRES": results, "LBORRESU": "mg/dL"})
    made = derive_vars_standard_result(frame.assign(LBORNRHI=limits).astype("str"), "LB")
    graded = made.assign(
        PARAMCD=test, AVAL=made["LBSTRESN"], ANRLO=float("nan"), ANRHI=made["LBSTNRHI"]
    )
    return derive_vars_toxicity(graded)


def test_bilirubin_of_one_and_a_half_times_the_limit_is_grade_1() -> None:
    made = standard("BILI", ["0.9", "0.901"], ["0.6", "0.6"])
    assert made["ATOXGRH"].tolist() == ["1", "2"]


@pytest.mark.parametrize(("test", "multiples", "limits"), TESTS)
def test_on_a_limit_the_lower_grade_and_above_it_the_higher(
    test: str, multiples: tuple[str, ...], limits: list[str]
) -> None:
    cases = [(limit, k) for limit in limits for k in multiples]
    at = [Decimal(limit) * Decimal(k) for limit, k in cases]
    uppers = [limit for limit, _ in cases]
    below = [float(multiples.index(k)) for _, k in cases]
    made = standard(test, [str(value) for value in at], uppers)
    assert made["ATOXGRHN"].tolist() == below
    assert times_limit(made["AVAL"], made["ANRHI"]).tolist() == [float(k) for _, k in cases]
    above = standard(test, [str(value * Decimal("1.0001")) for value in at], uppers)
    assert above["ATOXGRHN"].tolist() == [grade + 1 for grade in below]
