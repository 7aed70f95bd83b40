"""Export of datasets: lengths, the rules of a submission (a bad dataset per rule), read back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest

from pipeline.datasets import all_datasets
from pipeline.errors import StudyError, StudyErrors
from pipeline.frames import prepare_pandas, write_dataset
from pipeline.package.xpt import (
    export_dataset,
    export_lengths,
    export_parts,
    observed_lengths,
    write_xpt,
)
from pipeline.package.xpt_columns import file_header
from pipeline.package.xpt_compare import compare_xpt
from pipeline.package.xpt_rules import checked
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder
from pipeline.xpt_reader import read_xpt
from tests.ae_study import ae_study

STAMP = dt.datetime(2024, 9, 30)


@pytest.fixture(autouse=True)
def _pandas():
    prepare_pandas()


def spec(*variables: Variable, name: str = "ADLB", layer: str = "adam") -> Dataset:
    """A dataset of USUBJID and `variables`."""
    subject = Variable("USUBJID", "Unique Subject Identifier", "text")
    what = ("Laboratory", layer, "BASIC DATA STRUCTURE", "", "One record per result")
    return Dataset(name, *what, ("USUBJID",), "subject", (subject, *variables))


def data(**columns: list[object]) -> pd.DataFrame:
    """A frame with subjects S-1, S-2 and so on."""
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({"USUBJID": [f"S-{n}" for n in range(1, rows + 1)], **columns})


def exported(frame: pd.DataFrame, dataset: Dataset, path: Path) -> Path:
    """The file of a frame, text as long as its longest value."""
    parquet = path.with_suffix(".parquet")
    write_dataset(frame, dataset, parquet)
    lengths = observed_lengths({"x": parquet}, {"x": dataset})
    write_xpt(frame, dataset, lengths, path, STAMP)
    return path


TEXT = Variable("AVALC", "Analysis Value (C)", "text")

# (variable, values of records 1..n, what the error says)
BAD_VALUES = [
    (TEXT, ["a", "b" * 201], "ADLB.AVALC: 1 value longer than 200 bytes: record 2 of subject"),
    (TEXT, ["5 µmol/L"], "1 value with a character outside printable ASCII"),
    (TEXT, ["a\x92b"], "outside printable ASCII"),
    (TEXT, ["a\tb", "a\nb"], "2 values with a character outside printable ASCII"),
    (TEXT, [" a", None], "1 value with a blank at the beginning or the end: record 1"),
    (TEXT, [None, "a "], "with a blank at the beginning or the end: record 2"),
    (TEXT, [".", "1.5", "..."], "1 value of a lone period: record 1"),
    (Variable("AVAL", "Value", "float"), [1.0, np.inf], "1 value infinite or beyond"),
    (Variable("AVAL", "Value", "float"), [1e76, -1e-79], "2 values infinite or beyond"),
    (Variable("AVAL", "Value", "integer"), [2.0**53], "2\\*\\*53 or more"),
    (
        Variable("ADT", "Date", "date"),
        pd.to_datetime(["2020-01-01T00:00", "2020-01-01T08:00"]).tolist(),
        "1 value with a time of day: record 2",
    ),
    (Variable("LBDTC", "Date", "iso8601"), ["2020-01-01", "01JAN2020"], "not an ISO 8601 date"),
    (Variable("LBDTC", "Date", "iso8601"), ["2020-1-1", "2020-01-01T"], "2 values not an ISO"),
    (
        Variable("LBDUR", "Length", "duration"),
        ["3 days", "P", "P1YT", "P1D2M"],
        "4 values not an ISO",
    ),
]


@pytest.mark.parametrize(("variable", "values", "message"), BAD_VALUES)
def test_a_value_that_breaks_a_rule_is_refused_with_its_reason(tmp_path, variable, values, message):
    with pytest.raises(StudyError, match=message):
        write_xpt(
            data(**{variable.name: values}),
            spec(variable),
            {"USUBJID": 3, variable.name: 200},
            tmp_path / "adlb.xpt",
            STAMP,
        )
    assert not (tmp_path / "adlb.xpt").exists()


GOOD_VALUES = [
    (TEXT, ["b" * 200, "a b", "~!", None, "", "0.", ". ."]),
    (Variable("AVAL", "Value", "float"), [7.2e75, -5.4e-79, 0.0, np.nan]),
    (Variable("AVAL", "Value", "integer"), [2.0**53 - 1, -1.0]),
    (Variable("ADT", "Date", "date"), pd.to_datetime(["1959-12-31", None]).tolist()),
    (
        Variable("LBDTC", "Date", "iso8601"),
        ["2020", "2020-01", "2020-01-01T08:30:15", "2003---15", "--12-15", "-----T07:15"],
    ),
    (Variable("LBDTC", "Date", "iso8601"), ["2020-01-01/2020-01-03", "2020-01-01T08:00Z"]),
    (
        Variable("LBDUR", "Length", "duration"),
        ["P3D", "PT4H", "P1Y2M10DT2H30M", "-PT15M", "P0.5W"],
    ),
]


@pytest.mark.parametrize(("variable", "values"), GOOD_VALUES)
def test_a_value_within_the_rules_survives(tmp_path, variable, values):
    frame, dataset = data(**{variable.name: values}), spec(variable)
    path = exported(frame, dataset, tmp_path / "adlb.xpt")
    compare_xpt(path, frame, dataset)
    assert len(read_xpt(path)[0]) == len(values)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (spec(TEXT, name="ADLB_1"), "'ADLB_1' is not a dataset name"),
        (spec(TEXT, name="ADLABDATA"), "is not a dataset name"),
        (spec(replace(TEXT, name="avalc")), "'avalc' is not a variable name"),
        (spec(replace(TEXT, name="ANALYSISV")), "is not a variable name"),
        (spec(replace(TEXT, label="x" * 41)), "the label has 41 bytes"),
        (spec(replace(TEXT, label="Größe" + "x" * 34)), "the label has 41 bytes"),
        (spec(replace(TEXT, label="µg")), "is not ASCII"),
        (spec(replace(TEXT, label="")), "the label is empty"),
        (replace(spec(TEXT), label="y" * 41), "the label has 41 bytes"),
        (spec(replace(TEXT, display_format="8 1")), "'8 1' is not a SAS format"),
        (spec(replace(TEXT, display_format="8.1")), "format 8.1 does not suit text"),
        (spec(Variable("A", "A", "float", display_format="$8.")), "does not suit float"),
        (spec(Variable("LBDTC", "Date", "date"), layer="sdtm"), "SDTM dates are text"),
        (spec(Variable("ADT", "Date", "iso8601")), "ADaM dates are numbers"),
        (replace(spec(), variables=()), "0 variables"),
    ],
)
def test_a_specification_that_breaks_a_rule_is_refused(tmp_path, dataset, message):
    lengths = {variable.name: 8 for variable in dataset.variables}
    with pytest.raises(StudyError, match=message):
        write_xpt(data(AVALC=["a"]), dataset, lengths, tmp_path / "x.xpt", STAMP)


def test_all_faults_of_a_dataset_are_raised_together(tmp_path):
    second = Variable("PARAM", "Parameter", "text")
    frame = data(AVALC=[" a"] * 7 + [".", "µ"], PARAM=["b" * 300] * 9)
    with pytest.raises(StudyErrors) as caught:
        write_xpt(
            frame,
            spec(TEXT, second),
            {"USUBJID": 3, "AVALC": 3, "PARAM": 200},
            tmp_path / "x.xpt",
            STAMP,
        )
    lines = [f"{error.where}: {error.what}" for error in caught.value.errors]
    assert lines[1] == (
        "ADLB.AVALC: 7 values with a blank at the beginning or the end: record 1 of subject 'S-1', "
        "record 2 of subject 'S-2', record 3 of subject 'S-3', record 4 of subject 'S-4', "
        "record 5 of subject 'S-5' and 2 more"
    )
    assert [line.split(":")[0] for line in lines] == ["ADLB.AVALC"] * 3 + ["ADLB.PARAM"]
    assert all("adam/adlb.py" in error.fix for error in caught.value.errors)


@pytest.mark.parametrize("bad", [".", "µ", " a"])
def test_records_of_later_blocks_keep_their_number(tmp_path, bad):
    values = ["a"] * 70_000
    values[69_999] = bad
    with pytest.raises(StudyError, match="record 70000 of subject 'S-70000'"):
        write_xpt(
            data(AVALC=values), spec(TEXT), {"USUBJID": 7, "AVALC": 2}, tmp_path / "x.xpt", STAMP
        )


def test_a_piece_of_a_block_is_checked_as_itself():
    block = pa.record_batch({"USUBJID": ["S-1", "S-2", "S-3"], "AVALC": ["a", "b", "µ"]})
    lengths = {"USUBJID": 3, "AVALC": 2}
    good, bad = block.slice(0, 2), block.slice(2, 1)
    assert list(checked(spec(TEXT), lengths, [good])) == [good]
    with pytest.raises(StudyError, match="outside printable ASCII"):
        list(checked(spec(TEXT), lengths, [bad]))


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ({"USUBJID": 3}, "no length of AVALC"),
        ({"USUBJID": 3, "AVALC": 1}, "longer than the 1 bytes of build/xpt/lengths.json"),
    ],
)
def test_lengths_of_an_earlier_build_are_refused(tmp_path, lengths, message):
    with pytest.raises(StudyError, match=message):
        write_xpt(data(AVALC=["ab"]), spec(TEXT), lengths, tmp_path / "x.xpt", STAMP)


@pytest.mark.parametrize(
    ("frame", "message"),
    [(data(OTHER=["a"]), "the data have no 'AVALC'"), (data(AVALC=[1.0]), "the data are double")],
)
def test_data_that_do_not_fit_the_specification_are_refused(tmp_path, frame, message):
    with pytest.raises(StudyError, match=message):
        write_xpt(frame, spec(TEXT), {"USUBJID": 3, "AVALC": 1}, tmp_path / "x.xpt", STAMP)


def test_dates_are_days_and_datetimes_seconds_since_1960(tmp_path):
    dataset = spec(
        Variable("ADT", "Date", "date"),
        Variable("ADTM", "Datetime", "datetime"),
        Variable("ATM", "Time", "time"),
        Variable("AVAL", "Value", "float", display_format="8.1"),
    )
    moments = ["1960-01-02T00:00:01", "1959-12-31T23:59:59", None]
    frame = data(
        ADT=pd.to_datetime(["1960-01-02", "1959-12-31", None]).tolist(),
        ADTM=pd.to_datetime(moments).tolist(),
        ATM=[60.0, 86399.0, np.nan],
        AVAL=[1.5, -2.0, np.nan],
    )
    found, header = read_xpt(exported(frame, dataset, tmp_path / "adlb.xpt"))
    assert found["ADT"].tolist()[:2] == [1, -1]
    assert found["ADTM"].tolist()[:2] == [86401, -1]
    assert found.iloc[2, 1:].isna().all()
    shown = [variable.format for variable in header.variables]
    assert shown == ["", "DATE9.", "E8601DT.", "TIME8.", "8.1"]
    theirs = pyreadstat.read_xport(tmp_path / "adlb.xpt")[0]
    assert theirs["ADT"].tolist()[:2] == [dt.date(1960, 1, 2), dt.date(1959, 12, 31)]
    assert theirs["ADTM"].tolist()[0] == dt.datetime(1960, 1, 2, 0, 0, 1)
    assert theirs["ATM"].tolist()[:2] == [dt.time(0, 1), dt.time(23, 59, 59)]


def test_a_length_is_the_longest_in_any_dataset(tmp_path):
    first = spec(TEXT, Variable("PARAM", "Parameter", "text"), Variable("AVAL", "Value", "float"))
    second = spec(TEXT, Variable("LONG", "Long", "text"), name="ADAE")
    write_dataset(
        data(AVALC=["ab", None], PARAM=[None, None], AVAL=[1.0, 2.0]).astype({"PARAM": "str"}),
        first,
        tmp_path / "adlb.parquet",
    )
    write_dataset(data(AVALC=["abcde"], LONG=["x" * 250]), second, tmp_path / "adae.parquet")
    paths = {name: tmp_path / f"{name}.parquet" for name in ("adlb", "adae")}
    assert observed_lengths(paths, {"adlb": first, "adae": second}) == {
        "AVALC": 5,
        "LONG": 200,
        "PARAM": 1,
        "USUBJID": 3,
    }


def test_the_longest_value_counts_wherever_it_stands(tmp_path):
    write_dataset(data(AVALC=["abc"] + ["a"] * 70_000), spec(TEXT), tmp_path / "adlb.parquet")
    lengths = observed_lengths({"adlb": tmp_path / "adlb.parquet"}, {"adlb": spec(TEXT)})
    assert lengths == {"AVALC": 3, "USUBJID": 7}


def test_a_dataset_without_records_has_its_variables(tmp_path):
    frame, dataset = data(AVALC=["a"]).iloc[:0], spec(TEXT)
    path = exported(frame, dataset, tmp_path / "adlb.xpt")
    compare_xpt(path, frame, dataset)
    assert pyreadstat.read_xport(path)[1].column_names == ["USUBJID", "AVALC"]


def test_a_frame_and_its_parquet_file_make_the_same_file(tmp_path):
    frame, dataset = data(AVALC=["a", None, "bc"]), spec(TEXT)
    lengths = {"USUBJID": 3, "AVALC": 2}
    write_dataset(frame, dataset, tmp_path / "adlb.parquet")
    write_xpt(frame, dataset, lengths, tmp_path / "a.xpt", STAMP)
    write_xpt(tmp_path / "adlb.parquet", dataset, lengths, tmp_path / "b.xpt", STAMP)
    assert (tmp_path / "a.xpt").read_bytes() == (tmp_path / "b.xpt").read_bytes()


COMPARED = spec(TEXT, Variable("AVAL", "Value", "float", display_format="8.1"))


@pytest.mark.parametrize(
    ("frame", "dataset", "message"),
    [
        (data(AVALC=["a", "b"], AVAL=[1.0, 2.0]), COMPARED, "ADLB.AVALC, record 2: .*reads ''"),
        (data(AVALC=["a", None], AVAL=[1.0, np.nan]), COMPARED, "ADLB.AVAL, record 2: .*nan"),
        (
            data(AVALC=["a"], AVAL=[1.0]),
            COMPARED,
            "more or fewer records, the dataset has 1 records",
        ),
        (data(AVALC=["a"] * 3, AVAL=[1.0] * 3), COMPARED, "record 3: .*reads ''"),
        (data(AVALC=["a"] * 30, AVAL=[1.0] * 30), COMPARED, "more or fewer records"),
        (
            data(AVALC=["a", None], AVAL=[1.0, 2.0]),
            replace(COMPARED, label="Other"),
            "label 'Laboratory'",
        ),
        (
            data(AVALC=["a", None], AVAL=[1.0, 2.0]),
            spec(TEXT, Variable("AVAL", "Value", "float")),
            "formats",
        ),
        (
            data(AVALC=["a", None], AVAL=[1.0, 2.0]),
            spec(replace(TEXT, label="Text"), COMPARED["AVAL"]),
            "labels",
        ),
    ],
)
def test_a_file_that_reads_differently_is_refused(tmp_path, frame, dataset, message):
    right = data(AVALC=["a", None], AVAL=[1.0, 2.0])
    path = exported(right, COMPARED, tmp_path / "adlb.xpt")
    compare_xpt(path, right, COMPARED)
    with pytest.raises(StudyError, match=message):
        compare_xpt(path, frame, dataset)


def test_a_file_is_compared_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.package.xpt_compare.PIECE_ROWS", 2)
    frame = data(AVALC=["a", None, None, None, "b"], AVAL=[1.0, 2.0, 3.0, 4.0, 5.0])
    path = exported(frame, COMPARED, tmp_path / "adlb.xpt")
    compare_xpt(path, frame, COMPARED)
    with pytest.raises(StudyError, match=r"ADLB\.AVAL, record 4: .*reads 4.0, .*5.0"):
        compare_xpt(path, frame.assign(AVAL=[1.0, 2.0, 3.0, 5.0, 5.0]), COMPARED)


def test_blank_records_within_a_file_are_compared(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.package.xpt_compare.PIECE_ROWS", 2)
    frame = data(AVALC=[None, None, None, None, "b"]).assign(USUBJID=[None] * 4 + ["S-1"])
    frame = frame.astype("str")
    dataset = spec(TEXT)
    compare_xpt(exported(frame, dataset, tmp_path / "adlb.xpt"), frame, dataset)


@pytest.mark.parametrize("step", [1, 4, 1000])
def test_a_large_dataset_is_also_given_in_parts_of_whole_subjects(tmp_path, monkeypatch, step):
    monkeypatch.setattr("pipeline.package.xpt_parts.STEP", step)
    dataset = spec(TEXT)
    frame = pd.DataFrame({"USUBJID": list("AAABBBBBCC"), "AVALC": list("0123456789")})
    path = exported(frame, dataset, tmp_path / "adlb.xpt")
    header = file_header(dataset, {"USUBJID": 1, "AVALC": 1}, STAMP)
    limit = header.size + 80 + 2 * 6  # six records of two bytes
    export_parts(frame, dataset, header, tmp_path / "split", limit)
    parts = sorted((tmp_path / "split").iterdir())
    assert [part.name for part in parts] == ["adlb1.xpt", "adlb2.xpt", "adlb3.xpt"]
    read = [read_xpt(part) for part in parts]
    assert ["".join(found["USUBJID"]) for found, _ in read] == ["AAA", "BBBBB", "CC"]
    assert "".join("".join(found["AVALC"]) for found, _ in read) == "0123456789"
    assert [found.name for _, found in read] == ["ADLB1", "ADLB2", "ADLB3"]
    assert max(part.stat().st_size for part in parts) <= limit
    export_parts(frame, dataset, header, tmp_path / "split", path.stat().st_size + 80)
    assert not (tmp_path / "split").exists()


def test_a_subject_too_large_for_a_part_is_cut(tmp_path):
    dataset = spec(TEXT)
    frame = pd.DataFrame({"USUBJID": list("AAAAA"), "AVALC": list("01234")})
    header = file_header(dataset, {"USUBJID": 1, "AVALC": 1}, STAMP)
    export_parts(frame, dataset, header, tmp_path / "split", header.size + 80 + 2 * 2)
    read = [read_xpt(part)[0] for part in sorted((tmp_path / "split").iterdir())]
    assert ["".join(found["AVALC"]) for found in read] == ["01", "23", "4"]


@pytest.fixture
def study(tmp_path) -> StudyFolder:
    """A study of one SDTM dataset with a supplemental qualifier, as far as a build has made it."""
    folder = ae_study(tmp_path, "supplemental:\n  AEX: {label: Extra, origin: Derived}\n")
    build(folder, terms=["Nausea", "Cough"])
    return folder


def build(folder: StudyFolder, terms: list[str]) -> None:
    """The Parquet files of AE and SUPPAE."""
    frame = data(AETERM=terms)
    write_dataset(frame, folder.datasets["ae"], folder.build / "sdtm/ae.parquet")
    supp = pd.DataFrame(
        {
            "STUDYID": ["S1"],
            "RDOMAIN": ["AE"],
            "USUBJID": ["S-1000"],
            "IDVAR": ["AESEQ"],
            "IDVARVAL": ["1"],
            "QNAM": ["AEX"],
            "QLABEL": ["Extra"],
            "QVAL": ["x"],
            "QORIG": ["Derived"],
            "QEVAL": pd.Series([None], dtype="str"),
        }
    )
    write_dataset(supp, all_datasets(folder)["suppae"], folder.build / "sdtm/suppae.parquet")


def test_a_study_exports_with_the_same_lengths_in_every_file(study):
    export_lengths(study)
    lengths = json.loads((study.build / "xpt/lengths.json").read_text())
    assert (lengths["USUBJID"], lengths["AETERM"], lengths["QEVAL"]) == (6, 6, 1)
    for name in ("ae", "suppae"):
        export_dataset(study, name)
    files = sorted(path.name for path in (study.build / "xpt").iterdir())
    assert files == ["ae.xpt", "lengths.json", "suppae.xpt"]
    frame, header = read_xpt(study.build / "xpt/ae.xpt")
    assert frame["AETERM"].tolist() == ["Nausea", "Cough"]
    assert (header.name, header.label) == ("AE", "Adverse Events")
    other = read_xpt(study.build / "xpt/suppae.xpt")[1]
    sizes = {v.name: v.length for v in (*header.variables, *other.variables)}
    assert sizes["USUBJID"] == header.variables[0].length == 6


def test_the_time_in_the_file_is_the_cut_off_or_the_one_set(study, monkeypatch):
    export_lengths(study)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    export_dataset(study, "ae")
    first = (study.build / "xpt/ae.xpt").read_bytes()
    assert first.count(b"30SEP24:00:00:00") == 4
    export_dataset(study, "ae")
    assert (study.build / "xpt/ae.xpt").read_bytes() == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    export_dataset(study, "ae")
    assert (study.build / "xpt/ae.xpt").read_bytes().count(b"01JAN70:00:00:00") == 4


def test_a_refused_export_leaves_the_last_file(study):
    export_lengths(study)
    export_dataset(study, "ae")
    before = (study.build / "xpt/ae.xpt").read_bytes()
    build(study, terms=["Nausea", "."])
    with pytest.raises(StudyError, match=r"AE\.AETERM: 1 value of a lone period"):
        export_dataset(study, "ae")
    assert (study.build / "xpt/ae.xpt").read_bytes() == before
    assert not list((study.build / "xpt").glob("*.part"))
