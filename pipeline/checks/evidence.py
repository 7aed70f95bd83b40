"""The values that show why a row failed: those the rule reads, here and in other datasets."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.conditions import Data, looked_up
from pipeline.checks.parameter_blocks import Copies, Plan, VariablePairs, Window
from pipeline.checks.parameters import Reference, TrialLimits, ValuesOf
from pipeline.checks.rules import Rule

SUBJECT = ("STUDYID", "USUBJID")


def as_text(values: pd.Series) -> pd.Series:
    """Values as text: dates as ISO 8601, whole numbers without decimals, missing as empty."""
    if pd.api.types.is_datetime64_any_dtype(values):
        text = values.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
    elif pd.api.types.is_float_dtype(values):
        text = values.map({value: f"{value:.15g}" for value in values.dropna().unique()})
    else:
        text = values.astype("str")
    return text.astype("object").where(values.notna(), "").astype("str")


def text_rows(columns: dict[str, pd.Series], length: int) -> list[dict[str, str]]:
    """Columns as one dict of texts per row."""
    if not columns:
        return [{} for _ in range(length)]
    texts = [as_text(values) for values in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*texts, strict=True)]


def evidence(rule: Rule, rows: pd.DataFrame, data: Data) -> dict[str, pd.Series]:
    """Name -> values of `rows`: own variables of the rule, then `DM.RFSTDTC` of other datasets."""
    own = [name for name in rule.variables if name not in SUBJECT] or rule.variables
    found = {name: rows[name] for name in own}
    for value in rule.parameters.values():
        for there in _references(value):
            keys = list(there.by)
            once = len(keys) > 1 or data[there.dataset]["USUBJID"].is_unique
            if once and set(keys) <= set(rows.columns):
                found[str(there)] = looked_up(rows, data, there, keys)
        if isinstance(value, Copies):
            for name in value.variables.values():
                there = Reference(value.dataset, name)
                found[str(there)] = looked_up(rows, data, there, value.by)
        if isinstance(value, TrialLimits):
            limits = data["TS"].drop_duplicates("TSPARMCD").set_index("TSPARMCD")["TSVAL"]
            found |= {f"TS.{name}": pd.Series(limits.get(name), rows.index) for name in value}
    return found


def _references(value: object) -> list[Reference]:
    """The variables of other datasets in a parameter that are looked up by subject."""
    if isinstance(value, ValuesOf):
        return []
    parts = [value, *vars(value).values()] if isinstance(value, Plan | Window) else [value]
    return [part for part in parts if isinstance(part, Reference)]


def told_by(rule: Rule, variable: str, names: list[str]) -> list[str]:
    """Which of `names` tell why `variable` failed; all of them when no variable is to blame."""
    if not variable:
        return names
    told = {variable}
    for value in rule.parameters.values():
        if isinstance(value, VariablePairs):
            told |= {name for pair in value.items() if variable in pair for name in pair}
        elif isinstance(value, Copies):
            told.add(f"{value.dataset}.{value.variables.get(variable, '')}")
        else:
            told |= {str(there) for there in _references(value)}
    return [name for name in names if name in told]
