"""The planned outputs: tlf/toc.yaml as frozen Output, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.programs import Program
from pipeline.yamltext import Block, read_yaml

# Analysis Results Metadata 1.0 for Define-XML, 5.3: terms of AnalysisReason and AnalysisPurpose.
REASONS = ("specified in protocol", "specified in SAP", "data driven", "requested by agency")
PURPOSES = ("primary", "secondary", "exploratory")
LISTINGS = "16-2-listings.docx"
NUMBER = re.compile(r"[TFL]\d+(\.\d+)*")


@dataclass(frozen=True)
class Output:
    """One planned table, figure or listing.

    `population` is an ADSL flag or empty; `reason` and `purpose` say why it is made, in a word of
    REASONS and of PURPOSES.
    """

    id: str
    program: str
    titles: tuple[str, ...]
    population: str
    footnotes: tuple[str, ...]
    reason: str = "specified in SAP"
    purpose: str = "exploratory"

    @property
    def file(self) -> str:
        """The name of its files: t-14-1-3."""
        return output_file(self.id)

    @property
    def is_figure(self) -> bool:
        """Whether it is planned as a figure: F14.2.3."""
        return self.id.startswith("F")


def output_file(name: str) -> str:
    """The name of the files of output T14.1.3: t-14-1-3."""
    return f"{name[0]}-{name[1:]}".lower().replace(".", "-")


def read_toc(
    folder: Path, programs: Mapping[str, Program], populations: Mapping[str, str]
) -> list[Output]:
    """The outputs that `folder`/tlf/toc.yaml plans; StudyError for an unknown program, population
    or output number, and for a program that no output uses."""
    path = folder / "tlf/toc.yaml"
    if not path.exists():
        return []
    block = read_yaml(path, "tlf/toc.yaml")
    outputs = [_output(block, name, programs, populations) for name in block]
    used = {output.program for output in outputs}
    for name, program in programs.items():
        if name not in used:
            raise StudyError(
                program.shown, "no output of tlf/toc.yaml uses this program", "plan it or remove it"
            )
    return outputs


def _output(
    toc: Block, name: str, programs: Mapping[str, Program], populations: Mapping[str, str]
) -> Output:
    """One entry of the file."""
    if not NUMBER.fullmatch(name):
        raise StudyError(
            toc.where(name),
            f"{name!r} is no output number",
            "write T, F or L and a number: T14.1.3",
        )
    block = toc.block(name).check(
        required=("program", "title"), optional=("population", "footnotes", "reason", "purpose")
    )
    program, population = block.text("program"), block.text("population")
    if program not in programs:
        raise StudyError(
            block.where("program"), f"no program tlf/{program}.py", "write it or correct the name"
        )
    if population and population not in populations:
        raise StudyError(
            block.where("population"),
            f"{population} is not a population of study.yaml",
            f"use one of {', '.join(populations)}",
        )
    return Output(
        id=name,
        program=program,
        titles=tuple(block.texts("title")),
        population=population,
        footnotes=tuple(block.texts("footnotes")),
        reason=_chosen(block, "reason", REASONS, Output.reason),
        purpose=_chosen(block, "purpose", PURPOSES, Output.purpose),
    )


def _chosen(block: Block, key: str, known: Sequence[str], otherwise: str) -> str:
    """One of the `known` words at `key`."""
    word = block.text(key, otherwise)
    if word not in known:
        raise StudyError(block.where(key), f"{key} is {word!r}", f"write one of {', '.join(known)}")
    return word
