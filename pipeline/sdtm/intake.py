"""Intake: every CRF extract is read, checked against raw/forms.yaml, and kept as text.

Faults in data become findings; the collected text stays as it is. A record that cannot belong to
any subject, or repeats the key of another, is set aside with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from pipeline.batches import batch_numbers, batch_of
from pipeline.distinct import among
from pipeline.errors import StudyError
from pipeline.findings import Finding
from pipeline.forms import Form
from pipeline.frames import prepare_pandas, write_frame, write_json
from pipeline.lineage import KEY, ROW
from pipeline.sdtm.dates import ISO, iso_dates
from pipeline.sdtm.extract import read_extract
from pipeline.sdtm.fields import check_fields
from pipeline.study import Study, StudyFolder


def intake_forms(folder: StudyFolder) -> None:
    """Read every form into build/raw/, batch by batch, with findings.json and records.parquet."""
    prepare_pandas()
    build = folder.build / "raw"
    subjects = _extract(folder, folder.forms[folder.study.subject_form])
    listed = subjects.dropna(subset=list(folder.study.subject_fields))
    known = subjects_of(listed, folder.study)
    numbers = batch_numbers(known, len(folder.batches))
    findings: list[Finding] = []
    records = []
    for name, form in folder.forms.items():
        frame = _with_dates(_extract(folder, form), form, folder.study)
        subject = subjects_of(frame, folder.study)
        findings += check_fields(frame, form, subject, folder)
        reasons, set_aside = _set_aside(frame, form, subject, known)
        findings += set_aside
        records.append(_records(frame, form, subject, reasons))
        place = batch_of(subject, numbers)
        kept = _kept(frame, form, reasons)
        for batch in folder.batches:
            mine = kept.loc[place.loc[kept.index] == batch.number]
            write_frame(mine, folder.path / batch.part(f"build/raw/{name}.parquet"))
    write_frame(pd.concat(records, ignore_index=True), build / "records.parquet")
    write_json([asdict(finding) for finding in sorted(findings)], build / "findings.json")


def _extract(folder: StudyFolder, form: Form) -> pd.DataFrame:
    """The records of a form as they were collected."""
    return read_extract(folder.path / "raw" / form.file, form)


def _with_dates(frame: pd.DataFrame, form: Form, study: Study) -> pd.DataFrame:
    """`frame` with each date field also in ISO 8601, in the hidden column `_iso_FIELD`."""
    dates = {
        ISO + field.name: iso_dates(frame[field.name], field.formats or study.date_formats)
        for field in form.fields
        if field.type == "date"
    }
    return frame.assign(**dates)


def count_subjects(folder: StudyFolder) -> int:
    """How many subjects the form that lists them has; 0 when it cannot be read."""
    form = folder.forms.get(folder.study.subject_form)
    if form is None:
        return 0
    try:
        frame = _extract(folder, form)
    except (StudyError, OSError):
        return 0
    return int(subjects_of(frame, folder.study).nunique())


def subjects_of(frame: pd.DataFrame, study: Study) -> pd.Series:
    """The subject of each record as the CRF names it: the subject fields joined by `-`."""
    return joined([frame[name].fillna("?") for name in study.subject_fields], "-")


def joined(columns: Sequence[pd.Series], separator: str) -> pd.Series:
    """Text columns as one."""
    result = columns[0]
    for column in columns[1:]:
        result = result + separator + column
    return result


def _set_aside(
    frame: pd.DataFrame, form: Form, subject: pd.Series, known: pd.Series
) -> tuple[pd.Series, list[Finding]]:
    """The reason why a record is set aside (missing: it is kept) and the findings that say so."""
    lines = frame[f"{ROW}raw_{form.name}"]
    unknown = ~among(subject, known)
    keys = frame[list(form.key)]
    repeated = keys.duplicated() & ~unknown
    first = lines.groupby([keys[name].fillna("") for name in form.key]).transform("min")
    reasons = pd.Series(pd.NA, index=frame.index, dtype="str")
    reasons = reasons.mask(unknown, "subject is not in the form that lists the subjects")
    reasons = reasons.mask(repeated, "repeats the key of line " + first.astype("str"))
    findings = [
        Finding(
            rule="INTAKE-SUBJECT",
            severity="error",
            subject=subject[i],
            what=f"subject {subject[i]} has no record on the form that lists the subjects",
            fix="enter the subject there, or correct the subject of this record",
            file=f"raw/{form.file}",
            line=int(lines[i]),
        )
        for i in frame.index[unknown]
    ]
    findings += [
        Finding(
            rule="INTAKE-KEY",
            severity="error",
            subject=subject[i],
            what=f"the record repeats {', '.join(form.key)} of line {first[i]}",
            fix="delete one of the two records, or correct its key",
            file=f"raw/{form.file}",
            line=int(lines[i]),
        )
        for i in frame.index[repeated]
    ]
    return reasons, findings


def _records(
    frame: pd.DataFrame, form: Form, subject: pd.Series, reasons: pd.Series
) -> pd.DataFrame:
    """One row per raw record: form, line, subject, reason (missing unless set aside), source."""
    source = frame[form.row_source] if form.row_source else pd.NA
    return pd.DataFrame(
        {
            "form": pd.Series(form.name, index=frame.index, dtype="str"),
            "line": frame[f"{ROW}raw_{form.name}"],
            "subject": subject,
            "reason": reasons,
            "source": pd.Series(source, index=frame.index, dtype="str"),
        }
    )


def _kept(frame: pd.DataFrame, form: Form, reasons: pd.Series) -> pd.DataFrame:
    """The records that go on, with the identity that outlives a data cut."""
    identity = form.name + "|" + joined([frame[name].fillna("") for name in form.key], "|")
    return frame.assign(**{KEY: identity}).loc[reasons.isna()]
