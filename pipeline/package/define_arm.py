"""Analysis results metadata of the ADaM define.xml: which output rests on which data.

Analysis Results Metadata 1.0 for Define-XML, section 4: a display has results, a result its
datasets with selection and variables, reason, purpose, documentation and programming code.
Everything is read from tlf/toc.yaml, the results files, the programs and the data.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError
from pipeline.package.define_content import Group
from pipeline.package.define_documents import Documents, document_ref, leaf
from pipeline.package.define_items import Check, where_element
from pipeline.package.define_oids import group_oid, item_oid, where_oid
from pipeline.package.define_xml import described, element
from pipeline.programs import read_programs
from pipeline.provenance import variables_used
from pipeline.study import StudyFolder
from pipeline.tlf.toc import Output, read_toc

AGENCY = "REQUESTED BY REGULATORY AGENCY"
CONTEXT = "Python"
KINDS = {"T": "Table", "F": "Figure", "L": "Listing"}


@dataclass(frozen=True)
class Use:
    """What an output uses of one dataset: its variables, and the conditions on its records."""

    dataset: str
    variables: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def where(self) -> str:
        """The identifier of its where clause, empty without conditions."""
        parts = [text for variable, values in self.checks for text in (variable, *values)]
        return where_oid(self.dataset, *parts) if parts else ""


@dataclass(frozen=True)
class Display:
    """One output: `result` is its results file, `uses` the analysis datasets behind it."""

    output: Output
    program: Path
    result: dict[str, Any]
    uses: tuple[Use, ...]


def read_displays(folder: StudyFolder, groups: list[Group]) -> list[Display]:
    """The outputs of tlf/toc.yaml that rest on a dataset of `groups`, in the order of the file.

    StudyError when the results of one are not built.
    """
    programs = read_programs(folder.path, "tlf")
    displays = []
    for output in read_toc(folder.path, programs, folder.study.populations):
        path = folder.path / f"build/tlf/{output.file}.json"
        if not path.exists():
            raise StudyError(f"build/tlf/{path.name}", "the output is not built", "run make tlf")
        result = json.loads(path.read_text(encoding="utf-8"))
        program = programs[output.program].path
        used = (g for g in groups if g.spec.name in result["sources"])
        more = {output.population, *_treatment(result, folder)}
        uses = tuple(_use(group, program, output.population, more) for group in used)
        if uses:
            displays.append(Display(output, program, result, uses))
    return displays


def where_elements(displays: list[Display]) -> list[Any]:
    """The where clauses of all displays, each once."""
    clauses = {use.where: use for display in displays for use in display.uses if use.where}
    return [where_element(oid, use.dataset, use.checks) for oid, use in sorted(clauses.items())]


def display_leaves(displays: list[Display], documents: Documents) -> list[Any]:
    """The leaves of programs and Word files, where the package has them."""
    leaves = []
    if documents.outputs:
        for display in displays:
            file = display.output.file
            leaves.append(leaf(file, f"{documents.outputs}{file}.docx", _named(display.output)))
    if documents.programs:
        names = dict.fromkeys(display.program.name for display in displays)
        leaves += [leaf(name, f"{documents.programs}{name}", name) for name in names]
    return leaves


def arm_element(displays: list[Display], documents: Documents) -> Any:
    """arm:AnalysisResultDisplays; None when there is no display."""
    if not displays:
        return None
    made = [_display(display, documents) for display in displays]
    return element("arm:AnalysisResultDisplays", {}, *made)


def _treatment(result: dict[str, Any], folder: StudyFolder) -> list[str]:
    """The treatment variable, when the columns of a table are arms."""
    keys = {column["key"] for column in result.get("columns", [])}
    arms = {arm.code for arm in folder.study.arms}
    return [folder.study.treatment] if keys & arms else []


def _use(group: Group, program: Path, population: str, more: set[str]) -> Use:
    """What a program uses of a dataset: variables it names, those of `more`, parameters."""
    names = {name for _, name in variables_used(program, [group.spec])} | more
    checks: list[Check] = []
    if population in group.spec.names:
        checks.append((population, ["Y"]))
    chosen = sorted(_parameters(group) & _constants(program))
    if chosen:
        names.add("PARAMCD")
        checks.append(("PARAMCD", chosen))
    ordered = tuple(name for name in group.spec.names if name in names)
    return Use(group.spec.name, ordered, tuple(checks))


def _parameters(group: Group) -> set[str]:
    """The parameter codes that the data have."""
    lists = (values for values in group.value_lists if values.level.key == "PARAMCD")
    return {item.key_value for values in lists for item in values.items}


def _constants(program: Path) -> set[str]:
    """The text constants of a program."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str)}


def _display(display: Display, documents: Documents) -> Any:
    """One arm:ResultDisplay with one result."""
    output, title = display.output, " - ".join(display.result["titles"])
    return element(
        "arm:ResultDisplay",
        {"OID": f"RD.{output.id}", "Name": _named(output)},
        described(title),
        document_ref(output.file) if documents.outputs else None,
        _result(display, title, documents),
    )


def _result(display: Display, title: str, documents: Documents) -> Any:
    """The arm:AnalysisResult of a display."""
    parameterised = [use.dataset for use in display.uses if _is_parameterised(use)]
    return element(
        "arm:AnalysisResult",
        {
            "OID": f"AR.{display.output.id}.1",
            "ParameterOID": item_oid(parameterised[0], "PARAMCD") if parameterised else None,
            "AnalysisReason": _reason(display.output),
            "AnalysisPurpose": f"{display.output.purpose.upper()} OUTCOME MEASURE",
        },
        described(title),
        element("arm:AnalysisDatasets", {}, *(_dataset(use) for use in display.uses)),
        element(
            "arm:Documentation",
            {},
            described(_documentation(display.result)),
            document_ref(documents.methods) if documents.methods else None,
        ),
        _code(display.program, documents),
    )


def _reason(output: Output) -> str:
    """The term of AnalysisReason for the word of tlf/toc.yaml."""
    return AGENCY if output.reason.endswith("agency") else output.reason.upper()


def _is_parameterised(use: Use) -> bool:
    """Whether parameters of the dataset are selected."""
    return any(variable == "PARAMCD" for variable, _ in use.checks)


def _dataset(use: Use) -> Any:
    """One arm:AnalysisDataset."""
    where = element("def:WhereClauseRef", {"WhereClauseOID": use.where}) if use.where else None
    variables = [
        element("arm:AnalysisVariable", {"ItemOID": item_oid(use.dataset, name)})
        for name in use.variables
    ]
    attributes = {"ItemGroupOID": group_oid(use.dataset)}
    return element("arm:AnalysisDataset", attributes, where, *variables)


def _documentation(result: dict[str, Any]) -> str:
    """Population, sources and footnotes in one text."""
    parts = [f"Population: {result['population']}."] if result.get("population") else []
    parts.append(f"Sources: {', '.join(result['sources'])}.")
    if result["synthetic"]:
        parts.append("Contains synthetic values.")
    return "\n".join([*parts, *result["footnotes"]])


def _code(program: Path, documents: Documents) -> Any:
    """The program: its text, and a reference to its file where the package has it."""
    return element(
        "arm:ProgrammingCode",
        {"Context": CONTEXT},
        element("arm:Code", {}, text=program.read_text(encoding="utf-8").rstrip()),
        document_ref(program.name) if documents.programs else None,
    )


def _named(output: Output) -> str:
    """The name of an output: Table 14.1.3."""
    return f"{KINDS[output.id[0]]} {output.id[1:]}"
