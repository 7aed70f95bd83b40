"""The documents of a package, as Word and PDF under build/docs/: guides, report, statement."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.datasets import all_datasets, input_path, lineage_path
from pipeline.document import Document
from pipeline.document_word import render_word
from pipeline.package.acrf import acrf_inputs
from pipeline.package.ectd_places import DOCS, Places, places
from pipeline.package.guide_adam import adrg
from pipeline.package.guide_facts import Facts
from pipeline.package.guide_sdtm import csdrg
from pipeline.package.guide_synthetic import synthetic_statement
from pipeline.package.guide_text import guide_files
from pipeline.package.pdf_document import render_pdf
from pipeline.package.report_body import report_body
from pipeline.package.report_letters import cover_letter, protocol_placeholder
from pipeline.package.report_methods import statistical_methods
from pipeline.study import StudyFolder

CSDRG, ADRG, STATEMENT = "csdrg", "adrg", "synthetic-data-statement"
REPORT, METHODS, PROTOCOL = "report-body", "16-1-9-stat-methods", "16-1-1-protocol"
LETTER = "cover-letter"
DOCUMENTS: dict[str, Callable[[Facts, Places], Document]] = {
    CSDRG: csdrg,
    ADRG: adrg,
    STATEMENT: lambda facts, where: synthetic_statement(facts),
    REPORT: report_body,
    METHODS: statistical_methods,
    PROTOCOL: protocol_placeholder,
    LETTER: cover_letter,
}


def make_guides(folder: StudyFolder) -> None:
    """Write every document of DOCUMENTS as .docx and .pdf to build/docs/.

    Everything they count is read from the build. StudyError for a part that is not built and for
    a fault in guides.yaml or paper_issues.yaml.
    """
    facts = Facts(folder)
    where = places(folder, facts.text.report)
    for name, make in DOCUMENTS.items():
        _write(folder, name, make(facts, where))


def guide_outputs() -> tuple[str, ...]:
    """The files that make_guides writes, relative to the study folder."""
    return tuple(f"{DOCS}/{name}.{kind}" for name in DOCUMENTS for kind in ("docx", "pdf"))


def guide_inputs(folder: StudyFolder) -> list[str]:
    """The files that make_guides reads, relative to the study folder."""
    facts = Facts(folder)
    datasets = all_datasets(folder)
    checks = ["findings.json", "rules.json"]
    checks += ["balance.csv", "exclusions.csv"] if folder.forms else []
    programs = [p.shown for layer in facts.programs.values() for p in layer.values()]
    toc = ["tlf/toc.yaml"] if facts.outputs else []
    compared = (folder.path / "tlf/concordance.yaml").exists()
    paths = [
        *("study.yaml", "codelists.yaml"),
        *guide_files(folder),
        *(acrf_inputs(folder) if folder.forms else []),
        *(f"{dataset.layer}/{name}.yaml" for name, dataset in folder.datasets.items()),
        *(input_path(folder, name) for name in datasets),
        *(lineage_path(name, dataset.layer) for name, dataset in datasets.items()),
        *programs,
        *toc,
        *(f"build/tlf/{output.file}.json" for output in facts.outputs),
        *(f"build/validation/{name}" for name in checks),
        *(["build/raw/records.parquet"] if folder.forms else []),
        *(["build/concordance.csv"] if compared else []),
    ]
    return list(dict.fromkeys(paths))


def _write(folder: StudyFolder, name: str, document: Document) -> None:
    """A document as Word and as PDF."""
    base, time = folder.path / DOCS, folder.study.timestamp
    render_word(document, base / f"{name}.docx", time)
    render_pdf(document, base / f"{name}.pdf", time)
