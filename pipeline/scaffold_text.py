"""The text of new files. `{...}` is filled in by `pipeline/scaffold.py`."""

from __future__ import annotations

from pipeline.scaffold_forms import Extract

STUDY = """\
study: {study}
title: "Write the title of the study here"
cutoff: "{cutoff}"                # the date of the data cut
subjects: {{form: {form}, fields: [{field}]}}  # the form that lists the subjects, and its field
arms:                               # in display order: code, name as in TRT01A, head of the column
  ALL: {{name: All Subjects}}
populations:
  SAFFL: {{label: "Safety (SAFFL = 'Y')"}}
"""

CODELISTS = """\
# One term per submission value; `collected` are the ways the CRF writes it.
NY:
  label: No Yes Response
  code: C66742
  extensible: "No"
  terms:
    "Y": {code: C49488, decode: "Yes", collected: ["Yes"]}
    "N": {code: C49487, decode: "No", collected: ["No"]}
"""

DM_PROGRAM = '''\
"""DM: one record per subject, from the form {form}."""

from pipeline.sdtm.mapping import collected, identify


def dm(raw_{form}, study):
    return raw_{form}.pipe(identify, domain="DM", study=study).assign(SUBJID=collected("{field}"))
'''

IDENTIFIERS = """\
  STUDYID: {{label: Study Identifier, type: text, role: Identifier, core: Req, origin: Protocol}}
  DOMAIN: {{label: Domain Abbreviation, type: text, role: Identifier, core: Req, origin: Assigned}}
  USUBJID: {{label: Unique Subject Identifier, type: text, role: Identifier, core: Req, origin: Derived, uses: raw_{form}.{field}, method: STUDYID and {field} joined by a hyphen.}}
"""  # noqa: E501

DM_SPEC = (
    """\
dataset: DM
label: Demographics
class: SPECIAL PURPOSE
structure: One record per subject
keys: [STUDYID, USUBJID]
variables:
"""
    + IDENTIFIERS
    + """\
  SUBJID: {{label: Subject Identifier for the Study, type: text, role: Topic, core: Req, origin: raw_{form}.{field}}}
"""  # noqa: E501
)

SDTM_PROGRAM = '''\
"""{NAME}: one record per record of the form {form}."""

from pipeline.sdtm.mapping import identify
from pipeline.sdtm.sequence import derive_var_seq


def {name}(raw_{form}, study):
    return raw_{form}.pipe(identify, domain="{NAME}", study=study).pipe(
        derive_var_seq, "{NAME}SEQ", by=[]
    )
'''

SDTM_SPEC = (
    """\
dataset: {NAME}
label: {NAME}
class: {class}
structure: One record per record of the form {form}
keys: [STUDYID, USUBJID, {NAME}SEQ]
variables:
"""
    + IDENTIFIERS
    + """\
  {NAME}SEQ: {{label: Sequence Number, type: integer, role: Identifier, core: Req, origin: Derived, method: Number of the record within the subject.}}
"""  # noqa: E501
)

ADSL_PROGRAM = '''\
"""ADSL: one record per subject."""


def adsl(dm):
    return dm.assign(TRT01A="{arm}", SAFFL="Y")
'''

ADSL_SPEC = """\
dataset: ADSL
label: Subject-Level Analysis Dataset
class: SUBJECT LEVEL ANALYSIS DATASET
structure: One record per subject
keys: [STUDYID, USUBJID]
variables:
  STUDYID: {{label: Study Identifier, type: text, core: Req, origin: DM.STUDYID}}
  USUBJID: {{label: Unique Subject Identifier, type: text, core: Req, origin: DM.USUBJID}}
  SUBJID: {{label: Subject Identifier for the Study, type: text, core: Req, origin: DM.SUBJID}}
  TRT01A: {{label: Actual Treatment for Period 01, type: text, core: Cond, origin: Assigned}}
  SAFFL: {{label: Safety Population Flag, type: text, core: Cond, codelist: NY, origin: Assigned}}
"""

ADAM_PROGRAM = '''\
"""{NAME}: one record per record of {SOURCE}."""

from pipeline.adam.treatment import derive_vars_adsl


def {name}({source}, adsl):
    return {source}.pipe(derive_vars_adsl, adsl, "SAFFL", TRTA="TRT01A")
'''

ADAM_SPEC = """\
dataset: {NAME}
label: {NAME}
class: ADAM OTHER
structure: One record per record of {SOURCE}
keys: [STUDYID, USUBJID, {key}]
variables:
  STUDYID: {{label: Study Identifier, type: text, core: Req, origin: {SOURCE}.STUDYID}}
  USUBJID: {{label: Unique Subject Identifier, type: text, core: Req, origin: {SOURCE}.USUBJID}}
  {key}: {{label: Sequence Number, type: integer, core: Perm, origin: {SOURCE}.{key}}}
  TRTA: {{label: Actual Treatment, type: text, core: Cond, origin: ADSL.TRT01A}}
  SAFFL: {{label: Safety Population Flag, type: text, core: Cond, codelist: NY, origin: ADSL.SAFFL}}
"""

TABLE = '''\
"""{number}: how many subjects there are."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects
from pipeline.where import always


def {program}(adsl, population):
    return Table(count_subjects(adsl, {{"Subjects": always()}}, population), population)
'''

LISTING = '''\
"""{number}: every subject."""

from pipeline.tlf.outputs import Listing


def {program}(adsl, population):
    return Listing(population.of(adsl), ["USUBJID", "TRT01A"])
'''

TOC_ENTRY = """\
{number}:
  program: {program}
  title: ["Write the title of the output here"]
"""


def form_text(extract: Extract) -> str:
    """The entry of raw/forms.yaml for one CSV file: every column with its type."""
    lines = [
        f"{extract.name}:",
        f"  label: {_label(extract.name)}",
        f"  structure: One record per {', '.join(extract.key())}",
        *([f"  file: {extract.file}"] if extract.file != f"{extract.name}.csv" else []),
        f"  key: [{', '.join(extract.key())}]",
        "  fields:",
    ]
    lines += [
        f"    {field}: {{label: {_label(field)}, type: {kind}, source: published}}"
        for field, kind in ((field, extract.type_of(field)) for field in extract.fields)
    ]
    return "\n".join(lines) + "\n"


def _label(name: str) -> str:
    """A name in words."""
    return name.replace("_", " ").strip().capitalize()
