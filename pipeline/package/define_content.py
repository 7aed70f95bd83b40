"""What define.xml holds: datasets, their variables, and the values of these by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.package.define_oids import group_oid, item_oid
from pipeline.package.define_origins import Origin
from pipeline.package.define_shapes import Shape
from pipeline.package.define_values import Level
from pipeline.package.xpt_columns import file_format
from pipeline.spec import Dataset, Variable


@dataclass(frozen=True)
class Item:
    """A variable, or its value level under `key_value`; `terms` are the coded values it has."""

    dataset: str
    variable: Variable
    label: str
    shape: Shape
    origins: tuple[Origin, ...]
    comment: str = ""
    codelist: str = ""
    terms: tuple[str, ...] = ()
    dictionary: str = ""
    key_value: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What tells it from other items: dataset, variable, and the key value if it has one."""
        return tuple(filter(None, (self.dataset, self.variable.name, self.key_value)))

    @property
    def oid(self) -> str:
        """Its identifier."""
        return item_oid(*self.keys)

    @property
    def method(self) -> str:
        """How it is derived; only derived items have a method."""
        return self.variable.method if self.variable.origin == "Derived" else ""

    @property
    def display_format(self) -> str:
        """The SAS format in the transport file."""
        return "" if self.variable.is_text else file_format(self.variable)


@dataclass(frozen=True)
class ValueList:
    """The value level of one variable: an item per value of the key variable."""

    level: Level
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Group:
    """One dataset: `empty` names variables without a value, `rows` is the number of records."""

    spec: Dataset
    rows: int
    items: tuple[Item, ...]
    value_lists: tuple[ValueList, ...]
    empty: frozenset[str]
    comment: str = ""

    @property
    def oid(self) -> str:
        """Its identifier."""
        return group_oid(self.spec.name)

    def all_items(self) -> Iterator[Item]:
        """The variables and then the value levels."""
        yield from self.items
        for values in self.value_lists:
            yield from values.items
