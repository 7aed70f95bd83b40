"""YAML as text, with errors that name file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.yamltext import read_yaml


def block(path: Path, text: str):
    """The block of a YAML text in a file a.yaml."""
    (path / "a.yaml").write_text(text, encoding="utf-8")
    return read_yaml(path / "a.yaml")


@pytest.mark.parametrize("scalar", ["No", "yes", "1e10", "007", "0x1F", "null", "~", "2016-02-30"])
def test_a_scalar_stays_the_text_it_is(tmp_path: Path, scalar: str) -> None:
    assert block(tmp_path, f"key: {scalar}\n").text("key") == scalar


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml line 3", "'a' stands twice (first on line 1)"),
        ("a:\n  b: 1\n  b: 2\n", "a.yaml line 3", "'b' stands twice (first on line 2)"),
        ("a: 1\n b: 2\n", "a.yaml line 2", "not YAML"),
        ("a: [1, 2\nb: 3\n", "a.yaml line 2", "not YAML"),
        ("- a\n- b\n", "a.yaml line 1", "not a block of keys"),
        ("? [a, b]\n: 1\n", "a.yaml line 1", "a key is not a text"),
    ],
)
def test_a_faulty_file_is_an_error_with_its_line(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    with pytest.raises(StudyError) as caught:
        block(tmp_path, text)
    assert caught.value.where == where
    assert what in caught.value.what


def test_unknown_and_missing_keys_are_all_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        block(tmp_path, "name: A\nlable: B\n").check(required=("name", "label"))
    assert "a.yaml line 2: unknown key 'lable'" in str(caught.value)
    assert "the key 'label' is missing" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("k: [a]\n", lambda b: b.text("k")),
        ("k: {a: 1}\n", lambda b: b.texts("k")),
        ("k: a\n", lambda b: b.block("k")),
        ("k: yes\n", lambda b: b.flag("k")),
        ("k: 1.5\n", lambda b: b.integer("k")),
        ("k: -3\n", lambda b: b.integer("k")),
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error(tmp_path: Path, text: str, read) -> None:
    with pytest.raises(StudyError, match=r"a\.yaml line 1: k is"):
        read(block(tmp_path, text))


def test_values_that_are_absent(tmp_path: Path) -> None:
    found = block(tmp_path, "k: 3\nempty:\n")
    assert found.text("other", "x") == "x"
    assert found.texts("other") == []
    assert found.integer("other") is None
    assert found.integer("k") == 3
    assert found.block("empty") == {}
    assert found.flag("other", default=True)


@pytest.mark.parametrize(("data", "what"), [(b"a: \xe9\n", "byte 3 is not UTF-8"), (None, "exist")])
def test_a_file_that_cannot_be_read(tmp_path: Path, data: bytes | None, what: str) -> None:
    if data is not None:
        (tmp_path / "a.yaml").write_bytes(data)
    with pytest.raises(StudyError, match=what):
        read_yaml(tmp_path / "a.yaml")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_quoted_text_comes_back_whole(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    quoted = text.replace("'", "''")
    assert block(tmp_path_factory.mktemp("y"), f"k: '{quoted}'\n").text("k") == text
