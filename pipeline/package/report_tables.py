"""Outputs of the study as blocks of a document: their tables as printed, with titles and notes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document import Block, Grid, Heading, Paragraph
from pipeline.errors import StudyError, listed
from pipeline.package.guide_facts import Facts
from pipeline.tlf.table_layout import table_grid
from pipeline.tlf.toc import output_file

INDENT = "\N{NO-BREAK SPACE}"
STUB, COLUMN = 2.2, 1.0
KINDS = {"T": "Table", "F": "Figure", "L": "Listing"}
BANNER = "SYNTHETIC DATA: this table uses values that are not real; see the statement on them."


def output_name(output: str) -> str:
    """The name of an output as it is printed: Table 14.1.3."""
    return f"{KINDS[output[0]]} {output[1:]}"


def shown_outputs(facts: Facts, outputs: Sequence[str]) -> list[Block]:
    """Each output: a table with its cells, anything else by its title and place.

    StudyError for an output that tlf/toc.yaml does not plan.
    """
    return [block for output in outputs for block in _shown(facts, output)]


def _shown(facts: Facts, output: str) -> list[Block]:
    """One output."""
    if output not in facts.results:
        raise StudyError(
            "guides.yaml > report_body",
            f"tlf/toc.yaml plans no output {output}",
            f"use one of {listed(list(facts.results), 40)}",
        )
    result = facts.results[output]
    title = f"{output_name(output)}: {' - '.join(result['titles'])}"
    if result["kind"] != "table":
        return [Heading(title, 3), Paragraph(f"See {output_file(output)}.docx in the folder tlf.")]
    population = [Paragraph(f"Population: {result['population']}")] if result["population"] else []
    banner = [Paragraph(BANNER)] if result["synthetic"] else []
    grid = table_grid(result)
    rows = tuple(
        (INDENT * line.indent + line.texts[0].strip(), *(text.strip() for text in line.texts[1:]))
        + ("",) * (len(grid.heads) - len(line.texts))
        for line in grid.lines
    )
    widths = (STUB,) * grid.stubs + (COLUMN,) * (len(grid.heads) - grid.stubs)
    notes = [Paragraph(note) for note in result["footnotes"]]
    return [Heading(title, 3), *population, *banner, Grid(grid.heads, rows, widths), *notes]
