"""The cover letter of a package, and the page that stands where the protocol would."""

from __future__ import annotations

from pipeline.document import Block, Document, Grid, Paragraph, texts
from pipeline.package.define_standards import SYSTEM, SYSTEM_VERSION
from pipeline.package.ectd_places import Places
from pipeline.package.guide_common import own_words, standards_grid
from pipeline.package.guide_facts import Facts

PLACEHOLDER = (
    "The protocol of this study and its amendments are not public and are not part of this "
    "package. This page stands in their place, so that the structure of the report is complete."
)
CONTACT = (
    "Addressee, application number, signature and contact of the sponsor are not part of this "
    "package."
)


def cover_letter(facts: Facts, where: Places) -> Document:
    """What the package holds, by which standards, and what a reader has to know first."""
    study, sdtm, adam = facts.folder.study, facts.layer("sdtm"), facts.layer("adam")
    fields = [field for form in facts.folder.forms.values() for field in form.fields]
    synthetic = [field for field in fields if field.source == "synthetic"]
    shown = [result for result in facts.results.values() if result["synthetic"]]
    blocks: list[Block] = [
        Paragraph(CONTACT),
        Paragraph(
            f"This package holds the data and outputs of study {study.id}, data cut-off "
            f"{study.cutoff.isoformat()}: {len(sdtm)} tabulation datasets, {len(adam)} analysis "
            f"datasets and {len(facts.outputs)} tables, listings and figures, with the programs "
            "that made them. Start with csdrg.pdf."
        ),
        Paragraph(
            f"{len(synthetic)} of {len(fields)} fields of the case report form and {len(shown)} of "
            f"{len(facts.outputs)} outputs hold synthetic data; see synthetic-data-statement.pdf."
        ),
        *own_words(facts, "synthetic"),
        Paragraph(
            f"The data passed {sum(rule['status'] == 'passed' for rule in facts.rules)} of "
            f"{len(facts.rules)} conformance rules; what the others found is explained in "
            "csdrg.pdf and adrg.pdf."
        ),
        Paragraph(
            f"The files were made by {SYSTEM} {SYSTEM_VERSION}; SHA256SUMS.txt holds their "
            "digests. They hold no macros; the only code is the programs listed."
        ),
        Grid(("Folder", "Holds"), texts(where.described()), (3, 2)),
        standards_grid(facts, ("sdtm", "adam")),
    ]
    return _document(facts, "Cover Letter", blocks)


def protocol_placeholder(facts: Facts, where: Places) -> Document:
    """One page that says that there is no protocol here, and what stands in for it."""
    registry = facts.parameters.get("REGID")
    blocks: list[Block] = [
        Paragraph(PLACEHOLDER),
        Paragraph(
            "The design as recorded is in the trial design datasets TA, TE, TV, TI and TS "
            f"({where.sdtm}) and in section 2 of csdrg.pdf."
        ),
    ]
    if registry:
        blocks.append(Paragraph(": ".join(registry)))
    return _document(facts, "16.1.1 Protocol and protocol amendments", blocks)


def _document(facts: Facts, title: str, blocks: list[Block]) -> Document:
    """A document with the study on its first page."""
    study = facts.folder.study
    return Document(
        title=title,
        subtitles=(f"Study {study.id}", study.title, f"Data cut-off {study.cutoff.isoformat()}"),
        head=f"{study.id}   {title}",
        blocks=tuple(blocks),
    )
