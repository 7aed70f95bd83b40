"""PDFs by LibreOffice: made where it is there, the same bytes twice, named where it is not."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from pipeline.document import Document, Heading, Paragraph
from pipeline.document_word import render_word
from pipeline.errors import StudyError
from pipeline.package.office import normalised, office, office_pdfs
from pipeline.study import StudyFolder, open_study

TIME = dt.datetime(2024, 9, 30)
PDF = (
    b"%PDF-1.6\n<</CreationDate(D:20260102030405Z')>>\n"
    b"trailer /ID [ <0123456789ABCDEF0123456789ABCDEF>\n<0123456789ABCDEF0123456789ABCDEF> ]\n"
    b"/DocChecksum /FEDCBA9876543210FEDCBA9876543210\n"
)


@pytest.fixture
def folder(mini_folder: Path) -> StudyFolder:
    """The mini study with one Word file in build/."""
    word = Document("Title", ("Subtitle",), "Head", (Heading("1 First"), Paragraph("Text")))
    render_word(word, mini_folder / "build/one.docx", TIME)
    return open_study(mini_folder)


def test_clock_and_identifiers_are_replaced_in_place() -> None:
    made = normalised(PDF, TIME)
    assert len(made) == len(PDF)
    assert b"D:20240930000000Z'" in made
    assert b"FEDCBA" not in made
    assert b"0123456789ABCDEF" not in made
    later = PDF.replace(b"20260102", b"20270102").replace(b"FEDC", b"0000")
    assert normalised(later, TIME) == made
    assert normalised(PDF.replace(b"1.6", b"1.7"), TIME) != made


def test_without_libreoffice_nothing_is_made(folder, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert office() == ""
    assert office_pdfs(folder, {"m5/one.pdf": "build/one.docx"}) == {}


def test_a_program_that_makes_no_pdf_is_an_error(folder, monkeypatch, tmp_path: Path) -> None:
    fake = tmp_path / "soffice"
    fake.write_text("#!/bin/sh\necho cannot load\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(StudyError, match=r"one\.docx: LibreOffice made no PDF of it: cannot load"):
        office_pdfs(folder, {"m5/one.pdf": "build/one.docx"})


def test_a_pdf_is_the_same_twice_and_kept(folder: StudyFolder) -> None:
    if not office():
        pytest.skip("LibreOffice is not installed: no PDF is made of a Word file")
    wanted = {"m5/one.pdf": "build/one.docx"}
    assert office_pdfs(folder, wanted) == {"m5/one.pdf": "build/pdf/one.pdf"}
    pdf = folder.build / "pdf/one.pdf"
    first = pdf.read_bytes()
    assert b"D:20161231" in first
    pdf.write_bytes(b"kept")
    office_pdfs(folder, wanted)
    assert pdf.read_bytes() == b"kept"
    shutil.rmtree(folder.build / "pdf")
    office_pdfs(folder, wanted)
    assert pdf.read_bytes() == first
