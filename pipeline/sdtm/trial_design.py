"""The trial design datasets from sdtm/trial_design.yaml (SDTMIG 3.4, section 7).

The file holds `elements`, `arms` (epochs with their element), `visits`, `criteria` and
`parameters`; what it may say stands in docs/trial-design.md.
"""

from __future__ import annotations

import pandas as pd

from pipeline.errors import StudyError, listed
from pipeline.study import Study
from pipeline.yamltext import Block

CDISC_CT = "CDISC CT"


def trial_elements(study: Study) -> pd.DataFrame:
    """TE: one record per element, with the rules for its start and end and its duration."""
    return _frame(
        study,
        "TE",
        [
            {
                "ETCD": code,
                "ELEMENT": element.text("name"),
                "TESTRL": element.text("starts"),
                "TEENRL": element.text("ends"),
                "TEDUR": element.text("duration"),
            }
            for code, element in _entries(
                study.trial_design.block("elements"), ("name", "starts"), ("ends", "duration")
            )
        ],
    )


def trial_arms(study: Study) -> pd.DataFrame:
    """TA: one record per planned element per arm, numbered in order."""
    names = {arm.code: arm.name for arm in study.arms}
    arms = study.trial_design.block("arms").check(optional=names)
    return _frame(
        study,
        "TA",
        [
            {
                "ARMCD": code,
                "ARM": names[code],
                "TAETORD": number,
                "ETCD": entry.text("element"),
                "ELEMENT": _element(study, entry),
                "TABRANCH": entry.text("branch"),
                "TATRANS": entry.text("transition"),
                "EPOCH": epoch,
            }
            for code, arm in _entries(arms, (), None)
            for number, (epoch, entry) in enumerate(
                _entries(arm, ("element",), ("branch", "transition")), 1
            )
        ],
    )


def _element(study: Study, entry: Block) -> str:
    """The name of the element that an epoch has; StudyError when there is no such element."""
    elements, code = study.trial_design.block("elements"), entry.text("element")
    if code not in elements:
        raise StudyError(
            entry.where("element"),
            f"no element {code!r}",
            f"use one of {listed(list(elements), 40)}",
        )
    return elements.block(code).text("name")


def trial_visits(study: Study) -> pd.DataFrame:
    """TV: one record per planned visit per arm (ARMCD empty: every arm)."""
    return _frame(
        study,
        "TV",
        [
            {
                "VISITNUM": visit.number("number"),
                "VISIT": name,
                "VISITDY": visit.number("day"),
                "ARMCD": arm or None,
                "TVSTRL": visit.text("starts"),
            }
            for name, visit in _entries(
                study.trial_design.block("visits"), ("number", "starts"), ("day", "arms")
            )
            for arm in (visit.texts("arms") or [""])
        ],
    )


def trial_criteria(study: Study) -> pd.DataFrame:
    """TI: one record per inclusion or exclusion criterion."""
    return _frame(
        study,
        "TI",
        [
            {"IETESTCD": code, "IETEST": entry.text("text"), "IECAT": entry.text("category")}
            for code, entry in _entries(
                study.trial_design.block("criteria"), ("text", "category"), ()
            )
        ],
    )


def trial_summary(study: Study) -> pd.DataFrame:
    """TS: one record per parameter value; without a value the null flavour says why.

    The version of CDISC terminology is that of study.yaml > standards, unless one is named.
    """
    rows = []
    versions = {CDISC_CT: study.standards.block("sdtm").text("terminology")}
    for code, entry in _entries(
        study.trial_design.block("parameters"),
        ("name",),
        ("value", "null", "code", "reference", "version", "group"),
    ):
        for number, value in enumerate(entry.texts("value") or [""], 1):
            rows.append(
                {
                    "TSSEQ": number,
                    "TSGRPID": entry.text("group"),
                    "TSPARMCD": code,
                    "TSPARM": entry.text("name"),
                    "TSVAL": value,
                    "TSVALNF": entry.text("null"),
                    "TSVALCD": entry.text("code"),
                    "TSVCDREF": entry.text("reference"),
                    "TSVCDVER": entry.text("version", versions.get(entry.text("reference"), "")),
                }
            )
    return _frame(study, "TS", rows)


def _entries(
    block: Block, required: tuple[str, ...], optional: tuple[str, ...] | None
) -> list[tuple[str, Block]]:
    """The named blocks of a block in order, checked unless `optional` is None."""
    entries = [(name, block.block(name)) for name in block]
    if optional is not None:
        for _, entry in entries:
            entry.check(required=required, optional=optional)
    return entries


def _frame(study: Study, domain: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """The records as a dataset of the study."""
    return pd.DataFrame(rows).assign(STUDYID=study.id, DOMAIN=domain)
