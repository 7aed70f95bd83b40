"""Trace: from a printed cell to the CRF lines behind it, and from a CRF line to what it reaches.

Everything is read from the lineage files of the last build; nothing is computed again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.datasets import all_datasets, input_path, lineage_path, read_lineage
from pipeline.errors import StudyError, listed
from pipeline.frames import read_frame
from pipeline.study import StudyFolder

CRF_LINE = re.compile(r"(?:raw/)?([\w.-]+?)(?:\.csv)?:(\d+)")
STEP = ["dataset", "record"]
CELL = ["output", "row", "column"]


def trace_cell(folder: StudyFolder, output: str, row: str, column: str) -> pd.DataFrame:
    """The records behind a cell: dataset, record; raw forms are datasets `raw_FORM`, lines records.

    `row` is a row key of the results, its end or its label, in a listing the number of the printed
    record; `column` is a column key or its head (of a listing: its whole record counts). Empty ones
    mean all. StudyError when the output is not built or the cell does not exist.
    """
    result = _result(folder, output)
    cells = read_frame(_path(folder, output).with_suffix(".lineage.parquet"))
    rows = _chosen(row, _rows(result), "row")
    heads = {c["key"]: _head(c["head"]) for c in result.get("columns", []) if "head" in c}
    columns = _chosen(column, heads, "column")
    wanted = cells["row"].isin(rows) if rows else pd.Series(True, index=cells.index)
    if columns and result["kind"] == "table":
        wanted &= cells["column"].isin(columns)
    return _walk(cells.loc[wanted, STEP], _links(folder))


def trace_line(folder: StudyFolder, place: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a CRF line (`raw/ae.csv:12`) reaches: dataset records, and cells (output, row, column).

    StudyError for a place that names no form, or a line that holds no record.
    """
    found = CRF_LINE.fullmatch(place)
    form = found.group(1) if found else ""
    if found is None or form not in folder.forms:
        raise StudyError(f"trace {place}", "this names no CRF line", "write FORM.csv:LINE")
    start = pd.DataFrame({"dataset": [f"raw_{form}"], "record": [int(found.group(2))]})
    lines = read_frame(folder.path / "build/raw/records.parquet")
    if not ((lines["form"] == form) & (lines["line"] == start["record"].iloc[0])).any():
        raise StudyError(f"trace {place}", "no record begins on this line", "the header is line 1")
    turned = _links(folder).rename(
        columns={
            "dataset": "source",
            "record": "source_record",
            "source": "dataset",
            "source_record": "record",
        }
    )
    reached = _walk(start, turned)
    return reached, _cells(folder, reached)


def describe(folder: StudyFolder, records: pd.DataFrame) -> Iterator[str]:
    """One line per record: dataset and keys, or file, line and the fields of the CRF record."""
    order = [*reversed(list(all_datasets(folder))), *(f"raw_{form}" for form in folder.forms)]
    for name in order:
        mine = records.loc[records["dataset"] == name, "record"]
        if len(mine):
            yield from _described(folder, name, sorted(set(mine.astype(int))))


