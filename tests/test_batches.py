"""Batches of whole subjects: the same results however many, wherever they run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipeline import frames
from pipeline.batches import Batch, batch_numbers, batch_of, in_batches
from pipeline.cache import Task
from pipeline.datasets import all_datasets
from pipeline.engine import run
from pipeline.executors import executor
from pipeline.plan import plan
from pipeline.study import open_study
from pipeline.targets import targets_of
from pipeline.tlf import make

SUBJECTS = 2


def digests(study: Path, *places: str) -> dict[str, str]:
    """Built files below the places (all when none is named) with their SHA-256."""
    return {
        path.relative_to(study).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for place in (places or ("",))
        for path in sorted((study / "build" / place).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def in_serial(built_mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini study in batches of two subjects, one after the other."""
    study = tmp_path_factory.mktemp("batches") / "serial"
    shutil.copytree(built_mini, study, ignore=shutil.ignore_patterns("build"))
    run(plan(study, SUBJECTS), study)
    return study


@pytest.mark.parametrize(
    ("subjects", "most", "expected"), [(0, 5, 1), (1, 5, 1), (5, 5, 1), (6, 5, 2), (11, 5, 3)]
)
def test_how_many_batches(subjects: int, most: int, expected: int) -> None:
    assert len(in_batches(subjects, most)) == expected


def test_a_subject_is_in_one_batch_by_the_order_of_identifiers() -> None:
    known = pd.Series(["04", "01", "03", "02", "05"])
    found = batch_of(pd.Series(["05", "01", "02", "03", "04", "99"]), batch_numbers(known, 3))
    assert found.tolist() == [2, 0, 0, 1, 1, 0]


def test_the_files_of_a_batch() -> None:
    assert Batch(0, 1).part("build/sdtm/ae.parquet") == "build/sdtm/ae.parquet"
    assert Batch(3, 9).part("build/sdtm/ae.parquet") == "build/sdtm/ae.parquet/00003.parquet"


def test_batches_do_not_change_results(built_mini: Path, in_serial: Path) -> None:
    assert (in_serial / "build/sdtm/dm.parquet").is_dir()
    for place in ("tlf", "xpt", "validation"):
        assert digests(in_serial, place) == digests(built_mini, place), place


def test_values_that_belong_together_are_compared_between_batches(
    built_mini: Path, tmp_path: Path
) -> None:
    """The treatment of subject 1005, alone in its batch with it, gets a number of its own."""
    found = {}
    for most in (1000, SUBJECTS):
        study = tmp_path / f"in {most}"
        shutil.copytree(built_mini, study, ignore=shutil.ignore_patterns("build"))
        program = study / "adam/adsl.py"
        number = 'arm_number(frame["ACTARM"], study)'
        other = f'{number} + 2 * (frame["USUBJID"] == "DEMO-7-1005")'
        program.write_text(program.read_text("utf-8").replace(number, other), encoding="utf-8")
        run(plan(study, most), study, ["validation"])
        found[most] = digests(study, "validation")
    told = json.loads((study / "build/validation/findings.json").read_text(encoding="utf-8"))
    subjects = [finding["subject"] for finding in told if finding["rule"] == "AD030"]
    assert subjects == ["DEMO-7-1001", "DEMO-7-1003", "DEMO-7-1005"]
    assert found[SUBJECTS] == found[1000]


