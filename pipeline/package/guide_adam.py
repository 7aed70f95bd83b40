"""adrg: the Analysis Data Reviewer's Guide (sections after the PHUSE template)."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.document import Block, Document, Grid, Heading, Paragraph, texts
from pipeline.package.ectd_places import Places
from pipeline.package.guide_common import (
    SIZE_HEAD,
    SIZE_WIDTHS,
    conformance,
    introduction,
    own_words,
    protocol,
    rerun,
    size_rows,
    source_issues,
)
from pipeline.package.guide_facts import Facts
from pipeline.package.guide_synthetic import synthetic_sections
from pipeline.programs import SPECIAL
from pipeline.spec import Dataset

PURPOSE = (
    "This guide gives context to the analysis datasets of the study beyond define.xml: how they "
    "are made, which decisions stand behind them, what was checked, and how to run the programs."
)
ADSL = "adsl"
# ADaMIG 1.3, 3.2.4 and 3.3.2: treatment and its timing, of the subject and of the record.
TREATMENT = re.compile(r"TRT(\d\d)?[PA]N?|TRTSEQ[PA]N?|(TRT|TR\d\d|AP\d\d)[SE]DTM?|TRTDUR[DMY]")


def adrg(facts: Facts, where: Places) -> Document:
    """The guide of the analysis datasets of a run."""
    study = facts.folder.study
    blocks = [
        *introduction(facts, "adam", PURPOSE),
        *_source_data(facts),
        *protocol(facts),
        Heading("2.3 Protocol design in ADaM", 2),
        *own_words(facts, "design_in_adam"),
        population_grid(facts),
        *_considerations(facts),
        *_processing(facts),
        *_datasets(facts),
        Heading("6 Data conformance summary"),
        *own_words(facts, "adam_conformance"),
        *conformance(facts, "adam", "6"),
        *_programs(facts, where),
        Heading("8 Directory structure"),
        Grid(("Folder of the package", "Holds"), texts(where.described()), (3, 2)),
        *rerun("Appendix 1: Installing and running the programs", where.programs),
        Grid(("Software", "Version of this run"), texts(facts.versions), (1, 1)),
        *_quality(facts),
    ]
    return Document(
        title="Analysis Data Reviewer's Guide",
        subtitles=(f"Study {study.id}", study.title, f"Data cut-off {study.cutoff.isoformat()}"),
        head=f"{study.id}   Analysis Data Reviewer's Guide",
        blocks=tuple(blocks),
    )


def _source_data(facts: Facts) -> list[Block]:
    """Section 1.4: which tabulation datasets the analysis datasets read."""
    sdtm = facts.layer("sdtm")
    read = {name for program in facts.programs["adam"].values() for name in program.inputs}
    used = [name.upper() for name in sdtm if name in read]
    unused = [name.upper() for name in sdtm if name not in read]
    return [
        Heading("1.4 Source data used for the analysis datasets", 2),
        Paragraph(
            f"The analysis datasets are made of {len(used)} of the {len(sdtm)} tabulation datasets "
            f"of this package: {', '.join(used)}."
        ),
        Paragraph(f"Not used: {', '.join(unused) or 'none'}."),
    ]


def population_grid(facts: Facts) -> Grid:
    """The analysis sets with definition and the number of their subjects."""
    names = facts.datasets[ADSL].names if ADSL in facts.datasets else ()
    rows = [
        (flag, label, facts.column(ADSL, flag).count("Y"), facts.datasets[ADSL][flag].method)
        for flag, label in facts.folder.study.populations.items()
        if flag in names
    ]
    return Grid(("Flag", "Analysis set", "Subjects", "Definition"), texts(rows), (1, 2, 1, 4))


def _considerations(facts: Facts) -> list[Block]:
    """Section 3: core variables, treatment variables, windows, imputation."""
    adam = facts.layer("adam")
    core = _core(adam)
    treatment: dict[tuple[str, str], list[str]] = {}
    for dataset in adam.values():
        for variable in dataset.variables:
            if TREATMENT.fullmatch(variable.name):
                key = (variable.name, variable.label)
                treatment.setdefault(key, []).append(dataset.name)
    imputed = [
        (dataset.name, variable.name, variable.label, variable.method)
        for dataset in adam.values()
        for variable in dataset.variables
        if variable.name.endswith(("DTF", "TMF"))
    ]
    return [
        Heading("3 Analysis considerations related to several datasets"),
        Heading("3.1 Core variables", 2),
        Paragraph(f"{len(core)} variables of ADSL stand in every other dataset with subjects:"),
        Grid(("Variable", "Label"), texts(core), (1, 4)),
        Heading("3.2 Treatment variables", 2),
        *own_words(facts, "treatment"),
        Grid(
            ("Variable", "Label", "Datasets"),
            texts((*key, ", ".join(names)) for key, names in treatment.items()),
            (1, 2.5, 4),
        ),
        Heading("3.3 Visit windows, unscheduled visits and selection of records", 2),
        *own_words(facts, "windows", "There are no visit windows."),
        Heading("3.4 Imputation and derivation", 2),
        *own_words(facts, "imputation"),
        Grid(
            ("Dataset", "Variable", "Label", "Method"),
            texts(imputed),
            (1, 1, 2, 4),
            "No dataset has an imputation flag: no date is imputed.",
        ),
    ]


def _core(adam: dict[str, Dataset]) -> list[tuple[str, str]]:
    """The variables of ADSL that every other dataset has."""
    others = [set(dataset.names) for name, dataset in adam.items() if name != ADSL]
    if ADSL not in adam or not others:
        return []
    shared = set.intersection(*others)
    return [(v.name, v.label) for v in adam[ADSL].variables if v.name in shared]


def _processing(facts: Facts) -> list[Block]:
    """Section 4: order, dependencies, intermediate datasets."""
    rows = [
        (name.upper(), ", ".join(n.upper() for n in program.inputs if n not in SPECIAL))
        for name, program in facts.programs["adam"].items()
    ]
    known = set(facts.datasets)
    built = {path.stem for path in (facts.folder.build / "adam").glob("*.parquet")}
    between = sorted(n.upper() for n in built - known if not n.endswith(".lineage"))
    return [
        Heading("4 Creation and processing of analysis data"),
        Heading("4.1 Data dependencies", 2),
        *own_words(facts, "processing"),
        Grid(("Dataset", "Made of"), texts(rows), (1, 5)),
        Heading("4.2 Intermediate datasets", 2),
        Grid(
            ("Dataset",),
            texts((name,) for name in between),
            (),
            "There are none: every dataset that a program writes is in this package.",
        ),
    ]


def _datasets(facts: Facts) -> list[Block]:
    """Section 5: every analysis dataset, its parameters and what the study says of it."""
    blocks: list[Block] = [
        Heading("5 Analysis datasets"),
        Grid(SIZE_HEAD, texts(size_rows(facts, "adam")), SIZE_WIDTHS),
    ]
    for name, dataset in facts.layer("adam").items():
        blocks.append(Heading(f"{dataset.name}: {dataset.label}", 2))
        keys = ", ".join(dataset.keys)
        blocks.append(Paragraph(f"{dataset.structure}. Keys: {keys}."))
        blocks += [Paragraph(note) for note in facts.text.datasets.get(dataset.name, ())]
        if {"PARAMCD", "PARAM"} <= set(dataset.names):
            pairs = zip(facts.column(name, "PARAMCD"), facts.column(name, "PARAM"), strict=True)
            counts = Counter((str(code), str(label)) for code, label in pairs)
            rows = [(*pair, count) for pair, count in counts.items()]
            blocks.append(Grid(("PARAMCD", "PARAM", "Records"), texts(rows), (1, 4, 1)))
    return blocks


def _programs(facts: Facts, where: Places) -> list[Block]:
    """Section 7: the file of every program and what it makes."""
    adam, tlf = facts.programs["adam"], facts.programs["tlf"]
    datasets = [(program.path.name, name.upper()) for name, program in adam.items()]
    outputs = [
        (tlf[output.program].path.name, f"{output.id} {' '.join(output.titles)}")
        for output in facts.outputs
    ]
    head = ("Program", "Makes")
    return [
        Heading("7 Submission of programs"),
        *own_words(facts, "programs"),
        Paragraph(f"All programs are in {where.programs}."),
        Heading("7.1 Programs of analysis datasets", 2),
        Grid(head, texts(datasets), (1, 2)),
        Heading("7.2 Programs of outputs", 2),
        Grid(head, texts(outputs), (1, 2)),
    ]


def _quality(facts: Facts) -> list[Block]:
    """Appendix 2: how results were checked, and the comparison with published numbers."""
    blocks: list[Block] = [Heading("Appendix 2: Quality control"), *own_words(facts, "qc")]
    if facts.concordance:
        counts = Counter(row["status"] for row in facts.concordance)
        blocks += [
            Paragraph(
                f"{len(facts.concordance)} published numbers were recomputed; the comparison is in "
                "seed-reproduction.docx."
            ),
            Grid(("Status", "Numbers"), texts(sorted(counts.items())), (2, 1)),
        ]
    return [*blocks, *source_issues(facts, "A2.1"), *synthetic_sections(facts, "A2.2")]
