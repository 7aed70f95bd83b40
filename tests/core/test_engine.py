"""A build runs what has changed and nothing else, by content."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import cache
from pipeline.cache import Ledger, Task, digest_file
from pipeline.engine import run
from pipeline.errors import StudyError
from pipeline.executors import Pool


class Study:
    """Three tasks: a -> b -> c, and d, which reads only a's source; `runs` is what ran."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runs, self.facts = folder, [], {"engine": "1"}
        self.fails = ""
        (folder / "src").write_text("one")

    def task(self, name: str, source: str, after: tuple[str, ...] = ()) -> Task:
        """A task that copies its source to its output in capitals."""

        def work() -> None:
            self.runs.append(name)
            if name == self.fails:
                raise StudyError(name, "cut off", "again")
            target = self.folder / "build" / name
            target.parent.mkdir(exist_ok=True)
            target.write_text((self.folder / source).read_text().upper())

        outputs = (f"build/{name}",)
        return Task(name, work, (source,), outputs, self.facts, after)

    def tasks(self) -> list[Task]:
        """The tasks, not in their order."""
        return [
            self.task("c", "build/b"),
            self.task("b", "build/a"),
            self.task("a", "src"),
            self.task("d", "src", after=("c",)),
        ]

    def build(self, **options) -> list[str]:
        """What a build runs."""
        self.runs.clear()
        run(self.tasks(), self.folder, **options)
        return list(self.runs)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)


def test_tasks_run_in_the_order_of_what_they_read(study: Study) -> None:
    assert study.build() == ["a", "b", "c", "d"]


def test_nothing_changed_nothing_runs(study: Study) -> None:
    study.build()
    os.utime(study.folder / "src", (0, 0))
    assert study.build() == []


def test_a_change_runs_what_depends_on_it(study: Study) -> None:
    study.build()
    (study.folder / "build/b").write_text("edited")
    assert study.build() == ["b"]
    (study.folder / "src").write_text("two")
    assert study.build() == ["a", "b", "c", "d"]
    assert (study.folder / "build/c").read_text() == "TWO"


def test_a_change_without_effect_stops_there(study: Study) -> None:
    """`one` and `ONE` give the same a, so b and c stay; d reads the source itself."""
    study.build()
    (study.folder / "src").write_text("ONE")
    assert study.build() == ["a", "d"]


def test_a_removed_output_is_made_again(study: Study) -> None:
    study.build()
    (study.folder / "build/c").unlink()
    assert study.build() == ["c"]


def test_another_engine_runs_everything(study: Study) -> None:
    study.build()
    study.facts = {"engine": "2"}
    assert study.build() == ["a", "b", "c", "d"]


def test_what_was_finished_stays_when_a_task_fails(study: Study) -> None:
    study.fails = "c"
    with pytest.raises(StudyError, match="cut off"):
        study.build()
    study.fails = ""
    assert study.build() == ["c", "d"]


def test_targets_bring_what_they_need(study: Study) -> None:
    assert study.build(targets=["b"]) == ["a", "b"]
    assert study.build(targets=["d"]) == ["c", "d"]


def test_why_runs_nothing_and_says_why(study: Study) -> None:
    study.build()
    (study.folder / "src").write_text("two")
    study.runs.clear()
    outcome = run(study.tasks(), study.folder, dry=True)
    assert study.runs == []
    assert outcome.ran == {
        "a": ["src changed"],
        "b": ["a would be rebuilt"],
        "c": ["b would be rebuilt"],
        "d": ["src changed"],
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: (f / "build/a").write_text("x"), "build/a was edited"),
        (lambda f: (f / "build/a").unlink(), "build/a is missing"),
        (lambda f: (f / "src").unlink(), "src changed"),
    ],
)
def test_the_reasons_in_words(study: Study, change, reason: str) -> None:
    study.build()
    change(study.folder)
    task = next(task for task in study.tasks() if task.name == "a")
    assert Ledger(study.folder).reasons(task) == [reason]


def test_a_task_that_is_gone_takes_its_files_along(study: Study) -> None:
    study.build()
    run([task for task in study.tasks() if task.name != "c" and task.name != "d"], study.folder)
    assert sorted(path.name for path in (study.folder / "build").glob("[a-d]")) == ["a", "b"]


