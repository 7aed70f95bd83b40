"""The built datasets as a validation reads them: by batch, by columns, by record, by subject.

A large study is never read as a whole. Frames have the numbers of their records as index.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.batches import Batch
from pipeline.checks.conditions import Data
from pipeline.checks.parameters import Need
from pipeline.checks.reach import SUBJECT
from pipeline.checks.records import numbered
from pipeline.checks.standards import STANDARD, standard_frame
from pipeline.checks.structure import CONTENTS, contents_frame
from pipeline.errors import StudyError, raise_all
from pipeline.frames import contents, parts, prepare_pandas, read_frame, rows_of
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

SMALL = 20_000  # records that are not read again for each dataset whose rules ask for them
HOMES = ("DM", "ADSL")  # the datasets that say which subjects there are


class OnDemand(Mapping[str, pd.DataFrame]):
    """Datasets that are read when they are first asked for, and kept until they are let go."""

    def __init__(self, names: Iterable[str], read: Callable[[str], pd.DataFrame]) -> None:
        """`read` gives the dataset of a name."""
        self.names, self.read = list(names), read
        self.kept: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The dataset; KeyError when there is none of that name."""
        if name not in self.names:
            raise KeyError(name)
        if name not in self.kept:
            self.kept[name] = self.read(name)
        return self.kept[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self.names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.names)

    def let_go(self) -> None:
        """Give back the memory of datasets that are not small."""
        self.kept = {name: frame for name, frame in self.kept.items() if len(frame) <= SMALL}
        pa.default_memory_pool().release_unused()


