"""The bytes of transport files: IBM floats, headers, records; checked against other readers."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.xpt_format import write_file
from pipeline.xpt_header import XptHeader, XptVariable, parse_format
from pipeline.xpt_numbers import IBM_MAX, IBM_MIN, from_ibm, in_range, to_ibm
from pipeline.xpt_reader import read_blocks, read_xpt

STAMP = dt.datetime(2024, 9, 30, 13, 5, 7)

# 1 and the missing values: SAS TS-140; -118.625: the worked example of the IBM System/360 manuals;
# the others by hand: 16 = 0.1 x 16**2, 0.5 = 0.8 x 16**0, 100 = 0.64 x 16**2 (hexadecimal).
IBM_BYTES = [
    (0.0, "0000000000000000"),
    (1.0, "4110000000000000"),
    (-1.0, "c110000000000000"),
    (2.0, "4120000000000000"),
    (16.0, "4210000000000000"),
    (0.5, "4080000000000000"),
    (0.0625, "4010000000000000"),
    (100.0, "4264000000000000"),
    (-118.625, "c276a00000000000"),
    (0.1, "401999999999999a"),
    (IBM_MIN, "0010000000000000"),
    (IBM_MAX, "7ffffffffffffff8"),
    (np.nan, "2e00000000000000"),
]
MISSING_BYTES = ["2e", "5f", *(f"{code:02x}" for code in range(0x41, 0x5B))]


@pytest.mark.parametrize(("number", "expected"), IBM_BYTES)
def test_a_number_has_the_bytes_of_the_published_format(number, expected):
    assert f"{int(to_ibm(np.array([number]))[0]):016x}" == expected
    back = from_ibm(np.array([int(expected, 16)], dtype="uint64"))
    np.testing.assert_array_equal(back, [number])


@pytest.mark.parametrize("first", MISSING_BYTES)
def test_every_missing_value_of_sas_reads_as_missing(first):
    assert np.isnan(from_ibm(np.array([int(first, 16) << 56], dtype="uint64"))).all()


def test_minus_zero_becomes_zero():
    assert to_ibm(np.array([-0.0])).tolist() == [0]


@pytest.mark.parametrize("number", [np.inf, -np.inf, 16.0**63, -1e76, IBM_MIN / 2, 5e-324])
def test_a_number_out_of_range_is_refused(number):
    assert not in_range(np.array([number])).any()
    with pytest.raises(ValueError, match="outside the range"):
        to_ibm(np.array([number]))


@given(st.lists(st.floats(allow_nan=False, min_value=-IBM_MAX, max_value=IBM_MAX), max_size=50))
def test_every_float_in_range_survives_exactly(numbers):
    values = np.array(numbers, dtype="float64")
    values = values[in_range(values)]
    assert from_ibm(to_ibm(values)).tolist() == values.tolist()


@given(st.integers(-64, 62), st.floats(1, 16, exclude_max=True), st.sampled_from([1, -1]))
def test_every_exponent_survives_exactly(power, digits, sign):
    values = np.array([sign * digits * 16.0**power])
    assert from_ibm(to_ibm(values)).tolist() == values.tolist()


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1))
def test_every_integer_survives_exactly(numbers):
    assert from_ibm(to_ibm(np.array(numbers, dtype="float64"))).astype("int64").tolist() == numbers


@given(st.integers(1, 2**56 - 1), st.integers(0, 127))
def test_an_ibm_float_of_56_bits_reads_to_the_nearest(fraction, power):
    ibm = np.array([(power << 56) | fraction], dtype="uint64")
    exact = fraction * 16**power  # of 16**64 * 2**56, in integers
    assert from_ibm(ibm)[0] == exact / (16**64 * 2**56)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DATE9.", ("DATE", 9, 0)),
        ("8.1", ("", 8, 1)),
        ("E8601DT.", ("E8601DT", 0, 0)),
        ("E8601DT19.", ("E8601DT", 19, 0)),
        ("$20.", ("$", 20, 0)),
        ("", ("", 0, 0)),
    ],
)
def test_a_format_has_name_width_and_decimals(text, expected):
    assert parse_format(text) == expected


@pytest.mark.parametrize("text", ["date9.", "8,1", "TOOLONGNAME9.", "DATE 9."])
def test_what_is_no_format_is_refused(text):
    with pytest.raises(ValueError, match="not a SAS format"):
        parse_format(text)


def small() -> tuple[XptHeader, dict[str, np.ndarray]]:
    """Three records, the text of the second blank."""
    header = XptHeader(
        "LB",
        "Laboratory Test Results",
        STAMP,
        (
            XptVariable("TEST", "Name of the test", True, 3),
            XptVariable("DAY", "Date", False, format="DATE9."),
            XptVariable("VAL", "Value", False, format="8.1"),
        ),
    )
    columns = {
        "TEST": np.array([b"abc", b"   ", b"x  "]),
        "DAY": np.array([1.0, np.nan, -118.625]),
        "VAL": np.array([0.1, 2.0, 20000.0]),
    }
    return header, columns


def written(path: Path, header: XptHeader, *blocks: dict[str, np.ndarray]) -> Path:
    """The path of the file that the blocks make."""
    write_file(header, blocks, path)
    return path


def test_the_file_has_the_same_bytes_as_that_of_another_writer(tmp_path):
    header, columns = small()
    ours = written(tmp_path / "ours.xpt", header, columns).read_bytes()
    frame = pd.DataFrame({"TEST": ["abc", "", "x"], "DAY": columns["DAY"], "VAL": columns["VAL"]})
    pyreadstat.write_xport(
        frame,
        tmp_path / "theirs.xpt",
        file_format_version=5,
        table_name="LB",
        file_label="Laboratory Test Results",
        column_labels=["Name of the test", "Date", "Value"],
        variable_format={"DAY": "DATE9.", "VAL": "8.1"},
    )
    theirs = bytearray((tmp_path / "theirs.xpt").read_bytes())
    for position in (144, 160, 464, 480):  # the clock of the other writer
        theirs[position : position + 16] = b"30SEP24:13:05:07"
    assert ours == bytes(theirs)


def test_the_records_are_the_bytes_worked_out_by_hand(tmp_path):
    header, columns = small()
    data = written(tmp_path / "lb.xpt", header, columns).read_bytes()
    expected = (
        "616263" "4110000000000000" "401999999999999a"
        "202020" "2e00000000000000" "4120000000000000"
        "782020" "c276a00000000000" "444e200000000000"
    )  # fmt: skip
    records = data[header.size :]
    assert records[:57].hex() == expected
    assert len(data) % 80 == 0
    assert records[57:] == b" " * 23


def test_blocks_make_the_same_file_as_one_piece(tmp_path):
    header, columns = small()
    parts = [{name: values[[n]] for name, values in columns.items()} for n in range(3)]
    whole = written(tmp_path / "whole.xpt", header, columns).read_bytes()
    assert written(tmp_path / "parts.xpt", header, *parts).read_bytes() == whole


def test_reading_gives_back_header_and_values(tmp_path):
    header, columns = small()
    frame, read = read_xpt(written(tmp_path / "lb.xpt", header, columns))
    assert read == header
    assert frame["TEST"].fillna("missing").tolist() == ["abc", "missing", "x"]
    np.testing.assert_array_equal(frame["DAY"], columns["DAY"])
    np.testing.assert_array_equal(frame["VAL"], columns["VAL"])


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 19, 20, 21, 79, 80, 81, 160])
@pytest.mark.parametrize("width", [1, 3, 4, 40, 79, 80, 81, 200])
def test_every_record_count_survives(tmp_path, rows, width):
    header = XptHeader("TX", "Text", STAMP, (XptVariable("A", "A", True, width),))
    values = np.full(rows, b"x".ljust(width), dtype=f"S{width}")
    path = written(tmp_path / "tx.xpt", header, {"A": values})
    assert len(read_xpt(path)[0]) == rows
    assert len(pyreadstat.read_xport(path)[0]) == rows


def test_blank_records_before_the_last_survive(tmp_path):
    header = XptHeader("TX", "Text", STAMP, (XptVariable("A", "A", True, 2),))
    path = written(tmp_path / "tx.xpt", header, {"A": np.array([b"  ", b"  ", b"x "])})
    assert read_xpt(path)[0]["A"].isna().tolist() == [True, True, False]


def test_a_blank_last_record_is_refused(tmp_path):
    header = XptHeader("TX", "Text", STAMP, (XptVariable("A", "A", True, 2),))
    with pytest.raises(StudyError, match="record 2, the last one, is blank"):
        written(tmp_path / "tx.xpt", header, {"A": np.array([b"x ", b"  "])})


def test_a_shortened_number_of_another_writer_reads(tmp_path):
    header = XptHeader("TX", "Text", STAMP, (XptVariable("A", "A", True, 3),))
    path = written(tmp_path / "tx.xpt", header, {"A": np.array([b"\x42\x64\x00"])})
    data = bytearray(path.read_bytes())
    data[641] = 1  # NAMESTR type: the three bytes are a number now
    path.write_bytes(data)
    assert read_xpt(path)[0]["A"].tolist() == [100.0]


def test_text_with_different_filling_is_one_word(tmp_path):
    header = XptHeader("TX", "Text", STAMP, (XptVariable("A", "A", True, 3),))
    values = np.array([b"x  ", b"x\0\0", b"   ", b"\0\0\0", b"y \0"])
    path = written(tmp_path / "tx.xpt", header, {"A": values})
    (block,) = read_blocks(path)
    assert block.column("A").dictionary.to_pylist() == ["x", "y"]
    assert block.column("A").to_pylist() == ["x", "x", None, None, "y"]


def test_blocks_have_one_schema_whether_text_is_missing_or_not(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.xpt_reader.READ_BYTES", 1)
    header = XptHeader("TX", "Text", STAMP, (XptVariable("A", "A", True, 3),))
    values = np.array([*[b"x  "] * 80, *[b"   ", b"y  "] * 40])
    blocks = list(read_blocks(written(tmp_path / "tx.xpt", header, {"A": values})))
    assert [block.column("A").null_count for block in blocks] == [0, 40]
    assert len({block.schema for block in blocks}) == 1


def test_a_second_dataset_is_found_wherever_it_begins(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.xpt_reader.READ_BYTES", 1)
    header, columns = small()
    many = {name: np.tile(values, 200) for name, values in columns.items()}
    data = written(tmp_path / "lb.xpt", header, many).read_bytes()
    for path, content in ((tmp_path / "one.xpt", data), (tmp_path / "two.xpt", data + data[240:])):
        path.write_bytes(content)
    assert len(read_xpt(tmp_path / "one.xpt")[0]) == 600
    with pytest.raises(StudyError, match="holds several datasets"):
        read_xpt(tmp_path / "two.xpt")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data.replace(b"LIBRARY HEADER", b"LIBV8   HEADER"), "not a SAS transport"),
        (lambda data: b"STUDYID,USUBJID\n", "not a SAS transport"),
        (lambda data: data[:700], "not a SAS transport"),
        (lambda data: data + data[240:], "holds several datasets"),
        (lambda data: data + data[240:320], "holds several datasets"),
        (lambda data: data[:-30], "ends within a record or card after record 2"),
        (lambda data: data[:-23], "ends within a record or card after record 3"),
        (lambda data: data.replace(b"abc", b"a\x92c"), "not ASCII"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, spoil, message):
    path = written(tmp_path / "lb.xpt", *small())
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(StudyError, match=message):
        read_xpt(path)


def test_pandas_reads_the_same_values(tmp_path):
    header, columns = small()
    frame = pd.read_sas(written(tmp_path / "lb.xpt", header, columns))
    assert frame["TEST"].tolist() == [b"abc", b"", b"x"]
    np.testing.assert_array_equal(frame["VAL"], columns["VAL"])


def test_r_haven_reads_the_same_values(tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed: the file is not read with R haven")
    path = written(tmp_path / "lb.xpt", *small())
    code = (
        "if (!requireNamespace('haven', quietly=TRUE)) quit(status=9);"
        "x <- haven::read_xpt(commandArgs(TRUE)[1]);"
        "cat(x$TEST, format(x$DAY[1:2]), sprintf('%a', x$VAL), attr(x$VAL, 'label'), sep='|')"
    )
    done = subprocess.run(["Rscript", "-e", code, str(path)], capture_output=True, text=True)
    if done.returncode == 9:
        pytest.skip("the R package haven is not installed: the file is not read with it")
    values = [(0.1).hex(), "0x1p+1", "0x1.388p+14"]
    assert done.stdout.split("|") == ["abc", "", "x", "1960-01-02", "NA", *values, "Value"]
