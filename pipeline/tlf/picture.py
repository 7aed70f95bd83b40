"""The picture of a figure in a Word file: its size on the page and its alt text (DrawingML)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.tlf.fit import line_length
from pipeline.tlf.wordxml import escaped

EMU_PER_INCH = 914400
PAGE_WIDTH = 9.0
PAGE_HEIGHT = 6.5
LINE = 0.16
TITLE_SPACE = 0.5
NOTE_SIZE = 9
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def drawing(result: Mapping[str, Any], number: int, key: str, inches: tuple[float, float]) -> str:
    """A run with the picture of relationship `key`, scaled to the page; `inches` is its own size.

    `number` is its id in the document.
    """
    width, height = (round(side * EMU_PER_INCH) for side in _scaled(result, inches))
    name = escaped(str(result["id"]))
    properties = f'id="{number}" name="{name}" descr="{escaped(result["alt"])}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {properties}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{PICTURE}"><pic:pic><pic:nvPicPr>'
        f"<pic:cNvPr {properties}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
        f'<a:blip r:embed="{key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def _scaled(result: Mapping[str, Any], inches: tuple[float, float]) -> tuple[float, float]:
    """The size that fits the page with titles and notes, never larger than the picture's own."""
    room = line_length(NOTE_SIZE)
    wrapped = sum(-(-len(note) // room) for note in result["footnotes"])
    lines = 1 + len(result["titles"]) + 3 * bool(result["synthetic"]) + wrapped + 1
    height = PAGE_HEIGHT - lines * LINE - TITLE_SPACE
    scale = min(PAGE_WIDTH / inches[0], height / inches[1], 1)
    return inches[0] * scale, inches[1] * scale
