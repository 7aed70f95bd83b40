"""What the specification of a submitted dataset may say: names, labels, types and formats.

Sources: SAS technical note TS-140 (names of 8 and labels of 40 bytes); FDA Study Data Technical
Conformance Guide (A-Z and 0-9 in names, ASCII in labels); SDTMIG 3.4 section 4.4 (dates as ISO
8601 text); ADaMIG 1.3 section 3.1.4 (dates as numbers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.errors import StudyError
from pipeline.package.xpt_columns import file_format
from pipeline.spec import Dataset, Variable
from pipeline.xpt_header import parse_format

MOST_LABEL, MOST_VARIABLES = 40, 9999
NAME, PRINTABLE = re.compile(r"[A-Z][A-Z0-9]{0,7}"), re.compile(r"[ -~]*")


def check_dataset(dataset: Dataset, lengths: Mapping[str, int]) -> list[StudyError]:
    """What is wrong with the names, labels and types of `dataset`, and with `lengths`."""
    errors = [
        StudyError(f"{dataset.layer}/{dataset.name.lower()}.yaml{at}", what, fix)
        for at, what, fix in (*_faults_of_dataset(dataset), *_faults_of_variables(dataset))
    ]
    errors += [
        StudyError("build/xpt/lengths.json", f"no length of {name}", "build the lengths again")
        for name in (variable.name for variable in dataset.variables if variable.is_text)
        if name not in lengths
    ]
    return errors


def _faults_of_dataset(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Place, fault and fix of the dataset's own name, label and size."""
    if not NAME.fullmatch(dataset.name):
        yield "", f"{dataset.name!r} is not a dataset name", "use up to 8 of A-Z and 0-9"
    if not dataset.variables or len(dataset.variables) > MOST_VARIABLES:
        count = len(dataset.variables)
        yield "", f"{count} variables", f"specify 1 to {MOST_VARIABLES} variables"
    yield from _faults_of_label("", dataset.label)


def _faults_of_variables(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Place, fault and fix of each variable's name, label, type and format."""
    for variable in dataset.variables:
        at = f" > {variable.name}"
        if not NAME.fullmatch(variable.name):
            yield at, f"{variable.name!r} is not a variable name", "use up to 8 of A-Z and 0-9"
        yield from _faults_of_label(at, variable.label)
        yield from _faults_of_type(at, variable, dataset.layer)


def _faults_of_label(at: str, label: str) -> Iterator[tuple[str, str, str]]:
    """A label is 1 to 40 characters of printable ASCII."""
    size = len(label.encode())
    if not label.strip():
        yield at, "the label is empty", "write a label"
    if size > MOST_LABEL:
        yield at, f"the label has {size} bytes", f"shorten it to {MOST_LABEL}: {label!r}"
    if not PRINTABLE.fullmatch(label):
        yield at, f"the label {label!r} is not ASCII", "use printable ASCII characters"


def _faults_of_type(at: str, variable: Variable, layer: str) -> Iterator[tuple[str, str, str]]:
    """Dates are text in SDTM and numbers in ADaM; the format suits the type."""
    if layer == "sdtm" and variable.type in ("date", "datetime", "time"):
        yield at, f"the type is {variable.type}", "SDTM dates are text: use type iso8601"
    if layer == "adam" and variable.is_text and variable.name.endswith(("DT", "DTM")):
        yield at, f"the type is {variable.type}", "ADaM dates are numbers: use date or datetime"
    shown = file_format(variable)
    try:
        name = parse_format(shown)[0]
    except ValueError:
        yield at, f"{shown!r} is not a SAS format", "write one like 8.1 or DATE9."
        return
    if shown and name.startswith("$") != variable.is_text:
        yield at, f"the format {shown} does not suit {variable.type}", "correct format or type"
