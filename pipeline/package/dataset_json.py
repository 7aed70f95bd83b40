"""Dataset-JSON 1.1: each dataset as one JSON file with the identifiers of define.xml.

CDISC Dataset-JSON 1.1: attributes in the order of the specification; ADaM dates are ISO 8601 text
with the data type date and the target data type integer; a missing value is null. Records are
read and written in batches, so memory does not grow with their number.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.datasets import all_datasets, input_path
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.package.define_oids import group_oid, item_oid, part, study_oid, version_oid
from pipeline.package.define_shapes import date_type
from pipeline.package.define_standards import SYSTEM, SYSTEM_VERSION
from pipeline.package.xpt_columns import count_rows, file_format, read_batches
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder

VERSION = "1.1.0"
ROWS = 65_536
DATES = ("date", "datetime", "time")
PATTERNS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S"}


def write_dataset_json(folder: StudyFolder, name: str, path: Path) -> None:
    """Write the built dataset `name` (lower case) to `path`.

    Reads its Parquet file and build/xpt/lengths.json (lengths of text). StudyError when one of
    them is not built.
    """
    dataset = all_datasets(folder)[name]
    source = folder.path / input_path(folder, name)
    if not source.exists():
        raise StudyError(input_path(folder, name), "the dataset is not built", "run make tlf first")
    head = json.dumps(_metadata(folder, dataset, source), ensure_ascii=False, indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head.removesuffix("\n}") + ',\n "rows": [')
        separator = "\n"
        for batch in read_batches(source, dataset, ROWS):
            for line in record_lines(batch, dataset):
                file.write(separator + line)
                separator = ",\n"
        file.write("\n ]\n}\n")
    os.replace(beside, path)


def record_lines(batch: pa.RecordBatch, dataset: Dataset) -> Iterator[str]:
    """Each record of a batch as a JSON array, values in the order of `dataset`."""
    columns = [_values(batch.column(v.name), v).to_pylist() for v in dataset.variables]
    return map(
        json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode, zip(*columns, strict=True)
    )


def column(dataset: Dataset, variable: Variable, dates: str, length: int | None) -> dict[str, Any]:
    """The description of one variable; `dates` is the date type of ISO 8601 text in the data.

    Keys are in the order of the specification and absent when there is nothing to say.
    """
    target = "integer" if variable.type in DATES else None
    keys = dataset.keys
    described = {
        "itemOID": item_oid(dataset.name, variable.name),
        "name": variable.name,
        "label": variable.label,
        "dataType": _data_type(variable, dates),
        "targetDataType": target,
        "length": length if variable.is_text else None,
        "displayFormat": file_format(variable) or None,
        "keySequence": keys.index(variable.name) + 1 if variable.name in keys else None,
    }
    return {key: value for key, value in described.items() if value is not None}


def _metadata(folder: StudyFolder, dataset: Dataset, source: Path) -> dict[str, Any]:
    """Everything before the rows, in the order of the specification."""
    lengths_path = folder.build / "xpt" / "lengths.json"
    if not lengths_path.exists():
        raise StudyError("build/xpt/lengths.json", "it is not built", "run make export first")
    lengths = json.loads(lengths_path.read_text(encoding="utf-8"))
    study = folder.study
    return {
        "datasetJSONCreationDateTime": study.timestamp.isoformat(timespec="seconds"),
        "datasetJSONVersion": VERSION,
        "fileOID": f"{part(study.id)}.{dataset.layer}.{dataset.name}",
        "originator": study.id,
        "sourceSystem": {"name": SYSTEM, "version": SYSTEM_VERSION},
        "studyOID": study_oid(study.id),
        "metaDataVersionOID": version_oid(study.id, dataset.layer),
        "metaDataRef": "define.xml",
        "itemGroupOID": group_oid(dataset.name),
        "records": count_rows(source),
        "name": dataset.name,
        "label": dataset.label,
        "columns": [
            column(dataset, v, _dates(source, v), lengths.get(v.name)) for v in dataset.variables
        ],
    }


def _dates(source: Path, variable: Variable) -> str:
    """The date type of a variable of ISO 8601 text as its values are; empty for other types."""
    if variable.type != "iso8601":
        return ""
    return date_type(read_frame(source, [variable.name])[variable.name])


def _data_type(variable: Variable, dates: str) -> str:
    """The data type of a column: partial dates and durations are strings."""
    if variable.type in ("integer", "float", *DATES):
        return variable.type
    return dates if dates in ("date", "datetime") else "string"


def _values(values: pa.Array, variable: Variable) -> pa.Array:
    """The values as they stand in the file: dates as ISO 8601 text, empty text as null."""
    if variable.type in PATTERNS:
        seconds = values.cast(pa.timestamp("s"), safe=False)
        return pc.strftime(seconds, format=PATTERNS[variable.type])
    if variable.type == "time":
        seconds = pc.round(values).cast(pa.int32(), safe=False)
        return seconds.cast(pa.time32("s")).cast(pa.string())
    if variable.is_text:
        return pc.if_else(pc.equal(values, ""), pa.scalar(None, values.type), values)
    return values
