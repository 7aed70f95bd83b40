"""What a validation starts from: all rules, and the faults in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.checks.reported import Reported
from pipeline.checks.results import INTAKE, NOT_RUN, RuleResult
from pipeline.checks.rules import Rule, RuleFault, collect_rules
from pipeline.checks.standard_rules import standard_names, standard_rules
from pipeline.checks.structural import WHY
from pipeline.checks.structure import structural_rules
from pipeline.checks.waivers import WAIVER_RULE
from pipeline.errors import StudyError
from pipeline.findings import Finding
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

FAULTY = "Every rule of the study can be run."
FAULTY_WHY = "What a rule was meant to find stays unseen until the rule is mended."


def study_rules(
    folder: StudyFolder, specified: Mapping[str, Dataset]
) -> tuple[list[Rule], list[RuleFault]]:
    """The rules of the engine for these datasets, those of the study, and faulty ones."""
    own, faults = collect_rules(folder.path)
    reserved = {*WHY, *INTAKE, *standard_names(), WAIVER_RULE}
    taken = [rule for rule in own if rule.id in reserved]
    faults += [RuleFault(rule.id, rule.dataset, _taken(rule)) for rule in taken]
    engine = structural_rules(specified.values(), folder.codelists)
    engine += standard_rules(specified.values())
    return [*engine, *(rule for rule in own if rule.id not in reserved)], faults


def _taken(rule: Rule) -> StudyError:
    """The error of a rule of the study that is called like one of the engine."""
    return StudyError(rule.at, f"{rule.id} is a rule of the engine", "give the rule another name")


def fault_findings(faults: Sequence[RuleFault]) -> list[Reported]:
    """One finding of severity error per faulty rule, at its place in expectations/."""
    return [_fault_finding(fault) for fault in faults]


def _fault_finding(fault: RuleFault) -> Reported:
    """The finding about one faulty rule."""
    error = fault.error
    file, _, line = error.where.partition(" line ")
    number = int(line) if line.isdigit() else 0
    what = f"the rule {fault.id} cannot be run: {error.what}"
    finding = Finding("RULES", "error", "", what, error.fix, file=file, line=number)
    return Reported(finding, FAULTY, FAULTY_WHY)


def fault_results(faults: Sequence[RuleFault]) -> list[RuleResult]:
    """Each faulty rule as not run, with the reason."""
    return [
        RuleResult(
            dataset=fault.dataset or fault.error.where.partition(" line ")[0],
            rule=fault.id,
            says=FAULTY,
            why=FAULTY_WHY,
            severity="error",
            source=fault.error.where,
            status=NOT_RUN,
            reason=f"{fault.error.where}: {fault.error.what}",
        )
        for fault in faults
    ]
