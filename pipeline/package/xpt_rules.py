"""What the values of a transport file may be, checked for every one of them.

Sources: SAS technical note TS-140 (range of numbers, text of 200 bytes); FDA Study Data Technical
Conformance Guide (ASCII); FDA validator rules FB1501 (no leading blank) and FB1502 (no lone
period); SDTMIG 3.4 section 4.4 (dates and durations as ISO 8601 text).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StudyError, raise_all
from pipeline.package.xpt_columns import MOST_BYTES, as_text, sas_numbers, spelled
from pipeline.spec import Dataset, Variable
from pipeline.xpt_numbers import in_range

MOST_SHOWN = 5
DATE = (
    r"(\d{4}|-)(-(\d\d|-)(-(\d\d|-)(T(\d\d|-)(:(\d\d|-)(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
N = r"\d+(\.\d+)?"
TIME = f"T({N}H({N}M)?({N}S)?|{N}M({N}S)?|{N}S)"
DURATION = f"-?P({N}W|({N}Y({N}M)?({N}D)?|{N}M({N}D)?|{N}D)({TIME})?|{TIME})"
AS_SHAPE = bytes.maketrans(b"123456789", b"0" * 9)
Mask = npt.NDArray[np.bool_]
Values = Any  # text as Arrow, numbers as SAS keeps them


@dataclass(frozen=True)
class Rule:
    """`bad` marks the values that break it, `says` what is wrong with them, `fix` what to do."""

    says: str
    fix: str
    bad: Callable[[Values], Mask]


def checked(
    dataset: Dataset, lengths: Mapping[str, int], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The batches as they come, each checked before it goes on; none after a bad value was met.

    At the end StudyErrors: one per variable and rule, in order of the variables. Each names
    dataset, variable, how many values, the first records with their subjects, the fix.
    """
    tallies: dict[tuple[str, str], Tally] = {}
    start = 0
    for batch in batches:
        for variable in dataset.variables:
            values = batch.column(variable.name)
            if not variable.is_text:
                values = sas_numbers(values, variable.type)
            for rule in rules_of(variable, lengths):
                bad = broken(rule, values)
                if bad is not None and bad.any():
                    tally = tallies.setdefault((variable.name, rule.says), Tally(rule))
                    tally.add(bad, start, batch)
        start += batch.num_rows
        if not tallies:
            yield batch
    order = {name: number for number, name in enumerate(dataset.names)}
    found = sorted(tallies.items(), key=lambda item: order[item[0][0]])
    raise_all([tally.error(dataset, name) for (name, _), tally in found])


@dataclass
class Tally:
    """How often a rule is broken in a variable, and where first."""

    rule: Rule
    count: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, bad: Mask, start: int, batch: pa.RecordBatch) -> None:
        """Count the bad values of a batch whose first record is number `start` + 1."""
        rows = np.flatnonzero(bad)
        self.count += len(rows)
        known = "USUBJID" in batch.schema.names
        for row in rows[: MOST_SHOWN - len(self.places)].tolist():
            subject = batch.column("USUBJID")[row].as_py() if known else None
            self.places.append(
                f"record {start + row + 1}" + (f" of subject {subject!r}" if subject else "")
            )

    def error(self, dataset: Dataset, name: str) -> StudyError:
        """The error in words."""
        values = "1 value" if self.count == 1 else f"{self.count} values"
        more = f" and {self.count - MOST_SHOWN} more" if self.count > MOST_SHOWN else ""
        program = f"{dataset.layer}/{dataset.name.lower().removeprefix('supp')}.py"
        return StudyError(
            f"{dataset.name}.{name}",
            f"{values} {self.rule.says}: {', '.join(self.places)}{more}",
            self.rule.fix.format(program=program),
        )


def rules_of(variable: Variable, lengths: Mapping[str, int]) -> list[Rule]:
    """The rules for the values of a variable."""
    if variable.is_text:
        return [*TEXT_RULES, *TYPE_RULES.get(variable.type, ()), _fits(lengths[variable.name])]
    return [NUMBER_RULE, *TYPE_RULES.get(variable.type, ())]


def broken(rule: Rule, values: Values) -> Mask | None:
    """The values that break the rule, None when none does; words of a dictionary count once."""
    words = values.dictionary if isinstance(values, pa.DictionaryArray) else values
    bad = rule.bad(words)
    if not bad.any():
        return None
    known, codes = spelled(values, lambda _: bad, missing=False)
    return known if codes is None else known.take(codes)


