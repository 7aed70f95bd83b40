"""IBM hexadecimal floats, the numbers of SAS transport files (SAS technical note TS-140).

Eight bytes: sign, exponent of 16 in excess of 64 (7 bits), fraction of 56 bits, most significant
byte first. A float64 has 53 bits and a hexadecimal digit wastes at most three, so every float64
between IBM_MIN and IBM_MAX is held exactly. SAS writes a missing value as one byte (2E for `.`,
5F for `._`, 41 to 5A for `.A` to `.Z`) and seven zero bytes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IBM_MIN = 16.0**-65
IBM_MAX = (1 - 2.0**-53) * 16.0**63
FRACTION = np.uint64((1 << 56) - 1)
MANTISSA, HIDDEN_BIT = np.uint64((1 << 52) - 1), np.uint64(1 << 52)
MISSING = 0x2E << 56
IS_MISSING = np.isin(np.arange(256), [0x2E, 0x5F, *range(0x41, 0x5B)])

# By sign and exponent of a float64 (12 bits): how far its mantissa goes to the left, what stands
# before it, and whether every number of that exponent is in range.
_BINARY = (np.arange(4096) & 0x7FF) - 1022
_POWER = (_BINARY + 3) >> 2
_IN_RANGE = (_BINARY > -260) & (_BINARY <= 252)
_SHIFT = np.where(_IN_RANGE, 3 - (4 * _POWER - _BINARY), 64).astype("uint64")  # 64: nothing stays
_HEAD = np.where(_IN_RANGE, ((np.arange(4096) >> 11) << 7) + _POWER + 64, 0).astype("uint64")
_HEAD <<= np.uint64(56)
_HEAD[_BINARY == 0x7FF - 1022] = MISSING

# By sign and exponent of an IBM float (8 bits): what its fraction is multiplied with.
_SCALE = np.ldexp(np.where(np.arange(256) < 128, 1.0, -1.0), 4 * (np.arange(256) & 127) - 312)


def in_range(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether each number is missing, zero, or between IBM_MIN and IBM_MAX in size."""
    size = np.abs(values)
    return ~((size > IBM_MAX) | ((size < IBM_MIN) & (size > 0)))


def to_ibm(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """IBM floats as 64-bit integers, exact; NaN becomes the missing value `.`, -0.0 becomes 0.

    ValueError for a number that is not `in_range`.
    """
    values = np.ascontiguousarray(values, dtype="float64")
    if not in_range(values).all():
        raise ValueError("a number is outside the range of IBM floats")
    bits = values.view("uint64")
    exponents = (bits >> np.uint64(52)).view("int64")
    ibm = bits & MANTISSA
    ibm |= HIDDEN_BIT
    ibm <<= _SHIFT.take(exponents)
    ibm |= _HEAD.take(exponents)
    return ibm


def from_ibm(ibm: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Float64 of IBM floats, to the nearest; the 28 missing values become NaN."""
    first = (ibm >> np.uint64(56)).view("int64")
    fraction = ibm & FRACTION
    values = fraction.astype("float64")
    values *= _SCALE.take(first)
    empty = fraction == 0
    if empty.any():
        values[empty & IS_MISSING.take(first)] = np.nan
    return values
