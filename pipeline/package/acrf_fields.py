"""One field of the annotated CRF: label, room for the answer, and its annotations beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.codelists import Codelist
from pipeline.forms import Field, Form
from pipeline.package.acrf_annotations import Annotation
from pipeline.package.pdf import Box, Text, text_width, wrapped
from pipeline.study import StudyFolder

LEFT, RIGHT = 40.0, 572.0
FIELD_WIDTH, BOXES = 250.0, 306.0
LINE, SMALL, SIZE = 11.0, 7.0, 8.5
GREY = "#555555"
MOST_OPTIONS = 8
Items = list[Text | Box]


class Row(NamedTuple):
    """A field with its items for a row that begins at y = 0, and the height of the row."""

    field: str
    items: Items
    height: float


def field_row(
    folder: StudyFolder,
    form: Form,
    field: Field,
    found: Sequence[Annotation],
    colours: Mapping[str, str],
) -> Row:
    """The row of a field; `found` are its annotations, `colours` those of the form's domains."""
    items: Items = []
    y = 6.0
    label = field.label + (" *" if field.required else "")
    for line in wrapped(label, FIELD_WIDTH, SIZE, "bold"):
        items.append(Text(LEFT, y + 8, line, SIZE, "bold"))
        y += LINE
    key = ", key" if field.name in form.key else ""
    items.append(Text(LEFT, y + 7, f"{field.name} ({field.type}{key})", SMALL, colour=GREY))
    answer, left = _answer(folder, field, y + LINE)
    boxes, right = _boxes(found, colours)
    return Row(field.name, [*items, *answer, *boxes], max(left, right) + 7)


def moved(item: Text | Box, down: float) -> Text | Box:
    """The item further down the page."""
    if isinstance(item, Text):
        return Text(
            item.x, item.y + down, item.text, item.size, item.style, item.colour, item.right
        )
    return Box(item.x, item.y + down, item.width, item.height, item.fill, item.border, item.dashed)


def _answer(folder: StudyFolder, field: Field, y: float) -> tuple[Items, float]:
    """Where the site writes: a line with its format, or the terms to choose from; and where it
    ends."""
    codelist = folder.codelists.get(field.codelist)
    if codelist and len(codelist.terms) <= MOST_OPTIONS:
        return _options(codelist, y)
    hint = _hint(folder, field, codelist)
    items: Items = [Box(LEFT, y + 1, FIELD_WIDTH, 13, border="#888888")]
    lines = wrapped(hint, FIELD_WIDTH - 8, SMALL, "italic")
    items.append(Text(LEFT + 4, y + 10, lines[0], SMALL, "italic", GREY))
    return items, y + 15


def _hint(folder: StudyFolder, field: Field, codelist: Codelist | None) -> str:
    """What is to be written, in words."""
    if codelist:
        return f"one of {len(codelist.terms)} terms of {codelist.label} ({codelist.name})"
    if field.type == "date":
        return " | ".join(field.formats or folder.study.date_formats)
    return {"text": "", "time": "hh:mm"}.get(field.type, field.type)


def _options(codelist: Codelist, y: float) -> tuple[Items, float]:
    """A square for each term, as the CRF words it, several to a line; and where they end."""
    items: Items = []
    x = LEFT
    for term in codelist.terms:
        words = next((text for text in term.collected if not text.isdigit()), term.value)
        text = wrapped(words, FIELD_WIDTH - 14, SMALL)[0]
        width = 11 + text_width(text, SMALL) + 8
        if x > LEFT and x + width > LEFT + FIELD_WIDTH:
            x, y = LEFT, y + LINE
        items.append(Box(x, y + 2.5, 6, 6, border="#888888"))
        items.append(Text(x + 9, y + 8, text, SMALL))
        x += width
    return items, y + LINE


def _boxes(found: Sequence[Annotation], colours: Mapping[str, str]) -> tuple[Items, float]:
    """The annotations one below the other, coloured by domain; and where they end."""
    items: Items = []
    y = 5.0
    for annotation in found:
        style = "italic" if annotation.derived else "regular"
        lines = wrapped(annotation.text, RIGHT - BOXES - 8, SIZE, style)
        height = len(lines) * LINE + 3
        width = max(text_width(line, SIZE, style) for line in lines) + 8
        fill = "" if annotation.derived else colours.get(annotation.domain, "")
        border = "#000000" if annotation.domain else "#888888"
        items.append(Box(BOXES, y, width, height, fill, border, annotation.derived))
        for number, line in enumerate(lines):
            items.append(Text(BOXES + 4, y + 9.5 + number * LINE, line, SIZE, style))
        y += height + 3
    return items, y
