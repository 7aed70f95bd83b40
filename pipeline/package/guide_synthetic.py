"""What is published, derived or synthetic: the statement that is computed from provenance."""

from __future__ import annotations

from collections import Counter

from pipeline.document import Block, Document, Grid, Heading, Paragraph, texts
from pipeline.forms import SOURCES
from pipeline.frames import read_frame
from pipeline.package.guide_common import own_words
from pipeline.package.guide_facts import Facts
from pipeline.provenance import SYNTHETIC

MEANING = {
    "published": "as the source prints it",
    "derived": "follows from printed values by stated arithmetic",
    "synthetic": "stands in for what the source does not give; made up",
}


def synthetic_statement(facts: Facts) -> Document:
    """The statement as a document of its own."""
    study = facts.folder.study
    return Document(
        title="Statement on synthetic data",
        subtitles=(f"Study {study.id}", study.title, f"Data cut-off {study.cutoff.isoformat()}"),
        head=f"{study.id}   Statement on synthetic data",
        blocks=(
            Heading("1 Sources of the data"),
            *own_words(facts, "sources"),
            Heading("2 Published, derived and synthetic"),
            *synthetic_sections(facts, "2.1"),
        ),
    )


def synthetic_sections(facts: Facts, number: str) -> list[Block]:
    """Fields, records, variables and outputs that are synthetic; counts from provenance."""
    fields = [(form, field) for form in facts.folder.forms.values() for field in form.fields]
    counts = Counter(field.source for _, field in fields)
    invented = [
        (form.label, field.name, field.label) for form, field in fields if field.source == SYNTHETIC
    ]
    variables = facts.synthetic_variables
    outputs = [(i, " ".join(r["titles"])) for i, r in facts.results.items() if r["synthetic"]]
    return [
        Heading(f"{number} Synthetic data", 2),
        *own_words(facts, "synthetic"),
        Grid(
            ("Source of a field", "Meaning", "Fields"),
            texts((source, MEANING[source], counts[source]) for source in SOURCES),
            (1, 4, 1),
        ),
        *_records(facts),
        Paragraph(f"{len(invented)} of {len(fields)} fields of the CRF are synthetic:"),
        Grid(("Form", "Field", "Label"), texts(invented), (2, 2, 3)),
        Paragraph(f"Variables of {len(variables)} datasets are made of a synthetic field:"),
        Grid(
            ("Dataset", "Variables"),
            texts((name, ", ".join(found)) for name, found in variables.items()),
            (1, 6),
        ),
        Paragraph(
            f"{len(outputs)} of {len(facts.results)} outputs use such a variable or record and say "
            "so on every page:"
        ),
        Grid(("Output", "Title"), texts(outputs), (1, 5)),
    ]


def _records(facts: Facts) -> list[Block]:
    """Records that are marked one by one, of forms that have a field for it."""
    marked = [name for name, form in facts.folder.forms.items() if form.row_source]
    if not marked:
        return []
    records = read_frame(facts.folder.build / "raw/records.parquet", ["form", "source"])
    counts = Counter(zip(records["form"].astype(str), records["source"].astype(str), strict=True))
    rows = [
        (facts.folder.forms[form].label, *(counts[form, source] for source in SOURCES))
        for form in marked
    ]
    return [
        Paragraph("On these forms each record says its source; records by source:"),
        Grid(("Form", *SOURCES), texts(rows)),
    ]
