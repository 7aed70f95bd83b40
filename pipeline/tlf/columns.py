"""What an output needs of the datasets it reads: the records it asks for, and the columns.

A program asks for records by the default of a parameter: `def t(population, adlb=flagged("ABLFL"))`
receives the records of ADLB that meet the condition, of each batch before the next one is read.

Columns are left out of datasets too large for one batch. A name counts as needed when it stands in
the program or in a module of the engine that the program reaches by its imports. A program that
makes up a name (f"{group}FL") fails on a column that was not read; it is then given all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.datasets import all_datasets
from pipeline.errors import StudyError, listed
from pipeline.programs import SPECIAL, Program, defaults
from pipeline.provenance import engine_modules, words_of
from pipeline.spec import Dataset
from pipeline.study import StudyFolder
from pipeline.where import Condition


def records_needed(folder: StudyFolder, program: Program) -> dict[str, Condition]:
    """Input -> the condition on its records; StudyError for a default that is none."""
    found = defaults(program)
    known = all_datasets(folder)
    for name, condition in found.items():
        if name in SPECIAL or not isinstance(condition, Condition):
            raise StudyError(
                f"{program.shown} > {name}",
                "its default is no condition on the records of a dataset",
                "write a condition of pipeline.where, or no default",
            )
        absent = [column for column in condition.columns if column not in known[name].names]
        if absent:
            raise StudyError(
                f"{program.shown} > {name}",
                f"its default reads {listed(absent)}, which {name.upper()} does not have",
                "correct the condition",
            )
    return found


def columns_needed(
    folder: StudyFolder, program: Program, records: Mapping[str, Condition]
) -> dict[str, list[str]]:
    """Input -> the columns to read, for the inputs kept in batches; empty for one batch.

    `records` are the conditions of `records_needed`, whose columns are read as well.
    """
    if len(folder.batches) == 1:
        return {}
    words = words_of(program.path) | _words_reached(tuple(engine_modules(program.path)))
    words |= {folder.study.treatment, *folder.study.populations}
    known = all_datasets(folder)
    inputs = (name for name in program.inputs if name not in SPECIAL)
    read = {name: words.union(records[name].columns if name in records else ()) for name in inputs}
    return {
        name: _named(known[name], read[name]) for name in read if known[name].scope == "subject"
    }


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
