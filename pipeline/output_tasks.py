"""The tasks of a build after the datasets: outputs, Word files, concordance and XPT files."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from pipeline.cache import Task, digest_text, engine_fact
from pipeline.check_tasks import GATE
from pipeline.datasets import all_datasets
from pipeline.frames import replace_bytes
from pipeline.programs import Program
from pipeline.study import StudyFolder
from pipeline.tasks import (
    FORMS,
    RECORDS,
    STUDY_FILES,
    input_files,
    lineage_files,
    specification_files,
)
from pipeline.tlf.toc import LISTINGS, Output, output_file

TITLES = {"all": "Tables, Listings and Figures", "listings": "16.2 Patient Data Listings"}


def output_tasks(
    folder: StudyFolder, outputs: list[Output], programs: dict[str, Program]
) -> list[Task]:
    """Results and Word file of each planned output, and all of them in one document."""
    if not outputs:
        return []
    facts = engine_fact("tlf")
    common = (*STUDY_FILES, *specification_files(folder), *((FORMS,) if folder.forms else ()))
    if any(form.row_source for form in folder.forms.values()):
        common = (*common, RECORDS, *lineage_files(folder, "sdtm", "adam"))
    tasks = []
    for output in outputs:
        program = programs[output.program]
        entry = {"the entry in tlf/toc.yaml": digest_text(repr(output))}
        tasks.append(_results_task(folder, output, program, common, facts | entry))
        if output.is_figure:
            tasks.append(_picture_task(folder, output, facts))
        path = f"build/tlf/{output.file}"
        tasks.append(_word_task(folder, output.file, path, facts, picture=output.is_figure))
    listings = [output for output in outputs if output.id.startswith("L")]
    everything = f"{folder.study.id.lower()}-tlf.docx"
    tasks.append(_combined_task(folder, "all", outputs, everything, facts))
    if listings:
        tasks.append(_combined_task(folder, "listings", listings, LISTINGS, facts))
    return tasks


def _results_task(
    folder: StudyFolder,
    output: Output,
    program: Program,
    common: tuple[str, ...],
    facts: dict[str, str],
) -> Task:
    """The program of one output; it waits for the gate."""
    from pipeline.tlf.make import inputs_read, make_output, output_paths

    return Task(
        name=f"tlf/{output.id}",
        run=partial(make_output, folder, output, program),
        reads=(program.shown, *input_files(folder, inputs_read(program)), *common),
        outputs=output_paths(output),
        facts=facts,
        after=(GATE,),
    )


def _picture_task(folder: StudyFolder, output: Output, facts: dict[str, str]) -> Task:
    """The PNG file of a figure's results, which both Word files show."""
    path = f"build/tlf/{output.file}"
    return Task(
        name=f"png/{output.file}",
        run=partial(_draw, folder, path),
        reads=(f"{path}.json",),
        outputs=(f"{path}.png",),
        facts=facts,
    )


def _word_task(
    folder: StudyFolder, name: str, path: str, facts: dict[str, str], picture: bool = False
) -> Task:
    """The Word file PATH.docx of the results PATH.json, of a figure with PATH.png."""
    return Task(
        name=f"docx/{name}",
        run=partial(_write_word, folder, path),
        reads=(f"{path}.json", *((f"{path}.png",) if picture else ())),
        outputs=(f"{path}.docx",),
        facts=facts | _time(folder),
    )


def _combined_task(
    folder: StudyFolder, name: str, outputs: list[Output], file: str, facts: dict[str, str]
) -> Task:
    """Several outputs in one Word file with contents."""
    paths = [f"build/tlf/{output.file}.json" for output in outputs]
    pictures = [f"build/tlf/{output.file}.png" for output in outputs if output.is_figure]
    return Task(
        name=f"docx/{name}",
        run=partial(_write_combined, folder, paths, f"build/tlf/{file}", TITLES[name]),
        reads=(*paths, *pictures),
        outputs=(f"build/tlf/{file}",),
        facts=facts | _time(folder),
    )


def _draw(folder: StudyFolder, path: str) -> None:
    """Draw one results file."""
    from pipeline.tlf.figures import draw

    result = json.loads((folder.path / f"{path}.json").read_text(encoding="utf-8"))
    replace_bytes(folder.path / f"{path}.png", draw(result))


def _drawn(folder: StudyFolder, result: dict[str, Any]) -> bytes:
    """The PNG that was drawn of a figure's results."""
    return (folder.path / f"build/tlf/{output_file(result['id'])}.png").read_bytes()


def _write_word(folder: StudyFolder, path: str) -> None:
    """Render one results file."""
    from pipeline.tlf.word import render_docx

    result = json.loads((folder.path / f"{path}.json").read_text(encoding="utf-8"))
    render_docx(
        result, folder.path / f"{path}.docx", folder.study.timestamp, partial(_drawn, folder)
    )


def _write_combined(folder: StudyFolder, paths: list[str], combined: str, title: str) -> None:
    """Render several results files as one document."""
    from pipeline.tlf.word import render_combined

    results = [json.loads((folder.path / path).read_text(encoding="utf-8")) for path in paths]
    titled, drawn = f"{folder.study.id}: {title}", partial(_drawn, folder)
    render_combined(results, folder.path / combined, titled, folder.study.timestamp, drawn)


def concordance_tasks(folder: StudyFolder) -> list[Task]:
    """The comparison with published results, where the study has tlf/concordance.yaml."""
    if not (folder.path / "tlf/concordance.yaml").exists():
        return []
    from pipeline.tlf.concordance import concordance, concordance_inputs, concordance_outputs

    facts = engine_fact("tlf")
    return [
        Task(
            name="concordance",
            run=partial(concordance, folder),
            reads=(*STUDY_FILES, *concordance_inputs(folder.path)),
            outputs=concordance_outputs(),
            facts=facts,
        ),
        _word_task(folder, "concordance", "build/concordance", facts),
    ]


def issue_tasks(folder: StudyFolder) -> list[Task]:
    """The list of contradictions in the study's source, where the study has one."""
    from pipeline.tlf.issues import ISSUES, RESULTS, SHOWN, list_issues

    if not all((folder.path / name).exists() for name in (ISSUES, SHOWN)):
        return []
    facts = engine_fact("tlf")
    return [
        Task(
            name="issues",
            run=partial(list_issues, folder),
            reads=(*STUDY_FILES, ISSUES, SHOWN, "tlf/toc.yaml"),
            outputs=(RESULTS,),
            facts=facts,
        ),
        _word_task(folder, "issues", RESULTS.removesuffix(".json"), facts),
    ]


def export_tasks(folder: StudyFolder) -> list[Task]:
    """The XPT file of each dataset; text lengths are those over all datasets."""
    from pipeline.package.xpt import export_dataset, export_lengths

    facts, lengths = engine_fact("package"), "build/xpt/lengths.json"
    datasets = all_datasets(folder)
    return [
        Task(
            name="xpt/lengths",
            run=partial(export_lengths, folder),
            reads=(*specification_files(folder), *input_files(folder, datasets)),
            outputs=(lengths,),
            facts=facts,
        ),
        *(
            Task(
                name=f"xpt/{name}",
                run=partial(export_dataset, folder, name),
                reads=(lengths, *specification_files(folder), *input_files(folder, [name])),
                outputs=(f"build/xpt/{name}.xpt",),
                facts=facts | _time(folder),
            )
            for name in datasets
        ),
    ]


def _time(folder: StudyFolder) -> dict[str, str]:
    """The time that is written into files."""
    return {"the timestamp": folder.study.timestamp.isoformat()}
