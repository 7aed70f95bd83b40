"""What CSV files say of themselves: columns, types of the values, what tells records apart."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError, listed

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TYPES = (
    ("date", DATE),
    ("integer", re.compile(r"-?(0|[1-9]\d*)")),
    ("number", re.compile(r"-?\d+\.\d+|-?(0|[1-9]\d*)")),
)


@dataclass(frozen=True)
class Extract:
    """One CSV file: `name` is that of its form, `rows` its records as text."""

    name: str
    file: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def type_of(self, field: str) -> str:
        """The type that all values of a field have; text for a field without values."""
        values = [value for value in self._values(field) if value]
        fitting = (kind for kind, pattern in TYPES if all(map(pattern.fullmatch, values)))
        return next(fitting, "text") if values else "text"

    def key(self) -> tuple[str, ...]:
        """The first fields that together tell the records apart; all of them if none do."""
        for count in range(1, len(self.fields)):
            if len({row[:count] for row in self.rows}) == len(self.rows):
                return self.fields[:count]
        return self.fields

    def dates(self) -> Iterator[str]:
        """Every date in the file."""
        for field in self.fields:
            if self.type_of(field) == "date":
                yield from filter(None, self._values(field))

    def _values(self, field: str) -> list[str]:
        """The values of one field."""
        place = self.fields.index(field)
        return [row[place].strip() for row in self.rows]


def read_extracts(folder: Path) -> list[Extract]:
    """Every CSV file of `folder` by name; StudyError for none, or one without header or records."""
    extracts = [_read(path) for path in sorted(folder.glob("*.csv"))]
    names = [extract.name for extract in extracts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StudyError(
            str(folder), f"several files would be the form {listed(twice)}", "rename one of them"
        )
    if not extracts:
        raise StudyError(
            str(folder), "there is no CSV file to start from", "put one file per form there"
        )
    return extracts


def subject_extract(extracts: Sequence[Extract]) -> Extract:
    """The form that lists the subjects: one record per value of its first field, and the most of
    them that no other form lacks; StudyError when every form repeats them."""
    single = [extract for extract in extracts if len(extract.key()) == 1]
    if not single:
        raise StudyError(
            "raw",
            "no file has one record per value of its first column",
            "put the file that lists the subjects there, its first column being the subject",
        )
    return max(single, key=lambda extract: len(extract.rows))


def _read(path: Path) -> Extract:
    """One CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [tuple(line) for line in csv.reader(file) if line]
    except UnicodeDecodeError:
        raise StudyError(path.name, "the file is not UTF-8", "save it as UTF-8 text") from None
    if len(lines) < 2 or any(len(line) != len(lines[0]) for line in lines):
        raise StudyError(
            path.name,
            "needs a header, a record, and as many values in each line",
            "correct the file",
        )
    fields = tuple(field.strip() for field in lines[0])
    unfit = [field for field in fields if not NAME.fullmatch(field)]
    if unfit or len(set(fields)) < len(fields):
        raise StudyError(
            path.name,
            f"the header has {listed(unfit) or 'a column twice'}, which no specification can name",
            "separate the columns by commas and name each by letters, digits and _",
        )
    return Extract(_form_name(path), path.name, fields, tuple(lines[1:]))


def _form_name(path: Path) -> str:
    """The name of the form in a file: lower case, the rest of its characters as _."""
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    return name if name[:1].isalpha() else f"form_{name}"
