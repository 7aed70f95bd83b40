"""The concordance: every reported number beside the one recomputed from the study's data.

The plan (tlf/concordance.yaml) names for each reported number the cells that recompute it and the
status it is expected to get; a status that changes stops the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import StudyError, raise_all
from pipeline.frames import prepare_pandas, replace_text, write_json
from pipeline.study import StudyFolder
from pipeline.tlf.agreement import Value, agrees, composed, printed, unrounded
from pipeline.tlf.concordance_plan import (
    CONDITIONAL,
    DIFFERS,
    EXACT,
    NOT_POSSIBLE,
    PARTS,
    PLAN,
    STATUSES,
    SYNTHETIC,
    Cells,
    Entry,
    check_complete,
    read_plan,
)
from pipeline.tlf.reported import Results, read_reported, read_results, results_path, values_of

CSV, RESULTS = "build/concordance.csv", "build/concordance.json"
TITLE = "Reported and Recomputed Results"
MEANINGS = {
    EXACT: "every part agrees as printed.",
    CONDITIONAL: "agrees under the assumption named, or as far as it can be recomputed.",
    DIFFERS: "at least one part does not agree; the reason stands beside it.",
    SYNTHETIC: "recomputed from synthetic data, which cannot confirm it.",
    NOT_POSSIBLE: "there are no data to recompute it from.",
}
HEADS = {
    "id": ("No.", 0.2),
    "number": ("Number", 1.0),
    "reported": ("Reported", 0.55),
    "recomputed": ("Recomputed", 0.6),
    "status": ("Status", 0.5),
    "why": ("Assumption or reason", 1.5),
    "output": ("Output", 0.4),
}


@dataclass(frozen=True)
class Line:
    """One reported number: `values` recompute its parts, `assumed` under the assumption."""

    entry: Entry
    reported: Mapping[str, str]
    values: Mapping[str, Sequence[Value]]
    assumed: Mapping[str, Sequence[Value]]

    @property
    def status(self) -> str:
        """What the comparison says: one of STATUSES."""
        if not self.values:
            return NOT_POSSIBLE
        if self.reported["source_of_data"] == "synthetic":
            return SYNTHETIC
        if self._agree(self.values):
            return CONDITIONAL if self.entry.unchecked else EXACT
        return CONDITIONAL if self.assumed and self._agree(self.assumed) else DIFFERS

    def _agree(self, found: Mapping[str, Sequence[Value]]) -> bool:
        """Whether every cell of every part agrees with the reported number."""
        return all(agrees(self.reported[p], v) for p, values in found.items() for v in values)


def concordance(folder: StudyFolder) -> None:
    """Write build/concordance.csv and build/concordance.json (a listing for the Word renderer).

    Reads tlf/concordance.yaml, the reported numbers it names, and the results in build/tlf/.
    Raises StudyError for a reported number without entry, a cell that does not exist, and a status
    that is not the expected one (id, expected, found).
    """
    prepare_pandas()
    plan = read_plan(folder.path)
    reported = read_reported(folder.path, plan.reported)
    check_complete(plan, list(reported))
    results = read_results(folder.path, plan.outputs)
    lines = [_line(entry, reported[entry.id], results) for entry in plan.entries]
    raise_all([_changed(line) for line in lines if line.status != line.entry.status])
    table = pd.DataFrame([_row(line) for line in lines])
    replace_text(folder.path / CSV, table.to_csv(index=False, lineterminator="\n"))
    write_json(_listing(folder, table, results), folder.path / RESULTS)


def concordance_inputs(path: Path) -> tuple[str, ...]:
    """The files that `concordance` reads for the study in `path`, relative to it."""
    plan = read_plan(path)
    return (PLAN, plan.reported, *(results_path(name) for name in plan.outputs))


def concordance_outputs() -> tuple[str, ...]:
    """The files that `concordance` writes, relative to the study folder."""
    return CSV, RESULTS


def _line(entry: Entry, reported: Mapping[str, str], results: Results) -> Line:
    """One number with the values of its cells; every printed part must have a cell."""
    given = [part for part in PARTS if reported[part]]
    if entry.cells and sorted(entry.cells) != sorted(given):
        raise StudyError(
            entry.where,
            f"{entry.id} recomputes {', '.join(entry.cells)}; reported are {', '.join(given)}",
            "name a cell for every reported part",
        )

    def found(cells: Cells) -> dict[str, list[Value]]:
        return {part: values_of(cells[part], results, entry.where) for part in given if cells}

    return Line(entry, reported, found(entry.cells), found(entry.assumed))


def _changed(line: Line) -> StudyError:
    """The error for a status that is not the expected one."""
    return StudyError(
        f"{line.entry.where} > {line.entry.id}",
        f"expected {line.entry.status}, found {line.status}: reported "
        f"{composed(line.reported)}, recomputed {_shown(line, line.values) or 'nothing'}",
        "find out what changed; then correct the data, the program or the expected status",
    )


def _shown(line: Line, values: Mapping[str, Sequence[Value]]) -> str:
    """Recomputed values as printed, in one text."""
    return composed({part: printed(line.reported[part], found) for part, found in values.items()})


def _row(line: Line) -> dict[str, str]:
    """One row of the CSV."""
    entry, reported = line.entry, line.reported
    notes = [f"Assumption: {entry.assumption}" if entry.assumption else "", entry.unchecked]
    outputs = [
        c.output for part in (entry.cells, entry.assumed) for cs in part.values() for c in cs
    ]
    return {
        **{name: reported[name] for name in ("id", "where", "population", "group", "statistic")},
        "reported": composed(reported),
        "recomputed": _shown(line, line.values),
        "unrounded": composed({part: unrounded(found) for part, found in line.values.items()}),
        "under_assumption": _shown(line, line.assumed),
        "status": line.status,
        "why": " ".join(text for text in (*notes, entry.why) if text),
        "output": " ".join(dict.fromkeys(outputs)),
    }


def _listing(folder: StudyFolder, table: pd.DataFrame, results: Results) -> dict[str, Any]:
    """The concordance as the results of a listing (ARCHITECTURE.md)."""
    counts = Counter(table["status"])
    assumed = "; assumed: " + table["under_assumption"]
    shown = table.assign(
        number=table["statistic"] + ", " + table["group"] + " (" + table["where"] + ")",
        recomputed=table["recomputed"] + assumed.where(table["under_assumption"] != "", ""),
    )
    return {
        "id": "CONCORDANCE",
        "kind": "listing",
        "protocol": folder.study.id,
        "titles": [TITLE],
        "population": "",
        "footnotes": [f"{s} ({counts[s]}): {MEANINGS[s]}" for s in STATUSES if counts[s]],
        "sources": sorted({source for result in results.values() for source in result["sources"]}),
        "program": PLAN,
        "cutoff": folder.study.cutoff.isoformat(),
        "synthetic": any(result["synthetic"] for result in results.values()),
        "empty": "No number is reported.",
        "columns": [
            {"key": key, "head": head, "type": "text", "digits": None, "width": width}
            for key, (head, width) in HEADS.items()
        ],
        "records": shown[list(HEADS)].to_numpy().tolist(),
    }
