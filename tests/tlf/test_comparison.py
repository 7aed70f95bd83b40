"""P-values beside counts agree with scipy and stand in columns of their own."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.tlf.comparison import compare_counts, p_value_columns
from pipeline.tlf.population import Column, Population
from pipeline.tlf.results import count_subjects, heading, stack
from pipeline.where import equals

SUBJECTS = pd.DataFrame(
    {"USUBJID": [str(n) for n in range(20)], "TRT01A": ["Active"] * 8 + ["Placebo"] * 12}
)
ARMS = {"Active": "A", "Placebo": "P"}
COLUMNS = (Column("A", ("Active",), 8), Column("P", ("Placebo",), 12))
POPULATION = Population(SUBJECTS, "TRT01A", ARMS, COLUMNS)


def test_fisher_of_two_columns() -> None:
    from scipy.stats import fisher_exact

    ill = pd.DataFrame(
        {"USUBJID": ["0", "0", "1", "2", "3", "9"], "AESER": "Y", "_row_adae": range(1, 7)}
    )
    block = stack(
        heading("Events"),
        count_subjects(
            ill, {"Any": equals("AESER", "Y"), "None": equals("AESER", "N")}, POPULATION
        ),
    )
    found = compare_counts(block, {"p": ("A", "P")})
    cells = {(row, column, name): value for row, column, name, value in found.results}
    assert cells["any", "p", "p"] == pytest.approx(fisher_exact([[4, 4], [1, 11]])[1], rel=1e-12)
    assert cells["none", "p", "p"] == 1
    assert ("events", "p", "p") not in cells
    assert [row.key for row in found.rows] == ["events", "any", "none"]
    behind = [r for row, column, _, records in found.records if (row, column) == ("any", "p")
              for r in records]  # fmt: skip
    assert sorted(behind) == [1, 2, 3, 4, 5, 6]


def test_columns_of_p_values_have_no_number_of_subjects() -> None:
    (column,) = p_value_columns({"p": ("p", "Low")})
    assert (column.key, column.head, column.n, column.display) == (
        "p",
        ("p", "Low"),
        None,
        "p_value",
    )
