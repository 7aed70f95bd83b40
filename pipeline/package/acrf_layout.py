"""The annotated CRF as pages: contents, then each form with its fields and annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.forms import Form
from pipeline.package.acrf_annotations import Annotation, Place
from pipeline.package.acrf_fields import GREY, LEFT, RIGHT, SIZE, SMALL, Row, field_row, moved
from pipeline.package.pdf import Box, Link, Page, Text, text_width, wrapped
from pipeline.study import StudyFolder

TOP, BOTTOM = 118.0, 745.0
FAINT = "#CCCCCC"
CONTENTS_LINES = 40
BOX_SPACE = 15
LEGEND = (
    "Coloured: collected as this variable. Dashed: the field is used to derive the variable. "
    "NOT SUBMITTED: no variable uses the field. * = an empty answer is queried."
)
COLOURS = (
    "#BFE3FF",
    "#FFFF96",
    "#96FF96",
    "#FFBE9B",
    "#E3CCFF",
    "#B4F0E4",
    "#FFC8DC",
    "#D8D8D8",
)
Found = Mapping[Place, Sequence[Annotation]]
Items = list[Text | Box | Link]


@dataclass(frozen=True)
class Layout:
    """The pages, and the page (from 1) of each form and of each field."""

    pages: list[Page]
    forms: dict[str, int]
    fields: dict[Place, int]


@dataclass(frozen=True)
class _Sheet:
    """One page of a form before it is drawn."""

    form: Form
    rows: list[Row]
    number: int
    first: bool


def lay_out(folder: StudyFolder, found: Found, visits: Mapping[str, Sequence[str]]) -> Layout:
    """All pages; `found` are the annotations of each field, `visits` the visits of each form.

    The page of a field depends on raw/forms.yaml, the codelists and the annotations, not on visits.
    """
    sheets = _sheets(folder, found)
    forms = {sheet.form.name: sheet.number for sheet in sheets if sheet.first}
    fields = {(sheet.form.name, row.field): sheet.number for sheet in sheets for row in sheet.rows}
    total = _contents_pages(folder) + len(sheets)
    pages = _contents(folder, found, forms, total)
    for sheet in sheets:
        items = _page_head(folder, sheet.number, total)
        items += _form_head(folder, sheet, found, visits.get(sheet.form.name, ()))
        items += _placed(sheet.rows)
        anchors: tuple[str, ...] = (sheet.form.name,) if sheet.first else ()
        anchors += tuple(f"{sheet.form.name}.{row.field}" for row in sheet.rows)
        pages.append(Page(items, anchors))
    return Layout(pages, forms, fields)


def domains(form: Form, found: Found) -> dict[str, str]:
    """The domains of a form, collected ones first, each with its colour."""
    names = dict.fromkeys(
        annotation.domain
        for derived in (False, True)
        for field in form.fields
        for annotation in found[form.name, field.name]
        if annotation.domain and annotation.derived == derived
    )
    return {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(names)}


def visits_in_words(visits: Sequence[str]) -> str:
    """The visits of a form on one line: the only, both, or first to last with their number."""
    if len(visits) > 2:
        return f"{visits[0]} to {visits[-1]} ({len(visits)} visits)"
    return " and ".join(visits) or "not bound to a planned visit"


def _contents_pages(folder: StudyFolder) -> int:
    """How many pages the contents take."""
    return -(-max(len(folder.forms), 1) // CONTENTS_LINES)


def _sheets(folder: StudyFolder, found: Found) -> list[_Sheet]:
    """The fields of every form on pages, as many to a page as there is room for."""
    sheets: list[_Sheet] = []
    before = _contents_pages(folder)
    for form in folder.forms.values():
        colours = domains(form, found)
        y, first = BOTTOM + 1, True
        for field in form.fields:
            row = field_row(folder, form, field, found[form.name, field.name], colours)
            if y + row.height > BOTTOM:
                sheets.append(_Sheet(form, [], before + len(sheets) + 1, first))
                y, first = TOP, False
            sheets[-1].rows.append(row)
            y += row.height
    return sheets


def _placed(rows: Sequence[Row]) -> Items:
    """The rows one below the other, a faint line under each."""
    items: Items = []
    y = TOP
    for row in rows:
        items += [moved(item, y) for item in row.items]
        y += row.height
        items.append(Box(LEFT, y, RIGHT - LEFT, 0, border=FAINT))
    return items


def _page_head(folder: StudyFolder, number: int, total: int) -> Items:
    """Study and page number on every page, the legend at its foot."""
    lines = wrapped(LEGEND, RIGHT - LEFT, SMALL)
    foot = [Text(LEFT, 758 + 9 * i, line, SMALL, colour=GREY) for i, line in enumerate(lines)]
    return [
        Text(LEFT, 40, f"{folder.study.id}   Annotated Case Report Form", SIZE, colour=GREY),
        Text(RIGHT, 40, f"Page {number} of {total}", SIZE, colour=GREY, right=True),
        *foot,
    ]


def _form_head(folder: StudyFolder, sheet: _Sheet, found: Found, visits: Sequence[str]) -> Items:
    """Name of the form, its file and visits, its domains in their colours."""
    form = sheet.form
    title = form.label + ("" if sheet.first else " (continued)")
    about = f"raw/{form.file} | {form.structure} | Visits: {visits_in_words(visits)}"
    items: Items = [
        Text(LEFT, 62, wrapped(title, RIGHT - LEFT, 14, "bold")[0], 14, "bold"),
        Text(LEFT, 77, wrapped(about, RIGHT - LEFT, SMALL)[0], SMALL, colour=GREY),
    ]
    colours = domains(form, found)
    labels = {name: f"{name} = {folder.datasets[name.lower()].label}" for name in colours}
    widths = (text_width(label, SIZE, "bold") + BOX_SPACE for label in labels.values())
    fits = sum(widths) <= RIGHT - LEFT
    return items + _domain_boxes(colours, (LEFT, 86), labels if fits else {})


def _domain_boxes(
    colours: Mapping[str, str], place: tuple[float, float], labels: Mapping[str, str]
) -> Items:
    """The domains side by side from `place`, by name where they have no label."""
    items: Items = []
    x, y = place
    for name, colour in colours.items():
        label = labels.get(name, name)
        width = text_width(label, SIZE, "bold") + 10
        items.append(Box(x, y, width, 15, colour))
        items.append(Text(x + 5, y + 11, label, SIZE, "bold"))
        x += text_width(label, SIZE, "bold") + BOX_SPACE
    return items


def _contents(
    folder: StudyFolder, found: Found, forms: Mapping[str, int], total: int
) -> list[Page]:
    """Every form with its domains and page, linked."""
    pages = []
    listed = list(folder.forms.values())
    for number in range(1, _contents_pages(folder) + 1):
        items = _page_head(folder, number, total)
        items.append(Text(LEFT, 66, "Forms", 14, "bold"))
        part = listed[(number - 1) * CONTENTS_LINES : number * CONTENTS_LINES]
        for place, form in enumerate(part):
            items += _contents_line(form, found, forms[form.name], 84 + 16 * place)
        pages.append(Page(items, ("contents",) if number == 1 else ()))
    return pages


def _contents_line(form: Form, found: Found, page: int, y: float) -> Items:
    """One form: label, domains, page."""
    label = wrapped(form.label, 240, SIZE)[0]
    return [
        Text(LEFT, y + 11, label, SIZE),
        *_domain_boxes(domains(form, found), (290, y), {}),
        Text(RIGHT, y + 11, str(page), SIZE, right=True),
        Link(LEFT, y, RIGHT - LEFT, 15, form.name),
    ]
