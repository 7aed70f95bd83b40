"""Published, derived or synthetic: where values come from, computed from specs and lineage.

raw/forms.yaml says it of each field (and, with `row_source`, of single records). `origin` and
`uses` of the specifications carry it to every variable; the lineage carries it to every record.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from pipeline.datasets import all_datasets, read_lineage
from pipeline.errors import StudyError, raise_all
from pipeline.frames import read_frame
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

SYNTHETIC = "synthetic"
ENGINE = Path(__file__).parent


def check_origins(folder: StudyFolder) -> None:
    """Every `origin` and `uses` names a field or a variable that exists; StudyErrors otherwise."""
    datasets = _by_name(all_datasets(folder))
    errors = [
        StudyError(
            f"{dataset.layer}/{dataset.name.lower()}.yaml > {variable.name}",
            f"{reference} names no field of raw/forms.yaml and no variable of a specification",
            "correct the reference in origin or uses",
        )
        for dataset in datasets.values()
        for variable in (*dataset.variables, *dataset.supplemental)
        for reference in variable.all_references
        if not _exists(reference, folder, datasets)
    ]
    raise_all(errors)


def variable_sources(folder: StudyFolder) -> dict[tuple[str, str], frozenset[str]]:
    """(DATASET, VARIABLE) -> the sources of the fields it is made of, through all datasets."""
    datasets = _by_name(all_datasets(folder))
    found: dict[tuple[str, str], frozenset[str]] = {}

    def sources(dataset: str, name: str, trail: tuple[tuple[str, str], ...]) -> frozenset[str]:
        key = (dataset, name)
        if key in found or key in trail:
            return found.get(key, frozenset())
        result: set[str] = set()
        for reference in datasets[dataset][name].all_references:
            owner, item = reference.split(".", 1)
            if owner.startswith("raw_"):
                result.add(folder.forms[owner.removeprefix("raw_")][item].source)
            else:
                result |= sources(owner, item, (*trail, key))
        found[key] = frozenset(result)
        return found[key]

    for dataset in datasets.values():
        for variable in (*dataset.variables, *dataset.supplemental):
            sources(dataset.name, variable.name, ())
    return found


def sources_used(
    folder: StudyFolder, variables: Iterable[tuple[str, str]], program: Path
) -> frozenset[str]:
    """The sources of the fields that `variables` (DATASET, VARIABLE) are made of in a program.

    Of a variable with `uses_for`, only the parameters count that the program's text names; all of
    them when it names no parameter of the dataset.
    """
    datasets, known = _by_name(all_datasets(folder)), variable_sources(folder)
    words = words_of(program)

    def references(dataset: Dataset, name: str) -> Iterable[str]:
        variable = dataset[name]
        codelist = dataset["PARAMCD"].codelist if variable.references_for else ""
        chosen = words & set(folder.codelists[codelist].values) if codelist else set()
        if not chosen:
            return variable.all_references
        further = [names for code, names in variable.references_for if code in chosen]
        return (*variable.references, *(name for names in further for name in names))

    found: set[str] = set()
    for owner, name in variables:
        for reference in references(datasets[owner], name) if owner in datasets else ():
            dataset, item = reference.split(".", 1)
            raw = dataset.removeprefix("raw_")
            found |= {folder.forms[raw][item].source} if raw != dataset else known[dataset, item]
    return frozenset(found)


def variables_used(program: Path, inputs: Iterable[Dataset]) -> set[tuple[str, str]]:
    """The variables of its input datasets that a program names, or a verb it imports does.

    A verb reads variables for the program (AVALM for a survival curve), so the text of the engine
    modules that the program imports from counts as its own.
    """
    words = words_of(program).union(*map(words_of, engine_modules(program)))
    return {
        (dataset.name, variable.name)
        for dataset in inputs
        for variable in dataset.variables
        if variable.name in words
    }


def raw_records_behind(folder: StudyFolder, records: pd.DataFrame) -> pd.DataFrame:
    """The raw records (form, line) behind dataset records (columns dataset, record)."""
    open_records = records[["dataset", "record"]].drop_duplicates()
    reached = []
    while len(open_records):
        steps = []
        for name, part in open_records.groupby("dataset"):
            steps.append(read_lineage(folder, str(name), part["record"].unique()))
        step = pd.concat(steps)[["source", "source_record"]].drop_duplicates()
        raw = step["source"].str.startswith("raw_")
        reached.append(step.loc[raw])
        open_records = step.loc[~raw].rename(
            columns={"source": "dataset", "source_record": "record"}
        )
    found = pd.concat(reached).drop_duplicates() if reached else open_records.iloc[:0]
    return pd.DataFrame(
        {"form": found["source"].str.removeprefix("raw_"), "line": found["source_record"]}
    )


def has_synthetic_records(folder: StudyFolder, records: pd.DataFrame) -> bool:
    """Whether a raw record marked synthetic stands behind any of the dataset records."""
    if records.empty or not any(form.row_source for form in folder.forms.values()):
        return False
    behind = raw_records_behind(folder, records)
    marked = read_frame(folder.path / "build/raw/records.parquet")
    marked = marked.loc[marked["source"] == SYNTHETIC, ["form", "line"]]
    return len(behind.merge(marked, how="inner", on=["form", "line"])) > 0


def words_of(program: Path) -> set[str]:
    """Every text constant, attribute and keyword in a program."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.add(node.value)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            words.add(node.arg)
    return words


def engine_modules(program: Path) -> list[Path]:
    """The files of the engine that a program imports from."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    paths = [ENGINE.parent / f"{name.replace('.', '/')}.py" for name in sorted(filter(None, names))]
    return [path for path in paths if path.is_relative_to(ENGINE) and path.exists()]


def _by_name(datasets: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """The datasets by their CDISC name."""
    return {dataset.name: dataset for dataset in datasets.values()}


def _exists(reference: str, folder: StudyFolder, datasets: Mapping[str, Dataset]) -> bool:
    """Whether a reference names a field or a variable."""
    owner, item = reference.split(".", 1)
    if owner.startswith("raw_"):
        form = folder.forms.get(owner.removeprefix("raw_"))
        return form is not None and any(field.name == item for field in form.fields)
    dataset = datasets.get(owner)
    if dataset is None:
        return False
    return any(v.name == item for v in (*dataset.variables, *dataset.supplemental))
