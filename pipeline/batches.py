"""Batches of whole subjects: what lets one program run on a laptop and on a cluster.

A study of more subjects than fit one batch keeps its forms and subject-level datasets in folders of
that name (build/sdtm/lb.parquet/00003.parquet), one file per batch; subjects go in the order of
their identifiers. Every program that is not `scope: study` runs batch by batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SUBJECTS = 1000


@dataclass(frozen=True)
class Batch:
    """Batch `number` (from 0) of `of`."""

    number: int = 0
    of: int = 1

    def part(self, path: str) -> str:
        """The file of this batch for the dataset at `path`; the path itself when there is one."""
        if self.of == 1:
            return path
        return f"{path}/{self.number:05d}{PurePosixPath(path).suffix}"


WHOLE = Batch()


def in_batches(subjects: int, most: int = SUBJECTS) -> tuple[Batch, ...]:
    """The batches for a number of subjects, at most `most` in each; at least one batch."""
    number = max(1, -(-subjects // most))
    return tuple(Batch(index, number) for index in range(number))


def all_parts(path: str, batches: Sequence[Batch]) -> list[str]:
    """The files of the dataset at `path` over the batches."""
    return [batch.part(path) for batch in batches]


def batch_of(subject: pd.Series, known: pd.Series, of: int) -> pd.Series:
    """The batch of each subject: equal shares of the sorted `known` subjects.

    Subjects that are not known go first; the intake sets them aside.
    """
    ordered = sorted(set(known))
    share = max(1, -(-len(ordered) // of))
    place = {name: index // share for index, name in enumerate(ordered)}
    return subject.map(place).fillna(0).astype("int64")
