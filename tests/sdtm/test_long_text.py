"""Text over 200 bytes: worked pieces, and the pieces joined are the text."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.sdtm.long_text import derive_vars_continued

NINE = "123456789 "  # with its blank, 10 bytes


def continued(text: str | None, *qualifiers: str) -> list[str | None]:
    """What the variable and its qualifiers hold."""
    frame = pd.DataFrame({"AETERM": pd.Series([text, "short"], dtype="str")})
    made = derive_vars_continued(frame, "AETERM", *qualifiers)
    assert made["AETERM"].tolist()[1] == "short"
    assert made[list(qualifiers)].iloc[1].isna().all()
    first = made[["AETERM", *qualifiers]].iloc[0]
    return [None if pd.isna(value) else value for value in first]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (None, [None, None, None]),
        ("x" * 200, ["x" * 200, None, None]),
        (NINE * 20 + "end", [(NINE * 20).strip(), "end", None]),  # 199 bytes, a blank, the rest
        ("y" * 200 + " z", ["y" * 200, "z", None]),  # the edge is the 201st byte
        ("y" * 199 + " zz", ["y" * 199, "zz", None]),
        ("w" * 401, ["w" * 200, "w" * 200, "w"]),  # no edge: cut where the bytes end
        ("ä" * 150, ["ä" * 100, "ä" * 50, None]),  # two bytes each, none is halved
        ("a" + "ä" * 100, ["a" + "ä" * 99, "ä", None]),
    ],
)
def test_pieces(text: str | None, pieces: list[str | None]) -> None:
    assert continued(text, "AETERM1", "AETERM2") == pieces


@given(st.lists(st.text("abcdeé", min_size=1, max_size=30), min_size=1, max_size=120))
def test_the_pieces_joined_are_the_text(words: list[str]) -> None:
    text = " ".join(words)
    qualifiers = [f"AETERM{number}" for number in range(1, 60)]
    pieces = [piece for piece in continued(text, *qualifiers) if piece is not None]
    assert " ".join(pieces) == text
    assert max(len(piece.encode()) for piece in pieces) <= 200


def test_too_few_qualifiers() -> None:
    with pytest.raises(StudyError, match="needs 3 pieces of 200 bytes, there are 2") as caught:
        continued("w" * 401, "AETERM1")
    assert "up to AETERM2" in caught.value.fix
