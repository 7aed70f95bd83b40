"""Sections that both reviewer's guides have, filled from the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.document import Block, Bullets, Grid, Heading, Paragraph, texts
from pipeline.package.define_standards import read_standards
from pipeline.package.guide_facts import Facts, Record
from pipeline.yamltext import Block as YamlBlock

ACRONYMS = {
    "ADaM": "Analysis Data Model",
    "ADRG": "Analysis Data Reviewer's Guide",
    "CDISC": "Clinical Data Interchange Standards Consortium",
    "CRF": "case report form",
    "cSDRG": "clinical Study Data Reviewer's Guide",
    "SDTM": "Study Data Tabulation Model",
    "XPT": "SAS transport file, version 5",
}
CONTENTS = "CONTENTS"
CHECKED_WITH = "Great Expectations suites made from the specifications, and the study's own rules"


def own_words(facts: Facts, key: str, otherwise: str = "") -> list[Block]:
    """The study's paragraphs for a section, or a sentence where it says nothing."""
    said = facts.text.sections.get(key) or ([otherwise] if otherwise else [])
    return [Paragraph(text) for text in said]


def introduction(facts: Facts, layer: str, purpose: str) -> list[Block]:
    """Section 1: purpose, acronyms, standards and dictionaries."""
    return [
        Heading("1 Introduction"),
        Heading("1.1 Purpose", 2),
        Paragraph(purpose),
        Heading("1.2 Acronyms", 2),
        acronym_grid(facts),
        Heading("1.3 Study data standards and dictionary inventory", 2),
        standards_grid(facts, (layer,)),
    ]


def acronym_grid(facts: Facts) -> Grid:
    """The acronyms of this system and of the study."""
    acronyms = ACRONYMS | facts.text.acronyms
    rows = texts((name, acronyms[name]) for name in sorted(acronyms, key=str.lower))
    return Grid(("Acronym", "Meaning"), rows, (1, 4))


def standards_grid(facts: Facts, layers: Sequence[str]) -> Grid:
    """Standards of the layers, exchange formats and dictionaries, each once."""
    rows = dict.fromkeys(row for layer in layers for row in _standards(facts, layer))
    return Grid(("Standard or dictionary", "Version used"), texts(rows), (2, 2))


def arm_grid(facts: Facts) -> Grid:
    """The arms with their elements."""
    return Grid(("Arm", "Description", "Elements in order"), texts(_arms(facts)), (1, 3, 4))


def criteria_grid(facts: Facts) -> Grid:
    """The criteria of TI."""
    criteria = facts.folder.study.trial_design.block("criteria")
    rows = [
        (name, criteria.block(name).text("category"), criteria.block(name).text("text"))
        for name in criteria
    ]
    return Grid(("IETESTCD", "IECAT", "Criterion"), texts(rows), (1, 1, 5))


def protocol(facts: Facts) -> list[Block]:
    """Section 2, as far as both guides share it: number, title, design, arms."""
    study = facts.folder.study
    return [
        Heading("2 Protocol description"),
        Heading("2.1 Protocol number and title", 2),
        Paragraph(f"{study.id}: {study.title}. Data cut-off {study.cutoff.isoformat()}."),
        Heading("2.2 Protocol design", 2),
        *own_words(facts, "design"),
        arm_grid(facts),
    ]


def conformance(facts: Facts, layer: str, number: str) -> list[Block]:
    """Conformance inputs and findings of a layer; `number` is that of the section."""
    rules = [rule for rule in facts.rules if _concerns(facts, rule["dataset"], layer)]
    found = [item for item in facts.findings if _concerns(facts, item["dataset"], layer)]
    counts = Counter(rule["status"] for rule in rules)
    head = ("Dataset or file", "Rule", "Severity", "Findings", "What", "Explanation")
    skipped = [rule for rule in rules if rule["status"] == "not run"]
    checks = sum(rule["rows"] for rule in rules)
    return [
        Heading(f"{number}.1 Conformance inputs", 2),
        Paragraph(
            f"Checked with: {CHECKED_WITH}. {len(rules)} rules, {checks} rows checked: "
            + ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
            + "."
        ),
        Heading(f"{number}.2 Issues summary", 2),
        Paragraph(f"{len(found)} findings: {by_severity(found)}."),
        Grid(
            head,
            texts(_issues(found, facts.text.findings)),
            (1.2, 1.2, 1, 1, 3, 3),
            "No rule that was run has findings.",
        ),
        Heading(f"{number}.3 Rules that were not run", 2),
        Grid(
            ("Dataset or file", "Rule", "Says", "Reason"),
            texts((r["dataset"], r["rule"], r["says"], r["reason"]) for r in skipped),
            (1, 1, 3, 2),
            "Every rule was run.",
        ),
    ]