class Built:
    """Every dataset by CDISC name, CONTENTS and STANDARD.

    `columns` are those of each dataset, `sizes` its records.
    """

    def __init__(self, folder: StudyFolder, specified: Mapping[str, Dataset]) -> None:
        """The datasets of `specified`; StudyErrors for those not built."""
        prepare_pandas()
        self.paths = {
            name: folder.build / dataset.layer / f"{name.lower()}.parquet"
            for name, dataset in specified.items()
        }
        raise_all(
            [
                StudyError(name, f"{path.name} is not built", "run make sdtm and make adam")
                for name, path in self.paths.items()
                if not path.exists()
            ]
        )
        self.described = _described(self.paths, specified)
        self.columns = {
            name: pq.read_schema(parts(path)[0]).names for name, path in self.paths.items()
        } | {name: list(frame.columns) for name, frame in self.described.items()}
        self.sizes = {name: sum(rows_of(path)) for name, path in self.paths.items()} | {
            name: len(frame) for name, frame in self.described.items()
        }

    def batch(self, batch: Batch) -> OnDemand:
        """The datasets of a batch: those with subjects have its subjects, the others are whole.

        A dataset is read when it is first asked for.
        """
        return OnDemand(self.columns, lambda name: self._of_batch(name, batch))

    def whole(self, needs: Collection[Need]) -> Data:
        """Of all records the variables named, and the subject; all where the name is empty."""
        wanted: dict[str, set[str]] = {}
        for dataset, variable in needs:
            wanted.setdefault(dataset, set()).add(variable)
        return {
            name: numbered(read_frame(self.paths[name], self._names(name, variables)))
            for name, variables in wanted.items()
            if name in self.paths
        } | self.described

    def rows(self, name: str, records: Iterable[int]) -> pd.DataFrame:
        """The records with these numbers, in their order."""
        numbers = np.array(sorted(set(records)), dtype="int64")
        if name in self.described:
            return self.described[name].loc[numbers]
        found = [self.empty(name)]
        for path, before, rows in self.parts_of(name):
            mine = numbers[(numbers > before) & (numbers <= before + rows)]
            if len(mine):
                taken = pq.read_table(path, partitioning=None).take(pa.array(mine - before - 1))
                found.append(taken.to_pandas().set_axis(mine, axis=0))
        return _joined(found)

    def of_subjects(self, name: str, subjects: Collection[str]) -> pd.DataFrame:
        """The records of the subjects; none of a dataset without subjects."""
        found = [self.empty(name)]
        if SUBJECT in self.columns[name] and name in self.paths:
            wanted = pa.array(list(subjects), pa.string())
            for path, before, _ in self.parts_of(name):
                whose = pq.read_table(path, columns=[SUBJECT], partitioning=None).column(0)
                there = np.flatnonzero(pc.is_in(whose, wanted).to_numpy())
                found.append(self.rows(name, there + before + 1))
        return _joined(found)

    def empty(self, name: str) -> pd.DataFrame:
        """The dataset without its records."""
        if name in self.described:
            return self.described[name].iloc[:0]
        schema = pq.read_schema(parts(self.paths[name])[0])
        return numbered(schema.empty_table().to_pandas())

    @cached_property
    def sites(self) -> dict[str, str]:
        """USUBJID -> SITEID, as DM or else ADSL has it; the site is empty where neither does."""
        for home in HOMES:
            if SUBJECT in self.columns.get(home, ()):
                known = self.told_by_subject(home, "SITEID")
                return {subject: "" if pd.isna(site) else str(site) for subject, site in known}
        return {}

    def told_by_subject(self, name: str, variable: str) -> list[tuple[str, Any]]:
        """USUBJID and a variable of each record; None in a dataset without the variable."""
        there = [column for column in (SUBJECT, variable) if column in self.columns.get(name, ())]
        if SUBJECT not in there:
            return []
        frame = read_frame(self.paths[name], there).dropna(subset=[SUBJECT])
        values = frame[variable] if variable in there else [None] * len(frame)
        return list(zip(frame[SUBJECT].astype("str"), values, strict=True))

    def parts_of(self, name: str) -> list[tuple[Path, int, int]]:
        """The files of a dataset: path, records before it, its records."""
        rows = rows_of(self.paths[name])
        before = accumulate([0, *rows[:-1]])
        return list(zip(parts(self.paths[name]), before, rows, strict=True))

    def _names(self, name: str, variables: set[str]) -> list[str] | None:
        """The columns to read for these variables; None for all."""
        if "" in variables:
            return None
        return [own for own in self.columns[name] if own in variables or own == SUBJECT]

    def _of_batch(self, name: str, batch: Batch) -> pd.DataFrame:
        """A dataset for a batch."""
        if name in self.described:
            return self.described[name]
        if batch.of == 1:
            return numbered(read_frame(self.paths[name]))
        if self.paths[name].is_dir():
            path, before, _ = self.parts_of(name)[batch.number]
            return numbered(read_frame(path), before)
        frame = numbered(read_frame(self.paths[name]))
        if SUBJECT not in frame.columns:
            return frame
        return frame.loc[frame[SUBJECT].map(self._batch_of).fillna(0) == batch.number]

    @cached_property
    def _batch_of(self) -> dict[str, int]:
        """USUBJID -> the batch its records are kept in."""
        found: dict[str, int] = {}
        for name in sorted(self.paths, key=lambda name: name not in HOMES):
            if self.paths[name].is_dir() and SUBJECT in self.columns[name]:
                for number, part in enumerate(parts(self.paths[name])):
                    whose = read_frame(part, [SUBJECT])[SUBJECT].dropna().unique()
                    found |= dict.fromkeys(whose, number)
                if name in HOMES:
                    break
        return found


def _described(
    paths: Mapping[str, Path], specified: Mapping[str, Dataset]
) -> dict[str, pd.DataFrame]:
    """CONTENTS and STANDARD: what the files and the specifications say of the variables."""
    if not paths:
        return {}
    said = {name: contents(path) for name, path in paths.items()}
    found = {
        CONTENTS: contents_frame(specified.values(), said),
        STANDARD: standard_frame(specified.values()),
    }
    return {name: numbered(frame) for name, frame in found.items()}


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same columns one below the other, the first one empty."""
    there = [frame for frame in frames if len(frame)] or frames[:1]
    return there[0] if len(there) == 1 else pd.concat(there)