def _mask(values: pa.Array) -> Mask:
    """An Arrow mask as numpy; missing is not bad."""
    return pc.fill_null(values, False).to_numpy(zero_copy_only=False)


def _not_printable(values: pa.Array) -> Mask:
    """Text with a byte outside blank to tilde: all bytes at once, single values only if need be."""
    text = as_text(values)
    data = _bytes(text)
    if data.size == 0 or (data.min() >= 0x20 and data.max() <= 0x7E):
        return np.zeros(len(text), dtype=bool)
    return _mask(pc.match_substring_regex(text, "[^ -~]"))


def _blank_edge(values: pa.Array) -> Mask:
    """Text that begins or ends with a blank; looked for where there is a blank at all."""
    text = as_text(values)
    if not (_bytes(text) == 0x20).any():
        return np.zeros(len(text), dtype=bool)
    return _mask(pc.or_(pc.starts_with(text, " "), pc.ends_with(text, " ")))


def _not_like(pattern: str) -> Callable[[pa.Array], Mask]:
    """The rule that text matches a pattern as a whole, a pattern for which all digits are alike."""

    def bad(values: pa.Array) -> Mask:
        shapes = _shapes(as_text(values)).dictionary_encode()
        like = _mask(pc.match_substring_regex(shapes.dictionary, rf"^({pattern})?$"))
        return ~like.take(shapes.indices.to_numpy())

    return bad


def _bytes(text: pa.Array) -> npt.NDArray[np.uint8]:
    """The bytes of Arrow text, one value after the other."""
    offsets = _offsets(text)
    return np.frombuffer(text.buffers()[2] or b"", dtype="uint8")[offsets[0] : offsets[-1]]


def _offsets(text: pa.Array) -> npt.NDArray[np.int32]:
    """Where each value of Arrow text begins, and where the last one ends."""
    at = np.frombuffer(text.buffers()[1] or bytes(4), dtype="int32")
    return at[text.offset : text.offset + len(text) + 1]


def _shapes(text: pa.Array) -> pa.Array:
    """The text with 0 for every digit: many dates, few shapes."""
    offsets = _offsets(text)
    data = _bytes(text).tobytes().translate(AS_SHAPE)
    places = pa.py_buffer(np.ascontiguousarray(offsets - offsets[0]))
    return pa.Array.from_buffers(pa.string(), len(text), [None, places, pa.py_buffer(data)])


def _fits(length: int) -> Rule:
    """The rule that text fits the length of the variable in the files."""
    return Rule(
        f"longer than the {length} bytes of build/xpt/lengths.json",
        "build the lengths again",
        lambda values: _mask(
            pc.and_(
                pc.greater(pc.binary_length(values), length),
                pc.less_equal(pc.binary_length(values), MOST_BYTES),
            )
        ),
    )


TEXT_RULES = (
    Rule(
        f"longer than {MOST_BYTES} bytes",
        "in {program} cut it with derive_vars_continued: the rest goes to supplemental variables",
        lambda values: _mask(pc.greater(pc.binary_length(values), MOST_BYTES)),
    ),
    Rule(
        "with a character outside printable ASCII",
        "write it in ASCII in {program}",
        _not_printable,
    ),
    Rule("with a blank at the beginning or the end", "strip it in {program}", _blank_edge),
    Rule(
        "of a lone period",
        "make it missing in {program}",
        lambda values: _mask(pc.equal(values, ".")),
    ),
)
NUMBER_RULE = Rule(
    "infinite or beyond the range of SAS",
    "make it missing or correct it in {program}",
    lambda values: ~in_range(values),
)
TYPE_RULES = {
    "iso8601": (
        Rule(
            "not an ISO 8601 date",
            "convert it in {program}, or make it missing",
            _not_like(f"{DATE}(/{DATE})?"),
        ),
    ),
    "duration": (
        Rule(
            "not an ISO 8601 duration",
            "write it like P3D or PT4H in {program}",
            _not_like(DURATION),
        ),
    ),
    "integer": (
        Rule(
            "of 2**53 or more, not exact in SAS",
            "keep it as text in {program}",
            lambda values: np.abs(values) >= 2.0**53,
        ),
    ),
    "date": (
        Rule(
            "with a time of day",
            "cut it to the day in {program}, or use type datetime",
            lambda values: np.floor(values) < values,
        ),
    ),
}
