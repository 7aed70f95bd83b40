"""Where values come from (provenance) and where raw records went (the balance)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.reconcile import account, balance
from pipeline.errors import StudyError
from pipeline.plan import plan
from pipeline.provenance import (
    has_synthetic_records,
    raw_records_behind,
    variable_sources,
    variables_used,
)
from pipeline.study import open_study


def test_the_state_of_raw_records() -> None:
    """Line 2 mapped, 3 excluded, 4 set aside, 5 nowhere, 6 mapped although also excluded."""
    records = pd.DataFrame(
        {
            "form": "ae",
            "line": [2, 3, 4, 5, 6],
            "subject": "1",
            "reason": [None, None, "repeats", None, None],
        }
    )
    lineage = pd.DataFrame(
        {
            "record": [1, 0, 2, 0],
            "form": "ae",
            "line": [2, 3, 6, 6],
            "reason": [None, "gate", None, "gate"],
        }
    )
    accounts = account(records, lineage)
    assert accounts["state"].tolist() == [
        "mapped",
        "excluded",
        "set_aside",
        "unaccounted",
        "mapped",
    ]
    assert accounts["reason"].fillna("-").tolist()[1:4] == ["gate", "repeats", "-"]
    assert balance(accounts).to_numpy().tolist() == [["ae", 5, 2, 1, 1, 1]]


def test_the_sources_of_variables(built_mini: Path) -> None:
    """Collected, through two datasets, and through a method that uses several."""
    sources = variable_sources(open_study(built_mini))
    assert sources["AE", "AETERM"] == {"published"}
    assert sources["EX", "EXSTDTC"] == {"derived"}
    assert sources["ADSL", "TRTSDT"] == {"derived"}
    assert sources["ADAE", "ASTDY"] == {"published", "derived"}
    assert sources["ADTTE", "PARAMCD"] == frozenset()


def test_the_raw_records_behind_a_record(built_mini: Path) -> None:
    """The last record of AE is line 9 of events.csv; of DM, the doses and the status as well."""
    folder = open_study(built_mini)
    behind = raw_records_behind(folder, pd.DataFrame({"dataset": ["ae"], "record": [7]}))
    assert behind.to_numpy().tolist() == [["events", 9]]
    behind = raw_records_behind(folder, pd.DataFrame({"dataset": ["dm"], "record": [3]}))
    assert sorted(map(tuple, behind.to_numpy().tolist())) == [
        ("enrol", 4),
        ("status", 4),
        ("tablets", 5),
    ]


@pytest.mark.parametrize(
    ("dataset", "record", "synthetic"),
    [("ae", 5, True), ("ae", 6, False), ("suppae", 4, True), ("adae", 5, True), ("dm", 3, False)],
)
def test_synthetic_records(built_mini: Path, dataset: str, record: int, synthetic: bool) -> None:
    """Line 7 of events.csv (1003's headache) is the only one marked synthetic."""
    records = pd.DataFrame({"dataset": [dataset], "record": [record]})
    assert has_synthetic_records(open_study(built_mini), records) is synthetic


def test_the_variables_that_a_program_names(built_mini: Path) -> None:
    folder = open_study(built_mini)
    used = variables_used(built_mini / "tlf/t_1_1_demographics.py", [folder.datasets["adsl"]])
    assert used >= {("ADSL", "AGE"), ("ADSL", "SEX")}
    assert ("ADSL", "TRTSDT") not in used


def test_the_variables_that_a_verb_reads_for_a_program(built_mini: Path) -> None:
    """The text of the figure names neither the time nor the censoring."""
    folder = open_study(built_mini)
    program = built_mini / "tlf/f_1_1_survival.py"
    assert "CNSR" not in program.read_text()
    used = variables_used(program, [folder.datasets["adtte"]])
    assert used >= {("ADTTE", "AVAL"), ("ADTTE", "CNSR"), ("ADTTE", "PARAMCD")}


@pytest.mark.parametrize("reference", ["raw_events.NOTHING", "raw_nothing.PAT", "DM.NOTHING"])
def test_an_origin_that_names_nothing(mini_folder: Path, reference: str) -> None:
    spec = mini_folder / "sdtm/ae.yaml"
    spec.write_text(spec.read_text().replace("origin: raw_events.PT}", f"origin: {reference}}}"))
    with pytest.raises(StudyError, match=f"{reference} names no field") as caught:
        plan(mini_folder)
    assert caught.value.where == "sdtm/ae.yaml > AEDECOD"
