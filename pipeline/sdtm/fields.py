"""Checking collected values against their field: required, type, codelist, date."""

from __future__ import annotations

import pandas as pd

from pipeline.findings import Finding
from pipeline.forms import Field, Form
from pipeline.lineage import ROW
from pipeline.sdtm.dates import ISO
from pipeline.study import StudyFolder


def check_fields(
    frame: pd.DataFrame, form: Form, subject: pd.Series, folder: StudyFolder
) -> list[Finding]:
    """The findings of one form: one per value that its field does not allow.

    `subject` names the subject of each record. Severity is error throughout: the value reaches no
    SDTM variable (its text stays in the extract).
    """
    findings: list[Finding] = []
    for field in form.fields:
        values = frame[field.name]
        for rule, faulty, what, fix in _faults(frame, field, folder):
            findings += [
                Finding(
                    rule=rule,
                    severity="error",
                    subject=subject[i],
                    what=what.format(label=field.label, value=values[i]),
                    fix=fix,
                    file=f"raw/{form.file}",
                    line=int(frame.loc[i, f"{ROW}raw_{form.name}"]),
                    field=field.name,
                    value="" if pd.isna(values[i]) else values[i],
                )
                for i in frame.index[faulty]
            ]
    return findings


def _faults(
    frame: pd.DataFrame, field: Field, folder: StudyFolder
) -> list[tuple[str, pd.Series, str, str]]:
    """(rule, faulty rows, what in words, fix) for every check of the field."""
    values = frame[field.name]
    faults = []
    if field.required:
        faults.append(
            ("INTAKE-REQUIRED", values.isna(), "{label} is empty", "query the site for the value")
        )
    if field.codelist:
        known = folder.codelists[field.codelist].knows(values)
        faults.append(
            (
                "INTAKE-TERM",
                ~known,
                "{value!r} is not in codelist " + field.codelist,
                f"add it to codelists.yaml > {field.codelist}, or query the site",
            )
        )
    if field.type in ("integer", "number"):
        faults.append(
            ("INTAKE-NUMBER", _not_numeric(values, field), "{value!r} is not a number", _QUERY)
        )
    if field.type == "date":
        faults += _date_faults(frame, field, folder)
    return faults


_QUERY = "query the site; the collected text stays in the extract"


def _not_numeric(values: pd.Series, field: Field) -> pd.Series:
    """Values that are not a number (for integer: not a whole one)."""
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = numbers.isna()
    if field.type == "integer":
        wrong |= numbers % 1 != 0
    return wrong & values.notna()


def _date_faults(
    frame: pd.DataFrame, field: Field, folder: StudyFolder
) -> list[tuple[str, pd.Series, str, str]]:
    """Dates that do not exist or cannot be read, and dates after the data cut-off."""
    formats = field.formats or folder.study.date_formats
    values, iso = frame[field.name], frame[ISO + field.name]
    cutoff = folder.study.cutoff.isoformat()
    late = (iso.str.slice(0, 10) > cutoff) & iso.notna() & (not field.future)
    return [
        (
            "INTAKE-DATE",
            values.notna() & iso.isna(),
            "{value!r} is no date that exists, or not written as " + " or ".join(formats),
            _QUERY,
        ),
        (
            "INTAKE-CUTOFF",
            late,
            "{value!r} lies after the data cut-off " + cutoff,
            "correct the date, or cut the data again",
        ),
    ]
