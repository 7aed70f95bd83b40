"""Writing and comparing in one pass: late faults, the order of errors, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import StudyError, StudyErrors
from pipeline.frames import write_dataset
from pipeline.package.xpt import export_dataset, export_lengths, export_parts
from pipeline.package.xpt_columns import file_header, fixed_text, read_batches
from pipeline.package.xpt_compare import SAMPLE, Comparison, compare_xpt
from pipeline.package.xpt_once import write_compared
from pipeline.study import StudyFolder
from pipeline.xpt_format import XptWriter
from pipeline.xpt_reader import read_xpt
from tests.ae_study import ae_study

ROWS = 200_000
PIECE = 10_000
LATE = 150_000  # far from both ends, which pyreadstat reads
TERMS = ["Nausea", "Cough", "Rash", "Fever"]


@pytest.fixture
def study(tmp_path, monkeypatch) -> StudyFolder:
    """A study whose AE has so many records that it is written in twenty batches."""
    folder = ae_study(
        tmp_path, "  AESEQ: {label: Sequence Number, type: integer, origin: Derived}\n"
    )
    build(folder, records())
    export_lengths(folder)
    monkeypatch.setattr("pipeline.package.xpt.PIECE_ROWS", PIECE)
    return folder


def records() -> pd.DataFrame:
    """ROWS records, the number of each in AESEQ."""
    number = pd.Series(range(1, ROWS + 1))
    terms = pd.Series(TERMS * (ROWS // len(TERMS)))
    subjects = "S-" + number.floordiv(100).astype("str").str.zfill(6)
    return pd.DataFrame({"USUBJID": subjects, "AETERM": terms, "AESEQ": number})


def build(folder: StudyFolder, frame: pd.DataFrame) -> None:
    """The Parquet file of AE."""
    write_dataset(frame, folder.datasets["ae"], folder.build / "sdtm/ae.parquet")


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path) -> Iterator[None]:
    """After every test, whatever it raised: no file that is half done."""
    yield
    assert not list(tmp_path.rglob("*.part"))


def spoil(monkeypatch, record: int, place: int, byte: bytes) -> None:
    """Change one byte of a record (from 0) in the file when its block is written, not compared."""
    add_block = Comparison.add_block

    def spoiled(self: Comparison, wanted) -> None:
        if self.at <= record < self.at + len(wanted["AESEQ"]):
            with self.path.open("r+b") as file:
                file.seek(self.header.size + record * self.header.record.itemsize + place)
                assert file.read(1) != byte
                file.seek(-1, 1)
                file.write(byte)
        add_block(self, wanted)

    monkeypatch.setattr(Comparison, "add_block", spoiled)


def test_the_file_is_that_of_writing_first_and_comparing_then(study):
    export_dataset(study, "ae")
    path = study.build / "xpt/ae.xpt"
    compare_xpt(path, study.build / "sdtm/ae.parquet", study.datasets["ae"])
    frame = read_xpt(path)[0]
    assert frame["AESEQ"].tolist() == list(range(1, ROWS + 1))
    assert frame["AETERM"].tolist() == TERMS * (ROWS // len(TERMS))


# USUBJID has 8 bytes, AETERM 6, AESEQ 8
@pytest.mark.parametrize(
    ("place", "byte", "message"),
    [
        (8, b"L", r"AE\.AETERM, record 150001: the transport file reads 'Lausea', .* 'Nausea'"),
        (7, b"x", r"AE\.USUBJID, record 150001: .* reads 'S-00150x', .* 'S-001500'"),
        (14, b"\x46", r"AE\.AESEQ, record 150001: .* reads 2400016.0, .* 150001.0"),
        (20, b"\x01", r"AE\.AESEQ, record 150001: .* reads 150001.00000000373, .* 150001.0"),
    ],
)
def test_a_byte_that_changes_late_in_the_file_is_found(study, monkeypatch, place, byte, message):
    spoil(monkeypatch, LATE, place, byte)
    with pytest.raises(StudyError, match=message):
        export_dataset(study, "ae")
    assert [path.name for path in (study.build / "xpt").iterdir()] == ["lengths.json"]


def test_a_writer_that_is_wrong_late_in_the_file_is_found(study, monkeypatch):
    write = XptWriter.write

    def wrong(self: XptWriter, block) -> None:
        if self.rows >= LATE:
            block = dict(block, AESEQ=block["AESEQ"] + 1.0)
        write(self, block)

    monkeypatch.setattr(XptWriter, "write", wrong)
    with pytest.raises(StudyError, match=r"AE\.AESEQ, record 150001: .* 150002.0, .* 150001.0"):
        export_dataset(study, "ae")


@pytest.mark.parametrize(
    ("start", "times", "message"),
    [
        (LATE, 0, "record 150001: .* reads 'S-001600', .* 'S-001500'|more or fewer records"),
        (LATE, 2, "record 160001: .* reads 'S-001500', .* 'S-001600'"),
        (ROWS - PIECE, 0, "more or fewer records, the dataset has 200000 records"),
        (ROWS - PIECE, 2, "more or fewer records, the dataset has 200000 records"),
    ],
)
def test_a_writer_that_loses_or_repeats_records_is_found(study, monkeypatch, start, times, message):
    write = XptWriter.write

    def wrong(self: XptWriter, block) -> None:
        first = block["AESEQ"][0] - 1
        for _ in range(times if first == start else 1):
            write(self, block)

    monkeypatch.setattr(XptWriter, "write", wrong)
    with pytest.raises(StudyError, match=message):
        export_dataset(study, "ae")


def test_bytes_after_the_last_record_are_found(study, monkeypatch):
    end = XptWriter.end

    def wrong(self: XptWriter) -> None:
        end(self)
        self.file.write(b"S-000000")
        self.file.flush()

    monkeypatch.setattr(XptWriter, "end", wrong)
    with pytest.raises(StudyError, match="more or fewer records, the dataset has 200000 records"):
        export_dataset(study, "ae")


def passed_over(self: Comparison, wanted) -> None:
    """A block that is not compared."""
    self.at += len(wanted["AESEQ"])


@pytest.mark.parametrize("record", [0, SAMPLE - 1, ROWS - SAMPLE, ROWS - 1])
def test_pyreadstat_reads_both_ends(study, monkeypatch, record):
    monkeypatch.setattr(Comparison, "add_block", passed_over)
    spoil(monkeypatch, record, 13, b"!")
    with pytest.raises(StudyError, match=rf"AE\.AETERM, record {record + 1}: .*!'"):
        export_dataset(study, "ae")


@pytest.mark.parametrize("late", [False, True])
def test_a_value_that_breaks_a_rule_is_told_before_a_cell_that_differs(study, monkeypatch, late):
    frame = records()
    frame.loc[[ROWS - 2, ROWS - 1] if late else [LATE, LATE + 1], "AETERM"] = [".", "µ"]
    build(study, frame)
    spoil(monkeypatch, 20_000, 8, b"L")
    with pytest.raises(StudyErrors) as caught:
        export_dataset(study, "ae")
    first = ROWS - 1 if late else LATE + 1
    said = [f"{error.where}: {error.what}" for error in caught.value.errors]
    assert sorted(line.split(" of ")[0] for line in said) == [
        "AE.AETERM: 1 value",
        f"AE.AETERM: 1 value with a character outside printable ASCII: record {first + 1}",
    ]


def test_a_full_disk_is_told(study, monkeypatch):
    write = XptWriter.write

    def full(self: XptWriter, block) -> None:
        if self.rows >= LATE:
            raise OSError(28, "No space left on device")
        write(self, block)

    monkeypatch.setattr(XptWriter, "write", full)
    with pytest.raises(OSError, match="No space left"):
        export_dataset(study, "ae")


def test_a_refusal_stops_the_writer_soon(study, monkeypatch):
    written = []
    write = XptWriter.write

    def counted(self: XptWriter, block) -> None:
        written.append(self.rows)
        write(self, block)

    monkeypatch.setattr(XptWriter, "write", counted)
    spoil(monkeypatch, 0, 8, b"L")
    with pytest.raises(StudyError, match=r"record 1: .* reads 'Lausea'"):
        export_dataset(study, "ae")
    assert max(written) < PIECE


def test_the_file_takes_its_place_only_when_all_is_compared(study, monkeypatch):
    seen = []
    check_end = Comparison.check_end

    def seeing(self: Comparison) -> None:
        seen.append((self.at, (study.build / "xpt/ae.xpt").exists(), self.path.name))
        check_end(self)

    monkeypatch.setattr(Comparison, "check_end", seeing)
    export_dataset(study, "ae")
    assert seen == [(ROWS, False, "ae.xpt.part")]
    assert (study.build / "xpt/ae.xpt").exists()


def test_the_file_is_read_once(study, monkeypatch):
    opened = []

    def counted(source, *rest, **options):
        opened.append(source)
        return read_batches(source, *rest, **options)

    for module in ("xpt", "xpt_compare", "xpt_parts"):
        monkeypatch.setattr(f"pipeline.package.{module}.read_batches", counted)
    export_dataset(study, "ae")
    assert opened == [study.build / "sdtm/ae.parquet"]


def test_the_parts_of_a_large_file_are_compared_as_well(study, monkeypatch, tmp_path):
    dataset = study.datasets["ae"]
    source = study.build / "sdtm/ae.parquet"
    header = file_header(dataset, {"USUBJID": 8, "AETERM": 6}, study.study.timestamp)
    spoil(monkeypatch, 20_000, 8, b"L")
    with pytest.raises(StudyError, match=r"AE1\.AETERM, record 20001: .*'Lausea'"):
        export_parts(source, dataset, header, tmp_path / "split", header.size + 80 + 22 * 100_000)


def test_a_block_is_compared_when_it_stands_in_the_file(study, tmp_path, monkeypatch):
    dataset = study.datasets["ae"]
    header = file_header(dataset, {"USUBJID": 8, "AETERM": 6}, study.study.timestamp)
    held: list[bool] = []
    add_block = Comparison.add_block

    def looking(self: Comparison, wanted) -> None:
        size = self.header.size + (self.at + len(wanted["AESEQ"])) * self.header.record.itemsize
        held.append(self.path.stat().st_size >= size)
        add_block(self, wanted)

    batches = read_batches(study.build / "sdtm/ae.parquet", dataset, PIECE, words=True)
    monkeypatch.setattr(Comparison, "add_block", looking)
    write_compared(header, dataset, batches, ROWS, tmp_path / "ae.xpt")
    assert held == [True] * (ROWS // PIECE)


def test_a_writer_that_fills_text_with_something_else_is_found(study, monkeypatch):
    monkeypatch.setattr(
        "pipeline.package.xpt_compare.fixed_text",
        lambda values, length: np.char.replace(fixed_text(values, length), b" ", b"_"),
    )
    with pytest.raises(StudyError, match=r"text of 6 bytes: .* 'Cough_', .* 'Cough'"):
        export_dataset(study, "ae")
