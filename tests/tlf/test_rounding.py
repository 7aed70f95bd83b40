"""Half away from zero, as the ROUND function of SAS and unlike format() and round()."""

import pytest

from pipeline.tlf.rounding import round_half_away


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (42.65, 1, "42.7"),  # format() says 42.6
        (0.5, 0, "1"),  # round() says 0
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (-0.5, 0, "-1"),
        (1.005, 2, "1.01"),
        (-0.04, 1, "0.0"),  # no -0.0
        (-0.0, 2, "0.00"),
        (0.285 * 100, 0, "29"),  # binary noise: 28.499999999999996
        (1.1 + 2.2, 15, "3.300000000000000"),
        (12, 1, "12.0"),
        (1e22, 0, "10000000000000000000000"),
        (1e-9, 4, "0.0000"),
        (99.95, 1, "100.0"),
    ],
)
def test_halves_go_away_from_zero(value: float, digits: int, text: str) -> None:
    assert round_half_away(value, digits) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_refuses_what_is_not_finite(value: float) -> None:
    with pytest.raises(ValueError, match="cannot round"):
        round_half_away(value, 1)
