"""Making one output: run its program, check what it returned, write results and lineage."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.datasets import all_datasets, input_path, read_arguments
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, read_input, write_frame, write_json
from pipeline.programs import SPECIAL, Program, call
from pipeline.study import StudyFolder
from pipeline.tlf.behind import frame_records, records_behind
from pipeline.tlf.columns import columns_needed, records_needed
from pipeline.tlf.outputs import Figure, Listing, Table
from pipeline.tlf.plain import plain
from pipeline.tlf.population import Population, population_of
from pipeline.tlf.synthetic import is_synthetic
from pipeline.tlf.toc import Output
from pipeline.tlf.written import written_listing, written_table
from pipeline.where import Condition

ADSL = "adsl"


def output_paths(output: Output) -> tuple[str, str]:
    """The files that `make_output` writes, relative to the study folder: results and lineage."""
    return f"build/tlf/{output.file}.json", f"build/tlf/{output.file}.lineage.parquet"


def make_output(folder: StudyFolder, output: Output, program: Program) -> None:
    """Run `program` for `output` and write its results and lineage under build/tlf/.

    A program with the parameter `population` receives that of `output`. Raises StudyError when it
    returns neither Table, Listing nor Figure, and for results that cannot be displayed.
    """
    prepare_pandas()
    made, population = _made(folder, output, program)
    if not isinstance(made, Table | Listing | Figure):
        raise StudyError(
            program.shown,
            f"returned {type(made).__name__}, not a Table, Listing or Figure",
            "return one of the three from pipeline.tlf.outputs",
        )
    if isinstance(made, Figure) != output.is_figure:
        raise StudyError(
            program.shown,
            f"returned a {type(made).__name__} for {output.id}",
            "number figures, and only figures, with F in tlf/toc.yaml",
        )
    records = records_behind(made)
    result = _head(folder, output, program) | _body(folder, program, made)
    result["synthetic"] = is_synthetic(
        folder,
        program,
        inputs_read(program),
        _variables_named(output, made, population),
        _with_subjects(records, population),
    )
    results, lineage = (folder.path / path for path in output_paths(output))
    write_json(plain(result, program.shown), results)
    write_frame(records, lineage)


def _made(folder: StudyFolder, output: Output, program: Program) -> tuple[Any, Population | None]:
    """What the program returns, and its population; large datasets by the columns it names."""
    records = records_needed(folder, program)
    columns = columns_needed(folder, program, records)
    if columns:
        with suppress(StudyError):  # a name that is made up; without columns it is told
            made, population = _called(folder, output, program, records, columns)
            if not isinstance(made, Listing) or {*made.columns} <= {*made.frame.columns}:
                return made, population
    return _called(folder, output, program, records, {})


def _called(
    folder: StudyFolder,
    output: Output,
    program: Program,
    records: Mapping[str, Condition],
    columns: Mapping[str, list[str]],
) -> tuple[Any, Population | None]:
    """What the program returns of these records and columns, and its population."""
    arguments = read_arguments(folder, program, columns=columns, records=records)
    subjects = None if ADSL in records else arguments.get(ADSL)
    population = _population(folder, output, program, subjects)
    if population is not None:
        arguments["population"] = population
    return call(program, arguments), population


def inputs_read(program: Program) -> tuple[str, ...]:
    """The datasets an output is made of, in the order of the signature; a population is ADSL."""
    named = tuple(name for name in program.inputs if name not in SPECIAL)
    if "population" in program.inputs and ADSL not in named:
        return (*named, ADSL)
    return named


def _population(
    folder: StudyFolder, output: Output, program: Program, subjects: pd.DataFrame | None
) -> Population | None:
    """The population of the output, when the program asks for it; `subjects` is ADSL if read."""
    if "population" not in program.inputs:
        return None
    if ADSL not in all_datasets(folder):
        raise StudyError(
            program.shown, "asks for a population, but the study has no ADSL", "add adam/adsl.yaml"
        )
    if subjects is None:
        subjects = read_input(folder.path / Path(input_path(folder, ADSL)), ADSL)
    return population_of(subjects, output.population, folder.study)


def _head(folder: StudyFolder, output: Output, program: Program) -> dict[str, Any]:
    """What every output says of itself."""
    study = folder.study
    return {
        "id": output.id,
        "protocol": study.id,
        "titles": output.titles,
        "population": study.populations.get(output.population, ""),
        "footnotes": output.footnotes,
        "sources": [name.upper() for name in inputs_read(program)],
        "program": program.shown,
        "cutoff": study.cutoff,
    }


def _body(folder: StudyFolder, program: Program, made: Table | Listing | Figure) -> dict[str, Any]:
    """The results themselves."""
    if isinstance(made, Table):
        return written_table(made, program.shown)
    if isinstance(made, Listing):
        known = all_datasets(folder)
        return written_listing(made, [known[name] for name in inputs_read(program)], program.shown)
    return {"kind": "figure", "figure": made.kind, "data": made.data, "alt": made.alt}


def _variables_named(
    output: Output, made: Table | Listing | Figure, population: Population | None
) -> list[str]:
    """The variables an output uses without naming them in the text of its program."""
    columns = list(made.columns) if isinstance(made, Listing) else []
    return columns + ([population.treatment, output.population] if population else [])


def _with_subjects(records: pd.DataFrame, population: Population | None) -> pd.DataFrame:
    """The records, and those of the population's subjects, each once for all cells."""
    if population is None:
        return records.astype({"dataset": "str"})
    subjects = frame_records(population.subjects)
    parts = [part[["dataset", "record"]].drop_duplicates() for part in (records, subjects)]
    return pd.concat([part.astype({"dataset": "str"}) for part in parts], ignore_index=True)
