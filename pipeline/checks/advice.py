"""What to do about a finding: in the words of its rule, else by where its dataset comes from."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.checks.rules import Rule
from pipeline.checks.standards import STANDARD
from pipeline.checks.structural import WHY
from pipeline.checks.structure import CONTENTS
from pipeline.errors import listed
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

ON_THE_CRF = ("DATE-ORDER", "REQUIRED", "TEXT")  # structural rules that a wrong CRF can break


class Advice:
    """The advice of a study: who can mend which dataset."""

    def __init__(self, folder: StudyFolder, specified: Mapping[str, Dataset]) -> None:
        """`specified` are the datasets of the study by CDISC name."""
        self.specified, self.sources = specified, folder.sources
        self.query = (
            "query the site if the CRF is wrong"
            if folder.forms
            else "query the supplier if the SDTM is wrong"
        )

    def of(self, rule: Rule, about: str) -> str:
        """What to do about a failure of `rule` in the dataset `about` (that of the row)."""
        told = rule.fix or self.of_taken(about)
        if told:
            return told
        if rule.dataset in (CONTENTS, STANDARD):
            return "correct the specification of the variable"
        program = self._program(about)
        if rule.id not in WHY:
            return f"{self.query}, else correct {program}"
        query = f"{self.query}, else " if rule.id in ON_THE_CRF else ""
        return f"{query}correct {program} or its specification"

    def of_taken(self, about: str) -> str:
        """The advice about a dataset that the study takes as it comes; empty for any other."""
        files = self.sources.get(about.lower())
        if not files:
            return ""
        names = listed([path.name for path in files])
        return (
            f"query the supplier of {names}: the study takes {about} as it comes; "
            "or waive the finding with its reason"
        )

    def _program(self, about: str) -> str:
        """The program that makes a dataset; SUPP-- is made by its parent's."""
        return f"{self.specified[about].layer}/{about.lower().removeprefix('supp')}.py"
