"""docs/validation.md says what is: its example runs, its checks and files exist."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.checked import Checked
from pipeline.checks.conditions import library
from pipeline.checks.direct import check_rule
from pipeline.checks.rules import Rule, read_rules
from pipeline.study import open_study
from tests.built_data import built_data
from tests.conftest import ROOT

GUIDE = (ROOT / "docs/validation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(built: Path) -> dict[str, pd.DataFrame]:
    return built_data(open_study(built))


@pytest.fixture
def example(tmp_path: Path) -> Rule:
    """The example of a reviewer, read from the guide."""
    (text,) = re.findall(r"```yaml\n(REV-01:.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "expectations").mkdir()
    (tmp_path / "expectations/fever.yaml").write_text(text, encoding="utf-8")
    (rule,) = read_rules(tmp_path)
    return rule


def test_the_example_finds_the_fever_without_a_temperature(data, example) -> None:
    def asked(vs: pd.DataFrame) -> Checked:
        return check_rule({**data, "VS": vs}, example)

    fever = data["AE"].loc[data["AE"]["AEDECOD"] == "Pyrexia"]
    whole = asked(data["VS"])
    assert (whole.rows, len(whole.failed)) == (len(fever), 0)
    taken = data["VS"]["VSTESTCD"] == "TEMP"
    patient = data["VS"]["USUBJID"] == fever["USUBJID"].iloc[0]
    lost = asked(data["VS"].loc[~(taken & patient)])
    assert len(lost.failed) == (fever["USUBJID"] == fever["USUBJID"].iloc[0]).sum() > 0


def test_each_check_of_the_table_takes_the_parameters_it_is_given() -> None:
    (table,) = re.findall(r"\| check \| holds when \|\n\|---\|---\|\n(.*?)\n\n", GUIDE, re.DOTALL)
    calls = re.findall(r"`(\w+): ([^`]+)`", table)
    calls = [(name, re.sub(r"\{.*\}", "", given)) for name, given in calls if name in library()]
    assert len(calls) == len(table.splitlines()) + 1  # implies and equivalent share a line
    for name, given in calls:
        check = library()[name]
        assert set(check.required) <= set(given.split(", ")) <= set(check.kinds), name


def test_each_file_of_the_table_is_there_once_everything_is_built(built: Path) -> None:
    (table,) = re.findall(r"\| file \| for whom \|\n\|---\|---\|\n(.*?)\n\n", GUIDE, re.DOTALL)
    names = re.findall(r"`([\w./*]+)`", "\n".join(row.split("|")[1] for row in table.splitlines()))
    there = built / "build/validation"
    found = {name for name in names if list(there.glob(name.replace("DATASET", "*")))}
    assert set(names) - found == {"core.json"}  # CORE has not run
    told = {name.partition("/")[0] for name in names} | {"assets", "data"}
    assert {path.name for path in there.iterdir()} <= told
