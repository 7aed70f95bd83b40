"""SDTM that comes as files: transport files, Parquet and Dataset-JSON give the same study."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.engine import run
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.package.xpt import write_xpt
from pipeline.plan import plan
from pipeline.source_files import SourceColumn, SourceHead, read_head, read_records
from pipeline.source_spec import derive_dataset, source_datasets
from pipeline.spec import Dataset, Variable
from pipeline.study import open_study

STUDY_YAML = """
study: LEGACY
title: A study that starts at SDTM
cutoff: "2020-01-01"
sdtm_source: {folder: data}
arms: {A: {name: Active}}
"""
DM = {
    "STUDYID": ("Study Identifier", ["LEGACY"] * 3),
    "USUBJID": ("Unique Subject Identifier", ["L-3", "L-1", "L-2"]),
    "AGE": ("Age", [40.0, 61.0, None]),
    "REGION1": ("Region", ["NA", "EU", ""]),
    "RFSTDTC": ("Subject Reference Start Date/Time", ["2019-02", "2019-03-04", ""]),
}
VS = {
    "STUDYID": ("Study Identifier", ["LEGACY"] * 2),
    "USUBJID": ("Unique Subject Identifier", ["L-1", "L-1"]),
    "VSSEQ": ("Sequence Number", [2.0, 1.0]),
    "VSTESTCD": ("Vital Signs Test Short Name", ["PULSE", "PULSE"]),
    "VSSTRESN": ("Numeric Result", [70.5, 71.0]),
}
Columns = Mapping[str, tuple[str, list]]


def as_parquet(columns: Columns, label: str, path: Path) -> None:
    fields = [
        pa.field(n, pa.array(v).type, metadata={"label": said}) for n, (said, v) in columns.items()
    ]
    schema = pa.schema(fields, metadata={"label": label})
    table = pa.Table.from_arrays([pa.array(v) for _, v in columns.values()], schema=schema)
    pq.write_table(table, path)


def as_xpt(columns: Columns, label: str, path: Path) -> None:
    variables = tuple(
        Variable(n, said, "text" if isinstance(v[0], str) else "float")
        for n, (said, v) in columns.items()
    )
    spec = Dataset(
        path.stem.upper(),
        label,
        "sdtm",
        "EVENTS",
        "",
        "One record",
        ("STUDYID",),
        "subject",
        variables,
    )
    frame = pd.DataFrame({n: v for n, (_, v) in columns.items()})
    lengths = {v.name: 20 for v in variables if v.is_text}
    write_xpt(frame, spec, lengths, path, dt.datetime(2020, 1, 1))


def as_json(columns: Columns, label: str, path: Path) -> None:
    said = [
        {"name": n, "label": text, "dataType": "string" if isinstance(v[0], str) else "float"}
        for n, (text, v) in columns.items()
    ]
    rows = [list(row) for row in zip(*(v for _, v in columns.values()), strict=True)]
    head = {"name": path.stem.upper(), "label": label, "columns": said}
    if path.suffix == ".ndjson":
        lines = [json.dumps(line) for line in (head, *rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        path.write_text(json.dumps(head | {"rows": rows}), encoding="utf-8")


WRITERS = {".parquet": as_parquet, ".xpt": as_xpt, ".json": as_json, ".ndjson": as_json}


def legacy(folder: Path, suffix: str, data: str = "data") -> Path:
    """A study folder with DM and VS in files of one kind."""
    (folder / data).mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY_YAML, encoding="utf-8")
    for name, label, columns in (("dm", "Demographics", DM), ("vs", "Vital Signs", VS)):
        WRITERS[suffix](columns, label, folder / data / f"{name}{suffix}")
    return folder


@pytest.mark.parametrize("suffix", WRITERS)
def test_each_kind_of_file_gives_the_same_dataset(tmp_path: Path, suffix: str) -> None:
    study = legacy(tmp_path, suffix)
    run(plan(study), study, ["sdtm/dm", "sdtm/vs"])
    dm = read_frame(study / "build/sdtm/dm.parquet")
    assert dm["USUBJID"].tolist() == ["L-1", "L-2", "L-3"]
    assert dm["REGION1"].fillna("-").tolist() == ["EU", "-", "NA"]
    assert dm["RFSTDTC"].fillna("-").tolist() == ["2019-03-04", "-", "2019-02"]
    assert dm["AGE"].fillna(-1).tolist() == [61, -1, 40]
    vs = read_frame(study / "build/sdtm/vs.parquet")
    assert vs[["VSSEQ", "VSSTRESN"]].values.tolist() == [[1, 71.0], [2, 70.5]]
    specified = open_study(study).datasets
    assert (specified["dm"].label, specified["dm"].keys) == ("Demographics", ("STUDYID", "USUBJID"))
    assert specified["dm"]["RFSTDTC"].type == "iso8601"
    assert (specified["vs"].dataset_class, specified["vs"]["VSSEQ"].type) == ("FINDINGS", "integer")
    assert specified["vs"]["VSSTRESN"].label == "Numeric Result"


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize(
    ("most", "batches"), [(2, [["L-1", "L-2"], ["L-3"]]), (1, [["L-1"], ["L-2"], ["L-3"]])]
)
def test_batches_hold_whole_subjects(
    tmp_path: Path, suffix: str, most: int, batches: list[list[str]]
) -> None:
    study = legacy(tmp_path, suffix)
    run(plan(study, subjects=most), study, ["sdtm/dm", "sdtm/vs"])
    parts = sorted((study / "build/sdtm/dm.parquet").glob("*"))
    assert [read_frame(part)["USUBJID"].tolist() for part in parts] == batches
    assert read_frame(study / "build/sdtm/dm.parquet")["REGION1"].fillna("-").tolist() == [
        "EU",
        "-",
        "NA",
    ]
    assert len(read_frame(study / "build/sdtm/vs.parquet")) == 2


def test_another_folder_takes_the_place_of_the_named_one(tmp_path: Path) -> None:
    study = legacy(tmp_path / "study", ".xpt")
    other = legacy(tmp_path / "other", ".json") / "data"
    (other / "vs.json").unlink()
    assert set(open_study(study).datasets) == {"dm", "vs"}
    assert open_study(study, other).sources == {"dm": (other / "dm.json",)}


def test_files_of_one_dataset_are_found_by_their_own_names(tmp_path: Path) -> None:
    study = legacy(tmp_path, ".parquet")
    named = "sdtm_source: {folder: data, datasets: {dm: dm.parquet, vs: [vs.parquet, vs2.parquet]}}"
    as_parquet(VS, "Vital Signs", study / "data/vs2.parquet")
    text = STUDY_YAML.replace("sdtm_source: {folder: data}", named)
    (study / "study.yaml").write_text(text, encoding="utf-8")
    assert [path.stem for path in open_study(study).sources["vs"]] == ["vs", "vs2"]
    other = tmp_path / "other"
    other.mkdir()
    for name, columns in (("dm", DM), ("vs", VS)):
        as_xpt(columns, "Vital Signs", other / f"{name}.xpt")
    assert open_study(study, other).sources["vs"] == (other / "vs.xpt",)
    (other / "vs.xpt").unlink()
    with pytest.raises(StudyError, match="holds no file for 'vs'"):
        open_study(study, other)


def test_a_specification_replaces_the_derived_one(tmp_path: Path) -> None:
    study = legacy(tmp_path, ".parquet")
    (study / "sdtm").mkdir()
    (study / "sdtm/vs.yaml").write_text(
        "dataset: VS\nlabel: Vitals\nclass: FINDINGS\nstructure: One record per result\n"
        "keys: [USUBJID, VSSEQ]\nvariables:\n"
        "  USUBJID: {label: Unique Subject Identifier, type: text, origin: Assigned}\n"
        "  VSSEQ: {label: Sequence Number, type: integer, origin: Assigned}\n",
        encoding="utf-8",
    )
    run(plan(study), study, ["sdtm/vs"])
    assert list(read_frame(study / "build/sdtm/vs.parquet")) == ["USUBJID", "VSSEQ"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{package: no_such_package}", "the Python package no_such_package is not installed"),
        ("{folder: data, package: json}", "names both or none"),
        ("{folder: empty}", "holds no SDTM file"),
        ("{folder: data, datasets: {dm: ae.xpt}}", "ae.xpt is no SDTM file of data"),
        ("{files: data}", "unknown key 'files'"),
    ],
)
def test_what_is_not_there_is_said(tmp_path: Path, source: str, message: str) -> None:
    study = legacy(tmp_path, ".parquet")
    text = STUDY_YAML.replace("{folder: data}", source)
    (study / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        open_study(study)


def test_files_that_are_not_what_their_name_says(tmp_path: Path) -> None:
    for name in ("dm.xpt", "dm.parquet", "dm.json", "dm.ndjson"):
        path = tmp_path / name
        path.write_text("x" * 700, encoding="utf-8")
        with pytest.raises(StudyError, match=name):
            read_head(path)


def test_files_of_a_dataset_must_agree_on_types() -> None:
    number, text = (SourceColumn("VSSEQ", "", kind) for kind in ("float", "text"))
    with pytest.raises(StudyError, match="is float in one file and text in another"):
        derive_dataset("VS", [SourceHead("", (number,)), SourceHead("", (text,))])


@pytest.mark.parametrize(
    ("name", "columns", "kind", "keys"),
    [
        ("AE", "STUDYID USUBJID AESEQ AETERM", "EVENTS", "STUDYID USUBJID AESEQ"),
        ("EX", "STUDYID USUBJID EXSEQ EXTRT", "INTERVENTIONS", "STUDYID USUBJID EXSEQ"),
        ("QSMM", "STUDYID USUBJID QSSEQ QSTESTCD", "FINDINGS", "STUDYID USUBJID QSSEQ"),
        ("SV", "STUDYID USUBJID VISITNUM", "SPECIAL PURPOSE", "STUDYID USUBJID VISITNUM"),
        ("TE", "STUDYID ETCD ELEMENT", "TRIAL DESIGN", "STUDYID ETCD"),
        ("SUPPAE", "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QVAL", "RELATIONSHIP",
         "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM"),
    ],
)  # fmt: skip
def test_class_and_keys_follow_sdtmig(name: str, columns: str, kind: str, keys: str) -> None:
    head = SourceHead("", tuple(SourceColumn(column, "", "text") for column in columns.split()))
    dataset = derive_dataset(name, [head])
    assert (dataset.dataset_class, dataset.keys) == (kind, tuple(keys.split()))
    assert dataset.scope == ("study" if name == "TE" else "subject")


def test_no_class_is_guessed(tmp_path: Path) -> None:
    as_parquet({"STUDYID": ("Study", ["X"])}, "", tmp_path / "zz.parquet")
    with pytest.raises(StudyError, match=r"describe it in sdtm/zz.yaml"):
        source_datasets({"zz": (tmp_path / "zz.parquet",)})


def test_dates_of_parquet_are_dates(tmp_path: Path) -> None:
    pq.write_table(pa.table({"X": pa.array([dt.date(2020, 2, 29), None])}), tmp_path / "x.parquet")
    assert read_records(tmp_path / "x.parquet")["X"].tolist() == [
        pd.Timestamp("2020-02-29"),
        pd.NaT,
    ]
