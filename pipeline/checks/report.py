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
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from pipeline.checks.baseline import STATES, Kept
from pipeline.checks.reported import Reported, in_words
from pipeline.checks.responses import NO_ANSWERS, Answers
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
DETAILS, RESOLVED = "details", "resolved"
RESPONSE, KEY, WRITTEN = "response of the sponsor", "key", "response as written"
DETAIL_HEAD = (
    "severity",
    "status",
    "since last cut",
    "first seen",
    "dataset",
    "rule",
    "subject",
    "site",
    "what",
    "why",
    "keys",
    "values",
    "CRF",
    "fix",
    "waived",
    RESPONSE,
    KEY,
    WRITTEN,
)
RESOLVED_HEAD = (
    *("dataset", "rule", "subject", "what", "first seen", RESPONSE),
    *(KEY, WRITTEN),
)
HIDDEN = (KEY, WRITTEN)
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
    study: Study,
    results: Sequence[RuleResult],
    reported: Sequence[Reported],
    path: Path,
    gone: Sequence[Kept] = (),
    answers: Answers = NO_ANSWERS,
) -> None:
    """Write the sheets summary, details, rules and, if there are any, resolved to `path`.

    `gone` are resolved findings; `answers` are the responses kept and those typed but not kept.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    _sheet(book, "summary", ("what", "number"), _summary(study, results, reported, gone))
    details = [_detail_row(item, answers) for item in reported]
    _sheet(book, DETAILS, DETAIL_HEAD, details)
    _sheet(book, "rules", RULE_HEAD, map(_rule_row, results))
    past = resolved_rows(gone, {item.key for item in reported}, answers)
    if past:
        _sheet(book, RESOLVED, RESOLVED_HEAD, past)
    book.properties.creator = "crf2csr"
    book.properties.title = f"{study.id} validation"
    book.properties.created = study.timestamp
    buffer = io.BytesIO()
    book.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(normalised(buffer.getvalue(), study.timestamp))
    os.replace(beside, path)


def resolved_rows(
    gone: Sequence[Kept], there: Collection[str], answers: Answers
) -> list[tuple[object, ...]]:
    """Findings that are no longer there: those of the last cut, then those only answered."""
    known = {item.key for item in gone}
    rows: list[tuple[object, ...]] = [
        (item.dataset, item.rule, item.subject, item.what, item.since, *answers.cells(item.key))
        for item in gone
    ]
    rows += [
        (item.dataset, item.rule, item.subject, item.finding, "", *answers.cells(key))
        for key, item in sorted({**answers.kept, **answers.typed}.items())
        if key not in known and key not in there
    ]
    return rows


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
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.hidden = WIDTHS.get(name, 14), name in HIDDEN
    wrapped = Alignment(wrap_text=True, vertical="top")
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = wrapped
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
    study: Study,
    results: Sequence[RuleResult],
    reported: Sequence[Reported],
    gone: Sequence[Kept],
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
    states = Counter(item.state for item in reported)
    if gone or any(states[state] for state in STATES):
        rows += [(f"findings {state} since the last cut", states[state]) for state in STATES]
        rows.append(("findings resolved since the last cut", len(gone)))
    return rows


def _detail_row(item: Reported, answers: Answers) -> tuple[object, ...]:
    """One finding in the order of DETAIL_HEAD."""
    found = item.finding
    return (
        found.severity,
        "waived" if item.waived else "open",
        item.state,
        item.since,
        item.place,
        found.rule,
        found.subject,
        item.site,
        found.what,
        item.why,
        in_words(item.keys),
        in_words(item.values),
        "; ".join(item.crf),
        found.fix,
        item.waived,
        *answers.cells(item.key),
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
