"""What tells a finding apart in every data cut: its key, and the site its subject belongs to.

The key is made of the rule, the dataset (or CRF extract), the variable (or field) to blame and the
keys of the record; line and record numbers are not part of it, so that a new data cut or another
order leaves it as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.checks.reported import Reported
from pipeline.study import Study

LENGTH = 12
NOT_IDENTITY = ("STUDYID", "DOMAIN")


def with_keys(
    reported: Sequence[Reported], study: Study, sites: Mapping[str, str]
) -> list[Reported]:
    """`reported` with `key`, `usubjid` and `site` of each finding; `sites` are USUBJID -> SITEID.

    Findings that nothing tells apart (a record that stands twice) are numbered in their order.
    """
    again: Counter[str] = Counter()
    keyed = []
    for item in reported:
        text = json.dumps(identity(item), ensure_ascii=False)
        again[text] += 1
        digest = hashlib.sha256(f"{text}{again[text]}".encode()).hexdigest()[:LENGTH]
        subject = usubjid(item.finding.subject, study, sites)
        keyed.append(replace(item, key=digest, usubjid=subject, site=sites.get(subject, "")))
    return keyed


def identity(item: Reported) -> list[str]:
    """The parts of a finding that stay as they are from one data cut to the next."""
    found = item.finding
    place = [found.rule, found.dataset or found.file, found.variable or found.field]
    if item.keys:
        own = sorted((name, text) for name, text in item.keys.items() if name not in NOT_IDENTITY)
        return [*place, *(f"{name}={text}" for name, text in own)]
    values = [f"{name}={text}" for name, text in sorted(item.values.items())]
    told = [text for text in (found.subject, found.value, *values) if text]
    return [*place, *(told or ([] if found.dataset else [found.what]))]


def usubjid(subject: str, study: Study, sites: Mapping[str, str]) -> str:
    """The USUBJID of a subject as a dataset or as the CRF names it; empty when it has none."""
    return next((name for name in (subject, f"{study.id}-{subject}") if name in sites), "")
