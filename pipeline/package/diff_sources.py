"""What a package or a build holds: its datasets with their descriptions, keys, and results files.

Datasets are read from transport files, or from the Parquet files of a build that has none. Keys
come from define.xml, or from the specifications of the study a build belongs to.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from pipeline.datasets import all_datasets
from pipeline.errors import StudyError
from pipeline.frames import parts, read_frame
from pipeline.package.define_xml import find_all, read_xml
from pipeline.study import open_study
from pipeline.xpt_reader import read_xpt

RESULTS = re.compile(r"[tfl]-\d+(-\d+)*\.json")
LAYERS = ("sdtm", "adam")
ORIGIN, DATES = pd.Timestamp("1960-01-01"), {"DATE": "D", "E8601DA": "D", "E8601DT": "s"}
Facts = dict[str, str]


@dataclass(frozen=True)
class Source:
    """One dataset of a package: its facts (label, kind of file) and those of its variables.

    `variables` maps a name to label, type, length and format, in the order of the file. In the
    frame dates are ISO 8601 text, text is `str`, other numbers float64.
    """

    name: str
    facts: Facts
    variables: dict[str, Facts]
    frame: pd.DataFrame


def dataset_files(root: Path) -> dict[str, dict[str, Path]]:
    """Dataset name -> kind of file (xpt, parquet) -> path, for every dataset below `root`."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(root.rglob("*.xpt")):
        if "split" not in path.relative_to(root).parts:
            _add(found, path, "xpt")
    for path in sorted(root.rglob("*.parquet")):
        if path.parent.name in LAYERS and not path.stem.endswith(".lineage"):
            _add(found, path, "parquet")
    return found


def read_source(path: Path, kind: str) -> Source:
    """Read one dataset; StudyError for a file that is no transport file of version 5."""
    return _read_xpt(path) if kind == "xpt" else _read_parquet(path)


def keys_below(root: Path) -> dict[str, tuple[str, ...]]:
    """Dataset name -> key variables, from every define.xml below `root`, else from the study.

    The study is the folder with study.yaml: `root` or the one it stands in. Empty when there is
    neither.
    """
    defines = sorted(root.rglob("define.xml"))
    if defines:
        return {name: keys for path in defines for name, keys in _define_keys(path).items()}
    study = next((path for path in (root, root.resolve().parent) if _is_study(path)), None)
    if study is None:
        return {}
    return {dataset.name: dataset.keys for dataset in all_datasets(open_study(study)).values()}


def results_below(root: Path) -> dict[str, dict[str, Any]]:
    """Output number -> its results, from every results file below `root`."""
    found = {}
    for path in sorted(root.rglob("*.json")):
        if RESULTS.fullmatch(path.name):
            result = json.loads(path.read_text(encoding="utf-8"))
            found[str(result["id"])] = dict(result)
    return found


def _add(found: dict[str, dict[str, Path]], path: Path, kind: str) -> None:
    """Note a file; two of one kind and name are an error, since only one can be compared."""
    kinds = found.setdefault(path.stem.upper(), {})
    if kind in kinds:
        raise StudyError(
            str(path), f"{kinds[kind]} is the same dataset", "compare folders that have it once"
        )
    kinds[kind] = path


def _is_study(path: Path) -> bool:
    """Whether a folder is that of a study."""
    return (path / "study.yaml").is_file()


def _define_keys(path: Path) -> dict[str, tuple[str, ...]]:
    """Dataset name -> variables in the order of KeySequence."""
    root = read_xml(path)
    names = {item.get("OID"): item.get("Name") for item in find_all(root, "ItemDef")}
    keys = {}
    for group in find_all(root, "ItemGroupDef"):
        refs = [ref for ref in find_all(group, "ItemRef") if ref.get("KeySequence")]
        refs.sort(key=lambda ref: int(ref.get("KeySequence")))
        keys[group.get("Name")] = tuple(names[ref.get("ItemOID")] for ref in refs)
    return keys


def _read_xpt(path: Path) -> Source:
    """A transport file; what its header says are the facts."""
    frame, header = read_xpt(path)
    variables = {
        variable.name: {
            "label": variable.label,
            "type": "text" if variable.is_text else "number",
            "length": str(variable.length),
            "format": variable.format,
        }
        for variable in header.variables
    }
    dated = {
        variable.name: _iso(frame[variable.name], DATES[variable.format.rstrip("0123456789.")])
        for variable in header.variables
        if variable.format.rstrip("0123456789.") in DATES
    }
    facts = {"label": header.label, "file": "xpt"}
    return Source(header.name, facts, variables, frame.assign(**dated))


def _iso(values: pd.Series, unit: str) -> pd.Series:
    """SAS days or seconds as ISO 8601 text."""
    moments = ORIGIN + pd.to_timedelta(values, unit="D" if unit == "D" else "s")
    return moments.dt.strftime("%Y-%m-%d" if unit == "D" else "%Y-%m-%dT%H:%M:%S").astype("str")


def _read_parquet(path: Path) -> Source:
    """A Parquet file of a build; it has no lengths and formats."""
    schema = pq.read_schema(parts(path)[0])
    variables = {
        field.name: {
            "label": (field.metadata or {}).get(b"label", b"").decode(),
            "type": str(field.type),
        }
        for field in schema
    }
    label = (schema.metadata or {}).get(b"label", b"").decode()
    frame = read_frame(path)
    dated = {
        name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S").astype("str")
        for name in variables
        if pd.api.types.is_datetime64_any_dtype(frame[name])
    }
    facts = {"label": label, "file": "parquet"}
    return Source(path.stem.upper(), facts, variables, frame.assign(**dated))
