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
SIGN, MISSING = np.uint64(1 << 63), np.uint64(0x2E << 56)
IS_MISSING = np.isin(np.arange(256), [0x2E, 0x5F, *range(0x41, 0x5B)])


def in_range(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether each number is missing, zero, or between IBM_MIN and IBM_MAX in size."""
    size = np.abs(values)
    return np.isnan(values) | (size == 0) | ((size >= IBM_MIN) & (size <= IBM_MAX))


def to_ibm(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """IBM floats as 64-bit integers, exact; NaN becomes the missing value `.`, -0.0 becomes 0.

    ValueError for a number that is not `in_range`.
    """
    if not in_range(values).all():
        raise ValueError("a number is outside the range of IBM floats")
    bits = np.ascontiguousarray(values, dtype="float64").view("uint64")
    binary = ((bits >> np.uint64(52)) & np.uint64(0x7FF)).astype("int64") - 1022
    power = (binary + 3) >> 2
    mantissa = (bits & np.uint64((1 << 52) - 1)) | np.uint64(1 << 52)
    fraction = (mantissa << np.uint64(3)) >> (4 * power - binary).astype("uint64")
    ibm = (bits & SIGN) | ((power + 64).astype("uint64") << np.uint64(56)) | fraction
    return np.where(np.isnan(values), MISSING, np.where(values == 0, np.uint64(0), ibm))


def from_ibm(ibm: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Float64 of IBM floats, to the nearest; the 28 missing values become NaN."""
    fraction = ibm & np.uint64((1 << 56) - 1)
    power = ((ibm >> np.uint64(56)) & np.uint64(0x7F)).astype("int32")
    values = np.ldexp(fraction.astype("float64"), 4 * (power - 64) - 56)
    missing = (fraction == 0) & IS_MISSING[ibm >> np.uint64(56)]
    return np.where(missing, np.nan, np.where((ibm & SIGN) != 0, -values, values))
