"""YAML as text: every scalar stays the text it is, and every key knows its line.

`No` stays "No" and `1e10` stays "1e10"; what a value means is for the reader of the file to say.
A repeated key, an unknown key, an anchor or a tag is an error with file and line.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import StudyError, listed, raise_all


class Block(dict[str, Any]):
    """A mapping of a YAML file that knows where it and its keys stand."""

    def __init__(self, path: str, line: int) -> None:
        """Start empty at `line` of `path`."""
        super().__init__()
        self.path, self.line = path, line
        self.lines: dict[str, int] = {}

    def where(self, key: str | None = None) -> str:
        """File and line of the block, or of one of its keys."""
        return f"{self.path} line {self.lines.get(key, self.line) if key else self.line}"

    def check(self, required: Collection[str] = (), optional: Collection[str] = ()) -> Block:
        """Return the block itself; raise StudyError for unknown and for missing keys."""
        known = [*required, *optional]
        errors = [
            StudyError(self.where(key), f"unknown key {key!r}", f"use one of {listed(known, 40)}")
            for key in self
            if key not in known
        ]
        errors += [
            StudyError(self.where(), f"the key {key!r} is missing", f"add {key}: ...")
            for key in required
            if key not in self
        ]
        raise_all(errors)
        return self

    def text(self, key: str, default: str = "") -> str:
        """The text at `key`; StudyError if a list or a block stands there."""
        value = self.get(key, default)
        if not isinstance(value, str):
            raise StudyError(self.where(key), f"{key} is not a text", f"write {key}: one value")
        return value

    def one_of(self, key: str, allowed: Collection[str], default: str = "") -> str:
        """The text at `key`, which is one of `allowed`; StudyError otherwise."""
        value = self.text(key, default)
        if value not in allowed:
            fix = f"use one of {', '.join(allowed)}"
            raise StudyError(self.where(key), f"{key} is {value!r}", fix)
        return value

    def texts(self, key: str) -> list[str]:
        """The list of texts at `key` (one text is a list of one); StudyError otherwise."""
        value = self.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            raise StudyError(self.where(key), f"{key} is not a list", f"write {key}: [a, b]")
        return values

    def block(self, key: str) -> Block:
        """The block at `key` (empty when absent); StudyError if something else stands there."""
        value = self.get(key)
        if key not in self or value == "":
            return Block(self.path, self.lines.get(key, self.line))
        if not isinstance(value, Block):
            raise StudyError(self.where(key), f"{key} is not a block", f"write {key}: {{...}}")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """True for `true`, False for `false`; StudyError for any other text."""
        value = self.text(key, "true" if default else "false")
        if value not in ("true", "false"):
            raise StudyError(self.where(key), f"{key} is {value!r}", "write true or false")
        return value == "true"

    def integer(self, key: str) -> int | None:
        """The whole number at `key`, None when absent; StudyError for any other text."""
        if key not in self:
            return None
        value = self.text(key)
        if not value.isdigit():
            raise StudyError(self.where(key), f"{key} is {value!r}", "write a whole number")
        return int(value)

    def number(self, key: str) -> float | None:
        """The number at `key`, None when absent or empty; StudyError for any other text."""
        value = self.text(key)
        try:
            return float(value) if value else None
        except ValueError:
            raise StudyError(self.where(key), f"{key} is {value!r}", "write a number") from None


def read_yaml(path: Path, shown: str | None = None) -> Block:
    """The mapping in `path` as nested Block, list and str.

    `shown` is the path as the reader knows it. Raises StudyError for a file that is missing, not
    UTF-8, not YAML or not a mapping.
    """
    name = shown or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StudyError(name, "the file does not exist", "create it or correct its name") from None
    except UnicodeDecodeError as error:
        raise StudyError(
            name, f"byte {error.start} is not UTF-8", "save the file as UTF-8 text"
        ) from None
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StudyError(
            f"{name} line {line}", f"not YAML: {error.problem}", "correct indent, quotes or colon"
        ) from None
    if node is None:
        return Block(name, 1)
    value = _value(node, name)
    if not isinstance(value, Block):
        raise StudyError(f"{name} line 1", "the file is not a block of keys", "write key: value")
    return value


def _value(node: yaml.Node, name: str) -> Any:
    """A composed node as Block, list or text."""
    if isinstance(node, yaml.MappingNode):
        return _block(node, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name) for item in node.value]
    return node.value


def _block(node: yaml.MappingNode, name: str) -> Block:
    """A mapping node as Block; a repeated key is an error."""
    block = Block(name, node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise StudyError(f"{name} line {line}", "a key is not a text", "write key: value")
        if key in block:
            raise StudyError(
                f"{name} line {line}",
                f"the key {key!r} stands twice (first on line {block.lines[key]})",
                "keep one of them",
            )
        block.lines[key] = line
        block[key] = _value(value_node, name)
    return block
