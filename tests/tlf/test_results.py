"""Counting and describing: rows exist before data, denominators come from the population."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.study import Study, read_study
from pipeline.tlf.nested import count_nested, count_nested_worst, count_worst
from pipeline.tlf.population import TOTAL, Column, Population, population_of
from pipeline.tlf.rates import count_rates
from pipeline.tlf.results import (
    Block,
    Row,
    beside,
    computed,
    count_records,
    count_subjects,
    count_values,
    describe,
    heading,
    keyed,
    measured,
    slug,
    stack,
    summarize,
)
from pipeline.where import always, at_least, equals

prepare_pandas()

HEADS = (Column("X", ("Arm X",), 0), Column("Y", ("Arm Y",), 0), Column("Z", ("Arm Z",), 0))
ARMS = {"Drug": "X", "Placebo": "Y", "Nobody": "Z"}


@pytest.fixture
def adsl() -> pd.DataFrame:
    """Two subjects in X, one in Y, none in Z, one screening failure."""
    return pd.DataFrame(
        {
            "USUBJID": ["1", "2", "3", "4"],
            "TRT01A": ["Drug", "Drug", "Placebo", None],
            "AGE": [30.0, 40.0, 50.0, None],
            "SEX": ["M", "F", "M", "F"],
            "_row_adsl": [1, 2, 3, 4],
        }
    )


@pytest.fixture
def population(adsl: pd.DataFrame) -> Population:
    """The treated subjects by arm, then the total."""
    return _population(adsl.iloc[:3])


def behind(block: Block) -> list[tuple]:
    """The records behind the cells, numbers as a tuple."""
    return [(*cell, tuple(numbers)) for *cell, numbers in block.records]


def _population(subjects: pd.DataFrame) -> Population:
    columns = (*HEADS, Column(TOTAL, ("Total",), 0))
    return Population(subjects, "TRT01A", ARMS, columns).where(always())


@pytest.fixture
def adae() -> pd.DataFrame:
    """Subject 1: pain 1 and 3, fever 1; subject 3: fever 2; subject 9 is not in the population."""
    return pd.DataFrame(
        {
            "USUBJID": ["1", "1", "1", "3", "9"],
            "SOC": ["Nervous", "Nervous", "General", "General", "General"],
            "PT": ["Pain", "Pain", "Fever", "Fever", "Fever"],
            "GRADE": [1, 3, 1, 2, 5],
            "_row_adae": [1, 2, 3, 4, 5],
        }
    )


def values(block: Block, statistic: str) -> dict[str, list[object]]:
    """Row key -> the statistic in the columns X, Y, Z, total (None where absent)."""
    found = {
        (row, column): value for row, column, name, value in block.results if name == statistic
    }
    return {
        row.key: [found.get((row.key, column)) for column in ("X", "Y", "Z", TOTAL)]
        for row in block.rows
        if row.display
    }


def test_columns_count_subjects_and_empty_arms(population: Population) -> None:
    assert [(c.key, c.n) for c in population.columns] == [("X", 2), ("Y", 1), ("Z", 0), (TOTAL, 3)]


def test_subjects_count_once_and_percentages_are_of_the_column(
    adae: pd.DataFrame, population: Population
) -> None:
    block = count_subjects(adae, {"Any": always(), "None": equals("PT", "Cough")}, population)
    assert values(block, "n") == {"any": [1, 1, 0, 2], "none": [0, 0, 0, 0]}
    assert values(block, "N") == {"any": [2, 1, 0, 3], "none": [2, 1, 0, 3]}
    assert values(block, "pct")["any"] == [50, 100, None, pytest.approx(66.6666667)]


def test_records_count_every_row_of_the_population(
    adae: pd.DataFrame, population: Population
) -> None:
    assert values(count_records(adae, {"Events": always()}, population), "n") == {
        "events": [3, 1, 0, 4]
    }


def test_no_data_still_gives_zero_rows(adae: pd.DataFrame, population: Population) -> None:
    block = count_subjects(adae.iloc[:0], {"Any": always()}, population)
    assert values(block, "n") == {"any": [0, 0, 0, 0]}


def test_values_keep_their_order_and_zero_rows(adsl: pd.DataFrame, population: Population) -> None:
    block = count_values(adsl, "SEX", ["M", "F", "U"], population)
    assert values(block, "n") == {"m": [1, 1, 0, 2], "f": [1, 0, 0, 1], "u": [0, 0, 0, 0]}
    assert list(values(block, "n")) == ["m", "f", "u"]


def test_a_screening_failure_counts_in_the_total_alone(adsl: pd.DataFrame) -> None:
    screened = _population(adsl)
    assert values(count_subjects(adsl, {"Screened": always()}, screened), "n") == {
        "screened": [2, 1, 0, 4]
    }
    only = count_subjects(adsl, {"Screened": always()}, screened.total_only())
    assert values(only, "n") == {"screened": [None, None, None, 4]}


def test_records_behind_a_cell(adae: pd.DataFrame, population: Population) -> None:
    block = count_subjects(adae, {"Fever": equals("PT", "Fever")}, population)
    assert behind(block) == [
        ("fever", "X", "adae", (3,)),
        ("fever", "Y", "adae", (4,)),
        ("fever", TOTAL, "adae", (3, 4)),
    ]


def test_nested_counts_sort_by_total_then_name(adae: pd.DataFrame, population: Population) -> None:
    block = count_nested(adae, "SOC", "PT", population, display="n_pct_events")
    assert [(row.labels, row.indent) for row in block.rows] == [
        (("General",), 0),
        (("Fever",), 1),
        (("Nervous",), 0),
        (("Pain",), 1),
    ]
    assert values(block, "n")["nervous/pain"] == [1, 0, 0, 1]
    assert values(block, "events")["nervous/pain"] == [2, 0, 0, 2]


GRADES = {"1": equals("GRADE", 1), "2": equals("GRADE", 2), ">=3": at_least("GRADE", 3)}


def test_a_subject_counts_once_at_the_highest_grade(
    adae: pd.DataFrame, population: Population
) -> None:
    block = count_worst(adae, "Any event", "GRADE", GRADES, population)
    assert [row.labels for row in block.rows] == [
        ("Any event", "Any"),
        ("", "1"),
        ("", "2"),
        ("", ">=3"),
    ]
    assert values(block, "n") == {
        "any event/any": [1, 1, 0, 2],
        "any event/1": [0, 0, 0, 0],
        "any event/2": [0, 1, 0, 1],
        "any event/>=3": [1, 0, 0, 1],
    }


def test_the_highest_grade_is_taken_within_the_term(
    adae: pd.DataFrame, population: Population
) -> None:
    found = values(count_nested_worst(adae, ("SOC", "PT"), "GRADE", GRADES, population), "n")
    assert found["general/fever/1"] == [1, 0, 0, 1]
    assert found["nervous/pain/1"] == [0, 0, 0, 0]
    assert found["nervous/pain/>=3"] == [1, 0, 0, 1]


def test_description_is_unrounded_and_by_column(adsl: pd.DataFrame, population: Population) -> None:
    block = summarize(adsl, "AGE", population)
    assert [row.display for row in block.rows] == ["n", "mean_sd", "median_range"]
    assert values(block, "mean")["age/mean (sd)"] == [35, 50, None, 40]
    assert values(block, "sd")["age/mean (sd)"] == [pytest.approx(50**0.5), None, None, 10]
    assert values(block, "median")["age/mean (sd)"] == [35, 50, None, 40]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], {"n": 0, "mean": None, "sd": None, "median": None, "min": None, "max": None}),
        ([7], {"n": 1, "mean": 7, "sd": None, "median": 7, "min": 7, "max": 7}),
        ([None, 2, 4], {"n": 2, "mean": 3, "sd": 2**0.5, "median": 3, "min": 2, "max": 4}),
        ([1, 2, 3, 4], {"n": 4, "mean": 2.5, "median": 2.5, "q1": 1.75, "q3": 3.25}),
    ],
)
def test_describe(numbers: list[float | None], expected: dict[str, float | None]) -> None:
    found = describe(pd.Series(numbers, dtype="float64"))
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_own_statistics_see_the_rows_of_their_column(
    adae: pd.DataFrame, population: Population
) -> None:
    row = Row("worst", ("Worst grade",), 0, "value")
    block = measured(row, adae, population, lambda part: {"value": part["GRADE"].max()})
    assert values(block, "value")["worst"][:2] == [3, 2]
    assert values(block, "value")["worst"][3] == 3


def test_events_per_infusion() -> None:
    infusions = pd.DataFrame({"DOSE": [1, 1, 2], "NO": [1, 2, 1], "_row_adex": [1, 2, 3]})
    events = pd.DataFrame({"DOSE": [1, 1], "NO": [1, 1], "_row_adae": [7, 8]})
    numbers = {"First": equals("NO", 1), "Second": equals("NO", 2)}
    doses = {"low": equals("DOSE", 1), "high": equals("DOSE", 2)}
    block = count_rates(events, infusions, numbers, doses)
    found = {(r, c, s): v for r, c, s, v in block.results if s != "pct"}
    assert found == {
        ("first", "low", "n"): 2,
        ("first", "low", "N"): 1,
        ("first", "high", "n"): 0,
        ("first", "high", "N"): 1,
        ("second", "low", "n"): 0,
        ("second", "low", "N"): 1,
    }, "nobody had a second infusion of the high dose: that cell is blank"
    assert ("first", "low", "adae", (7, 8)) in behind(block)


def test_a_row_with_further_columns(adae: pd.DataFrame, population: Population) -> None:
    counts = count_subjects(adae, {"Fever": equals("PT", "Fever")}, population)
    test = computed("Fever", {"p": {"p": 0.5}}, "p_value", behind=adae.iloc[[3]])
    joined = beside(counts, test)
    assert joined.rows == counts.rows
    assert joined.results[-1] == ("fever", "p", "p", 0.5)
    assert behind(joined)[-1] == ("fever", "p", "adae", (4,))


def test_stacking_keeps_keys_apart() -> None:
    one = computed("Yes", {"X": {"n": 1}}, "n")
    block = stack(stack(one, under="Prior [1]"), keyed(one, "later"), heading("End"))
    assert [(row.key, row.indent) for row in block.rows] == [
        ("prior", 0),
        ("prior/yes", 1),
        ("later/yes", 0),
        ("end", 0),
    ]
    assert [row for row, *_ in block.results] == ["prior/yes", "later/yes"]


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        (("Any TEAE",), "any teae"),
        (("Any related TEAE [1]", ">=3"), "any related teae/>=3"),
        (("Survival [2], %",), "survival, %"),
    ],
)
def test_a_key_does_not_depend_on_footnotes(labels: tuple[str, ...], key: str) -> None:
    assert slug(*labels) == key


STUDY = """
study: ABC
title: Two arms
cutoff: "2024-01-31"
subjects: {form: dm, fields: [SUBJECT]}
arms:
  X: {name: Drug}
  Y: {name: Placebo}
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study with the arms Drug and Placebo."""
    (tmp_path / "study.yaml").write_text(STUDY)
    return read_study(tmp_path)


def test_a_treatment_outside_the_arms_is_refused(adsl: pd.DataFrame, study: Study) -> None:
    with pytest.raises(StudyError, match="'Sugar' is no arm"):
        population_of(adsl.assign(TRT01A="Sugar"), "", study)


def test_a_flag_chooses_the_population(adsl: pd.DataFrame, study: Study) -> None:
    chosen = population_of(adsl.assign(SAFFL=["Y", "N", "Y", None]), "SAFFL", study)
    assert [(column.key, column.n) for column in chosen.columns] == [("X", 1), ("Y", 1), (TOTAL, 2)]
