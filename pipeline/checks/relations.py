"""Structural rules that relate variables to each other, and datasets to DM and ADSL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.checks.parameter_blocks import Copies, VariablePairs
from pipeline.checks.parameters import Reference, ValuesOf, Variable, Variables
from pipeline.checks.rules import Rule
from pipeline.checks.structural import structural_rule
from pipeline.spec import Dataset

DAYS = "SDTMIG 3.4 section 4.4.4; FDA business rules FB1601 to FB1603"
SUBJECTS = ("DM", "ADSL")
STUDY_DAY = re.compile("VISITDY|ADY|[A-Z]{2}DY|[A-Z]{1,2}(?:ST|EN)DY")
ENDS = {"STDTC": "ENDTC", "ASTDT": "AENDT", "TRTSDT": "TRTEDT", "STARTDT": "ADT"}


def date_rules(dataset: Dataset) -> Iterator[Rule]:
    """Dates, durations and study days."""
    iso = "SDTMIG 3.4 section 4.4.1"
    for name, kind, check in (
        ("ISO8601", "iso8601", "iso8601"),
        ("DURATION", "duration", "duration"),
    ):
        names = [v.name for v in dataset.variables if v.type == kind]
        if names:
            says = f"{'Dates' if kind == 'iso8601' else 'Durations'} are written as in ISO 8601."
            yield structural_rule(dataset, name, says, iso, check, variables=Variables(names))
    days = [v.name for v in dataset.variables if STUDY_DAY.fullmatch(v.name) and not v.is_text]
    if days:
        says = "There is no study day 0."
        source = "SDTMIG 3.4 section 4.4.4; FDA business rules FB1601 to FB1603"
        yield structural_rule(
            dataset, "DAY-ZERO", says, source, "not_zero", variables=Variables(days)
        )
    yield from _date_pairs(dataset, [day for day in days if dataset.layer == "sdtm"])


def _date_pairs(dataset: Dataset, days: list[str]) -> Iterator[Rule]:
    """Study days beside their dates, starts before their ends."""
    names = dataset.names
    dated = {day: day[:-1] + "TC" for day in days if day[:-1] + "TC" in names}
    if dated and "USUBJID" in names:
        yield structural_rule(
            dataset,
            "STUDY-DAY",
            "Study days count from DM.RFSTDTC, which is day 1.",
            DAYS,
            "study_day",
            days=VariablePairs(dated),
            reference=Reference("DM", "RFSTDTC"),
        )
    pairs = {start: _end(start) for start in names if _end(start) in names}
    if pairs:
        yield structural_rule(
            dataset,
            "DATE-ORDER",
            "No start date is after its end date.",
            "FDA business rules FB3209 and FB3408",
            "date_orders",
            pairs=VariablePairs(pairs),
        )


def _end(start: str) -> str:
    """The end date that belongs to a start date; empty for any other variable."""
    for first, last in ENDS.items():
        if start.endswith(first):
            return start.removesuffix(first) + last
    return ""


def across_rules(dataset: Dataset, specified: Mapping[str, Dataset]) -> Iterator[Rule]:
    """The subject is known; predecessors of subject-level datasets are equal to their source."""
    home = "ADSL" if dataset.layer == "adam" and dataset.name != "ADSL" else "DM"
    if "USUBJID" in dataset.names and home in specified and dataset.name != home:
        yield structural_rule(
            dataset,
            "SUBJECT",
            f"Every subject is in {home}.",
            "FDA Technical Rejection Criteria 1736; ADaMIG 1.3 section 2.3.1",
            "in_other",
            variable=Variable("USUBJID"),
            of=ValuesOf(home, "USUBJID"),
        )
    for source in SUBJECTS:
        copied = _copied(dataset, specified.get(source))
        if copied:
            yield structural_rule(
                dataset,
                "COPIED" if source == "ADSL" else "COPIED-DM",
                f"Variables taken over from {source} are equal to those of {source}.",
                "ADaMIG 1.3 section 3.1.1",
                "equal_to_other",
                copies=Copies(source, copied, Variables(["USUBJID"])),
            )


def _copied(dataset: Dataset, source: Dataset | None) -> dict[str, str]:
    """Variable -> variable of `source` that it is a copy of, types being alike."""
    if source is None or source.name == dataset.name or "USUBJID" not in dataset.names:
        return {}
    found = {}
    for variable in dataset.variables:
        owner, _, name = (variable.references or ("",))[0].partition(".")
        alone = len(variable.references) == 1 and variable.origin == "Predecessor"
        there = alone and owner == source.name and name in source.names and name != "USUBJID"
        if there and variable.is_text == source[name].is_text:
            found[variable.name] = name
    return found
