"""Rounding: half away from zero, as SAS does, and nowhere else in the engine."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

SIGNIFICANT = 15


def round_half_away(value: float, digits: int) -> str:
    """`value` with `digits` decimals as text; halves go away from zero, zero has no sign.

    The value is first taken at 15 significant digits, all of which a double holds, so that binary
    noise does not decide a tie (0.285 * 100 is 28.499999999999996 and rounds to 29). Raises
    ValueError for a value that is not finite and for negative `digits`.
    """
    if not math.isfinite(value) or digits < 0:
        raise ValueError(f"cannot round {value!r} to {digits} decimals")
    exact = Decimal(f"{float(value):.{SIGNIFICANT}g}")
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded.is_zero() else rounded:f}"
