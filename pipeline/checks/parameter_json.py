"""Parameters of checks as JSON can hold them, for the suites that Great Expectations keeps."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

from pipeline.checks.parameters import Reference
from pipeline.programs import Program


def plain(value: Any) -> Any:
    """A parameter as JSON can hold it."""
    if isinstance(value, Reference):
        return str(value)
    if isinstance(value, Program):
        return value.shown  # its path would tell where the study lies
    if is_dataclass(value):
        return {name: plain(part) for name, part in vars(value).items() if part}
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return float(value) if isinstance(value, float) else str(value)
