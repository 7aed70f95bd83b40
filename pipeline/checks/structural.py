"""What structural rules have in common: why each is asked, and where it comes from."""

from __future__ import annotations

from typing import Any

from pipeline.checks.rules import Rule
from pipeline.spec import Dataset

WHY = {
    "COLUMNS": "define.xml and the transport files describe exactly these variables.",
    "KEYS": "Records that cannot be told apart are counted twice.",
    "REQUIRED": "A record without them cannot be identified or understood.",
    "TERMS": "A term outside its codelist falls out of every count that asks for the listed ones.",
    "TEXT": "A longer text is cut in the transport file; an outer blank makes equal texts differ.",
    "ISO8601": "A date that is not one can be neither sorted nor counted from.",
    "DURATION": "A duration that is not one cannot be added up.",
    "STUDY-DAY": "Onset and exposure are read from the study day.",
    "DAY-ZERO": "The day before day 1 is day -1.",
    "DATE-ORDER": "A duration would be negative.",
    "SUBJECT": "A record of an unknown subject is in no denominator.",
    "COPIED": "The same subject would stand in two treatment groups or populations.",
    "COPIED-DM": "The same subject would differ between SDTM and ADaM.",
    "LABEL": "The reviewer reads the label in the file and in define.xml.",
    "LABEL-LENGTH": "A longer label is cut in the transport file.",
    "TYPE": "Programs of the reviewer rely on it.",
}


def structural_rule(
    dataset: Dataset, name: str, says: str, source: str, check: str, **given: Any
) -> Rule:
    """The rule `name` of WHY about `dataset`: always an error; `given` goes to the check."""
    return Rule(
        id=name,
        dataset=dataset.name,
        says=says,
        why=WHY[name],
        severity="error",
        source=source,
        check=check,
        parameters=given,
        at=f"{dataset.layer}/{_program(dataset)}.yaml",
    )


def _program(dataset: Dataset) -> str:
    """The name of the program that makes the dataset; SUPP-- is made by its parent's."""
    return dataset.name.lower().removeprefix("supp")
