"""A study of the one SDTM dataset AE, for tests of its export."""

from __future__ import annotations

from pathlib import Path

from pipeline.study import StudyFolder, open_study

FILES = {
    "study.yaml": (
        "study: S1\ntitle: T\ncutoff: '2024-09-30'\nsubjects: {form: dm, fields: [SUBJ]}\n"
        "arms: {A: {name: Arm A}}\n"
    ),
    "codelists.yaml": "NY: {label: No Yes, code: C66742, terms: {Y: {}, N: {}}}\n",
    "sdtm/ae.yaml": (
        "dataset: AE\nlabel: Adverse Events\nclass: EVENTS\nstructure: One record per event\n"
        "keys: [USUBJID]\nvariables:\n"
        "  USUBJID: {label: Unique Subject Identifier, type: text, origin: Derived}\n"
        "  AETERM: {label: Reported Term, type: text, origin: Derived}\n"
    ),
}


def ae_study(folder: Path, more: str) -> StudyFolder:
    """The study in `folder`; the specification of AE ends with `more`."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text + more * name.startswith("sdtm"), encoding="utf-8")
    return open_study(folder)
