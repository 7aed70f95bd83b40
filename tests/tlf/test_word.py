"""Word files as a reader of Office Open XML finds them: cells, headers, fields, bookmarks."""

import datetime as dt
import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pipeline.errors import StudyError
from pipeline.tlf import word
from pipeline.tlf.fit import GAP, Need, fit, left_over, level, line_length, stretch
from pipeline.tlf.pages import body
from pipeline.tlf.table_layout import table_grid
from pipeline.tlf.word import render_combined, render_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WHEN = dt.datetime(2024, 9, 30)
TEXT_WIDTH = 12960  # Letter landscape between 1-inch margins, in twentieths of a point


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def draw(result: dict[str, Any]) -> bytes:
    """A white PNG of 20 x 20 dots, 1 dot per inch: larger than the page."""
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 20, 8, 0, 0, 0, 0)),
            chunk(b"pHYs", struct.pack(">IIB", 39, 39, 1)),
            chunk(b"IDAT", zlib.compress((b"\x00" + b"\xff" * 20) * 20)),
            chunk(b"IEND", b""),
        ]
    )


def output(kind: str, number: str, **more: Any) -> dict[str, Any]:
    """The part of a results file that all outputs share."""
    return {
        "id": number,
        "kind": kind,
        "protocol": "X1",
        "titles": ["First title", "Second title"],
        "population": "Safety (SAFFL = 'Y')",
        "footnotes": ["[1] A note.", "[2] <Another> & more."],
        "sources": ["ADAE", "ADSL"],
        "program": "tlf/t_1.py",
        "cutoff": "2024-09-30",
        "synthetic": False,
        "empty": "No subject met the criteria.",
    } | more


def table(**more: Any) -> dict[str, Any]:
    """Two arms, a heading, a count and a mean."""
    return (
        output(
            "table",
            "T14.1.3",
            stub=["Characteristic"],
            columns=[
                {"key": "A", "head": ["Arm A", "low"], "n": 3},
                {"key": "p", "head": ["p-value"], "n": None},
            ],
            rows=[
                {"key": "sex", "labels": ["Sex"], "indent": 0},
                {"key": "m", "labels": ["Male"], "indent": 1, "display": "n_pct", "digits": 0},
                {"key": "age", "labels": ["Age"], "indent": 0, "display": "mean_sd", "digits": 0},
            ],
            results=[
                ["m", "A", "n", 2],
                ["m", "A", "N", 3],
                ["m", "A", "pct", 200 / 3],
                ["age", "A", "mean", 42.65],
                ["age", "A", "sd", None],
            ],
        )
        | more
    )


def listing(records: list[list[Any]]) -> dict[str, Any]:
    """Text, a date, a number and long text."""
    columns = [("USUBJID", "text"), ("ASTDT", "date"), ("AVAL", "float"), ("NOTE", "text")]
    return output(
        "listing",
        "L16.2.1",
        columns=[
            {"key": key, "head": f"Head of {key}", "type": kind, "digits": None, "width": None}
            for key, kind in columns
        ],
        records=records,
    )


FIGURE = output("figure", "F14.2.4", figure="kaplan_meier", data={}, alt='Curves of "A" & B')


def part(path: Path, name: str = "word/document.xml") -> ElementTree.Element:
    """A part of the file as XML."""
    with zipfile.ZipFile(path) as file:
        return ElementTree.fromstring(file.read(name))


def parts(path: Path, prefix: str) -> list[str]:
    """The texts of the parts whose names begin with `prefix`, in order of name."""
    with zipfile.ZipFile(path) as file:
        names = sorted(name for name in file.namelist() if name.startswith(prefix))
    return [text(part(path, name)) for name in names]


def text(element: ElementTree.Element) -> str:
    """What is printed: text, breaks as line feeds, tabs, fields by their instruction."""
    signs = {f"{W}br": "\n", f"{W}tab": "\t"}
    shown = []
    for item in element.iter():
        if item.tag in (f"{W}t", f"{W}instrText"):
            shown.append(item.text or "")
        elif item.tag in signs and not item.attrib:
            shown.append(signs[item.tag])
    return "".join(shown)


