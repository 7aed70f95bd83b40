"""guides.yaml: what only the study can say in the reviewer's guides. All numbers come from the run.

```yaml
report: 53-clin-stud-rep/535-rep-effic-safety-stud/xyz/5352-stud-rep-uncontr   # place below m5
acronyms: {DLT: dose-limiting toxicity}
sections:                       # one or more paragraphs each; every key is optional
  design: The study ...
datasets:                       # a note on a dataset
  FA: Findings about ...
findings:                       # what the sponsor says to the findings of a rule
  LB: {DQ15.2: The sample was taken ...}
report_body:                    # section of ICH E3 -> the outputs shown in it
  "10.1": [T14.1.2]
```

paper_issues.yaml: where the sources of the study contradict themselves or the data.

```yaml
P01: {topic: Arms, printed: "'randomly divided' v 'not by randomization'", handled: RANDOM is N.}
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.study import StudyFolder
from pipeline.yamltext import Block, read_yaml

GUIDES, ISSUES = "guides.yaml", "paper_issues.yaml"
REPORT_PLACE = "53-clin-stud-rep/535-rep-effic-safety-stud"
SECTIONS = (
    "design",
    "visits",
    "acrf",
    "subject_data",
    "supplemental",
    "sdtm_conformance",
    "sources",
    "synthetic",
    "design_in_adam",
    "treatment",
    "windows",
    "imputation",
    "processing",
    "adam_conformance",
    "programs",
    "qc",
)


@dataclass(frozen=True)
class Issue:
    """One contradiction of the sources: what is printed, and what the data hold instead."""

    id: str
    topic: str
    printed: str
    handled: str


@dataclass(frozen=True)
class GuideText:
    """The study's own words; `sections` and `datasets` are paragraphs by key."""

    report: str
    acronyms: dict[str, str]
    sections: dict[str, list[str]]
    datasets: dict[str, list[str]]
    findings: dict[tuple[str, str], str]
    report_body: dict[str, list[str]]
    issues: tuple[Issue, ...]


def read_guide_text(folder: StudyFolder) -> GuideText:
    """guides.yaml and paper_issues.yaml of the study, both optional.

    StudyError for an unknown section or dataset, and a place of the report that leaves m5.
    """
    path = folder.path / GUIDES
    block = (read_yaml(path) if path.exists() else Block(GUIDES, 1)).check(
        optional=("report", "acronyms", "sections", "datasets", "findings", "report_body")
    )
    sections = block.block("sections").check(optional=SECTIONS)
    names = [dataset.name for dataset in folder.datasets.values()]
    datasets = block.block("datasets").check(optional=names)
    return GuideText(
        report=_place(block),
        acronyms=_acronyms(block.block("acronyms")),
        sections={key: sections.texts(key) for key in sections},
        datasets={key: datasets.texts(key) for key in datasets},
        findings=_findings(block.block("findings")),
        report_body={
            key: block.block("report_body").texts(key) for key in block.block("report_body")
        },
        issues=_issues(folder.path),
    )


def guide_files(folder: StudyFolder) -> list[str]:
    """Those of the two files that the study has."""
    return [name for name in (GUIDES, ISSUES) if (folder.path / name).exists()]


def _acronyms(block: Block) -> dict[str, str]:
    """Acronym -> what it stands for."""
    return {name: block.text(name) for name in block}


def _findings(block: Block) -> dict[tuple[str, str], str]:
    """(dataset, rule) -> the sponsor's explanation of what the rule finds there."""
    return {
        (dataset, rule): block.block(dataset).text(rule)
        for dataset in block
        for rule in block.block(dataset)
    }


def _place(block: Block) -> str:
    """Where the report stands below m5: lower case, digits and hyphens (ICH eCTD, file names)."""
    place = block.text("report", REPORT_PLACE).strip("/")
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if not all(part and set(part) <= allowed for part in place.split("/")):
        raise StudyError(
            block.where("report"),
            f"report is {place!r}",
            "write folders of a-z, 0-9 and hyphens, joined by /",
        )
    return place


def _issues(folder: Path) -> tuple[Issue, ...]:
    """The entries of paper_issues.yaml in order."""
    path = folder / ISSUES
    if not path.exists():
        return ()
    block = read_yaml(path)
    issues = []
    for name in block:
        entry = block.block(name).check(required=("topic", "printed", "handled"))
        words = [" ".join(entry.texts(key)) for key in ("topic", "printed", "handled")]
        issues.append(Issue(name, *words))
    return tuple(issues)
