"""CDISC CORE: its answers in the report, and what the report says when it has not run.

core_answers.json is what cdisc-rules-engine 0.17.1 answered about the reference study and four
rules of our own, cut to two rows and two datasets outside the scope for each rule.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.checks.core import ANSWER, read_core, run_core, summary
from pipeline.checks.core_results import NotRun, core_results, issues_of
from pipeline.checks.validate import check_study, validate
from pipeline.errors import StudyError
from pipeline.study import StudyFolder, open_study

RECORDED = Path(__file__).parent / "core_answers.json"
ANSWERS = json.loads(RECORDED.read_text(encoding="utf-8"))
ENGINE = Path(os.environ.get("CORE_ENGINE", ".venv-core/bin/python"))
FAKE = """#!{python}
import json, sys
asked = json.load(open(sys.argv[3]))
assert sys.argv[2].endswith("core_runner.py") and all(f.endswith(".xpt") for f in asked["files"])
answers = {{a["standard"]: a for a in json.load(open({answers!r}))}}
json.dump(answers[asked["standard"]], open(sys.argv[4], "w"))
"""


@pytest.fixture
def study(built_mini: Path, tmp_path: Path) -> StudyFolder:
    """The mini study, built."""
    shutil.copytree(built_mini, tmp_path / "study")
    return open_study(tmp_path / "study")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A rules cache; the engine that would read it is a fake one."""
    place = tmp_path / "cache"
    place.mkdir()
    for name in ("rules.pkl", "rules_dictionary.pkl"):
        (place / name).write_bytes(b"")
    return place


def _executable(path: Path, text: str) -> Path:
    """A program."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """A Python that answers with what was recorded."""
    text = FAKE.format(python=sys.executable, answers=str(RECORDED))
    return _executable(tmp_path / "engine", text)


def _states(folder: StudyFolder) -> dict[tuple[str, str], tuple[str, str]]:
    """(dataset, rule of CORE) -> status and reason, as the report has them."""
    return {
        (r.dataset, r.rule): (r.status, r.reason)
        for r in check_study(folder).results
        if r.rule.startswith("CORE")
    }


def test_without_the_engine_the_report_says_that_it_has_not_run(study) -> None:
    assert list(_states(study)) == [("CORE", "CORE")]
    status, reason = _states(study)["CORE", "CORE"]
    assert status == "not run"
    assert reason.startswith("CORE: not run; name its rules cache")
    validate(study)
    assert "CORE: not run" in (study.build / "validation/index.html").read_text(encoding="utf-8")


def test_the_engines_findings_stand_in_the_report(study, cache, engine) -> None:
    told = summary(run_core(study, cache, engine))
    assert told == [
        "CORE 0.17.1, SDTMIG 3.4: 2 of 4 rules ran, 2 with issues, 1 skipped, "
        "1 with errors of their own",
        "CORE, ADAMIG 1.3: not run; the cache has no rule of this standard",
    ]
    states = _states(study)
    assert states["AE", "CORE-900001"] == ("failed", "")
    assert states["SDTMIG 3.4", "CORE-900003"][0] == "not run"
    reason = "error of the engine: Rule format error: Rule contains invalid operator"
    assert states["DM", "CORE-900004"] == ("not run", reason)
    silent = ("not run", "CORE: not run; the engine ran no rule of ADAMIG 1.3")
    assert states["ADAMIG 1.3", "CORE"] == silent


def test_a_finding_of_the_engine_names_rule_row_and_crf_line(study, cache, engine) -> None:
    run_core(study, cache, engine)
    found = [i for i in check_study(study).reported if i.finding.rule == "CORE-900001"]
    first = found[0]
    assert (first.finding.dataset, first.finding.record, first.finding.variable) == (
        "AE",
        1,
        "AETOXGR",
    )
    assert first.says == "AETOXGR is not 3"
    assert first.keys["USUBJID"] == first.finding.subject
    assert first.crf[0].startswith("raw/")
    assert first.finding.severity == "warning"


def test_a_row_that_the_dataset_does_not_have_is_told_without_keys(study, cache, engine) -> None:
    run_core(study, cache, engine)
    found = [i for i in check_study(study).reported if i.finding.rule == "CORE-900002"]
    assert [(i.finding.record, i.keys) for i in found] == [(19, {}), (20, {})]


def test_answers_about_other_data_do_not_count(study, cache, engine) -> None:
    run_core(study, cache, engine)
    (study.build / "sdtm/vs.parquet").write_bytes((study.build / "sdtm/ae.parquet").read_bytes())
    told = read_core(study)
    assert isinstance(told, NotRun)
    assert "not run on these data" in told.reason


def test_an_engine_that_runs_no_rule_has_not_passed() -> None:
    empty = [{"standard": "sdtmig", "version": "3-4", "engine": "x", "rules": 0, "results": []}]
    (result,) = core_results(empty)
    assert (result.status, result.dataset) == ("not run", "SDTMIG 3.4")
    assert issues_of(empty) == []


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("#!/bin/sh\necho 'No module named cdisc_rules_engine' >&2\nexit 1\n", "No module named"),
        ("#!/bin/sh\nexit 0\n", "stopped without an answer: it said nothing"),
    ],
)
def test_an_engine_that_stops_is_an_error(study, cache, tmp_path, program, message) -> None:
    with pytest.raises(StudyError, match=message) as error:
        run_core(study, cache, _executable(tmp_path / "broken", program))
    assert error.value.where == "CORE, SDTMIG 3.4"
    assert not (study.path / ANSWER).exists()


def test_a_cache_or_a_python_that_is_not_there_is_an_error(study, cache, tmp_path) -> None:
    with pytest.raises(StudyError, match=r"rules\.pkl is not there"):
        run_core(study, tmp_path, tmp_path / "python")
    with pytest.raises(StudyError, match="make core"):
        run_core(study, cache, tmp_path / "python")


MAKE_CACHE = """
import pickle, sys
from pathlib import Path
from cdisc_rules_engine.models.rule import Rule
meta = {
    "Core": {"Id": "CORE-900001", "Status": "Published", "Version": "1"},
    "Description": "No sequence number is 1", "Sensitivity": "Record",
    "Executability": "Fully Executable", "Rule_Type": "Record Data", "Authorities": [],
    "Scope": {"Domains": {"Include": ["AE"]}, "Classes": {"Include": ["ALL"]}},
    "Check": {"all": [{"name": "AESEQ", "operator": "equal_to", "value": 1}]},
    "Outcome": {"Message": "AESEQ is 1", "Output_Variables": ["AESEQ"]},
}
place = Path(sys.argv[1])
(place / "rules.pkl").write_bytes(pickle.dumps({"CORE-900001": Rule.from_cdisc_metadata(meta)}))
(place / "rules_dictionary.pkl").write_bytes(pickle.dumps({"sdtmig/3-4": ["CORE-900001"]}))
"""


@pytest.mark.skipif(not ENGINE.exists(), reason=f"no engine of CDISC CORE at {ENGINE}: make core")
def test_the_real_engine_finds_what_a_rule_says(study, cache) -> None:
    subprocess.run([str(ENGINE), "-c", MAKE_CACHE, str(cache)], check=True)
    told = summary(run_core(study, cache, ENGINE.absolute()))
    assert "SDTMIG 3.4: 1 of 1 rules ran, 1 with issues" in told[0]
    issues = issues_of(read_core(study))
    subjects = {item.finding.subject for item in check_study(study).reported}
    assert {(item.dataset, item.values["AESEQ"]) for item in issues} <= {("AE", "1"), ("AE", "1.0")}
    assert len(issues) >= 1
    assert subjects
