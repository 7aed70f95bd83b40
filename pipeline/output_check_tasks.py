"""The task that checks the outputs once they are made."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipeline.cache import Task, digest_text, engine_fact
from pipeline.datasets import all_datasets
from pipeline.study import StudyFolder
from pipeline.tasks import FORMS, RECORDS, STUDY_FILES, input_files, lineage_files
from pipeline.tlf.toc import Output


def output_check_tasks(folder: StudyFolder, outputs: list[Output]) -> list[Task]:
    """The checks of the outputs themselves, where the study plans any."""
    if not outputs:
        return []
    from pipeline.checks.output_run import CHECKED, check_outputs

    made = [f"build/tlf/{o.file}{end}" for o in outputs for end in (".json", ".lineage.parquet")]
    pinned = [p.relative_to(folder.path).as_posix() for p in _pinned(folder)]
    adsl = ["adsl"] if "adsl" in all_datasets(folder) else []
    return [
        Task(
            name="outputs",
            run=partial(check_outputs, folder, {o.file: o.population for o in outputs}),
            reads=(
                *STUDY_FILES,
                *((FORMS, RECORDS) if folder.forms else ()),
                *made,
                *pinned,
                *input_files(folder, adsl),
                *lineage_files(folder, "sdtm", "adam"),
            ),
            outputs=(CHECKED,),
            facts=engine_fact("checks")
            | {
                "the populations of tlf/toc.yaml": digest_text(
                    repr([o.population for o in outputs])
                )
            },
        )
    ]


def _pinned(folder: StudyFolder) -> list[Path]:
    """What the checks of the outputs read besides: shared numbers, and files kept by a digest."""
    pins = sorted(folder.path.glob("raw/**/SHA256SUMS"))
    files = [path for pin in pins for path in sorted(pin.parent.iterdir()) if path.is_file()]
    return [*sorted(folder.path.glob("tlf/agreements.yaml")), *files]
