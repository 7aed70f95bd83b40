"""A document of headings, paragraphs, lists and grids.

The guides of a submission and other texts about a run are made of these blocks. document_word.py
writes them as Word, package/pdf_document.py as PDF. Tables, listings and figures have a format of
their own (tlf/word.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTENTS_LEVELS = 2


@dataclass(frozen=True)
class Heading:
    """A heading with its number in the text; level 1 is the highest of three."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list without numbers."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table: heads, rows of text, relative widths (equal when empty), a sentence when no row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    empty: str = "None."

    def shares(self) -> list[float]:
        """The widths as shares of the whole."""
        widths = self.widths or (1.0,) * len(self.head)
        return [width / sum(widths) for width in widths]


Block = Heading | Paragraph | Bullets | Grid


@dataclass(frozen=True)
class Document:
    """Title page lines, the running head and the blocks in order.

    One without headings of the contents (a letter) has no contents page.
    """

    title: str
    subtitles: tuple[str, ...]
    head: str
    blocks: tuple[Block, ...]

    def contents(self) -> list[tuple[int, Heading]]:
        """The headings of the contents page with their place among the blocks."""
        return [
            (place, block)
            for place, block in enumerate(self.blocks)
            if isinstance(block, Heading) and block.level <= CONTENTS_LEVELS
        ]


def texts(rows: Iterable[Sequence[object]]) -> tuple[tuple[str, ...], ...]:
    """Rows of any values as rows of text, as a Grid holds them."""
    return tuple(tuple(str(value) for value in row) for row in rows)
