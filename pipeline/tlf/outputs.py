"""What a tlf program returns: a Table, a Listing or a Figure, before any number is text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.tlf.population import Column, Population
from pipeline.tlf.results import Block


@dataclass(frozen=True)
class Table:
    """Rows and results under columns.

    `stub` heads the label columns. The columns are those of the population, unless `columns` names
    others (their N may be None: no "(N=xx)"). `empty` is printed when the block has no row.
    """

    block: Block
    population: Population | None = None
    stub: tuple[str, ...] = ("",)
    columns: tuple[Column, ...] = ()
    empty: str = "No subject met the criteria."

    @property
    def heads(self) -> tuple[Column, ...]:
        """The columns in printed order."""
        if self.columns:
            return self.columns
        return self.population.columns if self.population else ()


@dataclass(frozen=True)
class Listing:
    """Records of a dataset as they are: `columns` in printed order.

    A column head is the variable's label in its specification unless `heads` has another; `digits`
    gives decimals for numbers, `widths` relative widths. The frame keeps its `_row_` columns.
    """

    frame: pd.DataFrame
    columns: Sequence[str]
    heads: Mapping[str, str] = field(default_factory=dict)
    digits: Mapping[str, int] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)
    empty: str = "No record met the criteria."


@dataclass(frozen=True)
class Figure:
    """A figure as data: `kind` is kaplan_meier, forest or flow_chart; `alt` describes it in words.

    `behind` are the analysis records it was computed from, with their `_row_` columns.
    """

    kind: str
    data: Mapping[str, Any]
    alt: str
    behind: pd.DataFrame
