"""Controlled terms: codelists.yaml as frozen Codelist."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml


@dataclass(frozen=True)
class Term:
    """One submission value with its NCI code, decode and the ways a CRF writes it."""

    value: str
    code: str = ""
    decode: str = ""
    collected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codelist:
    """One codelist; `code` is the NCI C-code, empty for a sponsor's list."""

    name: str
    label: str
    code: str
    extensible: bool
    terms: tuple[Term, ...]
    by_collected: dict[str, str] = field(repr=False, compare=False, default_factory=dict)

    @property
    def values(self) -> list[str]:
        """The submission values in order."""
        return [term.value for term in self.terms]

    def submission(self, collected: pd.Series) -> pd.Series:
        """Collected text -> submission values; what the list does not know becomes missing.

        Unknown collected values are findings of the intake, so nothing is lost in silence.
        """
        return collected.str.strip().map(self.by_collected).astype("str")

    def decode(self, submission: pd.Series) -> pd.Series:
        """Submission values -> decodes."""
        return submission.map({term.value: term.decode for term in self.terms}).astype("str")

    def knows(self, collected: pd.Series) -> pd.Series:
        """Whether each collected value (missing counts as known) has a submission value."""
        return collected.isna() | collected.str.strip().isin(list(self.by_collected))


def read_codelists(path: Path) -> dict[str, Codelist]:
    """codelists.yaml as name -> Codelist; StudyError for a collected value of two terms."""
    if not path.exists():
        return {}
    block = read_yaml(path)
    return {name: _codelist(name, block.block(name)) for name in block}


def _codelist(name: str, block: Block) -> Codelist:
    """One codelist with its look-up from collected values."""
    block.check(required=("label", "terms"), optional=("code", "extensible"))
    terms_block = block.block("terms")
    terms = tuple(_term(value, terms_block.block(value)) for value in terms_block)
    by_collected: dict[str, str] = {}
    for term in terms:
        for collected in dict.fromkeys((term.value, *term.collected)):
            if by_collected.setdefault(collected, term.value) != term.value:
                raise StudyError(
                    terms_block.where(term.value),
                    f"{name}: the collected value {collected!r} belongs to two terms",
                    f"keep it under {by_collected[collected]!r} or under {term.value!r}",
                )
    return Codelist(
        name=name,
        label=block.text("label"),
        code=block.text("code"),
        extensible=block.text("extensible") == "Yes",
        terms=terms,
        by_collected=by_collected,
    )


def _term(value: str, block: Block) -> Term:
    """One term."""
    block.check(optional=("code", "decode", "collected"))
    return Term(value, block.text("code"), block.text("decode"), tuple(block.texts("collected")))
