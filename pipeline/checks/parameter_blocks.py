"""Parameters of checks that are written as a block: tables, and rows of another dataset."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.checks.parameters import (
    Need,
    Reference,
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
class Records:
    """Records of another dataset that belong to a row: the same values of `by`, meeting `where`."""

    dataset: str
    where: Where
    by: tuple[str, ...]

    @classmethod
    def read(cls, block: Block, key: str) -> Records:
        """`key: {dataset: DS, where: {DSDECOD: DEATH}, by: [USUBJID]}`; only dataset is needed."""
        inner = block.block(key).check(required=("dataset",), optional=("where", "by"))
        return cls(
            dataset_name(inner.text("dataset"), inner.where("dataset")),
            Where.read(inner, "where") if "where" in inner else Where(),
            Variables.read(inner, "by") if "by" in inner else Variables(["USUBJID"]),
        )

    def needs(self) -> set[Need]:
        """The variables on both sides."""
        joins = {(dataset, name) for name in self.by for dataset in ("", self.dataset)}
        return joins | self.where.needs(self.dataset)


@dataclass(frozen=True)
class Copies:
    """Own variable -> variable of a dataset with one record per `by`."""

    dataset: str
    variables: dict[str, str]
    by: tuple[str, ...]

    @classmethod
    def read(cls, block: Block, key: str) -> Copies:
        """`key: {dataset: DM, variables: {DSSTDTC: DTHDTC}}`; a list means the same names."""
        inner = block.block(key).check(required=("dataset", "variables"), optional=("by",))
        if isinstance(inner["variables"], Block):
            pairs = dict(VariablePairs.read(inner, "variables"))
        else:
            pairs = {name: name for name in Variables.read(inner, "variables")}
        return cls(
            dataset_name(inner.text("dataset"), inner.where("dataset")),
            pairs,
            Variables.read(inner, "by") if "by" in inner else Variables(["USUBJID"]),
        )

    def needs(self) -> set[Need]:
        """The variables on both sides."""
        return {
            *(("", name) for name in (*self.variables, *self.by)),
            *((self.dataset, name) for name in (*self.variables.values(), *self.by)),
        }


@dataclass(frozen=True)
class Supplemental:
    """A qualifier (QNAM) of a SUPP-- dataset."""

    dataset: str
    qualifier: str

    @classmethod
    def read(cls, block: Block, key: str) -> Supplemental:
        """`key: {dataset: SUPPAE, qualifier: AEINFN}`."""
        inner = block.block(key).check(required=("dataset", "qualifier"))
        return cls(
            dataset_name(inner.text("dataset"), inner.where("dataset")), inner.text("qualifier")
        )

    def needs(self) -> set[Need]:
        """The variables of SUPP-- (SDTMIG 3.4 section 8.4)."""
        names = ("USUBJID", "IDVARVAL", "QNAM", "QVAL")
        return {(self.dataset, name) for name in names} | {("", "USUBJID")}


class VariablePairs(dict[str, str]):
    """Variable -> variable, both of the rule's dataset."""

    @classmethod
    def read(cls, block: Block, key: str) -> VariablePairs:
        """`key: {AESTDY: AESTDTC}`."""
        inner = block.block(key)
        return cls(
            {
                variable_name(name, inner.where(name)): variable_name(
                    inner.text(name), inner.where(name)
                )
                for name in inner
            }
        )

    def needs(self) -> set[Need]:
        """The variables."""
        return {("", name) for pair in self.items() for name in pair}


class Sets(dict[str, tuple[str, ...]]):
    """Variable -> allowed values."""

    @classmethod
    def read(cls, block: Block, key: str) -> Sets:
        """`key: {SAFFL: [Y, N]}`."""
        return cls(Where.read(block, key))

    def needs(self) -> set[Need]:
        """The variables."""
        return {("", name) for name in self}


class Lengths(dict[str, int]):
    """Variable -> most bytes."""

    @classmethod
    def read(cls, block: Block, key: str) -> Lengths:
        """`key: {AETERM: 200}`."""
        inner = block.block(key)
        return cls(
            {variable_name(name, inner.where(name)): inner.integer(name) or 0 for name in inner}
        )

    def needs(self) -> set[Need]:
        """The variables."""
        return {("", name) for name in self}


class Groups(dict[str, str]):
    """Value of a grouping variable -> what is expected there."""

    @classmethod
    def read(cls, block: Block, key: str) -> Groups:
        """`key: {A: 4, D: 16}`."""
        inner = block.block(key)
        return cls({name: inner.text(name) for name in inner})

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()


@dataclass(frozen=True)
class Plan:
    """Group -> position in time -> the number planned from that position on.

    `group` is the variable, of a dataset with one record per subject, that says the group.
    """

    group: Reference
    steps: dict[str, dict[int, float]]

    @classmethod
    def read(cls, block: Block, key: str) -> Plan:
        """`key: {group: DM.ACTARMCD, steps: {A: {1: 5e9}, D: {1: 5e9, 5: 1e10}}}`."""
        inner = block.block(key).check(required=("group", "steps"))
        steps = inner.block("steps")
        return cls(
            Reference.read(inner, "group"),
            {group: cls._steps(steps.block(group)) for group in steps},
        )

    @staticmethod
    def _steps(block: Block) -> dict[int, float]:
        """The steps of one group; the first is position 1."""
        numbers = {int(number(at, block.where(at))): block.text(at) for at in block}
        steps = {at: number(text, block.where()) for at, text in numbers.items()}
        if 1 not in steps:
            raise StudyError(block.where(), "position 1 has no value", "write {1: value}")
        return steps

    def needs(self) -> set[Need]:
        """The group and the subject."""
        return self.group.needs()


@dataclass(frozen=True)
class Window:
    """A date of the row, from `start` to `days` days after `end`; no limit where none is given."""

    date: str
    start: Reference | None = None
    end: Reference | None = None
    days: float = 0.0

    @classmethod
    def read(cls, block: Block, key: str) -> Window:
        """`key: {date: ASTDT, start: ADSL.TRTSDT, end: ADSL.TRTEDT, days: "30"}`."""
        inner = block.block(key).check(required=("date",), optional=("start", "end", "days"))
        return cls(
            variable_name(inner.text("date"), inner.where("date")),
            Reference.read(inner, "start") if "start" in inner else None,
            Reference.read(inner, "end") if "end" in inner else None,
            number(inner.text("days", "0"), inner.where("days")),
        )

    def needs(self) -> set[Need]:
        """The date, the limits and the subject."""
        limits = [limit.needs() for limit in (self.start, self.end) if limit is not None]
        return set.union({("", self.date)}, *limits)


@dataclass(frozen=True)
class Onset:
    """A date of the row, and the variable that says how many days after something it lies."""

    date: str
    days: str = ""

    @classmethod
    def read(cls, block: Block, key: str) -> Onset:
        """`key: {date: ASTDT, days: AEINFDY}`; without days it is the same day."""
        inner = block.block(key).check(required=("date",), optional=("days",))
        days = Variable.read(inner, "days") if "days" in inner else ""
        return cls(Variable.read(inner, "date"), days)

    def needs(self) -> set[Need]:
        """The variables."""
        return {("", name) for name in (self.date, self.days) if name}
