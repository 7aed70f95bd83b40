"""A study of two subjects, its specifications, rules and data; spoiling it, and what is found."""

from __future__ import annotations

import json

import pandas as pd

from pipeline.checks.validate import check_study
from pipeline.datasets import all_datasets
from pipeline.frames import prepare_pandas, write_dataset, write_frame
from pipeline.study import StudyFolder

prepare_pandas()

STUDY = """
study: ABC-1
title: A <small> study
cutoff: "2020-06-30"
subjects: {form: dm, fields: [SITE, SUBJECT]}
arms: {A: {name: Arm A}}
"""

CODELISTS = 'NY: {label: No Yes Response, terms: {"Y": {}, "N": {}}}\n'

FORMS = """
dm: {label: Demography, structure: One record per subject, key: [SITE, SUBJECT], fields: {
  SITE: {label: Site, type: text, source: derived},
  SUBJECT: {label: Subject, type: text, source: derived}}}
ae: {label: Adverse Events, structure: One record per event, key: [SUBJECT, NO], fields: {
  SUBJECT: {label: Subject, type: text, source: derived},
  NO: {label: Number, type: integer, source: derived}}}
"""

DM = """
dataset: DM
label: Demographics
class: SPECIAL PURPOSE
structure: One record per subject
keys: [USUBJID]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: raw_dm.SUBJECT}
  RFSTDTC: {label: Reference Start, type: iso8601, core: Exp, origin: Derived}
  DTHFL: {label: Death Flag, type: text, codelist: NY, origin: Derived}
  DTHDTC: {label: Date of Death, type: iso8601, origin: Derived}
"""

AE = """
dataset: AE
label: Adverse Events
class: EVENTS
structure: One record per event
keys: [USUBJID, AESEQ]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: raw_ae.SUBJECT}
  AESEQ: {label: Sequence Number, type: integer, core: Req, origin: Derived}
  AETERM: {label: Reported Term, type: text, length: 30, core: Req, origin: Derived}
  AESTDTC: {label: Start, type: iso8601, core: Exp, origin: Derived}
  AEENDTC: {label: End, type: iso8601, core: Exp, origin: Derived}
  AESTDY: {label: Study Day of Start, type: integer, origin: Derived}
  AEDUR: {label: Duration, type: duration, origin: Derived}
"""

ADSL = """
dataset: ADSL
label: Subjects
class: SUBJECT LEVEL ANALYSIS DATASET
structure: One record per subject
keys: [USUBJID]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: DM.USUBJID}
  DTHFL: {label: Death Flag, type: text, origin: DM.DTHFL}
  SAFFL: {label: Safety Population Flag, type: text, core: Req, origin: Derived}
"""

ADAE = """
dataset: ADAE
label: Events
class: OCCURRENCE DATA STRUCTURE
structure: One record per event
keys: [USUBJID, AESEQ]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: AE.USUBJID}
  AESEQ: {label: Sequence Number, type: integer, origin: AE.AESEQ}
  SAFFL: {label: Safety Population Flag, type: text, origin: ADSL.SAFFL}
  ASTDY: {label: Day, type: integer, origin: Derived}
"""

RULES = """
R-DEATH:
  says: A death flag has a date.
  why: Survival is counted to it.
  severity: error
  source: FB0606
  dataset: DM
  expect: equivalent
  with: {when: {DTHFL: "Y"}, then: {DTHDTC: present}}
R-TERM:
  says: No term stands twice.
  why: It would be counted twice.
  severity: warning
  source: A checklist
  dataset: AE
  expect: unique_per
  with: {by: [USUBJID, AETERM]}
R-ABSENT:
  says: A variable this study does not have.
  why: It is reported.
  severity: error
  source: None
  dataset: AE
  expect: not_missing
  with: {variables: [AEREL]}
R-NOWHERE:
  says: A dataset this study does not have.
  why: It is reported.
  severity: error
  source: None
  dataset: LB
  expect: not_missing
  with: {variables: [LBTEST]}
R-WHERE:
  says: A headache does not end before it starts.
  why: Its duration is reported.
  severity: error
  source: A checklist
  dataset: AE
  where: {AETERM: Headache}
  expect: date_order
  with: {start: AESTDTC, end: AEENDTC}
R-NOROW:
  says: Nobody is meant.
  why: It is reported.
  severity: error
  source: None
  dataset: AE
  where: {AETERM: Sepsis}
  expect: not_missing
  with: {variables: [AEENDTC]}
"""

DATA = {
    "dm": {
        "USUBJID": ["ABC-1-01", "ABC-1-02"],
        "RFSTDTC": ["2020-01-10", "2020-02-01"],
        "DTHFL": ["Y", None],
        "DTHDTC": ["2020-05-01", None],
    },
    "ae": {
        "USUBJID": ["ABC-1-01", "ABC-1-01", "ABC-1-02"],
        "AESEQ": [1, 2, 1],
        "AETERM": ["Headache", "Pyrexia", "Pyrexia"],
        "AESTDTC": ["2020-01-10", "2020-01-09", "2020-02"],
        "AEENDTC": ["2020-01-11", None, None],
        "AESTDY": [1.0, -1.0, None],
        "AEDUR": ["P2D", None, None],
    },
    "adsl": {
        "USUBJID": ["ABC-1-01", "ABC-1-02"],
        "DTHFL": ["Y", None],
        "SAFFL": ["Y", "N"],
    },
    "adae": {
        "USUBJID": ["ABC-1-01", "ABC-1-01", "ABC-1-02"],
        "AESEQ": [1, 2, 1],
        "SAFFL": ["Y", "Y", "N"],
        "ASTDY": [1, -1, 1],
    },
}


def write(folder: StudyFolder, data: dict[str, dict[str, list]]) -> None:
    """The datasets and lineages; record n of DM and AE comes from line n + 1 of its form."""
    for name, dataset in all_datasets(folder).items():
        frame = pd.DataFrame(data[name])
        base = folder.build / dataset.layer
        write_dataset(frame, dataset, base / f"{name}.parquet")
        records = range(1, len(frame) + 1)
        source = {"dm": "raw_dm", "ae": "raw_ae", "adsl": "dm", "adae": "ae"}[name]
        behind = [n + 1 if source.startswith("raw_") else n for n in records]
        lineage = pd.DataFrame({"record": records, "source": source, "source_record": behind})
        write_frame(lineage, base / f"{name}.lineage.parquet")


def spoil(folder: StudyFolder, changes: dict[tuple[str, str, int], object]) -> None:
    """Write the datasets with single values changed: (dataset, variable, row) -> value."""
    data = {name: {v: list(x) for v, x in columns.items()} for name, columns in DATA.items()}
    for (dataset, variable, row), value in changes.items():
        data[dataset][variable][row] = value
    write(folder, data)


def in_report(folder: StudyFolder, name: str):
    return json.loads((folder.build / "validation" / name).read_text(encoding="utf-8"))


def failures(folder: StudyFolder) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """(dataset, rule) -> rows failed, and the variables the findings blame."""
    validation = check_study(folder)
    blamed: dict[tuple[str, str], list[str]] = {}
    for item in validation.reported:
        key = (item.finding.dataset, item.finding.rule)
        blamed.setdefault(key, []).append(item.finding.variable)
    failed = [result for result in validation.results if result.status == "failed"]
    assert {(r.dataset, r.rule) for r in failed} == set(blamed)
    return {(r.dataset, r.rule): (r.failed, blamed[r.dataset, r.rule]) for r in failed}
