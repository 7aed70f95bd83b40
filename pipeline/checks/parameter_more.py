"""Further parameters of checks that are written as a block."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.checks.parameters import (
    Need,
    Numbers,
    Variable,
    Variables,
    Where,
    dataset_name,
    number,
    variable_name,
)
from pipeline.errors import StudyError
from pipeline.yamltext import Block


@dataclass(frozen=True)
class Near:
    """How near two dates are: the row's own, one of another dataset, at most so many days."""

    own: str
    dataset: str
    other: str
    days: float

    @classmethod
    def read(cls, block: Block, key: str) -> Near:
        """`key: {own: AESTDTC, other: LB.LBDTC, days: "7"}`."""
        inner = block.block(key).check(required=("own", "other", "days"))
        dataset, _, other = inner.text("other").partition(".")
        where = inner.where("other")
        return cls(
            Variable.read(inner, "own"),
            dataset_name(dataset, where),
            variable_name(other, where),
            number(inner.text("days"), inner.where("days")),
        )

    def needs(self) -> set[Need]:
        """The two dates."""
        return {("", self.own), (self.dataset, self.other)}


@dataclass(frozen=True)
class DaySum:
    """What is added up: a number of another dataset, where its date is the row's own."""

    own: str
    dataset: str
    other: str
    of: str

    @classmethod
    def read(cls, block: Block, key: str) -> DaySum:
        """`key: {own: ADT, dataset: TR, other: TRDTC, of: TRSTRESN}`."""
        inner = block.block(key).check(required=("own", "dataset", "other", "of"))
        return cls(
            Variable.read(inner, "own"),
            dataset_name(inner.text("dataset"), inner.where("dataset")),
            Variable.read(inner, "other"),
            Variable.read(inner, "of"),
        )

    def needs(self) -> set[Need]:
        """The two dates and the number."""
        return {("", self.own), (self.dataset, self.other), (self.dataset, self.of)}


@dataclass(frozen=True)
class Slip:
    """Factors between units in use, limits of the number, and how near is near (0.3 = 30%)."""

    factors: tuple[float, ...]
    limits: tuple[str, ...]
    tolerance: float = 0.3

    @classmethod
    def read(cls, block: Block, key: str) -> Slip:
        """`key: {factors: ["10", "18"], limits: [LBSTNRLO, LBSTNRHI], tolerance: "0.3"}`."""
        inner = block.block(key).check(required=("factors", "limits"), optional=("tolerance",))
        limits = Variables.read(inner, "limits")
        if len(limits) != 2:
            raise StudyError(inner.where("limits"), "limits are not two", "name low and high")
        tolerance = number(inner.text("tolerance", "0.3"), inner.where("tolerance"))
        return cls(Numbers.read(inner, "factors"), limits, tolerance)

    def needs(self) -> set[Need]:
        """The limits."""
        return {("", name) for name in self.limits}


@dataclass(frozen=True)
class Twins:
    """Two kinds of rows of a group: that with the smaller and that with the larger value."""

    smaller: Where
    larger: Where

    @classmethod
    def read(cls, block: Block, key: str) -> Twins:
        """`key: {smaller: {PARAMCD: PFS}, larger: {PARAMCD: OS}}`."""
        inner = block.block(key).check(required=("smaller", "larger"))
        return cls(Where.read(inner, "smaller"), Where.read(inner, "larger"))

    def needs(self) -> set[Need]:
        """The variables of both conditions."""
        return self.smaller.needs() | self.larger.needs()


@dataclass(frozen=True)
class Result:
    """The variables of a finding: which test, its number, upper limit of normal, date."""

    test: str
    value: str
    high: str
    date: str

    @classmethod
    def read(cls, block: Block, key: str) -> Result:
        """`key: {test: LBTESTCD, value: LBSTRESN, high: LBSTNRHI, date: LBDTC}`."""
        names = ("test", "value", "high", "date")
        inner = block.block(key).check(required=names)
        return cls(*(str(Variable.read(inner, name)) for name in names))

    def needs(self) -> set[Need]:
        """The variables."""
        return {("", name) for name in (self.test, self.value, self.high, self.date)}


class TrialDate(str):
    """A parameter of TS by TSPARMCD whose TSVAL is a date: DCUTDTC."""

    @classmethod
    def read(cls, block: Block, key: str) -> TrialDate:
        """`key: DCUTDTC`."""
        return cls(variable_name(block.text(key), block.where(key)))

    def needs(self) -> set[Need]:
        """The two variables of TS."""
        return {("TS", "TSPARMCD"), ("TS", "TSVAL")}


class Partners(dict[str, str]):
    """Regular expression -> the text that must stand beside a text that matches it."""

    @classmethod
    def read(cls, block: Block, key: str) -> Partners:
        """`key: {"(.+F)N": "\\1L"}`."""
        inner = block.block(key)
        for pattern in inner:
            try:
                re.compile(pattern)
            except re.error as error:
                fix = "correct the regular expression"
                raise StudyError(inner.where(pattern), f"{pattern}: {error}", fix) from None
        return cls({pattern: inner.text(pattern) for pattern in inner})

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()
