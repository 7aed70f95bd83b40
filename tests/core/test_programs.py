"""Study programs: what their signature says, and errors that show their own line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.programs import Program, call, check_inputs, in_order, read_programs


def program(folder: Path, text: str, name: str = "ae") -> Program:
    """The program of a text in sdtm/NAME.py."""
    (folder / "sdtm").mkdir(exist_ok=True)
    (folder / f"sdtm/{name}.py").write_text(text, encoding="utf-8")
    return read_programs(folder, "sdtm")[name]


def test_the_parameters_are_the_inputs(tmp_path: Path) -> None:
    found = program(tmp_path, "def helper(x): ...\n\ndef ae(raw_ae, dm, ct):\n    ...\n")
    assert found.inputs == ("raw_ae", "dm", "ct")
    assert found.shown == "sdtm/ae.py"


def test_reading_does_not_run_the_program(tmp_path: Path) -> None:
    program(tmp_path, "1 / 0\ndef ae(raw_ae): ...\n")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("def ea(raw_ae): ...\n", "sdtm/ae.py", "no function ae"),
        ("def ae(raw_ae):\n    return (\n", "sdtm/ae.py line 2", "never closed"),
        ("\ndef ae(dm, raw_ae=None): ...\n", "sdtm/ae.py line 2", "a parameter has a default"),
    ],
)
def test_a_program_that_cannot_be_read(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(StudyError) as caught:
        program(tmp_path, text)
    assert caught.value.where == where
    assert what in caught.value.what


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        ("return raw_ae['AETERM']", 2, "KeyError: no column or key 'AETERM'"),
        ("x = 1\n    return x / 0", 3, "ZeroDivisionError: division by zero"),
        ("return raw_ae.term", 2, "AttributeError: 'dict' object has no attribute 'term'"),
        ("return helper()", 2, "NameError: name 'helper' is not defined"),
        ("return int('x')", 2, "ValueError"),
        ("return len(3)", 2, "TypeError"),
        ("assert raw_ae", 2, "AssertionError"),
    ],
)
def test_an_error_shows_the_line_of_the_program(
    tmp_path: Path, body: str, line: int, what: str
) -> None:
    found = program(tmp_path, f"def ae(raw_ae):\n    {body}\n")
    with pytest.raises(StudyError) as caught:
        call(found, {"raw_ae": {}})
    assert caught.value.where == f"sdtm/ae.py line {line}"
    assert what in caught.value.what


def test_an_error_of_a_verb_shows_the_line_that_called_it(tmp_path: Path) -> None:
    text = (
        "from pipeline.programs import in_order\n\n\ndef ae(raw_ae):\n"
        "    return in_order({'a': ('b',), 'b': ('a',)})\n"
    )
    with pytest.raises(StudyError, match="need each other") as caught:
        call(program(tmp_path, text), {"raw_ae": {}})
    assert caught.value.where.startswith("sdtm/ae.py line 5 > ")


def test_an_import_that_fails(tmp_path: Path) -> None:
    found = program(tmp_path, "import no_such_module\n\ndef ae(raw_ae): ...\n")
    with pytest.raises(StudyError, match=r"sdtm/ae\.py line 1.*no_such_module"):
        call(found, {"raw_ae": {}})


@pytest.mark.parametrize(
    ("inputs", "fix"),
    [(("raw_ea",), "use one of 'dm', 'raw_ae', study or ct"), (("adsl",), "sdtm programs read")],
)
def test_a_parameter_that_names_nothing_it_may_read(inputs: tuple[str, ...], fix: str) -> None:
    wrong = Program("sdtm", "ae", Path("ae.py"), inputs)
    with pytest.raises(StudyError) as caught:
        check_inputs({"ae": wrong}, ["raw_ae", "dm"], {"raw_ae", "dm", "adsl"})
    assert repr(inputs[0]) in caught.value.what
    assert caught.value.fix.startswith(fix)


def test_in_order() -> None:
    assert in_order({"c": ("b", "raw"), "a": (), "b": ("a",)}) == ["a", "b", "c"]


def test_a_cycle_is_shown() -> None:
    with pytest.raises(StudyError, match="a -> b -> c -> a"):
        in_order({"a": ("b",), "b": ("c",), "c": ("a",)})
    with pytest.raises(StudyError, match="a -> a"):
        in_order({"a": ("a",)})


def test_a_program_edited_within_the_same_second_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same length, same time of change: only the text differs."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    answers = []
    for number in (1, 2):
        found = program(tmp_path, f"def ae(raw_ae):\n    return {number}\n")
        os.utime(found.path, (1_700_000_000, 1_700_000_000))
        answers.append(call(found, {"raw_ae": None}))
    assert answers == [1, 2]
    assert not list(tmp_path.rglob("*.pyc"))
