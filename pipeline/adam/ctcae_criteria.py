"""Grading criteria as data: what `pipeline/adam/ctcae4.yaml` or a study's own file says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml

CTCAE4 = Path(__file__).with_name("ctcae4.yaml")
GRADES = (1, 2, 3, 4)
REFERENCES = {"high": ("ULN", "BASE"), "low": ("LLN", "BASE")}

Limits = tuple[float, ...]
"""One limit per grade 1 to 4; NaN for a grade without a limit."""


@dataclass(frozen=True)
class Criterion:
    """One direction of one test.

    `multiples` maps ULN, LLN or BASE to limits; `limits` and `rise` map a unit to limits.
    """

    test: str
    direction: str
    term: str
    multiples: Mapping[str, Limits]
    limits: Mapping[str, Limits]
    rise: Mapping[str, Limits]

    @property
    def high(self) -> bool:
        """Whether the criterion grades results above its limits."""
        return self.direction == "high"


def read_criteria(path: Path = CTCAE4) -> tuple[Criterion, ...]:
    """The criteria of a file; StudyError for unknown keys and for limits that are no numbers."""
    block = read_yaml(path).check(required=("version", "criteria")).block("criteria")
    return tuple(
        _criterion(test, direction, block.block(test).block(direction))
        for test in block
        for direction in block.block(test).check(optional=("high", "low"))
    )


def _criterion(test: str, direction: str, block: Block) -> Criterion:
    """One direction of one test."""
    references = REFERENCES[direction]
    block.check(required=("term",), optional=(*references, "limits", "rise"))
    criterion = Criterion(
        test=test,
        direction=direction,
        term=block.text("term"),
        multiples={name: _limits(block, name) for name in references if name in block},
        limits=_by_unit(block.block("limits")),
        rise=_by_unit(block.block("rise")),
    )
    if not (criterion.multiples or criterion.limits or criterion.rise):
        raise StudyError(
            block.where(), f"{test} {direction} has no limits", "add ULN, LLN, BASE or limits"
        )
    return criterion


def _by_unit(block: Block) -> dict[str, Limits]:
    """Unit -> limits."""
    return {unit: _limits(block, unit) for unit in block}


def _limits(block: Block, key: str) -> Limits:
    """Four limits in the order of the grades."""
    texts = block.texts(key)
    numbers = [math.nan if text == "-" else _number(text, block, key) for text in texts]
    if len(numbers) != len(GRADES):
        raise StudyError(
            block.where(key),
            f"{key} has {len(numbers)} limits",
            'write one limit per grade 1 to 4, "-" for none',
        )
    return tuple(numbers)


def _number(text: str, block: Block, key: str) -> float:
    """One limit."""
    try:
        return float(text)
    except ValueError:
        raise StudyError(
            block.where(key), f"the limit {text!r} is not a number", 'write a number or "-"'
        ) from None