def grid(path: Path) -> list[list[str]]:
    """The cells of the table."""
    rows = part(path).iter(f"{W}tr")
    return [[text(cell) for cell in row.iter(f"{W}tc")] for row in rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where to write."""
    return tmp_path / "out/t.docx"


def test_cells_of_a_table(path: Path) -> None:
    render_docx(table(), path, WHEN)
    assert grid(path) == [
        ["Characteristic", "Arm A\nlow\n(N=3)", "p-value"],
        ["Sex"],
        ["Male", " 2 ( 66.7)", ""],
        ["Age", "42.7 (NE)", ""],
    ]


def test_paragraphs_around_the_table(path: Path) -> None:
    render_docx(table(), path, WHEN)
    body = part(path).find(f"{W}body")
    assert body is not None
    assert [text(item) for item in body.findall(f"{W}p")] == [
        "Table 14.1.3\nFirst title\nSecond title",
        "[1] A note.",
        "[2] <Another> & more.",
        "Source: ADAE, ADSL | Program: tlf/t_1.py | Data cutoff: 30SEP2024",
    ]


def test_page_header_of_first_and_following_pages(path: Path) -> None:
    render_docx(table(), path, WHEN)
    assert part(path).find(f".//{W}titlePg") is not None
    first, following = parts(path, "word/header")
    assert first == "Protocol: X1\tPage  PAGE 1 of  NUMPAGES 1Population: Safety (SAFFL = 'Y')"
    assert following == f"{first}Table 14.1.3 (continued)\nFirst title\nSecond title"


def test_no_population_line_without_a_population(path: Path) -> None:
    render_docx(table(population=""), path, WHEN)
    assert "Population" not in "".join(parts(path, "word/header"))


def test_head_repeats_rows_stay_whole_headings_stay_with_their_rows(path: Path) -> None:
    render_docx(table(), path, WHEN)
    rows = list(part(path).iter(f"{W}tr"))
    assert [row.find(f".//{W}tblHeader") is not None for row in rows] == [True, False, False, False]
    assert all(row.find(f".//{W}cantSplit") is not None for row in rows)
    # the heading stays with its row, the last row with the footnotes
    assert [row.find(f".//{W}keepNext") is not None for row in rows[1:]] == [True, False, True]


def test_rules_above_and_below_the_head_and_at_the_end(path: Path) -> None:
    render_docx(table(), path, WHEN)
    sides = [
        {border.tag.removeprefix(W) for borders in row.iter(f"{W}tcBorders") for border in borders}
        for row in part(path).iter(f"{W}tr")
    ]
    assert sides == [{"top", "bottom"}, set(), set(), {"bottom"}]


def test_numbers_line_up_and_stand_below_the_middle_of_their_head() -> None:
    found = table_grid(table())
    assert [line.texts[1] for line in found.lines] == ["", " 2 ( 66.7)", "42.7 (NE)"]
    block = len(" 2 ( 66.7)")
    assert found.offsets[1] == pytest.approx((found.fit.widths[1] - block) / 2)


def test_a_column_with_its_own_display() -> None:
    p_value = {"key": "p", "head": ["p-value"], "n": None, "display": "p_value"}
    result = table(
        columns=[table()["columns"][0], p_value],
        results=[*table()["results"], ["age", "p", "p", 0.00001], ["m", "p", "p", 0.5]],
    )
    assert [line.texts[2] for line in table_grid(result).lines] == ["", "0.5000", "<.0001"]


def test_text_among_numbers_stands_in_mid_column() -> None:
    rows = [*table()["rows"], {"key": "d", "labels": ["Dose"], "indent": 0, "digits": 0}]
    rows[-1]["display"] = "text"
    results = [*table()["results"], ["d", "A", "text", "5E9 cells"]]
    line = table_grid(table(rows=rows, results=results)).lines[-1]
    assert line.texts == ("Dose", "5E9 cells", "")
    assert line.centred == {1, 2}


@pytest.mark.parametrize(("children", "together"), [(3, True), (20, False)])
def test_small_groups_stay_on_one_page(children: int, together: bool) -> None:
    rows: list[dict[str, Any]] = [{"key": "h", "labels": ["Age"], "indent": 0}]
    rows += [
        {"key": str(i), "labels": [str(i)], "indent": 1, "display": "n", "digits": 0}
        for i in range(children)
    ]
    lines = table_grid(table(rows=[*rows, rows[0] | {"key": "i"}], results=[])).lines
    assert [line.keep for line in lines[:3]] == [True, together, together]
    assert not lines[children].keep


def test_rows_under_a_label_stay_with_it() -> None:
    labels = [(f"Term {i}", "Any") for i in range(6)]
    labels += [("Pyrexia", "Any"), ("", "1"), ("", "2"), ("Nausea", "Any")]
    rows = [
        {"key": str(i), "labels": list(both), "indent": 0, "display": "n", "digits": 0}
        for i, both in enumerate(labels)
    ]
    found = table_grid(table(stub=["Term", "Grade"], rows=rows, results=[]))
    assert [line.keep for line in found.lines[6:]] == [True, True, False, False]


def test_banner_on_every_page_of_synthetic_outputs_only(path: Path) -> None:
    render_docx(table(synthetic=True), path, WHEN)
    assert "SYNTHETIC DATA: this table" in text(part(path))
    assert "SYNTHETIC DATA" in parts(path, "word/header")[1]
    render_docx(table(), path, WHEN)
    assert "SYNTHETIC" not in text(part(path)) + "".join(parts(path, "word/header"))


@pytest.mark.parametrize("rows", [[], [{"key": "a", "labels": ["Only a heading"], "indent": 0}]])
def test_empty_table_prints_its_sentence(path: Path, rows: list) -> None:
    render_docx(table(rows=rows, results=[]), path, WHEN)
    assert grid(path)[1:] == [["No subject met the criteria."]]


def test_listing(path: Path) -> None:
    render_docx(listing([["S1", "2016-02-01", 12.5, "a\tb"], ["S2", None, 3.0, None]]), path, WHEN)
    assert grid(path) == [
        ["Head of USUBJID", "Head of ASTDT", "Head of AVAL", "Head of NOTE"],
        ["S1", "2016-02-01", "12.5", "a\tb"],
        ["S2", "", " 3", ""],
    ]


def test_empty_listing_prints_its_sentence(path: Path) -> None:
    render_docx(listing([]), path, WHEN)
    assert grid(path)[1:] == [["No subject met the criteria."]]


def test_text_from_data_is_escaped_and_what_xml_forbids_is_shown(path: Path) -> None:
    note = 'x < 5 & "y"\x00\x1b\ufffe</w:t>'
    render_docx(listing([["S1", None, None, note]]), path, WHEN)
    assert grid(path)[1][3] == 'x < 5 & "y"\ufffd\ufffd\ufffd</w:t>'


def wide_table(columns: int) -> dict[str, Any]:
    """A table of many columns with wide cells."""
    arms = [{"key": str(i), "head": [f"Arm {i}"], "n": 1} for i in range(columns)]
    row = {"key": "r", "labels": ["Characteristic"], "indent": 0}
    values = {"estimate": 12345.678, "lower": 1234.567, "upper": 98765.432}
    return table(
        columns=arms,
        rows=[row | {"display": "estimate_ci", "digits": 3}],
        results=[["r", arm["key"], name, value] for arm in arms for name, value in values.items()],
    )


@pytest.mark.parametrize("columns", [1, 3, 5, 8, 12])
def test_never_wider_than_the_page(path: Path, columns: int) -> None:
    render_docx(wide_table(columns), path, WHEN)
    widths = [int(column.get(f"{W}w", "")) for column in part(path).iter(f"{W}gridCol")]
    assert TEXT_WIDTH * 0.97 < sum(widths) <= TEXT_WIDTH


def test_the_font_shrinks_before_brackets_go_to_a_second_line() -> None:
    found = {columns: table_grid(wide_table(columns)) for columns in (2, 3, 5)}
    assert {columns: grid.fit.size for columns, grid in found.items()} == {2: 10, 3: 9, 5: 8}
    assert found[3].lines[0].texts[1] == "12345.678 (1234.567, 98765.432)"
    assert found[5].lines[0].texts[1] == "12345.678\n(1234.567, 98765.432)"


@pytest.mark.parametrize(("size", "characters"), [(10, 107), (9, 119), (8, 134)])
def test_characters_of_courier_on_nine_inches(size: int, characters: int) -> None:
    # Courier advances 1229/2048 of its size; nine inches are 648 points
    assert line_length(size) == characters


@pytest.mark.parametrize(
    ("needs", "size", "widths"),
    [
        ([Need(5, 10, 10)], 10, (10,)),
        ([Need(5, 10, 200), Need(5, 20, 20)], 10, (107 - 2 * GAP - 20, 20)),
        ([Need(5, 60, 60), Need(5, 48, 48)], 9, (60, 48)),
        ([Need(20, 90, 90), Need(30, 40, 90)], 8, (90, 40)),
        ([Need(10, 12, 12), Need(20, 200, 900)], 8, (12, 134 - 2 * GAP - 12)),
    ],
)
def test_widths(needs: list[Need], size: int, widths: tuple[float, ...]) -> None:
    found = fit(needs)
    assert found.size == size
    assert found.widths == pytest.approx(widths)


def test_filling_the_line() -> None:
    found = fit([Need(10, 10, 10), Need(5, 5, 5), Need(20, 20, 20)])
    levelled = level(found, first=1)
    assert left_over(levelled) == pytest.approx(0)
    assert levelled.widths[0] == 10
    assert levelled.widths[1] == pytest.approx(levelled.widths[2])
    stretched = stretch(found)
    assert left_over(stretched) == pytest.approx(0)
    assert stretched.widths[2] == pytest.approx(4 * stretched.widths[1])


def test_figure_has_alt_text_and_fits_the_page(path: Path) -> None:
    render_docx(FIGURE, path, WHEN, draw)
    properties = [item for item in part(path).iter() if item.tag.endswith("}docPr")]
    assert [item.get("descr") for item in properties] == ['Curves of "A" & B']
    extent = next(item for item in part(path).iter() if item.tag.endswith("}extent"))
    width, height = (int(extent.get(side, "")) / 914400 for side in ("cx", "cy"))
    assert width == pytest.approx(height)
    assert 4 < height < 6
    with zipfile.ZipFile(path) as file:
        assert file.read("word/media/image1.png") == draw(FIGURE)


def test_combined_file(path: Path) -> None:
    results = [table(), FIGURE, listing([["S1", None, 1.0, "x"]])]
    render_combined(results, path, "All outputs", WHEN, draw)
    document = part(path)
    names = [mark.get(f"{W}name") for mark in document.iter(f"{W}bookmarkStart")]
    assert names == ["T14_1_3", "F14_2_4", "L16_2_1"]
    assert len({mark.get(f"{W}id") for mark in document.iter(f"{W}bookmarkStart")}) == 3
    links = list(document.iter(f"{W}hyperlink"))
    assert [item.get(f"{W}anchor") for item in links] == names
    assert text(links[1]) == "Figure 14.2.4\tFirst title Second title\t PAGEREF F14_2_4 \\h "
    sections = list(document.iter(f"{W}sectPr"))
    assert len(sections) == 4
    assert len(parts(path, "word/header")) == 8
    assert all("NUMPAGES" in head for head in parts(path, "word/header"))


def test_a_combined_file_of_nothing_opens(path: Path) -> None:
    render_combined([], path, "All outputs", WHEN)
    assert text(part(path)) == ""


def test_same_results_same_bytes_whenever_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [table(), FIGURE]
    render_combined(results, path, "All", WHEN, draw)
    first = path.read_bytes()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2e9))
    render_combined(results, path, "All", WHEN, draw)
    assert path.read_bytes() == first
    with zipfile.ZipFile(path) as file:
        assert {item.date_time for item in file.infolist()} == {(2024, 9, 30, 0, 0, 0)}


def test_properties_name_no_person(path: Path) -> None:
    render_docx(table(), path, WHEN)
    core = {item.tag.split("}")[1]: item.text for item in part(path, "docProps/core.xml")}
    assert core["title"] == "Table 14.1.3 First title Second title"
    assert {core["creator"], core["lastModifiedBy"]} == {"crf2csr"}
    assert {core["created"], core["modified"]} == {"2024-09-30T00:00:00Z"}


def test_python_docx_reads_it_back(path: Path) -> None:
    docx = pytest.importorskip("docx")
    render_docx(table(), path, WHEN)
    document = docx.Document(str(path))
    assert document.tables[0].rows[3].cells[1].text == "42.7 (NE)"
    assert document.paragraphs[0].style.name == "Heading 1"
    assert document.sections[0].page_width.inches == 11


def test_a_cell_without_its_statistics_is_an_error(path: Path) -> None:
    with pytest.raises(StudyError, match="has no statistic 'sd'"):
        render_docx(table(results=[["age", "A", "mean", 1.0]]), path, WHEN)
    assert not path.exists()


def test_a_long_listing_takes_seconds_at_most(path: Path) -> None:
    records = [[f"S{i}", "2016-02-01", i / 2, "x" * (i % 60)] for i in range(10_000)]
    began = time.perf_counter()
    render_docx(listing(records), path, WHEN)
    assert time.perf_counter() - began < 10  # a tree built cell by cell takes minutes


def test_a_long_listing_is_written_row_by_row(path: Path) -> None:
    records = [[f"S{i}", "2016-02-01", i / 2, "x"] for i in range(1_000)]
    pieces = [len(piece) for piece in body(listing(records))]
    assert len(pieces) > 1_000
    assert max(pieces) < 5_000


def test_a_listing_too_large_for_word(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "LARGEST", 10_000)
    with pytest.raises(StudyError) as caught:
        render_docx(listing([["S1", None, 1, "x"]] * 100), path, WHEN)
    assert (caught.value.where, caught.value.what) == (
        path.name,
        "more rows than a Word file can hold",
    )
    assert not path.exists()
