"""Batches of whole subjects: what lets one program run on a laptop and on a cluster.

A study of more subjects than fit one batch keeps its forms and subject-level datasets in folders of
that name (build/sdtm/lb.parquet/00003.parquet), one file per batch; subjects go in the order of
their identifiers. Every program that is not `scope: study` runs batch by batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


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
CHECKS = "build/checks.json"  # what came of the rules, a file for each batch


def in_batches(subjects: int, most: int) -> tuple[Batch, ...]:
    """The batches for a number of subjects, at most `most` in each; at least one batch."""
    number = max(1, -(-subjects // most))
    return tuple(Batch(index, number) for index in range(number))


def all_parts(path: str, batches: Sequence[Batch]) -> list[str]:
    """The files of the dataset at `path` over the batches."""
    return [batch.part(path) for batch in batches]


def batch_numbers(known: pd.Series, of: int) -> dict[str, int]:
    """The batch of every known subject: equal shares of the sorted subjects."""
    ordered = sorted(set(known))
    share = max(1, -(-len(ordered) // of))
    return {name: index // share for index, name in enumerate(ordered)}


def batch_of(subject: pd.Series, numbers: Mapping[str, int]) -> pd.Series:
    """The batch of the subject of each record; records of unknown subjects go to the first.

    The intake sets those aside.
    """
    import numpy as np
    import pandas as pd

    codes, names = pd.factorize(subject, use_na_sentinel=False)
    batches = np.array([numbers.get(name, 0) for name in names], dtype="int64")
    return pd.Series(batches[codes], index=subject.index)
