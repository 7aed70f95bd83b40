"""The columns an output needs of the datasets it reads, when these are too large for one batch.

A name counts as needed when it stands in the program or in a module of the engine that the program
reaches by its imports. A program that makes up a name (f"{group}FL") fails on a column that was not
read; it is then given all of them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.datasets import all_datasets
from pipeline.programs import SPECIAL, Program
from pipeline.provenance import engine_modules, words_of
from pipeline.spec import Dataset
from pipeline.study import StudyFolder


def columns_needed(folder: StudyFolder, program: Program) -> dict[str, list[str]]:
    """Input -> the columns to read, for the inputs kept in batches; empty for one batch."""
    if len(folder.batches) == 1:
        return {}
    words = words_of(program.path) | _words_reached(tuple(engine_modules(program.path)))
    words |= {folder.study.treatment, *folder.study.populations}
    known = all_datasets(folder)
    inputs = (name for name in program.inputs if name not in SPECIAL)
    return {name: _named(known[name], words) for name in inputs if known[name].scope == "subject"}


def _named(dataset: Dataset, words: set[str]) -> list[str]:
    """The keys of a dataset and its variables that are named."""
    wanted = words.union(dataset.keys)
    return [name for name in dataset.names if name in wanted]


@cache
def _words_reached(modules: tuple[Path, ...]) -> frozenset[str]:
    """The words of modules of the engine and of those they import."""
    reached: dict[Path, set[str]] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached[module] = words_of(module)
            waiting += engine_modules(module)
    return frozenset().union(*reached.values())