def printed(folder: StudyFolder, output: str, records: pd.DataFrame) -> str:
    """How many records of each kind stand behind a cell, in one line."""
    if records.empty:
        return f"{output}: no record stands behind this; it counts none"
    counts = records.groupby("dataset", sort=False)["record"].nunique()
    return f"{output}: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def _walk(start: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """The records of `start` and all that stand behind them, each once."""
    reached = start[STEP].drop_duplicates()
    step = reached
    while len(step):
        found = step.merge(links, how="left", on=STEP, validate="many_to_many").dropna()
        following = found[["source", "source_record"]].set_axis(STEP, axis=1)
        following = following.astype({"record": "int64"}).drop_duplicates()
        known = following.merge(reached.assign(_known=True), how="left", on=STEP)["_known"]
        step = following.loc[known.isna().to_numpy()]
        reached = pd.concat([reached, step], ignore_index=True)
    return reached


def _links(folder: StudyFolder) -> pd.DataFrame:
    """The lineage of all datasets: dataset, record, source, source_record."""
    parts = []
    for name, dataset in all_datasets(folder).items():
        if (folder.path / lineage_path(name, dataset.layer)).exists():
            parts.append(read_lineage(folder, name).assign(dataset=name))
    if not parts:
        raise StudyError("build", "nothing is built", "run make tlf")
    links = pd.concat([part.drop(columns="reason") for part in parts], ignore_index=True)
    return links.loc[links["record"] > 0]


def _cells(folder: StudyFolder, reached: pd.DataFrame) -> pd.DataFrame:
    """The cells of all outputs that one of the records stands behind."""
    paths = sorted((folder.path / "build/tlf").glob("*.lineage.parquet"))
    parts = [read_frame(path).assign(place=n) for n, path in enumerate(paths)]
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=CELL)
    behind = pd.concat(filled, ignore_index=True)
    wanted = pd.MultiIndex.from_frame(reached[STEP])
    met = behind.loc[pd.MultiIndex.from_frame(behind[STEP]).isin(wanted)]
    cells = met[["place", "row", "column"]].drop_duplicates()
    names = {n: _output_of(paths[n]) for n in cells["place"].unique()}
    return cells.assign(output=cells["place"].map(names))[CELL].astype("str").reset_index(drop=True)


def _output_of(lineage: Path) -> str:
    """The number of the output that a lineage file belongs to."""
    return str(json.loads(_beside(lineage).read_text(encoding="utf-8"))["id"])


def _described(folder: StudyFolder, name: str, records: list[int]) -> Iterator[str]:
    """The records of one dataset or form."""
    frame = read_frame(folder.path / input_path(folder, name))
    if name.startswith("raw_"):
        form = folder.forms[name.removeprefix("raw_")]
        fields = [field.name for field in form.fields]
        own = frame.set_index(f"_row_{name}")[fields]
        for line, entered in own.loc[records].to_dict("index").items():
            filled = {field: value for field, value in entered.items() if not pd.isna(value)}
            shown = ", ".join(f"{field}={value}" for field, value in filled.items())
            yield f"raw/{form.file} line {line}: {shown}"
        return
    dataset = all_datasets(folder)[name]
    for record in records:
        values = frame.iloc[record - 1][list(dataset.keys)]
        shown = ", ".join(str(v).removesuffix(" 00:00:00") for v in values)
        yield f"{dataset.name} record {record}: {shown}"


def _result(folder: StudyFolder, output: str) -> dict[str, Any]:
    """The results of an output."""
    path = _path(folder, output)
    if not path.exists():
        raise StudyError(f"trace {output}", "this output is not built", "run make tlf first")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _path(folder: StudyFolder, output: str) -> Path:
    """The results file of an output: T14.1.3 is t-14-1-3.json."""
    name = f"{output[:1]}-{output[1:]}".lower().replace(".", "-")
    return folder.path / f"build/tlf/{name}.json"


def _head(head: str | list[str]) -> str:
    """The head of a column on one line."""
    return head if isinstance(head, str) else " ".join(head)


def _rows(result: dict[str, Any]) -> dict[str, str]:
    """The rows of a table with their labels; of a listing the numbers of its records."""
    if result["kind"] == "listing":
        return {str(number): str(number) for number, _ in enumerate(result["records"], start=1)}
    return {row["key"]: " ".join(row["labels"]) for row in result.get("rows", [])}


def _beside(path: Path) -> Path:
    """The results file beside a lineage file."""
    return path.with_name(path.name.removesuffix(".lineage.parquet") + ".json")


def _chosen(asked: str, known: dict[str, str], what: str) -> list[str]:
    """The keys that the user's text names: the key, its end, or the printed label."""
    if not asked:
        return []
    text = asked.strip().lower()
    exact = [key for key in known if key.lower() == text]
    named = exact or [
        key
        for key, label in known.items()
        if key.lower().endswith("/" + text) or text in label.strip().lower()
    ]
    if not named:
        raise StudyError(
            f"trace {what} {asked!r}",
            f"there is no such {what}",
            f"one of {listed(list(known), 40)}",
        )
    return named
