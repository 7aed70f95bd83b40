"""What stands behind a finding: the record of the dataset and the records of the CRF, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd

from pipeline.checks.built import Built
from pipeline.checks.evidence import as_text
from pipeline.datasets import all_datasets, input_path
from pipeline.frames import read_frame
from pipeline.lineage import ROW
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

RAW = "raw_"


def record_texts(built: Built, records: Mapping[str, Iterable[int]]) -> dict[str, list[str]]:
    """ "LB:375" -> the values of that record as text, for records by dataset."""
    texts: dict[str, list[str]] = {}
    for name, wanted in records.items():
        rows = built.rows(name, wanted)
        for number, row in zip(rows.index, text_lists(rows), strict=True):
            texts[f"{name}:{number}"] = row
    return texts


def text_lists(rows: pd.DataFrame) -> list[list[str]]:
    """The rows of a frame as lists of text."""
    columns = [_texts(rows[name]) for name in rows.columns]
    return [list(row) for row in zip(*columns, strict=True)] if columns else []


def _texts(values: pd.Series) -> list[str]:
    """A column as text, missing as empty."""
    plain = pd.api.types.is_string_dtype(values.dtype) and values.dtype != object
    texts = values.fillna("") if plain else as_text(values)
    return list(texts.to_numpy(dtype=object))


def crf_texts(folder: StudyFolder, lines: Mapping[str, Iterable[int]]) -> dict[str, list[str]]:
    """ "raw/ae.csv:5" -> the fields of that record, for lines by file.

    A record that the intake set aside is not among the forms: one text, the line as it stands.
    """
    texts: dict[str, list[str]] = {}
    for name, form in folder.forms.items():
        file = f"raw/{form.file}"
        wanted = sorted(set(lines.get(file, ())))
        path = folder.path / input_path(folder, RAW + name)
        if not wanted:
            continue
        kept = read_frame(path).set_index(f"{ROW}{RAW}{name}") if path.exists() else pd.DataFrame()
        there = [line for line in wanted if line in kept.index]
        rows = kept.loc[there, [f.name for f in form.fields]] if there else pd.DataFrame()
        for line, row in zip(there, text_lists(rows), strict=True):
            texts[f"{file}:{line}"] = row
        aside = [line for line in wanted if line not in kept.index]
        texts |= {f"{file}:{line}": [text] for line, text in _as_it_stands(folder, file, aside)}
    return texts


def _as_it_stands(folder: StudyFolder, file: str, lines: list[int]) -> list[tuple[int, str]]:
    """The text of lines of a file."""
    path = folder.path / file
    if not lines or not path.exists():
        return []
    text = path.read_bytes().decode("utf-8", errors="replace").split("\n")
    return [(line, text[line - 1].rstrip("\r")) for line in lines if line <= len(text)]


def crf_fields(folder: StudyFolder) -> dict[str, list[list[str]]]:
    """CRF extract -> name and label of its fields."""
    return {
        f"raw/{form.file}": [[field.name, field.label] for field in form.fields]
        for form in folder.forms.values()
    }


def variables(datasets: Iterable[Dataset]) -> dict[str, list[list[str]]]:
    """Dataset -> name and label of its variables."""
    return {item.name: [[v.name, v.label] for v in item.variables] for item in datasets}


class FieldsBehind:
    """Which CRF fields a variable is made of, by the origins in the specifications."""

    def __init__(self, folder: StudyFolder) -> None:
        """For the datasets and forms of a study."""
        self.datasets = {item.name: item for item in all_datasets(folder).values()}
        self.files = {RAW + name: f"raw/{form.file}" for name, form in folder.forms.items()}
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, dataset: str, variable: str) -> tuple[tuple[str, str], ...]:
        """(file, field) of the fields behind a variable, through all datasets."""
        found: dict[tuple[str, str], None] = {}
        seen: set[tuple[str, str]] = set()
        steps = [(dataset, variable)]
        while steps:
            step = steps.pop()
            if step in seen:
                continue
            seen.add(step)
            if step[0] in self.files:
                found[self.files[step[0]], step[1]] = None
            steps += self._references(*step)
        return tuple(found)

    def _references(self, dataset: str, variable: str) -> list[tuple[str, str]]:
        """What a variable is made of, by its specification."""
        specified = self.datasets.get(dataset)
        if specified is None or variable not in specified.names:
            return []
        names = [name.split(".", 1) for name in specified[variable].references if "." in name]
        return [(name[0], name[1]) for name in names]
