"""Whether a recomputed number agrees with a reported one as printed, and how both are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.errors import StudyError
from pipeline.tlf.rounding import round_half_away

Value = float | int | str | None
NUMBER = re.compile(r"(?P<bound>[<>]?)(?P<number>-?\d+(?:\.(?P<decimals>\d+))?)")
NOT_ESTIMABLE = "NE"
MORE_THAN_A_BOUND = 1


def agrees(reported: str, value: Value) -> bool:
    """Whether `value`, rounded half away from zero to the decimals of `reported`, is that number.

    For a bound (">0.05", "<0.001") whether the unrounded value keeps it. None never agrees.
    Raises StudyError when `reported` is not a number or `value` is text.
    """
    bound, number, decimals = _read(reported)
    if value is None:
        return False
    found = _number(value)
    if bound:
        return found > float(number) if bound == ">" else found < float(number)
    return round_half_away(found, decimals) == number


def printed(reported: str, values: Sequence[Value]) -> str:
    """`values` with the decimals of `reported` (of a bound: one more); different ones by "; "."""
    bound, _, decimals = _read(reported)
    digits = decimals + MORE_THAN_A_BOUND if bound else decimals
    texts = [NOT_ESTIMABLE if v is None else round_half_away(_number(v), digits) for v in values]
    return "; ".join(dict.fromkeys(texts))


def unrounded(values: Sequence[Value]) -> str:
    """`values` with ten significant digits; different ones by "; "."""
    texts = [NOT_ESTIMABLE if v is None else f"{_number(v):.10g}" for v in values]
    return "; ".join(dict.fromkeys(texts))


def composed(parts: Mapping[str, str]) -> str:
    """The texts of the parts (columns of the CSV) as one: 17.7 (12.6, 30.3), p 0.008."""
    limits = ", ".join(parts[name] for name in ("ci_low", "ci_high") if parts.get(name))
    number = parts.get("reported", "")
    shown = f"{number} ({limits})" if number and limits else number or limits
    p = f"p {parts['p_value']}" if parts.get("p_value") else ""
    return ", ".join(text for text in (shown, p) if text)


def _read(reported: str) -> tuple[str, str, int]:
    """The bound sign (or nothing), the number and its decimals."""
    found = NUMBER.fullmatch(reported)
    if found is None:
        raise StudyError(
            f"reported number {reported!r}", "not a number", "write digits, or < or > and digits"
        )
    return found["bound"], found["number"], len(found["decimals"] or "")


def _number(value: Value) -> float:
    """A recomputed value as a number."""
    if value is None or isinstance(value, str):
        raise StudyError(
            f"recomputed value {value!r}", "text where a number belongs", "name another statistic"
        )
    return float(value)
