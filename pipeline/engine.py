"""Running a build: tasks in the order of what they read, each only when it is not fresh."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.cache import Ledger, Task
from pipeline.errors import StudyError
from pipeline.programs import in_order


@dataclass
class Outcome:
    """What a run did: task -> why it ran; `unchanged` were fresh."""

    ran: dict[str, list[str]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)


def run(
    tasks: Iterable[Task], folder: Path, targets: Collection[str] | None = None, dry: bool = False
) -> Outcome:
    """Bring the targets (all when None) and what they need up to date.

    With `dry` nothing runs: the outcome says what would, as far as it can be known before running.
    Raises what a task raises; what was finished before stays and is remembered.
    """
    by_name = {task.name: task for task in tasks}
    needs = task_needs(by_name)
    ledger = Ledger(folder)
    outcome = Outcome()
    ordered = in_order(needs)
    wanted = _with_needs(targets, needs) if targets is not None else set(ordered)
    selected = [name for name in ordered if name in wanted]
    try:
        for number, name in enumerate(selected, 1):
            _one(by_name[name], ledger, outcome, dry, needs)
            _progress(number, len(selected), name)
    finally:
        _progress(0, 0, "")
        if not dry:
            ledger.prune(by_name)
            ledger.save()
    return outcome


def task_needs(by_name: Mapping[str, Task]) -> dict[str, tuple[str, ...]]:
    """Task -> tasks that write what it reads, and those it comes after."""
    makers: dict[str, str] = {}
    for task in by_name.values():
        for path in task.outputs:
            if path in makers:
                raise StudyError(
                    f"{makers[path]} and {task.name}", f"both write {path}", "rename one of them"
                )
            makers[path] = task.name
    return {
        name: tuple(dict.fromkeys([*(makers[p] for p in task.reads if p in makers), *task.after]))
        for name, task in by_name.items()
    }


def _one(
    task: Task, ledger: Ledger, outcome: Outcome, dry: bool, needs: Mapping[str, tuple[str, ...]]
) -> None:
    """Run one task unless it is fresh."""
    reasons = ledger.reasons(task)
    if dry and not reasons:
        stale = [
            need
            for need in needs[task.name]
            if outcome.ran.get(need, ["always runs"]) != ["always runs"]
        ]
        reasons = [f"{need} would be rebuilt" for need in stale]
    if not reasons:
        outcome.unchanged.append(task.name)
        return
    if not dry:
        task.run()
        ledger.record(task)
    outcome.ran[task.name] = reasons


def _with_needs(targets: Collection[str], needs: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The targets and everything they need."""
    wanted: set[str] = set()
    open_names = [name for name in targets if name in needs]
    while open_names:
        name = open_names.pop()
        if name not in wanted:
            wanted.add(name)
            open_names.extend(needs[name])
    return wanted


def _progress(number: int, total: int, name: str) -> None:
    """One line that renews itself on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        line = f"[{number}/{total}] {name}" if total else ""
        sys.stderr.write(f"\r\x1b[K{line[:79]}")
        sys.stderr.flush()
