"""A study: a folder with study.yaml, data, specifications and programs."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.batches import WHOLE, Batch
from pipeline.codelists import Codelist, read_codelists
from pipeline.errors import StudyError
from pipeline.forms import Form, read_forms
from pipeline.source import read_source
from pipeline.source_spec import source_datasets
from pipeline.spec import Dataset, read_dataset
from pipeline.yamltext import Block, read_yaml

DATE_FORMATS = ("YYYY-MM-DD", "DD MMM YYYY", "DD/MM/YYYY")


@dataclass(frozen=True)
class Arm:
    """One arm in display order; `head` are the lines of its column head."""

    code: str
    name: str
    head: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """What study.yaml says; `standards`, `settings` and `trial_design` are nested text."""

    id: str
    title: str
    cutoff: dt.date
    subject_form: str
    subject_fields: tuple[str, ...]
    date_formats: tuple[str, ...]
    treatment: str
    total: str
    arms: tuple[Arm, ...]
    populations: dict[str, str]
    dictionaries: dict[str, str]
    standards: Block
    settings: Block
    trial_design: Block

    @property
    def timestamp(self) -> dt.datetime:
        """The time stamped into files: SOURCE_DATE_EPOCH, or else the data cut-off."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isdigit():
            return dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC).replace(tzinfo=None)
        return dt.datetime.combine(self.cutoff, dt.time())


@dataclass(frozen=True)
class StudyFolder:
    """The folder with everything that is read from it once per run.

    `sources` names the files of SDTM datasets that no program makes (study.yaml > sdtm_source).
    """

    path: Path
    study: Study
    forms: dict[str, Form]
    codelists: dict[str, Codelist]
    datasets: dict[str, Dataset]
    batches: tuple[Batch, ...] = (WHOLE,)
    sources: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def build(self) -> Path:
        """Where a run writes."""
        return self.path / "build"


def open_study(path: Path, sdtm: Path | None = None) -> StudyFolder:
    """Read and check the specifications of the study in `path`; StudyError for a faulty file.

    `sdtm` is a folder of SDTM files that takes the place of study.yaml > sdtm_source.
    """
    if not (path / "study.yaml").exists():
        raise StudyError(
            str(path),
            "no study.yaml in this folder",
            "name a study folder: STUDY=DIR",
        )
    sources = _sources(path, sdtm)
    folder = StudyFolder(
        path=path,
        study=read_study(path),
        forms=read_forms(path / "raw/forms.yaml") if (path / "raw/forms.yaml").exists() else {},
        codelists=read_codelists(path / "codelists.yaml"),
        datasets=source_datasets(sources) | _read_datasets(path),
        sources=sources,
    )
    _check_references(folder)
    return folder


def read_study(path: Path) -> Study:
    """study.yaml (and sdtm/trial_design.yaml when there is one) of the folder `path`."""
    block = read_yaml(path / "study.yaml").check(
        required=("study", "title", "cutoff", "arms"),
        optional=(
            "subjects",
            "sdtm_source",
            "date_formats",
            "treatment",
            "populations",
            "dictionaries",
            "standards",
            "settings",
        ),
    )
    subjects = block.block("subjects")
    if "sdtm_source" not in block:
        subjects.check(required=("form", "fields"))
    treatment = block.block("treatment").check(optional=("variable", "total"))
    design = path / "sdtm/trial_design.yaml"
    return Study(
        id=_study_id(block),
        title=block.text("title"),
        cutoff=_cutoff(block),
        subject_form=subjects.text("form"),
        subject_fields=tuple(subjects.texts("fields")),
        date_formats=tuple(block.texts("date_formats")) or DATE_FORMATS,
        treatment=treatment.text("variable", "TRT01A"),
        total=treatment.text("total", "Total"),
        arms=_arms(block.block("arms")),
        populations=_populations(block.block("populations")),
        dictionaries=dict(block.block("dictionaries")),
        standards=block.block("standards"),
        settings=block.block("settings"),
        trial_design=read_yaml(design, "sdtm/trial_design.yaml")
        if design.exists()
        else Block("sdtm/trial_design.yaml", 1),
    )


def _sources(path: Path, sdtm: Path | None) -> dict[str, tuple[Path, ...]]:
    """The files of the SDTM datasets that have no program in sdtm/."""
    block = read_yaml(path / "study.yaml").block("sdtm_source")
    files = read_source(block, path, sdtm)
    return {name: files[name] for name in files if not (path / f"sdtm/{name}.py").exists()}


def _study_id(block: Block) -> str:
    """STUDYID: printable ASCII without blanks, since USUBJID and file names are made of it."""
    value = block.text("study")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}", value):
        raise StudyError(
            block.where("study"), f"study is {value!r}", "use up to 20 letters, digits, - and _"
        )
    return value


def _cutoff(block: Block) -> dt.date:
    """The data cut-off."""
    try:
        return dt.date.fromisoformat(block.text("cutoff"))
    except ValueError:
        raise StudyError(
            block.where("cutoff"), f"cutoff is {block.text('cutoff')!r}", "write YYYY-MM-DD"
        ) from None


def _arms(block: Block) -> tuple[Arm, ...]:
    """The arms in the order of the file."""
    arms = []
    for code in block:
        arm = block.block(code).check(required=("name",), optional=("head",))
        arms.append(Arm(code, arm.text("name"), tuple(arm.texts("head")) or (arm.text("name"),)))
    return tuple(arms)


def _populations(block: Block) -> dict[str, str]:
    """ADSL flag -> label of the population."""
    return {flag: block.block(flag).check(required=("label",)).text("label") for flag in block}


def _read_datasets(path: Path) -> dict[str, Dataset]:
    """Every sdtm/NAME.yaml and adam/NAME.yaml by lower-case name."""
    datasets: dict[str, Dataset] = {}
    for layer in ("sdtm", "adam"):
        for file in sorted((path / layer).glob("*.yaml")):
            if file.stem == "trial_design":
                continue
            if file.stem in datasets:
                raise StudyError(
                    f"{layer}/{file.name}", "a dataset of this name exists in sdtm", "rename one"
                )
            datasets[file.stem] = read_dataset(file, layer)
    return datasets


def _check_references(folder: StudyFolder) -> None:
    """Codelists named by fields and variables exist; the subject form and its fields exist."""
    for owner, name in _named_codelists(folder):
        if name not in folder.codelists:
            raise StudyError(
                owner, f"the codelist {name} is not in codelists.yaml", "add it or correct the name"
            )
    form = folder.forms.get(folder.study.subject_form)
    fields = [field.name for field in form.fields] if form else []
    if folder.forms and not set(folder.study.subject_fields) <= set(fields):
        raise StudyError(
            "study.yaml > subjects",
            f"form {folder.study.subject_form!r} or a field of its key is not declared",
            "name a form of raw/forms.yaml and its identifying fields",
        )


def _named_codelists(folder: StudyFolder) -> list[tuple[str, str]]:
    """(where, codelist) for each field and variable that names one."""
    named = [
        (f"raw/forms.yaml > {form.name} > {field.name}", field.codelist)
        for form in folder.forms.values()
        for field in form.fields
    ]
    named += [
        (f"{dataset.layer}/{name}.yaml > {variable.name}", variable.codelist)
        for name, dataset in folder.datasets.items()
        for variable in (*dataset.variables, *dataset.supplemental)
    ]
    return [(where, name) for where, name in named if name]
