"""The plan of the concordance: tlf/concordance.yaml as frozen entries.

```yaml
reported: raw/published/reported_results.csv     # id, where, population, group, statistic, numbers
numbers:
  R37:
    status: CONDITIONAL
    recomputed:                                  # column of the CSV -> cell of an output
      reported: [T14.2.2, "os/median", total, estimate]
    assumption:                                  # CONDITIONAL: where the number does agree
      says: Subject 014 is also censored.
      recomputed: {reported: [T14.2.2, "oss1/median", total, estimate]}
    why: The upper limit of the published interval follows under the assumption only.
```

A part may name several cells (a list of cells); all of them must agree with the reported number.
`unchecked` says which part of a statement no result can answer: the rest then agrees CONDITIONALly.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError, listed, raise_all
from pipeline.yamltext import Block, read_yaml

PLAN = "tlf/concordance.yaml"
PARTS = ("reported", "ci_low", "ci_high", "p_value")
EXACT, CONDITIONAL, DIFFERS = "EXACT", "CONDITIONAL", "DIFFERS"
SYNTHETIC, NOT_POSSIBLE = "SYNTHETIC", "NOT POSSIBLE"
STATUSES = (EXACT, CONDITIONAL, DIFFERS, SYNTHETIC, NOT_POSSIBLE)


@dataclass(frozen=True)
class Cell:
    """One value of an output's results: output id, row key, column key, statistic."""

    output: str
    row: str
    column: str
    statistic: str


Cells = dict[str, tuple[Cell, ...]]


@dataclass(frozen=True)
class Entry:
    """What the study expects of one reported number.

    `cells` maps a column of the CSV (PARTS) to the cells that recompute it, `assumed` likewise
    under `assumption`; `unchecked` is the part of the statement without a result.
    """

    id: str
    where: str
    status: str
    cells: Cells
    assumption: str
    assumed: Cells
    unchecked: str
    why: str


@dataclass(frozen=True)
class Plan:
    """The file of the reported numbers, relative to the study folder, and an entry for each."""

    reported: str
    entries: tuple[Entry, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs whose results are read, in the order of first mention."""
        found = [
            cell.output
            for entry in self.entries
            for part in (*entry.cells.values(), *entry.assumed.values())
            for cell in part
        ]
        return tuple(dict.fromkeys(found))


def read_plan(folder: Path) -> Plan:
    """tlf/concordance.yaml of the study in `folder`; StudyError for a faulty file."""
    block = read_yaml(folder / PLAN, PLAN).check(required=("reported", "numbers"))
    numbers = block.block("numbers")
    return Plan(
        block.text("reported"), tuple(_entry(numbers.block(name), name) for name in numbers)
    )


def check_complete(plan: Plan, reported: Collection[str]) -> None:
    """Every reported id has its entry and the other way round; StudyErrors otherwise."""
    planned = {entry.id for entry in plan.entries}
    missing = [name for name in reported if name not in planned]
    unknown = [name for name in planned if name not in reported]
    raise_all(
        [
            StudyError(PLAN, f"{what} {listed(sorted(names))}", fix)
            for what, names, fix in (
                ("no entry for the reported", missing, "say how it is recomputed, or why not"),
                (f"not in {plan.reported}:", unknown, "correct the id or remove the entry"),
            )
            if names
        ]
    )


def _entry(block: Block, name: str) -> Entry:
    """One entry of the file."""
    block.check(required=("status",), optional=("recomputed", "assumption", "unchecked", "why"))
    assumption = block.block("assumption")
    if assumption:
        assumption.check(required=("says", "recomputed"))
    entry = Entry(
        id=name,
        where=block.where(),
        status=block.text("status"),
        cells=_cells(block.block("recomputed")),
        assumption=assumption.text("says"),
        assumed=_cells(assumption.block("recomputed")),
        unchecked=block.text("unchecked"),
        why=block.text("why"),
    )
    _check_entry(entry)
    return entry


def _check_entry(entry: Entry) -> None:
    """The status is known and its reason is given."""
    if entry.status not in STATUSES:
        raise StudyError(
            entry.where, f"unknown status {entry.status!r}", f"use one of {listed(STATUSES)}"
        )
    if not entry.why and entry.status in (DIFFERS, NOT_POSSIBLE):
        raise StudyError(
            entry.where, f"{entry.id} is {entry.status} without a reason", "add why: ..."
        )
    if entry.assumed and entry.assumed.keys() != entry.cells.keys():
        raise StudyError(
            entry.where,
            f"{entry.id} recomputes other parts under the assumption",
            "name the same parts in both",
        )


def _cells(block: Block) -> Cells:
    """Column of the CSV -> its cells."""
    block.check(optional=PARTS)
    return {part: _part(block, part) for part in block}


def _part(block: Block, part: str) -> tuple[Cell, ...]:
    """One cell, or a list of cells."""
    value = block[part]
    cells = (
        value if isinstance(value, list) and all(isinstance(v, list) for v in value) else [value]
    )
    for cell in cells:
        texts = isinstance(cell, list) and all(isinstance(item, str) for item in cell)
        if not texts or len(cell) != 4:
            raise StudyError(
                block.where(part),
                f"{part} names no cell",
                "write [output, row key, column key, statistic]",
            )
    return tuple(Cell(*cell) for cell in cells)
