"""One dataset on the pages of subjects: its records as text and as events on a timeline."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.checks.page_rows import text_lists
from pipeline.checks.timeline import EVENT_COLUMNS, events, shape_of, study_days
from pipeline.spec import Dataset

ORDER = (  # of the datasets on a page, by the beginning of their class
    *("SPECIAL", "SUBJECT", "INTERVENTIONS", "EVENTS", "OCCURRENCE", "FINDINGS", "BASIC"),
    *("", "RELATIONSHIP"),
)
MOST_RECORDS = 3000
SUBJECT = "USUBJID"


class SubjectRecords:
    """One dataset: the records of the chosen subjects as text and as events."""

    def __init__(
        self, dataset: Dataset, rows: pd.DataFrame, reference: Mapping[str, float]
    ) -> None:
        """`rows` are records by record number, `reference` the day 1 of each subject."""
        self.dataset = dataset
        self.rows = rows.groupby(SUBJECT, sort=False).head(MOST_RECORDS)
        self.left_out = (rows[SUBJECT].value_counts() - self.rows[SUBJECT].value_counts()).to_dict()
        owner = self.rows[SUBJECT].astype("object")
        self.records: dict[str, dict[int, list[str]]] = {}
        for subject, record, row in zip(owner, self.rows.index, text_lists(self.rows), strict=True):
            self.records.setdefault(subject, {})[record] = row
        found = events(self.rows, dataset)[list(EVENT_COLUMNS)]
        of_event = found["record"].map(owner)
        found = found.assign(day=study_days(found, of_event.map(reference).astype("float64")))
        self.events: dict[str, list[list[object]]] = {}
        told = found.itertuples(index=False, name=None)
        for subject, event in zip(of_event, told, strict=True):
            self.events.setdefault(subject, []).append([_whole(value) for value in event])

    def place(self) -> tuple[bool, int, str]:
        """Where the dataset stands on a page: SDTM first, then by class and name."""
        kind = self.dataset.dataset_class
        rank = next((n for n, name in enumerate(ORDER) if name and kind.startswith(name)), 7)
        return self.dataset.layer != "sdtm", rank, self.dataset.name

    def of(
        self, subject: str, places: Mapping[tuple[str, int], Any], values: dict[str, int]
    ) -> dict[str, Any] | None:
        """What the page says of the dataset; None without a record of the subject.

        An event is EVENT_COLUMNS and the study day; `values` are value -> number, those that are
        not there yet are added.
        """
        if subject not in self.records:
            return None
        name = self.dataset.name
        return {
            "name": name,
            "label": self.dataset.label,
            "layer": self.dataset.layer,
            "class": self.dataset.dataset_class,
            "spans": shape_of(self.dataset).spans,
            "leftOut": int(self.left_out.get(subject, 0)),
            "variables": [[v.name, v.label] for v in self.dataset.variables],
            "records": {
                str(record): [
                    [values.setdefault(value, len(values)) for value in row],
                    places.get((name, record), {}),
                ]
                for record, row in self.records[subject].items()
            },
            "events": self.events.get(subject, []),
        }


def _whole(value: object) -> object:
    """A float as the whole number it is, None when it is missing."""
    if isinstance(value, float):
        return None if math.isnan(value) else int(value)
    return value
