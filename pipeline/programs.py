"""Study programs: one function named like its file, whose parameters are its inputs."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from pipeline.errors import StudyError, listed, raise_all

SPECIAL = ("ct", "study", "population")
PROGRAM_ERRORS = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    NameError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
)


@dataclass(frozen=True)
class Program:
    """One program; `inputs` are the parameters of its function in order."""

    layer: str
    name: str
    path: Path
    inputs: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The path as the programmer knows it."""
        return f"{self.layer}/{self.name}.py"


def read_programs(folder: Path, layer: str) -> dict[str, Program]:
    """The programs of one layer by name, without running them; StudyError names file and line."""
    programs = {}
    for path in sorted((folder / layer).glob("*.py")):
        programs[path.stem] = Program(layer, path.stem, path, _inputs(path, layer))
    return programs


def _inputs(path: Path, layer: str) -> tuple[str, ...]:
    """The parameters of the function named like the file."""
    shown = f"{layer}/{path.name}"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise StudyError(f"{shown} line {error.lineno}", error.msg, "correct the line") from None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == path.stem:
            if node.args.defaults and layer != "tlf":
                raise StudyError(
                    f"{shown} line {node.lineno}",
                    "a parameter has a default",
                    "a dataset is made of all records of its inputs: choose them in the program",
                )
            return tuple(argument.arg for argument in node.args.args)
    raise StudyError(shown, f"no function {path.stem}", f"define {path.stem}(...) in this file")


def check_inputs(programs: Mapping[str, Program], allowed: Iterable[str], known: set[str]) -> None:
    """Every parameter names something the layer may read.

    `allowed` is what may be named, `known` what exists at all. Raises StudyError for a parameter
    that names nothing and for one that reaches across the layers.
    """
    allowed = set(allowed)
    errors = []
    for program in programs.values():
        for name in program.inputs:
            if name in SPECIAL or name in allowed:
                continue
            if name in known:
                fix = f"{program.layer} programs read {_readable(program.layer)}"
            else:
                fix = f"use one of {listed(sorted(allowed), 40)}, study or ct"
            errors.append(
                StudyError(program.shown, f"the parameter {name!r} names nothing it may read", fix)
            )
    raise_all(errors)


def _readable(layer: str) -> str:
    """What a layer may read, in words."""
    return {"sdtm": "raw forms and SDTM", "adam": "SDTM and ADaM"}.get(layer, "ADaM and SDTM")


def in_order(producers: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names so that each comes after what it needs; StudyError shows a cycle.

    `producers` maps a name to the names it needs; needs outside the mapping are ignored.
    """
    ordered: list[str] = []
    state: dict[str, str] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if state.get(name) == "done":
            return
        if state.get(name) == "open":
            cycle = (*trail[trail.index(name) :], name)
            raise StudyError(
                " and ".join(dict.fromkeys(cycle)),
                f"the programs need each other: {' -> '.join(cycle)}",
                "remove one of these inputs",
            )
        state[name] = "open"
        for need in producers[name]:
            if need in producers:
                visit(need, (*trail, name))
        state[name] = "done"
        ordered.append(name)

    for name in producers:
        visit(name, ())
    return ordered


class _FromSource(SourceFileLoader):
    """Compiles the program each time: Python's cache knows a file by its second and size alone."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the file as it is now."""
        return self.source_to_code(self.get_data(self.path), self.path)


def load(program: Program) -> Callable[..., Any]:
    """The program's function, loaded by path; StudyError if the file does not import."""
    name = f"study_{program.layer}_{program.name}"
    loader = _FromSource(name, str(program.path))
    spec = importlib.util.spec_from_file_location(name, program.path, loader=loader)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, *PROGRAM_ERRORS) as error:
        raise _explained(program, error) from error
    return getattr(module, program.name)


def defaults(program: Program) -> dict[str, Any]:
    """Parameter -> its default, of those that have one."""
    known = inspect.signature(load(program)).parameters.values()
    return {each.name: each.default for each in known if each.default is not each.empty}


def call(program: Program, arguments: Mapping[str, Any]) -> Any:
    """Run the program; what it raises becomes a StudyError that shows the program's own line."""
    function = load(program)
    try:
        return function(**arguments)
    except StudyError as error:
        line = _line(program, error)
        raise StudyError(f"{program.shown}{line} > {error.where}", error.what, error.fix) from error
    except (ImportError, *PROGRAM_ERRORS) as error:
        raise _explained(program, error) from error


def _explained(program: Program, error: Exception) -> StudyError:
    """A Python error of a program in three parts."""
    what = f"no column or key {error}" if isinstance(error, KeyError) else str(error)
    return StudyError(
        f"{program.shown}{_line(program, error)}",
        f"{type(error).__name__}: {what}",
        "correct this line of the program",
    )


def _line(program: Program, error: Exception) -> str:
    """The last line of the program in the traceback, if it is there."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(program.path)
    ]
    return f" line {frames[-1].lineno}" if frames else ""
