"""The body of the clinical study report in the sections of ICH E3, as far as the run can fill it.

What the run knows (design, sets, results, comparison with published numbers) is written from it;
a section that only people can write says that it is not part of the package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from pipeline.document import Block, Document, Grid, Heading, Paragraph, texts
from pipeline.package.ectd_places import Places
from pipeline.package.guide_common import (
    acronym_grid,
    arm_grid,
    by_severity,
    criteria_grid,
    own_words,
)
from pipeline.package.guide_facts import Facts
from pipeline.package.report_tables import output_name, shown_outputs

NOT_PART = "Not part of this package."
E3 = (
    ("2", "Synopsis"),
    ("4", "List of abbreviations"),
    ("5", "Ethics"),
    ("6", "Investigators and study administrative structure"),
    ("7", "Introduction"),
    ("8", "Study objectives"),
    ("9", "Investigational plan"),
    ("9.1", "Overall study design and plan"),
    ("9.3", "Selection of study population"),
    ("9.4", "Treatments"),
    ("9.5", "Efficacy and safety variables"),
    ("9.6", "Data quality assurance"),
    ("9.7", "Statistical methods and determination of sample size"),
    ("9.8", "Changes in the conduct of the study or planned analyses"),
    ("10", "Study patients"),
    ("10.1", "Disposition of patients"),
    ("10.2", "Protocol deviations"),
    ("11", "Efficacy evaluation"),
    ("11.1", "Data sets analysed"),
    ("11.2", "Demographic and other baseline characteristics"),
    ("11.3", "Measurements of treatment compliance"),
    ("11.4", "Efficacy results"),
    ("12", "Safety evaluation"),
    ("12.1", "Extent of exposure"),
    ("12.2", "Adverse events"),
    ("12.3", "Deaths, other serious and other significant adverse events"),
    ("12.4", "Clinical laboratory evaluation"),
    ("12.5", "Vital signs, physical findings and other observations"),
    ("12.6", "Safety conclusions"),
    ("13", "Discussion and overall conclusions"),
    ("14", "Tables, figures and graphs"),
    ("15", "Reference list"),
    ("16", "Appendices"),
)
PARENTS = frozenset(number.partition(".")[0] for number, _ in E3 if "." in number)
OBJECTIVES = ("OBJPRIM", "OBJSEC", "OBJEXP")
SYNOPSIS = (
    *("TITLE", "SPONSOR", "TPHASE", "INDIC", "TRT", "CURTRT", "SSTDTC", "TBLIND", "TCNTRL"),
    *("NARMS", "ACTSUB", *OBJECTIVES, "OUTMSPRI", "OUTMSSEC"),
)
STATEMENT = (
    "This body is generated from the datasets, results and specifications of the package. It holds "
    "what can be computed or is recorded in them, and no interpretation."
)


def report_body(facts: Facts, where: Places) -> Document:
    """The report body of a run."""
    study = facts.folder.study
    blocks: list[Block] = [Paragraph(STATEMENT)]
    for number, title in E3:
        blocks.append(Heading(f"{number} {title}", 2 if "." in number else 1))
        blocks += _section(facts, where, number)
    return Document(
        title="Clinical Study Report",
        subtitles=(f"Study {study.id}", study.title, f"Data cut-off {study.cutoff.isoformat()}"),
        head=f"{study.id}   Clinical Study Report",
        blocks=tuple(blocks),
    )


def _section(facts: Facts, where: Places, number: str) -> list[Block]:
    """What the run knows for a section, then the study's outputs for it."""
    make = MAKERS.get(number)
    made = make(facts, where) if make else []
    made += shown_outputs(facts, facts.text.report_body.get(number, ()))
    return made or ([] if number in PARENTS else [Paragraph(NOT_PART)])


