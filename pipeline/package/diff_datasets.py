"""Two versions of one dataset compared by key, as PROC COMPARE does.

Values are compared exactly; a missing value equals a missing value only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.package.diff_sources import Facts, Source

RECORD = "record"
COLUMNS = ["key", "variable", "old", "new"]


@dataclass(frozen=True)
class DatasetDifference:
    """How a dataset differs.

    `facts` are lines (what, old, new) on the dataset and its variables. `keys` are the variables
    records were matched by, empty for the record number. `lost` and `added` are keys of records in
    one version only. `values` has the columns key, variable, old, new, one row per differing value;
    None is missing.
    """

    name: str
    records: tuple[int, int]
    facts: tuple[tuple[str, str, str], ...] = ()
    keys: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    values: pd.DataFrame | None = None

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.facts or self.lost or self.added or self.value_count)

    @property
    def value_count(self) -> int:
        """The number of differing values."""
        return 0 if self.values is None else len(self.values)


def compare_datasets(old: Source, new: Source, keys: Sequence[str]) -> DatasetDifference:
    """Compare two versions; records are matched by `keys` as far as both versions have them all.

    Records that share their keys are matched in their order.
    """
    usable = tuple(keys) if set(keys) <= set(old.variables) & set(new.variables) else ()
    before, after = _keyed(old.frame, usable), _keyed(new.frame, usable)
    common = before.index.intersection(after.index, sort=False)
    return DatasetDifference(
        name=new.name,
        records=(len(before), len(after)),
        facts=tuple(_facts(old, new)),
        keys=usable,
        lost=tuple(before.index.difference(after.index, sort=False)),
        added=tuple(after.index.difference(before.index, sort=False)),
        values=_values(before.loc[common], after.loc[common]),
    )


def _keyed(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """`frame` with its key as text for an index: AESEQ=1, USUBJID=S-1; repeats are numbered."""
    if not keys:
        return frame.set_axis([f"{RECORD}={n}" for n in range(1, len(frame) + 1)], axis=0)
    text = pd.Series("", index=frame.index, dtype="str")
    for number, name in enumerate(keys):
        separator = ", " if number else ""
        text = text + separator + name + "=" + _shown(frame[name]).fillna("")
    again = text.groupby(text).cumcount()
    text = text.where(again == 0, text + " #" + (again + 1).astype("str"))
    return frame.set_axis(pd.Index(text.to_numpy(dtype=object), dtype=object), axis=0)


def _shown(values: pd.Series) -> pd.Series:
    """Values as text, numbers with all their digits; missing stays missing."""
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.astype("float64")
        return numbers.map(lambda v: f"{v:.17g}", na_action="ignore").astype("str")
    return values.astype("str")


def _values(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Every differing value of the variables that both versions have."""
    found: dict[str, list[str | None]] = {name: [] for name in COLUMNS}
    for name in (column for column in before.columns if column in after.columns):
        differs = _differs(before[name], after[name])
        if differs.any():
            found["key"] += before.index[differs].tolist()
            found["variable"] += [name] * int(differs.sum())
            found["old"] += _with_none(_shown(before.loc[differs, name]))
            found["new"] += _with_none(_shown(after.loc[differs, name]))
    return pd.DataFrame({name: pd.Series(texts, dtype=object) for name, texts in found.items()})


def _differs(old: pd.Series, new: pd.Series) -> pd.Series:
    """Where two columns of one index differ; a number never equals text."""
    numeric = [pd.api.types.is_numeric_dtype(values) for values in (old, new)]
    if numeric[0] != numeric[1]:
        return old.notna() | new.notna()
    if all(numeric):
        old, new = old.astype("float64"), new.astype("float64")
    same = (old == new).fillna(False).astype(bool)
    return ~(same | (old.isna() & new.isna()))


def _with_none(values: pd.Series) -> list[str | None]:
    """Texts, None for missing."""
    return [value if isinstance(value, str) else None for value in values.tolist()]


def _facts(old: Source, new: Source) -> list[tuple[str, str, str]]:
    """What differs in labels, types, lengths, formats, and in the order of variables."""
    found = _changed("dataset", old.facts, new.facts)
    for name in [*old.variables, *(n for n in new.variables if n not in old.variables)]:
        if name not in new.variables:
            found.append((f"variable {name}", "there", "not there"))
        elif name not in old.variables:
            found.append((f"variable {name}", "not there", "there"))
        else:
            found += _changed(name, old.variables[name], new.variables[name])
    before = [name for name in old.variables if name in new.variables]
    after = [name for name in new.variables if name in old.variables]
    if before != after:
        found.append(("order of variables", ", ".join(before), ", ".join(after)))
    return found


def _changed(owner: str, old: Facts, new: Facts) -> list[tuple[str, str, str]]:
    """The facts that differ."""
    names = dict.fromkeys((*old, *new))
    pairs = [(name, old.get(name, ""), new.get(name, "")) for name in names]
    return [(f"{owner} {name}", a, b) for name, a, b in pairs if a != b]