def by_severity(found: Sequence[Record]) -> str:
    """2 error (1 waived), 0 warning, 3 note."""
    parts = []
    for severity in ("error", "warning", "note"):
        of_it = [item for item in found if item["severity"] == severity]
        waived = sum(bool(item["waived"]) for item in of_it)
        parts.append(f"{len(of_it)} {severity}" + (f" ({waived} waived)" if waived else ""))
    return ", ".join(parts)


def source_issues(facts: Facts, number: str) -> list[Block]:
    """Where the sources of the study contradict themselves or the data."""
    issues = facts.text.issues
    if not issues:
        return []
    return [
        Heading(f"{number} Inconsistencies of the sources", 2),
        Paragraph(
            "Where the sources contradict themselves or the data, and how the data were handled. "
            f"Number of places: {len(issues)}."
        ),
        Grid(
            ("No.", "Topic", "As printed", "In the data"),
            texts((issue.id, issue.topic, issue.printed, issue.handled) for issue in issues),
            (0.6, 1.6, 4, 3),
        ),
    ]


def rerun(title: str, programs: str) -> list[Block]:
    """How to run the programs again; the steps stand in README-run.txt."""
    return [
        Heading(title),
        Paragraph(f"The steps are in {programs}/README-run.txt; in short:"),
        Bullets(
            (
                "unpack pipeline-src.zip and install the locked packages (requirements.lock) into "
                "an empty Python environment",
                "run one program by its file name; it reads the XPT files of this package",
                "the program says whether its result equals the file of this package byte by byte",
            )
        ),
    ]


def size_rows(facts: Facts, layer: str) -> list[tuple[object, ...]]:
    """Dataset, label, class, structure, records and subjects of every dataset of a layer."""
    rows: list[tuple[object, ...]] = []
    for name, dataset in facts.layer(layer).items():
        size = facts.sizes[name]
        subjects = "" if size.subjects is None else size.subjects
        kind = dataset.dataset_class
        rows.append((dataset.name, dataset.label, kind, dataset.structure, size.records, subjects))
    return rows


SIZE_HEAD = ("Dataset", "Label", "Class", "Structure", "Records", "Subjects")
SIZE_WIDTHS = (1, 2.2, 2, 3, 1, 1)


def _standards(facts: Facts, layer: str) -> list[tuple[str, str]]:
    """Standards of the layer, exchange formats, dictionaries."""
    rows = []
    for standard in read_standards(facts.folder.path, layer):
        kind = f" terminology, {standard.publishing_set}" if standard.publishing_set else ""
        rows.append((f"{standard.name}{kind}", standard.version))
    rows += [("Define-XML", "2.1"), ("SAS transport format (XPT)", "5"), ("Dataset-JSON", "1.1")]
    return rows + list(facts.folder.study.dictionaries.items())


def _arms(facts: Facts) -> list[tuple[str, str, str]]:
    """Each arm with its epochs and elements as the trial design plans them."""
    study = facts.folder.study
    planned = study.trial_design.block("arms")
    elements = study.trial_design.block("elements")
    return [
        (arm.code, arm.name, _elements(planned.block(arm.code), elements)) for arm in study.arms
    ]


def _elements(arm: YamlBlock, elements: YamlBlock) -> str:
    """SCREENING: Screening; TREATMENT: 4 infusions; ..."""
    parts = []
    for epoch in arm:
        code = arm.block(epoch).text("element")
        parts.append(f"{epoch}: {elements.block(code).text('name', code)}")
    return "; ".join(parts)


def _concerns(facts: Facts, place: str, layer: str) -> bool:
    """Whether a rule or finding belongs to a layer: files to sdtm, CONTENTS to both."""
    dataset = facts.datasets.get(place.lower())
    if dataset:
        return dataset.layer == layer
    return layer == "sdtm" or place == CONTENTS


def _issues(
    found: Sequence[Record], said: Mapping[tuple[str, str], str]
) -> list[tuple[object, ...]]:
    """One row per place, rule and explanation, with the number of findings."""
    counts = Counter(
        (
            item["dataset"] or item["file"],
            item["rule"],
            item["severity"],
            item.get("says") or item["what"],
            _explanation(item, said),
        )
        for item in found
    )
    return [
        (place, rule, severity, count, what, why)
        for (place, rule, severity, what, why), count in sorted(counts.items())
    ]


def _explanation(item: Record, said: Mapping[tuple[str, str], str]) -> str:
    """What the sponsor says to a finding: response, waiver, guides.yaml, or that it is open."""
    general = said.get((item["dataset"] or item["file"], item["rule"]))
    return str(item.get("response") or item.get("waived") or general or "open")
