"""Text over 200 bytes: the beginning in the variable, the rest in SUPP-- (SDTMIG 3.4, 4.5.3.2)."""

from __future__ import annotations

import pandas as pd

from pipeline.errors import StudyError

LONGEST = 200


def derive_vars_continued(frame: pd.DataFrame, name: str, *qualifiers: str) -> pd.DataFrame:
    """`frame` with the text of `name` cut at word edges into pieces of at most 200 bytes.

    The first piece stays in `name`, the others go to `qualifiers` in order (AETERM1, AETERM2),
    which the specification lists under `supplemental` with the label of `name`. The pieces joined
    by one blank are the text. StudyError when a text needs more qualifiers than there are.
    """
    text = frame[name]
    present = text.dropna()
    long = present[present.str.encode("utf-8").str.len() > LONGEST]
    pieces = long.map(_pieces)
    most = int(pieces.map(len).max()) if len(pieces) else 1
    if most > len(qualifiers) + 1:
        raise StudyError(
            name,
            f"a text needs {most} pieces of {LONGEST} bytes, there are {len(qualifiers) + 1}",
            f"name more qualifiers, up to {_next(name, most - 1)}",
        )
    columns = [name, *qualifiers]
    cut = pd.DataFrame(pieces.tolist(), index=pieces.index).reindex(columns=range(len(columns)))
    cut = cut.set_axis(columns, axis=1).reindex(frame.index).astype("str")
    first = cut[name].where(cut[name].notna(), text)
    return frame.assign(**{name: first}, **{column: cut[column] for column in qualifiers})


def _pieces(text: str) -> list[str]:
    """The pieces of a text; a word of more than 200 bytes is cut where the bytes end."""
    pieces = []
    while len(text.encode()) > LONGEST:
        head = text.encode()[: LONGEST + 1].decode(errors="ignore")
        edge = head.rfind(" ")
        if edge > 0:
            pieces.append(text[:edge])
            text = text[edge + 1 :]
        else:
            head = text.encode()[:LONGEST].decode(errors="ignore")
            pieces.append(head)
            text = text[len(head) :]
    return [*pieces, text]


def _next(name: str, number: int) -> str:
    """The qualifier's name: AETERM1; the number replaces the last letter of a name of eight."""
    return f"{name[:7]}{number}"