def _synopsis(facts: Facts, where: Places) -> list[Block]:
    """Section 2: the trial summary, subjects by arm, and the published numbers."""
    known = facts.parameters
    rows = [known[code] for code in SYNOPSIS if code in known]
    return [
        Grid(("Item", "As recorded in TS"), texts(rows), (1, 3)),
        *_comparison(facts, where),
    ]


def _comparison(facts: Facts, where: Places) -> list[Block]:
    """The published numbers beside the recomputed ones; none when the study reports none."""
    if not facts.concordance:
        return []
    counts = Counter(row["status"] for row in facts.concordance)
    rows = [
        (row["id"], _number(row), row["reported"], row["recomputed"] or "-", row["status"])
        for row in facts.concordance
    ]
    said = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return [
        Paragraph(
            f"{len(rows)} published numbers beside those of this package: {said}. Reasons and "
            f"assumptions are in {where.misc}/seed-reproduction.docx."
        ),
        Grid(
            ("No.", "Number", "Published", "This package", "Status"),
            texts(rows),
            (0.6, 4, 1.4, 1.6, 1.5),
        ),
    ]


def _number(row: dict[str, str]) -> str:
    """What a published number is: statistic, population, group."""
    return f"{row['statistic']} ({row['population']}, {row['group']})"


def _objectives(facts: Facts, where: Places) -> list[Block]:
    """Section 8: the objectives of TS."""
    known = facts.parameters
    return [Paragraph(": ".join(known[code])) for code in OBJECTIVES if code in known]


def _quality(facts: Facts, where: Places) -> list[Block]:
    """Section 9.6: the rules run, and what they found."""
    ran = Counter(rule["status"] for rule in facts.rules)
    states = ", ".join(f"{count} {status}" for status, count in sorted(ran.items()))
    return [
        Paragraph(
            f"{len(facts.rules)} rules were checked ({states}); {len(facts.findings)} findings: "
            f"{by_severity(facts.findings)}. They are explained in csdrg.pdf and adrg.pdf."
        )
    ]


def _methods(facts: Facts, where: Places) -> list[Block]:
    """Section 9.7: where the methods are."""
    return [
        Paragraph(
            "The statistical methods as implemented are in 16-1-9-stat-methods.pdf. The "
            "determination of the sample size is not part of this package."
        )
    ]


def _outputs(facts: Facts, where: Places) -> list[Block]:
    """Section 14: the outputs and their files."""
    rows = [
        (output_name(output.id), " - ".join(output.titles), f"tlf/{output.file}.docx")
        for output in facts.outputs
        if not output.id.startswith("L")
    ]
    return [Grid(("Output", "Title", "File"), texts(rows), (1, 3, 1.5))]


def _appendices(facts: Facts, where: Places) -> list[Block]:
    """Section 16: the appendices that this package has."""
    rows = [
        ("16.1.1", "Protocol and protocol amendments", "16-1-1-protocol.pdf (placeholder)"),
        ("16.1.9", "Documentation of statistical methods", "16-1-9-stat-methods.pdf"),
        ("16.2", "Patient data listings", "16-2-listings.docx"),
        ("16.4", "Individual patient data listings", f"{where.data} (datasets)"),
        ("Others", "", NOT_PART),
    ]
    return [Grid(("Appendix", "Title", "File"), texts(rows), (1, 3, 3))]


def _words(*keys: str) -> Callable[[Facts, Places], list[Block]]:
    """A section of the study's own paragraphs."""
    return lambda facts, where: [block for key in keys for block in own_words(facts, key)]


MAKERS: dict[str, Callable[[Facts, Places], list[Block]]] = {
    "2": _synopsis,
    "4": lambda facts, where: [acronym_grid(facts)],
    "8": _objectives,
    "9.1": _words("design"),
    "9.3": lambda facts, where: [criteria_grid(facts)],
    "9.4": lambda facts, where: [arm_grid(facts)],
    "9.6": _quality,
    "9.7": _methods,
    "14": _outputs,
    "15": _words("sources"),
    "16": _appendices,
}
