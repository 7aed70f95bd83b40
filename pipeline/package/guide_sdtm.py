"""csdrg: the clinical Study Data Reviewer's Guide (sections after the PHUSE template)."""

from __future__ import annotations

from collections import Counter

from pipeline.document import Block, Document, Grid, Heading, Paragraph, texts
from pipeline.errors import listed
from pipeline.package.acrf import acrf_pages
from pipeline.package.acrf_annotations import NOT_SUBMITTED, annotate
from pipeline.package.ectd_places import Places
from pipeline.package.guide_common import (
    SIZE_HEAD,
    SIZE_WIDTHS,
    conformance,
    criteria_grid,
    introduction,
    own_words,
    protocol,
    rerun,
    size_rows,
    source_issues,
)
from pipeline.package.guide_facts import Facts
from pipeline.package.guide_synthetic import synthetic_sections
from pipeline.spec import NOT_AVAILABLE, Dataset

PURPOSE = (
    "This guide gives context to the tabulation datasets and terminology of the study beyond "
    "define.xml: where the data come from, what was checked, what was found and why it is so."
)
TAKEN = "Taken over as received ({}); how its values came about is not recorded there."
TRIAL_DESIGN = ("ta", "te", "tv", "ti", "ts")


def csdrg(facts: Facts, where: Places) -> Document:
    """The guide of the tabulation datasets of a run."""
    study = facts.folder.study
    blocks = [
        *introduction(facts, "sdtm", PURPOSE),
        *protocol(facts),
        *_trial_design(facts),
        Heading("3 Subject data description"),
        *_overview(facts),
        *_crf(facts),
        *_balance(facts),
        *_domains(facts),
        *_supplemental(facts),
        Heading("4 Data conformance summary"),
        *own_words(facts, "sdtm_conformance"),
        *conformance(facts, "sdtm", "4"),
        Heading("5 Sources of the data"),
        *own_words(facts, "sources"),
        *synthetic_sections(facts, "5.1"),
        *source_issues(facts, "5.2"),
        Heading("Appendix 1: Inclusion and exclusion criteria"),
        criteria_grid(facts),
        *rerun("Appendix 2: Running the programs again", where.programs),
    ]
    return Document(
        title="Clinical Study Data Reviewer's Guide",
        subtitles=(f"Study {study.id}", study.title, f"Data cut-off {study.cutoff.isoformat()}"),
        head=f"{study.id}   Clinical Study Data Reviewer's Guide",
        blocks=tuple(blocks),
    )


def _trial_design(facts: Facts) -> list[Block]:
    """Section 2.3: the trial design datasets, visits, and parameters without a value."""
    found = [name for name in TRIAL_DESIGN if name in facts.datasets]
    rows = [
        (facts.datasets[name].name, facts.datasets[name].label, facts.sizes[name].records)
        for name in found
    ]
    parameters = facts.folder.study.trial_design.block("parameters")
    empty = [
        (name, parameters.block(name).text("name"), parameters.block(name).text("null"))
        for name in parameters
        if "null" in parameters.block(name)
    ]
    return [
        Heading("2.3 Trial design datasets", 2),
        Grid(("Dataset", "Label", "Records"), texts(rows), (1, 4, 1)),
        *own_words(facts, "visits"),
        Paragraph(
            f"{len(parameters)} trial summary parameters, {len(empty)} of them without a value:"
        ),
        Grid(("TSPARMCD", "Parameter", "TSVALNF"), texts(empty), (1, 4, 1)),
    ]


def _overview(facts: Facts) -> list[Block]:
    """Section 3.1: every dataset with its size."""
    sdtm = facts.layer("sdtm")
    records = sum(facts.sizes[name].records for name in sdtm)
    return [
        Heading("3.1 Overview", 2),
        *own_words(facts, "subject_data"),
        Paragraph(f"{len(sdtm)} datasets with {records} records in all."),
        Grid(SIZE_HEAD, texts(size_rows(facts, "sdtm")), SIZE_WIDTHS),
    ]


