"""The standards a study follows: study.yaml > standards, with the versions the engine knows.

    standards:
      sdtm: {guide: "3.4", terminology: "2024-09-27"}
      adam: {guide: "1.3", terminology: "2024-09-27"}

`terminology` is the date of the CDISC/NCI package. Define-XML 2.1 section 5.3.4 (def:Standards).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml

SYSTEM, SYSTEM_VERSION = "crf2csr", "0.1.0"
GUIDES = {"sdtm": ("SDTMIG", "3.4"), "adam": ("ADaMIG", "1.3")}
TERMINOLOGY = "2024-09-27"
PUBLISHING_SETS = {"sdtm": "SDTM", "adam": "ADaM"}
# Codelists of the ADaM terminology: DATEFL, DTYPE, PARAMTYP, TIMEFL; all others are SDTM's.
ADAM_CODELISTS = frozenset({"C81223", "C81224", "C81225", "C81226"})


@dataclass(frozen=True)
class Standard:
    """One def:Standard; `publishing_set` only for terminology (type CT)."""

    oid: str
    name: str
    type: str
    version: str
    publishing_set: str = ""


def read_standards(study: Path, layer: str) -> tuple[Standard, ...]:
    """The standards of a layer of the study in the folder `study`, implementation guide first.

    ADaM also uses the SDTM terminology. StudyError for an unknown key, and a terminology that is
    not a date.
    """
    block = read_yaml(study / "study.yaml").block("standards").check(optional=tuple(GUIDES))
    name, version = GUIDES[layer]
    guide = _versions(block, layer).text("guide", version)
    sets = [layer] if layer == "sdtm" else [layer, "sdtm"]
    return (
        Standard(f"STD.{name}", name, "IG", guide),
        *(_terminology(block, known) for known in sets),
    )


def terminology_oid(layer: str, code: str) -> str:
    """The standard that a codelist with an NCI code belongs to, in the define.xml of a layer."""
    owner = "adam" if layer == "adam" and code in ADAM_CODELISTS else "sdtm"
    return f"STD.CT.{PUBLISHING_SETS[owner]}"


def _terminology(block: Block, layer: str) -> Standard:
    """The controlled terminology of a layer."""
    versions = _versions(block, layer)
    date = versions.text("terminology", TERMINOLOGY)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        raise StudyError(
            versions.where("terminology"),
            f"terminology is {date!r}",
            "write the date of the CDISC package: YYYY-MM-DD",
        )
    chosen = PUBLISHING_SETS[layer]
    return Standard(f"STD.CT.{chosen}", "CDISC/NCI", "CT", date, chosen)


def _versions(block: Block, layer: str) -> Block:
    """The versions of one layer; empty when the study names none."""
    return block.block(layer).check(optional=("guide", "terminology"))
