"""findings.xlsx: the findings for the team and the sponsor, who answers in the last column.

The only module that imports openpyxl. The same findings give the same bytes: times come from the
study, never from the clock.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pipeline.checks.reported import Reported, in_words
from pipeline.checks.results import STATUSES, RuleResult
from pipeline.study import Study

LONGEST_CELL = 32_000
WIDTHS = {
    "what": 60,
    "why": 45,
    "fix": 40,
    "says": 60,
    "values": 50,
    "keys": 40,
    "CRF": 30,
    "waived": 40,
    "reason": 40,
    "source": 40,
    "response of the sponsor": 40,
    "subject": 24,
}
FINDING_HEAD = (
    "severity",
    "status",
    "dataset",
    "rule",
    "subject",
    "what",
    "why",
    "keys",
    "values",
    "CRF",
    "fix",
    "waived",
    "response of the sponsor",
)
RULE_HEAD = (
    "dataset",
    "rule",
    "says",
    "severity",
    "status",
    "rows checked",
    "rows failed",
    "subjects",
    "reason",
    "why",
    "source",
)


def write_workbook(
    study: Study, results: Sequence[RuleResult], reported: Sequence[Reported], path: Path
) -> None:
    """Write the sheets summary, findings and rules to `path`."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    _sheet(book, "summary", ("what", "number"), _summary(study, results, reported))
    _sheet(book, "findings", FINDING_HEAD, map(_finding_row, reported))
    _sheet(book, "rules", RULE_HEAD, map(_rule_row, results))
    book.properties.creator = "crf2csr"
    book.properties.title = f"{study.id} validation"
    book.properties.created = study.timestamp
    buffer = io.BytesIO()
    book.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(normalised(buffer.getvalue(), study.timestamp))
    os.replace(beside, path)


def normalised(archive: bytes, time: dt.datetime) -> bytes:
    """A zip archive whose members, and the `modified` of docProps/core.xml, bear `time`."""
    stamp = max(time, dt.datetime(1980, 1, 1))
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                text = time.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + text, content)
            member = zipfile.ZipInfo(name, stamp.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
    return result.getvalue()


def _sheet(book: Any, title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One sheet with a fixed, filterable head."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    for row in (head, *rows):
        sheet.append([_cell(sheet, value) for value in row])
    for column, name in enumerate(head, 1):
        cell = sheet.cell(1, column)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 14)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _cell(sheet: Any, value: object) -> Any:
    """A number as it is; anything else as text that no spreadsheet takes for a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, int):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", str(value))[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@")
    return cell


def _summary(
    study: Study, results: Sequence[RuleResult], reported: Sequence[Reported]
) -> list[tuple[object, object]]:
    """The study and the counts of the report."""
    rules = Counter(result.status for result in results)
    found = Counter((item.finding.severity, bool(item.waived)) for item in reported)
    rows: list[tuple[object, object]] = [
        ("study", study.id),
        ("title", study.title),
        ("data cut-off", study.cutoff.isoformat()),
    ]
    rows += [(f"rules {status}", rules[status]) for status in STATUSES]
    for severity in ("error", "warning", "note"):
        rows.append((f"findings of severity {severity}, open", found[severity, False]))
        rows.append((f"findings of severity {severity}, waived", found[severity, True]))
    return rows


def _finding_row(item: Reported) -> tuple[object, ...]:
    """One finding in the order of FINDING_HEAD."""
    found = item.finding
    return (
        found.severity,
        "waived" if item.waived else "open",
        found.dataset or found.file,
        found.rule,
        found.subject,
        found.what,
        item.why,
        in_words(item.keys),
        in_words(item.values),
        "; ".join(item.crf),
        found.fix,
        item.waived,
        "",
    )


def _rule_row(result: RuleResult) -> tuple[object, ...]:
    """One rule in the order of RULE_HEAD."""
    return (
        result.dataset,
        result.rule,
        result.says,
        result.severity,
        result.status,
        result.rows,
        result.failed,
        result.subjects,
        result.reason,
        result.why,
        result.source,
    )
