"""The annotated CRF: each field with its SDTM variables, on the page that define.xml names."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.package.acrf import ACRF, acrf_inputs, acrf_pages, form_visits, make_acrf
from pipeline.package.acrf_annotations import annotate, field_tests
from pipeline.package.acrf_fields import RIGHT
from pipeline.package.acrf_layout import BOTTOM, Layout, lay_out, visits_in_words
from pipeline.package.pdf import WIDTH, Box, Text, printable, text_width, wrapped
from pipeline.study import StudyFolder, open_study


@pytest.fixture
def mini(built_mini: Path) -> StudyFolder:
    return open_study(built_mini)


@pytest.fixture
def reference(built: Path) -> StudyFolder:
    return open_study(built)


def layout_of(folder: StudyFolder) -> Layout:
    return lay_out(folder, annotate(folder), form_visits(folder))


def words(layout: Layout, page: int) -> str:
    """All text of a page (from 1) in drawing order, lines joined by blanks."""
    items = layout.pages[page - 1].items
    return " ".join(item.text for item in items if isinstance(item, Text))


@pytest.mark.parametrize(
    ("form", "field", "texts"),
    [
        ("events", "VERBATIM", ["AE.AETERM"]),
        ("events", "ANY", ["NOT SUBMITTED"]),
        ("events", "PAT", ["AE.USUBJID (derived)"]),
        ("enrol", "GENDER", ["DM.SEX"]),
    ],
)
def test_a_field_names_its_variables(
    mini: StudyFolder, form: str, field: str, texts: list[str]
) -> None:
    assert [a.text for a in annotate(mini)[form, field]] == texts


@pytest.mark.parametrize(
    ("form", "field", "texts"),
    [
        ("ae", "AE_SOC", ["AE.AEBODSYS", "AE.AESOC"]),
        ("ae", "AE_INF", ["AEINFN in SUPPAE"]),
        (
            "st",
            "ECOG",
            ["RS.RSORRES when RSTESTCD = ECOG101", "RS.RSSTRESC when RSTESTCD = ECOG101"],
        ),
        ("dm", "CONSENT_DAT", "DS.DSSTDTC when DSDECOD = INFORMED CONSENT OBTAINED"),
    ],
)
def test_one_variable_of_several_fields_says_when(
    reference: StudyFolder, form: str, field: str, texts: list[str] | str
) -> None:
    found = [a.text for a in annotate(reference)[form, field]]
    if isinstance(texts, str):
        assert texts in found
    else:
        assert found == texts


def test_a_field_that_identifies_the_subject_is_submitted_on_every_form(mini_folder: Path) -> None:
    spec = mini_folder / "sdtm/ae.yaml"
    text = spec.read_text(encoding="utf-8")
    assert "uses: raw_events.PAT" in text
    spec.write_text(text.replace("uses: raw_events.PAT", "uses: raw_enrol.PAT"), encoding="utf-8")
    found = annotate(open_study(mini_folder))
    assert [a.text for a in found["events", "PAT"]] == ["AE.USUBJID (derived)"]


def test_without_a_build_the_condition_is_left_out(mini_folder: Path) -> None:
    found = annotate(open_study(mini_folder))
    assert [a.text for a in found["status", "LEFT"]] == ["DM.RFPENDTC", "DS.DSSTDTC"]


def test_with_a_build_forms_of_one_variable_are_told_apart(mini: StudyFolder) -> None:
    consented = [a.text for a in annotate(mini)["enrol", "CONSENTED"]]
    assert "DS.DSSTDTC when DSDECOD = INFORMED CONSENT OBTAINED" in consented
    assert "DM.RFICDTC" in consented


def test_test_codes_come_from_the_program(mini: StudyFolder) -> None:
    assert field_tests(mini, "vs") == {"SYS": "SYSBP", "HR": "PULSE"}


@pytest.mark.parametrize("study", ["mini", "reference"])
def test_every_collected_variable_is_on_the_page_of_its_field(
    study: str, request: pytest.FixtureRequest
) -> None:
    folder: StudyFolder = request.getfixturevalue(study)
    layout, pages = layout_of(folder), acrf_pages(folder)
    seen = 0
    for dataset in folder.datasets.values():
        if dataset.layer != "sdtm":
            continue
        for variable in (*dataset.variables, *dataset.supplemental):
            if variable.origin != "Collected":
                continue
            extra = variable in dataset.supplemental
            shown = variable.name if extra else f"{dataset.name}.{variable.name}"
            for reference in variable.references:
                owner, field = reference.split(".")
                if owner.startswith("raw_"):
                    page = words(layout, pages[owner.removeprefix("raw_"), field])
                    assert shown in page.split()
                    seen += 1
    assert seen > 15


@pytest.mark.parametrize("study", ["mini", "reference"])
def test_every_field_has_a_page_and_stays_on_it(study: str, request: pytest.FixtureRequest) -> None:
    folder: StudyFolder = request.getfixturevalue(study)
    layout = layout_of(folder)
    wanted = [(f.name, field.name) for f in folder.forms.values() for field in f.fields]
    assert list(layout.fields) == wanted
    for page in layout.pages:
        for item in page.items:
            if isinstance(item, Box):
                assert item.x + item.width <= RIGHT + 0.01
                assert item.y + item.height <= BOTTOM
            elif isinstance(item, Text) and not item.right:
                assert item.x + text_width(item.text, item.size, item.style) <= WIDTH - 20


def test_a_long_form_goes_on_with_its_name(mini_folder: Path) -> None:
    forms = mini_folder / "raw/forms.yaml"
    fields = "".join(
        f"    Q{n}: {{label: Question {n}, type: text, source: published}}\n" for n in range(60)
    )
    text = forms.read_text(encoding="utf-8")
    extra = "diary:\n  label: Diary\n  structure: One record per day\n  key: [Q0]\n  fields:\n"
    forms.write_text(text + extra + fields, encoding="utf-8")
    layout = layout_of(open_study(mini_folder))
    pages = {layout.fields["diary", f"Q{n}"] for n in range(60)}
    assert len(pages) > 3
    assert sorted(pages) == list(range(min(pages), max(pages) + 1))
    assert "Diary (continued)" in words(layout, max(pages))
    assert f"Page {max(pages)} of {len(layout.pages)}" in words(layout, max(pages))


def test_visits_of_a_form(mini: StudyFolder) -> None:
    assert form_visits(mini)["vitals"][0] == "SCREENING"
    assert "events" not in form_visits(mini)


@pytest.mark.parametrize(
    ("visits", "said"),
    [
        ((), "not bound to a planned visit"),
        (("A",), "A"),
        (("A", "B"), "A and B"),
        (("A", "B", "C"), "A to C (3 visits)"),
    ],
)
def test_visits_in_words(visits: tuple[str, ...], said: str) -> None:
    assert visits_in_words(visits) == said


def test_pages_do_not_depend_on_visits(mini: StudyFolder) -> None:
    found = annotate(mini)
    assert lay_out(mini, found, {}).fields == acrf_pages(mini)


def test_the_file_has_bookmarks_and_embedded_fonts_and_no_clock(
    built_mini: Path, tmp_path: Path
) -> None:
    files = []
    for name in ("one", "two"):
        study = tmp_path / name
        shutil.copytree(built_mini, study)
        make_acrf(open_study(study))
        files.append((study / ACRF).read_bytes())
    assert files[0] == files[1]
    content = files[0]
    for title in (b"(Forms)", b"(Visits)", b"(Adverse Events)", b"(DAY 15)"):
        assert b"/Title " + title in content
    assert b"/PageMode /UseOutlines" in content
    assert content.count(b"/FontFile2") == 3
    assert b"Helvetica" not in content
    assert b"D:20161231000000" in content


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_a_reader_finds_the_annotation_on_its_page(built_mini: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(built_mini, study)
    folder = open_study(study)
    make_acrf(folder)
    page = str(acrf_pages(folder)["vitals", "SYS"])
    done = subprocess.run(
        ["pdftotext", "-f", page, "-l", page, study / ACRF, "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Systolic blood pressure (mmHg)" in done.stdout
    assert "VS.VSORRES when VSTESTCD = SYSBP" in done.stdout


def test_what_is_read_is_named(mini: StudyFolder) -> None:
    assert all((mini.path / path).exists() for path in acrf_inputs(mini))
    assert "raw/forms.yaml" in acrf_inputs(mini)


def test_text_wraps_within_its_width() -> None:
    text = "a few words and onewordthatismuchtoolongforasinglelineofthiswidth"
    lines = wrapped(text, 80, 9)
    assert all(text_width(line, 9) <= 80 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("", 80, 9) == [""]


def test_a_character_without_a_glyph_is_named() -> None:
    assert printable("5 \u4e2d <&>") == "5 [U+4E2D] <&>"
