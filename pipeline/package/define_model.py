"""Reading what define.xml says of each dataset from specification, data and lineage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
import pyarrow.parquet as pq

from pipeline.datasets import all_datasets, input_path
from pipeline.errors import StudyError, listed
from pipeline.frames import parts, read_frame
from pipeline.package.define_content import Group, Item, ValueList
from pipeline.package.define_dictionaries import dictionary_of
from pipeline.package.define_origins import Origins
from pipeline.package.define_shapes import number_texts, value_shape, variable_shape
from pipeline.package.define_values import (
    Level,
    by_key,
    field_codelist,
    fields_by_key,
    levels,
    qualifiers,
)
from pipeline.package.xpt_columns import count_rows
from pipeline.provenance import has_synthetic_records
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder

CLASS_ORDER = (
    "TRIAL DESIGN",
    "STUDY REFERENCE",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "OCCURRENCE DATA STRUCTURE",
    "BASIC DATA STRUCTURE",
    "ADAM OTHER",
)
SYNTHETIC_RECORDS = "Holds records made of CRF records that are marked synthetic."


def read_groups(folder: StudyFolder, layer: str, lengths: dict[str, int]) -> list[Group]:
    """The datasets of a layer (sdtm, adam) in the order of define.xml.

    `lengths` are the bytes of text variables in the transport files. StudyError when the built
    data have other variables than the specification.
    """
    origins = Origins(folder)
    mine = {n: d for n, d in all_datasets(folder).items() if d.layer == layer}
    groups = [_Reader(folder, dataset, origins, lengths).group() for dataset in mine.values()]
    order = {name: number for number, name in enumerate(CLASS_ORDER)}
    return sorted(groups, key=lambda g: (order[g.spec.dataset_class], g.spec.name))


@dataclass
class _Reader:
    """Reads one dataset, a column at a time, so that memory does not hold all of it."""

    folder: StudyFolder
    dataset: Dataset
    origins: Origins
    lengths: dict[str, int]

    @cached_property
    def path(self) -> str:
        """Where the data stand."""
        return input_path(self.folder, self.dataset.name.lower())

    def group(self) -> Group:
        """The dataset with its variables and value levels."""
        self._check_variables()
        items, empty = [], []
        for variable in self.dataset.variables:
            values = self._read(variable.name)[variable.name]
            items.append(self._item(variable, values))
            if values.isna().all():
                empty.append(variable.name)
        lists = [self._value_list(level) for level in levels(self.dataset)]
        rows = count_rows(self.folder.path / self.path)
        return Group(
            self.dataset,
            rows,
            tuple(items),
            tuple(values for values in lists if values.items),
            frozenset(empty),
            self._comment(rows),
        )

    def _read(self, *columns: str) -> pd.DataFrame:
        """Some columns of the data."""
        return read_frame(self.folder.path / self.path, list(columns))

    def _item(self, variable: Variable, values: pd.Series) -> Item:
        """One variable."""
        return Item(
            dataset=self.dataset.name,
            variable=variable,
            label=variable.label,
            shape=variable_shape(values, variable, self.lengths.get(variable.name)),
            origins=self.origins.of(self.dataset, variable),
            comment=self.origins.comment(self.dataset, variable),
            codelist=variable.codelist,
            terms=coded_texts(values) if variable.codelist else (),
            dictionary=dictionary_of(variable, self.folder.study.dictionaries),
        )

    def _value_list(self, level: Level) -> ValueList:
        """The value level of one variable."""
        frame = self._read(*dict.fromkeys((level.variable, level.key, level.label)))
        parent = self.dataset[level.variable]
        qualified = qualifiers(self.folder, self.dataset) if level.key == "QNAM" else {}
        fields = self._fields(level)
        items = [
            self._value(qualified.get(key, parent), parent, values, (key, label), fields.get(key))
            for key, label, values in by_key(frame, level)
        ]
        return ValueList(level, tuple(items))

    def _fields(self, level: Level) -> dict[str, tuple[str, ...]]:
        """Key value -> the CRF fields behind it; those no key claims go to all keys without one."""
        named = self.origins.named(self.dataset, self.dataset[level.variable])
        fields = [name for name in named if name.startswith("raw_")]
        if not fields:
            return {}
        found = fields_by_key(self.folder, self.dataset, level, fields)
        claimed = {name for names in found.values() for name in names}
        rest = tuple(name for name in fields if name not in claimed) or tuple(fields)
        keys = self._read(level.key)[level.key].dropna().unique()
        return {str(key): found.get(str(key), rest) for key in keys}

    def _value(
        self,
        variable: Variable,
        parent: Variable,
        values: pd.Series,
        key: tuple[str, str],
        fields: tuple[str, ...] | None,
    ) -> Item:
        """The value level under one key value; `variable` is a supplemental one under QNAM."""
        codelist = variable.codelist or field_codelist(self.folder, fields or (), values)
        about = self.dataset
        if variable is not parent:
            about = self.folder.datasets[self.dataset.name.lower().removeprefix("supp")]
        origins = self.origins.of(about, variable)
        if fields:
            origins = self.origins.of_fields(variable, fields)
        return Item(
            dataset=self.dataset.name,
            variable=_renamed(variable, parent),
            label=key[1],
            shape=value_shape(values, parent, coded=bool(codelist)),
            origins=origins,
            comment=self.origins.comment(about, variable) if variable is not parent else "",
            codelist=codelist,
            terms=coded_texts(values) if codelist else (),
            key_value=key[0],
        )

    def _comment(self, rows: int) -> str:
        """What to say of the dataset as a whole."""
        records = pd.DataFrame({"dataset": self.dataset.name.lower(), "record": range(1, rows + 1)})
        synthetic = has_synthetic_records(self.folder, records)
        return SYNTHETIC_RECORDS if synthetic else ""

    def _check_variables(self) -> None:
        """The data have the variables of the specification, in its order."""
        path = self.folder.path / self.path
        if not path.exists():
            raise StudyError(self.path, "the dataset is not built", "run make tlf first")
        built = pq.read_schema(parts(path)[0]).names
        if built != self.dataset.names:
            other = sorted(set(built) ^ set(self.dataset.names)) or ["the order"]
            raise StudyError(
                self.path,
                f"data and specification differ in {listed(other)}",
                "build the dataset again",
            )


def coded_texts(values: pd.Series) -> tuple[str, ...]:
    """The different values as text, sorted; whole numbers without a point."""
    present = values.dropna().unique()
    if pd.api.types.is_numeric_dtype(values):
        return tuple(sorted(number_texts(present.astype("float64"))))
    return tuple(sorted(map(str, present)))


def _renamed(variable: Variable, parent: Variable) -> Variable:
    """A supplemental variable as a value of QVAL: its name is that of the column."""
    return replace(variable, name=parent.name)