def test_two_tasks_that_write_one_path(study: Study) -> None:
    twice = [study.task("a", "src"), Task("z", lambda: None, (), ("build/a",))]
    with pytest.raises(StudyError, match="a and z: both write build/a"):
        run(twice, study.folder)


def test_a_damaged_ledger_counts_as_none(study: Study) -> None:
    study.build()
    (study.folder / "build/.ledger.json").write_text('{"a": ')
    assert study.build() == ["a", "b", "c", "d"]


def test_a_task_without_outputs_always_runs(study: Study) -> None:
    ran = []
    gate = Task("gate", lambda: ran.append("gate"))
    run([gate], study.folder)
    run([gate], study.folder)
    assert ran == ["gate", "gate"]


@pytest.fixture
def looked(study: Study, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read for their digest; every file counts as large and settled."""
    found: list[str] = []

    def look(path: Path) -> str:
        found.append(path.name)
        return digest_file(path)

    monkeypatch.setattr(cache, "digest_file", look)
    monkeypatch.setattr(cache, "LARGE", 0)
    monkeypatch.setattr(cache, "SETTLED", 0)
    study.build()
    study.build()
    found.clear()
    return found


def test_a_large_file_that_nobody_touched_is_not_read_again(
    study: Study, looked: list[str]
) -> None:
    assert study.build() == []
    assert looked == []


def test_a_large_file_with_another_time_is_read_and_its_content_decides(
    study: Study, looked: list[str]
) -> None:
    os.utime(study.folder / "src", (0, 0))
    assert study.build() == []
    assert looked == ["src"]


def test_a_change_of_a_large_file_is_seen_though_size_and_time_are_set_back(
    study: Study, looked: list[str]
) -> None:
    source = study.folder / "src"
    held = source.stat()
    source.write_text("two")
    os.utime(source, ns=(held.st_atime_ns, held.st_mtime_ns))
    assert source.stat().st_mtime_ns == held.st_mtime_ns
    assert study.build() == ["a", "b", "c", "d"]


def test_a_file_is_read_again_while_it_is_new(
    study: Study, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "SETTLED", 10**12)
    assert study.build() == []
    assert sorted(looked) == ["a", "b", "c", "d", "src"]


def test_digests_of_large_files_that_are_damaged_count_as_none(
    study: Study, looked: list[str]
) -> None:
    (study.folder / "build/.digests.json").write_text('{"src": ')
    assert study.build() == []
    assert sorted(looked) == ["a", "b", "c", "d", "src"]


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Four threads, of which two are told to be free."""
    with ThreadPoolExecutor(4) as threads:
        yield Pool(threads, lambda: 2)


def test_no_more_tasks_are_given_away_than_there_are_places(tmp_path: Path, pool: Pool) -> None:
    """Those that read most first; nine tasks of which any could start at once."""
    running, most, order = [0], [0], []

    def task(number: int) -> Task:
        def work() -> None:
            running[0] += 1
            most[0] = max(most[0], running[0])
            order.append(number)
            time.sleep(0.02)
            running[0] -= 1
            (tmp_path / f"made{number}").write_text("x")

        (tmp_path / f"read{number}").write_text("x" * number)
        return Task(f"task{number}", work, (f"read{number}",), (f"made{number}",))

    run([task(number) for number in range(9)], tmp_path, pool=pool)
    assert most == [2]
    assert sorted(order[:2]) == [7, 8]
    assert sorted(order[-2:]) == [0, 1]


def test_what_was_finished_in_a_pool_stays_when_a_task_fails(study: Study, pool: Pool) -> None:
    study.fails = "c"
    with pytest.raises(StudyError):
        study.build(pool=pool)
    study.fails = ""
    assert study.build(pool=pool) == ["c", "d"]
    assert study.build(pool=pool) == []


def test_a_pool_sees_what_a_task_has_changed(study: Study, pool: Pool) -> None:
    study.build(pool=pool)
    (study.folder / "src").write_text("two")
    assert study.build(pool=pool) == ["a", "b", "c", "d"]
    assert (study.folder / "build/c").read_text() == "TWO"
    (study.folder / "build/b").unlink()
    assert study.build(pool=pool) == ["b"]