@pytest.mark.parametrize(
    ("study", "subjects", "batches"), [("built_mini", 2, 3), ("built", 4, 6), ("pilot", 20, 16)]
)
def test_every_output_is_the_same_in_many_batches(
    study: str,
    subjects: int,
    batches: int,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Results, lineage, pictures and Word files, made without the gate.

    No program is called twice: none needs a column that its text, or a verb it uses, does not name.
    """
    whole, parts = request.getfixturevalue(study), tmp_path / "study"
    shutil.copytree(whole, parts, ignore=shutil.ignore_patterns("build"))
    tasks = plan(parts, subjects)
    run(tasks, parts, targets_of(["sdtm", "adam"], [task.name for task in tasks]))
    assert len(list((parts / "build/adam/adsl.parquet").iterdir())) == batches
    called, call = [], make.call

    def counting(program, arguments):
        called.append(program.name)
        return call(program, arguments)

    monkeypatch.setattr(make, "call", counting)
    for task in tasks:
        if any(path.startswith("build/tlf/") for path in task.outputs):
            task.run()
    assert digests(parts, "tlf") == digests(whole, "tlf")
    assert sorted(called) == sorted(path.stem for path in (parts / "tlf").glob("*.py"))


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_every_engine_gives_the_same_bytes(engine: str, in_serial: Path, tmp_path: Path) -> None:
    study = tmp_path / engine
    shutil.copytree(in_serial, study, ignore=shutil.ignore_patterns("build"))
    with executor(engine, workers=2) as pool:
        run(plan(study, SUBJECTS), study, pool=pool)
    assert digests(study) == digests(in_serial)


def test_a_change_in_one_subject_touches_one_batch(in_serial: Path, tmp_path: Path) -> None:
    study = tmp_path / "changed"
    shutil.copytree(in_serial, study)
    before = digests(study, "sdtm")
    event_form = study / "raw/events.csv"
    lines = event_form.read_text(encoding="utf-8").splitlines(keepends=True)
    event_form.write_text("".join(lines[:-1]), encoding="utf-8")
    outcome = run(plan(study, SUBJECTS), study, ["validation"])
    for step in ("sdtm/ae/", "adam/adae/", "validation/"):
        assert len([name for name in outcome.ran if name.startswith(step)]) == 1, step
    after = digests(study, "sdtm")
    changed = {Path(name).stem for name in before if before[name] != after[name]}
    assert changed == {"00002"}


def test_a_worker_that_is_killed_costs_no_result(in_serial: Path, tmp_path: Path) -> None:
    study, marker = tmp_path / "killed", tmp_path / "killed.once"
    shutil.copytree(in_serial, study, ignore=shutil.ignore_patterns("build"))
    tasks = [
        replace(task, run=killed_once(task.run, marker)) if task.name == "sdtm/ae/00001" else task
        for task in plan(study, SUBJECTS)
    ]
    with executor("dask", workers=2) as pool:
        run(tasks, study, ["sdtm/ae/00000", "sdtm/ae/00001", "sdtm/ae/00002"], pool=pool)
    assert marker.exists()
    made = digests(study, "sdtm")
    assert "build/sdtm/ae.parquet/00001.parquet" in made
    assert made.items() <= digests(in_serial, "sdtm").items()


def killed_once(work: Callable[[], None], marker: Path) -> Callable[[], None]:
    """`work` in a process that is killed before it the first time."""

    def mortal() -> None:
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        work()

    return mortal


def rows_read(study: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many rows of subjects' data each stage of a whole build reads from Parquet files."""
    design = {n for n, d in all_datasets(open_study(study)).items() if d.scope == "study"}
    found: dict[str, int] = {}
    stage = [""]
    read = frames.pq.read_table

    def counting(*given, **named):
        table = read(*given, **named)
        if Path(given[0]).stem not in design:
            found[stage[0]] = found.get(stage[0], 0) + table.num_rows
        return table

    def staged(task: Task) -> Callable[[], None]:
        def work() -> None:
            stage[0] = task.name.partition("/")[0]
            task.run()

        return work

    monkeypatch.setattr(frames.pq, "read_table", counting)
    run([replace(task, run=staged(task)) for task in plan(study, most)], study)
    monkeypatch.undo()
    return found


def columns_read(study: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Task of an output -> the columns of ADAE that it reads."""
    found: dict[str, set[str]] = {}
    task_name = [""]
    read = frames.pq.read_table

    def noting(*given, **named):
        table = read(*given, **named)
        if Path(given[0]).parent.name == "adae.parquet":
            found.setdefault(task_name[0], set()).update(table.column_names)
        return table

    def named(task: Task) -> Callable[[], None]:
        def work() -> None:
            task_name[0] = task.name
            task.run()

        return work

    tasks = [replace(task, run=named(task)) for task in plan(study, most)]
    monkeypatch.setattr(frames.pq, "read_table", noting)
    run(tasks, study)
    monkeypatch.undo()
    return {name: columns for name, columns in found.items() if name.startswith("tlf/")}


def test_an_output_reads_the_columns_it_names(
    in_serial: Path, built_mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tmp_path / "narrow"
    shutil.copytree(in_serial, study)
    program = study / "tlf/l_1_1_adverse_events.py"
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace('"AETERM"', '"AE" + "TERM"'), encoding="utf-8")
    shutil.rmtree(study / "build/tlf")
    every = set(open_study(study).datasets["adae"].names)
    found = columns_read(study, SUBJECTS, monkeypatch)
    assert found["tlf/T1.2"] < every
    assert {"USUBJID", "AEBODSYS"} <= found["tlf/T1.2"]
    # a name that is made up cannot be seen: the program is given every column, and the same is made
    assert found["tlf/L1.1"] == every
    listing = "build/tlf/l-1-1.json"
    assert (study / listing).read_bytes() == (built_mini / listing).read_bytes()


def test_batches_read_each_row_once(
    built_mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that reads a dataset reads as many rows in three batches as in one.

    The rules are asked by batch, and those about all subjects again of the columns they name: twice
    at most, however many batches there are.
    """
    found = {}
    for most in (1000, SUBJECTS, 1):
        study = tmp_path / str(most)
        shutil.copytree(built_mini, study, ignore=shutil.ignore_patterns("build"))
        found[most] = rows_read(study, most, monkeypatch)
    assert {"sdtm", "adam", "tlf", "validation"} <= set(found[1000])
    asked = {most: rows.pop("validation") for most, rows in found.items()}
    assert found[SUBJECTS] == found[1] == found[1000]
    assert asked[1000] < asked[SUBJECTS] <= asked[1] < 2 * asked[1000]
