"""DQ42: no synthetic value without the banner, no pinned file changed.

The banner is told here from the records alone, not from the variables that a program names (as
`tlf/synthetic.py` does): a second look that does not share its mistakes. It is the smaller claim: a
record of a form whose results are all synthetic, or a record marked so, makes an output synthetic.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pipeline.checks.outputs import Fault, Result
from pipeline.errors import StudyError
from pipeline.forms import Form
from pipeline.provenance import SYNTHETIC, has_synthetic_records, raw_records_behind
from pipeline.study import StudyFolder

PINS = "SHA256SUMS"


def without_banner(folder: StudyFolder, result: Result, records: pd.DataFrame) -> list[Fault]:
    """A fault when an output is silent about synthetic records (dataset, record) behind it."""
    if result["synthetic"] or records.empty:
        return []
    forms = {name for name, form in folder.forms.items() if _all_synthetic(folder, form)}
    found = sorted(forms & set(raw_records_behind(folder, records)["form"])) if forms else []
    if not found and not has_synthetic_records(folder, records):
        return []
    what = f"made of synthetic records ({', '.join(found) or 'marked ones'}), without the banner"
    return [Fault("DQ42.1", result["id"], "banner", what)]


def changed_pins(folder: Path) -> list[Fault]:
    """Files below raw/ that are not as the SHA256SUMS beside them says."""
    return [fault for pins in sorted(folder.glob(f"raw/**/{PINS}")) for fault in _changed(pins)]


def _changed(pins: Path) -> Iterator[Fault]:
    """The changed files of one list, lines of digest and name as `sha256sum` writes them."""
    shown = f"raw/{pins.parent.name}"
    for number, line in enumerate(pins.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        path = pins.parent / name
        if len(digest) != 64 or path.parent != pins.parent:
            where = f"{shown}/{PINS} line {number}"
            raise StudyError(where, "not a digest and a file name", "write it with sha256sum")
        if not path.exists():
            yield Fault("DQ42.2", f"{shown}/{name}", PINS, "the file is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield Fault("DQ42.2", f"{shown}/{name}", PINS, "the file has changed")


def _all_synthetic(folder: StudyFolder, form: Form) -> bool:
    """Whether all fields of a form are synthetic but those that name subject, visit and record."""
    names = {*form.key, *folder.study.subject_fields}
    results = [field for field in form.fields if field.name not in names and field.name != "VISIT"]
    return bool(results) and all(field.source == SYNTHETIC for field in results)
