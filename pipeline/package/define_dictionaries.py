"""Dictionaries outside CDISC terminology that define.xml names as external codelists.

SDTMIG 3.4 section 6.2.1 (AE): coded terms and codes of adverse events are MedDRA's.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.spec import Variable

MEDDRA = "MedDRA"
MEDDRA_VARIABLES = frozenset(
    f"AE{name}"
    for name in (
        *("LLT", "LLTCD", "DECOD", "PTCD", "HLT", "HLTCD", "HLGT", "HLGTCD"),
        *("BODSYS", "BDSYCD", "SOC", "SOCCD"),
    )
)
HREFS = {MEDDRA: "https://www.meddra.org"}


def dictionary_of(variable: Variable, dictionaries: Mapping[str, str]) -> str:
    """The dictionary that a variable is coded with, empty when none or the study names none.

    `dictionaries` maps the names of study.yaml to their versions.
    """
    if variable.codelist or MEDDRA not in dictionaries:
        return ""
    return MEDDRA if variable.name in MEDDRA_VARIABLES else ""
