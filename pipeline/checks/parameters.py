"""What a rule gives to its check: variables, values, rows of another dataset; read from YAML.

Each kind reads itself from `with:` of a rule and says which variables it needs, so that a rule
whose variables a study does not have is reported as not run. An empty dataset name stands for the
dataset of the rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from pipeline.errors import StudyError
from pipeline.yamltext import Block

Need = tuple[str, str]
PRESENT, MISSING = "present", "missing"


def variable_name(name: str, where: str) -> str:
    """`name` if it can be a variable (SDTMIG 3.4 section 4.2.1); StudyError otherwise."""
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", name):
        raise StudyError(where, f"{name!r} is not a variable name", "use up to 8 of A-Z and 0-9")
    return name


def dataset_name(name: str, where: str) -> str:
    """`name` if it can be a dataset; StudyError otherwise."""
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,7}", name):
        raise StudyError(where, f"{name!r} is not a dataset name", "write it as in its YAML: DM")
    return name


class Variable(str):
    """A variable of the rule's dataset."""

    @classmethod
    def read(cls, block: Block, key: str) -> Variable:
        """`key: AEDECOD`."""
        return cls(variable_name(block.text(key), block.where(key)))

    def needs(self) -> set[Need]:
        """The variable."""
        return {("", str(self))}


class Variables(tuple[str, ...]):
    """Variables of the rule's dataset."""

    @classmethod
    def read(cls, block: Block, key: str) -> Variables:
        """`key: [AETERM, AEDECOD]`."""
        return cls(variable_name(name, block.where(key)) for name in block.texts(key))

    def needs(self) -> set[Need]:
        """The variables."""
        return {("", name) for name in self}


class Group(Variables):
    """Variables of the rule's dataset: rows with the same values are looked at together."""


class Values(tuple[str, ...]):
    """Texts to compare with."""

    @classmethod
    def read(cls, block: Block, key: str) -> Values:
        """`key: [Y, N]`."""
        return cls(block.texts(key))

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()


class Text(str):
    """A text as it stands: a pattern, a value."""

    @classmethod
    def read(cls, block: Block, key: str) -> Text:
        """`key: 'P[0-9]+D'`."""
        return cls(block.text(key))

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()


class Pattern(Text):
    """A regular expression that a whole text must match."""

    @classmethod
    def read(cls, block: Block, key: str) -> Pattern:
        """`key: '[A-Z][A-Z0-9]{0,7}'`; StudyError when it is no regular expression."""
        try:
            re.compile(block.text(key))
        except re.error as error:
            fix = "correct the regular expression"
            raise StudyError(block.where(key), f"{key}: {error}", fix) from None
        return cls(block.text(key))


class Numbers(tuple[float, ...]):
    """Several numbers."""

    @classmethod
    def read(cls, block: Block, key: str) -> Numbers:
        """`key: ["10", "88.4"]`."""
        return cls(number(text, block.where(key)) for text in block.texts(key))

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()


class Number(float):
    """A number: a limit, a divisor, days."""

    @classmethod
    def read(cls, block: Block, key: str) -> Number:
        """`key: 30.4375`."""
        return cls(number(block.text(key), block.where(key)))

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()


def number(text: str, where: str) -> float:
    """The number in `text`; StudyError if it is none."""
    try:
        return float(text)
    except ValueError:
        raise StudyError(where, f"{text!r} is not a number", "write a number") from None


@dataclass(frozen=True)
class Reference:
    """A variable of another dataset that has one record per subject (per `by`)."""

    dataset: str
    variable: str
    by: ClassVar[tuple[str, ...]] = ("USUBJID",)

    @classmethod
    def read(cls, block: Block, key: str) -> Reference:
        """`key: DM.RFSTDTC`."""
        dataset, _, variable = block.text(key).partition(".")
        where = block.where(key)
        return cls(dataset_name(dataset, where), variable_name(variable, where))

    def needs(self) -> set[Need]:
        """The variable there, and the subject that joins the two."""
        return {(self.dataset, self.variable), (self.dataset, "USUBJID"), ("", "USUBJID")}

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.dataset}.{self.variable}"


class ValuesOf(Reference):
    """All values of a variable of another dataset, whoever has them."""

    def needs(self) -> set[Need]:
        """The variable there."""
        return {(self.dataset, self.variable)}


class Where(dict[str, tuple[str, ...]]):
    """Variable -> allowed values; `present` and `missing` alone mean any value and none.

    A row meets it when every variable has one of its values.
    """

    @classmethod
    def read(cls, block: Block, key: str) -> Where:
        """`key: {AEOUT: FATAL, AETOXGR: ["4", "5"]}`."""
        inner = block.block(key)
        if not inner:
            raise StudyError(block.where(key), f"{key} is empty", f"write {key}: {{VAR: value}}")
        return cls(
            {variable_name(name, inner.where(name)): tuple(inner.texts(name)) for name in inner}
        )

    def needs(self, dataset: str = "") -> set[Need]:
        """The variables, of `dataset`."""
        return {(dataset, name) for name in self}


class TrialLimits(tuple[str, ...]):
    """Two parameters of TS by TSPARMCD, low and high; TSVAL holds a number or years (P18Y)."""

    @classmethod
    def read(cls, block: Block, key: str) -> TrialLimits:
        """`key: [AGEMIN, AGEMAX]`."""
        names = [variable_name(name, block.where(key)) for name in block.texts(key)]
        if len(names) != 2:
            raise StudyError(block.where(key), f"{key} has {len(names)} names", "name low and high")
        return cls(names)

    def needs(self) -> set[Need]:
        """The two variables of TS."""
        return {("TS", "TSPARMCD"), ("TS", "TSVAL")}
