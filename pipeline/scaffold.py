"""New files that build at once: a study, a dataset, an output. No file is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import StudyError, listed
from pipeline.frames import replace_text
from pipeline.scaffold_forms import read_extracts, subject_extract
from pipeline.scaffold_text import (
    ADAM_PROGRAM,
    ADAM_SPEC,
    ADSL_PROGRAM,
    ADSL_SPEC,
    CODELISTS,
    DM_PROGRAM,
    DM_SPEC,
    LISTING,
    SDTM_PROGRAM,
    SDTM_SPEC,
    STUDY,
    TABLE,
    TOC_ENTRY,
    form_text,
)
from pipeline.standards import sdtm_class
from pipeline.study import StudyFolder, open_study
from pipeline.yamltext import read_yaml


def new_files(kind: str, name: str, study: Path, form: str = "") -> list[str]:
    """The files of a new study (in the folder `name`), dataset or output, relative to the study."""
    if kind == "study":
        return new_study(Path(name))
    return new_dataset(study, name, form) if kind == "dataset" else new_output(study, name)


def new_study(path: Path) -> list[str]:
    """A study in the folder `path` around the CSV files of its raw/; the names of what is written.

    Every column becomes a field of raw/forms.yaml, its type read from the values. The form with one
    record per value of its first column lists the subjects. StudyError without a CSV file.
    """
    extracts = read_extracts(path / "raw")
    subjects = subject_extract(extracts)
    dates = [value for extract in extracts for value in extract.dates()]
    said = {
        "study": _study_name(path),
        "form": subjects.name,
        "field": subjects.fields[0],
        "cutoff": max(dates, default="2000-01-01"),
    }
    files = {
        "study.yaml": STUDY.format(**said),
        "codelists.yaml": CODELISTS,
        "raw/forms.yaml": "".join(map(form_text, extracts)),
        ".gitignore": "build/\n",
    }
    return _write(path, files)


def new_dataset(path: Path, name: str, form: str = "") -> list[str]:
    """Program and specification of the dataset `name`: SDTM from a form, ADaM from SDTM.

    `form` is the CRF extract of an SDTM dataset, the one of that name when not given; ADAE is made
    of AE, ADSL of DM. StudyError when there is nothing to make it of.
    """
    folder, name = open_study(path), name.lower()
    if name.startswith("ad") and len(name) > 2:
        return _write(path, _adam(folder, name))
    return _write(path, _sdtm(folder, name, form or name))


def new_output(path: Path, number: str) -> list[str]:
    """Program and entry in tlf/toc.yaml of the output `number`: T14.1.1 or L16.2.1, from ADSL.

    StudyError when the study has no ADSL or plans the output already.
    """
    folder = open_study(path)
    templates = {"T": TABLE, "L": LISTING}
    if number[:1] not in templates:
        raise StudyError(
            f"output {number}", "only tables and listings are made", "begin with T or L: T14.1.1"
        )
    if "adsl" not in folder.datasets:
        raise StudyError(f"output {number}", "the study has no ADSL", "first: new dataset adsl")
    program = number.lower().replace(".", "_")
    program = f"{program[0]}_{program[1:]}"
    toc = path / "tlf/toc.yaml"
    planned = toc.read_text(encoding="utf-8") if toc.exists() else ""
    if planned and number in read_yaml(toc, "tlf/toc.yaml"):
        raise StudyError("tlf/toc.yaml", f"plans {number} already", "choose another number")
    flag = next(iter(folder.study.populations), "")
    entry = TOC_ENTRY.format(number=number, program=program)
    entry += f"  population: {flag}\n" if flag else ""
    text = templates[number[0]].format(number=number, program=program)
    written = _write(path, {f"tlf/{program}.py": text})
    replace_text(toc, planned + entry)
    return [*written, "tlf/toc.yaml"]


def _adam(folder: StudyFolder, name: str) -> dict[str, str]:
    """The files of an ADaM dataset."""
    source = "dm" if name == "adsl" else name.removeprefix("ad")
    if source not in folder.datasets:
        raise StudyError(
            f"dataset {name}",
            f"there is no dataset {source} to make it of",
            f"first: new dataset {source}",
        )
    said = {"name": name, "NAME": name.upper(), "source": source, "SOURCE": source.upper()}
    said |= {"arm": folder.study.arms[0].name}
    if name == "adsl":
        program, spec = ADSL_PROGRAM, ADSL_SPEC
    else:
        program, spec = ADAM_PROGRAM, ADAM_SPEC
        said["key"] = folder.datasets[source].keys[-1]
    return {f"adam/{name}.py": program.format(**said), f"adam/{name}.yaml": spec.format(**said)}


def _sdtm(folder: StudyFolder, name: str, form: str) -> dict[str, str]:
    """The files of an SDTM dataset."""
    if form not in folder.forms:
        raise StudyError(
            f"dataset {name}",
            f"there is no form {form!r}",
            f"--form {listed(list(folder.forms), 40)}",
        )
    subject = folder.study.subject_fields[0]
    said = {"name": name, "NAME": name.upper(), "form": form, "field": subject}
    said |= {"class": sdtm_class(name.upper()) or "FINDINGS"}
    program, spec = (DM_PROGRAM, DM_SPEC) if name == "dm" else (SDTM_PROGRAM, SDTM_SPEC)
    return {f"sdtm/{name}.py": program.format(**said), f"sdtm/{name}.yaml": spec.format(**said)}


def _study_name(path: Path) -> str:
    """STUDYID made of the name of the folder."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in path.resolve().name.upper())
    return name.strip("-")[:20] or "STUDY"


def _write(path: Path, files: Mapping[str, str]) -> list[str]:
    """Write the files below `path`; StudyError, and nothing written, when one is there."""
    there = [name for name in files if (path / name).exists()]
    if there:
        raise StudyError(
            str(path / there[0]), "this file exists", "nothing was written; remove it, or edit it"
        )
    for name, text in files.items():
        replace_text(path / name, text)
    return list(files)
