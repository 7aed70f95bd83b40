"""Two versions of one output compared: results behind the cells, and what a reader sees printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.tlf.display import show, show_value
from pipeline.tlf.written import cells, display_of

Result = Mapping[str, Any]
Difference = tuple[str, str | None, str | None]
DATA = ("results", "records", "data")


@dataclass(frozen=True)
class OutputDifference:
    """How an output differs; each difference is (where, old, new), None when not there.

    `printed` are texts of cells, `numbers` the unrounded results behind them, `texts` everything
    else: titles, footnotes, columns with their N, rows.
    """

    name: str
    printed: tuple[Difference, ...] = ()
    numbers: tuple[Difference, ...] = ()
    texts: tuple[Difference, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.printed or self.numbers or self.texts)


def compare_outputs(old: Result, new: Result) -> OutputDifference:
    """Compare two results files of one output."""
    return OutputDifference(
        name=str(new["id"]),
        printed=_differences(_printed(old), _printed(new)),
        numbers=_differences(_numbers(old), _numbers(new)),
        texts=_differences(_texts(old), _texts(new)),
    )


def _differences(old: dict[str, str], new: dict[str, str]) -> tuple[Difference, ...]:
    """Where two mappings differ, in the order of the old one and then of the new one."""
    names = dict.fromkeys((*old, *new))
    return tuple((n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))


def _printed(result: Result) -> dict[str, str]:
    """Place -> printed text of each cell of a table, or of each record of a listing."""
    if result["kind"] == "listing":
        return _listed(result)
    if result["kind"] != "table":
        return {}
    found = cells(result["results"])
    texts = {}
    for row in result["rows"]:
        for column in result["columns"]:
            display = display_of(row, column)
            if display:
                statistics = found.get((row["key"], column["key"]), {})
                place = f"row {row['key']!r}, column {column['key']!r}"
                texts[place] = show(display, statistics, row["digits"])
    return texts


def _listed(result: Result) -> dict[str, str]:
    """Record as printed -> how many times; a record that moves only is no difference."""
    kinds = [(column["type"], column["digits"]) for column in result["columns"]]
    lines = Counter(
        " | ".join(show_value(value, *kind) for value, kind in zip(record, kinds, strict=True))
        for record in result["records"]
    )
    return {f"record {line}": f"{count} times" for line, count in lines.items()}


def _numbers(result: Result) -> dict[str, str]:
    """Place -> unrounded result."""
    if result["kind"] == "table":
        return {
            f"row {row!r}, column {column!r}, {statistic}": repr(value)
            for row, column, statistic, value in result["results"]
        }
    return dict(_flat(result["data"], "data")) if result["kind"] == "figure" else {}


def _texts(result: Result) -> dict[str, str]:
    """Place -> text of everything that is neither a result nor a record; rows by their key."""
    rest = {key: value for key, value in result.items() if key not in (*DATA, "rows", "columns")}
    for part in ("rows", "columns"):
        rest[part] = {entry["key"]: entry for entry in result.get(part, [])}
        rest[f"order of {part}"] = ", ".join(rest[part])
    return dict(_flat(rest, ""))


def _flat(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Nested values as (place, text); an empty list or mapping has a place, too."""
    if not isinstance(value, dict | list) or not value:
        yield place, value if isinstance(value, str) else repr(value)
        return
    items = value.items() if isinstance(value, dict) else enumerate(value, 1)
    for key, item in items:
        yield from _flat(item, f"{place} {key}".strip())