def _crf(facts: Facts) -> list[Block]:
    """Section 3.2: the annotated CRF, its forms and what is not submitted."""
    forms = facts.folder.forms
    if not forms:
        return []
    pages = acrf_pages(facts.folder)
    first = {name: pages[name, form.fields[0].name] for name, form in forms.items()}
    listed = [(form.label, name, len(form.fields), first[name]) for name, form in forms.items()]
    left = [
        (forms[form].label, field, forms[form][field].label, pages[form, field])
        for (form, field), found in annotate(facts.folder).items()
        if [annotation.text for annotation in found] == [NOT_SUBMITTED]
    ]
    return [
        Heading("3.2 Annotated CRF", 2),
        *own_words(facts, "acrf"),
        Grid(("Form", "Extract", "Fields", "Page of acrf.pdf"), texts(listed), (4, 1, 1, 1.5)),
        Paragraph(f"{len(left)} fields are not submitted:"),
        Grid(("Form", "Field", "Label", "Page"), texts(left), (2, 2, 3, 1)),
    ]


def _balance(facts: Facts) -> list[Block]:
    """Section 3.3: where every record of the CRF extracts went."""
    if not facts.balance:
        return []
    head = tuple(facts.balance[0])
    reasons = Counter((row["form"], row["state"], row["reason"]) for row in facts.exclusions)
    rows = [(*key, count) for key, count in sorted(reasons.items())]
    return [
        Heading("3.3 Every record of the CRF extracts", 2),
        Grid(head, texts(tuple(row.values()) for row in facts.balance)),
        Paragraph(f"{len(facts.exclusions)} records are in no SDTM dataset, for these reasons:"),
        Grid(("Form", "State", "Reason", "Records"), texts(rows), (1, 1, 4, 1)),
    ]


def _domains(facts: Facts) -> list[Block]:
    """Section 3.4: what is said of single datasets, and the variables that could not be filled."""
    blocks: list[Block] = [Heading("3.4 Notes on datasets", 2)]
    for name, dataset in facts.folder.datasets.items():
        if dataset.layer != "sdtm":
            continue
        notes = list(facts.text.datasets.get(dataset.name, ()))
        files = facts.folder.sources.get(name, ())
        notes += [TAKEN.format(listed([file.name for file in files]))] if files else _empty(dataset)
        if notes:
            size = facts.sizes[name].records
            blocks.append(Heading(f"{dataset.name}: {dataset.label} ({size} records)", 3))
            blocks += [Paragraph(note) for note in notes]
    return blocks


def _empty(dataset: Dataset) -> list[str]:
    """The variables that could not be filled, and why."""
    reasons: dict[str, list[str]] = {}
    for variable in dataset.variables:
        if variable.origin == NOT_AVAILABLE:
            reasons.setdefault(variable.comment, []).append(variable.name)
    return [f"Empty: {', '.join(names)}. {why}" for why, names in reasons.items()]


def _supplemental(facts: Facts) -> list[Block]:
    """Sections 3.5 and 3.6: supplemental qualifiers, related records, split datasets."""
    rows = [
        (f"SUPP{dataset.name}", variable.name, variable.label, variable.origin, variable.evaluator)
        for dataset in facts.folder.datasets.values()
        for variable in dataset.supplemental
    ]
    related = "relrec" in facts.datasets
    records = facts.sizes["relrec"].records if related else 0
    parts = sorted(path.stem for path in (facts.folder.build / "xpt/split").rglob("*.xpt"))
    return [
        Heading("3.5 Supplemental qualifiers and related records", 2),
        *own_words(facts, "supplemental"),
        Grid(("Dataset", "QNAM", "Label", "Origin", "Evaluator"), texts(rows), (1, 1, 3, 1, 1)),
        Paragraph(f"RELREC has {records} records." if related else "There is no RELREC."),
        Heading("3.6 Split datasets", 2),
        Grid(("Part",), texts((part.upper(),) for part in parts), (), "No dataset is split."),
    ]
