"""16.1.9: the statistical methods as implemented, made of specifications, outputs, settings."""

from __future__ import annotations

from pipeline.document import Block, Document, Grid, Heading, Paragraph, texts
from pipeline.package.ectd_places import Places
from pipeline.package.guide_adam import population_grid
from pipeline.package.guide_common import arm_grid, own_words
from pipeline.package.guide_facts import Facts
from pipeline.package.report_tables import output_name

STATEMENT = (
    "The statistical analysis plan of the study is not public. This document takes its place: it "
    "states the methods as the programs of this package apply them, and is generated from the "
    "specifications of the datasets, the list of planned outputs and the settings of the study."
)
CONVENTIONS = (
    "Numbers are rounded when they are printed, half away from zero, and never before. Percentages "
    "refer to the N of the column unless a footnote says otherwise; a count of zero stands without "
    "a percentage. A subject is counted once in a row. Means have one and standard deviations two "
    "decimals more than the data. P-values have four decimals.",
    "Groups stand in the order of the study, with N from ADSL. A number that cannot be estimated "
    "is printed as NE.",
)


def statistical_methods(facts: Facts, where: Places) -> Document:
    """The document of a run."""
    study = facts.folder.study
    blocks = [
        Heading("1 Status of this document"),
        Paragraph(STATEMENT),
        Heading("2 Study design"),
        *own_words(facts, "design"),
        arm_grid(facts),
        Heading("3 Analysis sets"),
        population_grid(facts),
        *_conventions(facts),
        *_analyses(facts),
        *_derivations(facts),
        Heading("7 Software"),
        Grid(("Software", "Version"), texts(facts.versions), (1, 1)),
    ]
    return Document(
        title="Documentation of Statistical Methods",
        subtitles=(f"Study {study.id}", study.title, f"Data cut-off {study.cutoff.isoformat()}"),
        head=f"{study.id}   16.1.9 Documentation of Statistical Methods",
        blocks=tuple(blocks),
    )


def _conventions(facts: Facts) -> list[Block]:
    """Section 4: rounding and denominators, windows, imputation, the study's constants."""
    settings = facts.folder.study.settings
    constants = [(key, settings.text(key)) for key in settings if isinstance(settings[key], str)]
    return [
        Heading("4 Conventions"),
        Heading("4.1 Numbers", 2),
        *(Paragraph(text) for text in CONVENTIONS),
        Heading("4.2 Visits and windows", 2),
        *own_words(facts, "windows", "There are no visit windows."),
        Heading("4.3 Missing and partial data", 2),
        *own_words(facts, "imputation", "Nothing is imputed."),
        Heading("4.4 Constants of the study", 2),
        Grid(("Setting of study.yaml", "Value"), texts(constants), (2, 1), "There are none."),
    ]


def _analyses(facts: Facts) -> list[Block]:
    """Section 5: every planned output with reason, purpose, population and method."""
    rows = [
        (
            output_name(output.id),
            " - ".join(output.titles),
            f"{output.purpose.capitalize()}; {output.reason}",
            facts.results[output.id]["population"] or "-",
            " ".join(output.footnotes) or "-",
        )
        for output in facts.outputs
    ]
    head = ("Output", "Title", "Purpose; reason", "Population", "Definitions and methods")
    return [
        Heading("5 Planned outputs"),
        Grid(head, texts(rows), (1, 2, 1.5, 1.5, 4)),
    ]


def _derivations(facts: Facts) -> list[Block]:
    """Section 6: the derived analysis variables with their methods."""
    blocks: list[Block] = [Heading("6 Derived variables of the analysis datasets")]
    for dataset in facts.layer("adam").values():
        rows = [(v.name, v.label, v.method) for v in dataset.variables if v.method]
        if rows:
            blocks.append(Heading(f"{dataset.name}: {dataset.label}", 2))
            blocks.append(Grid(("Variable", "Label", "Method"), texts(rows), (1, 2, 5)))
    return blocks
