"""Running a build: tasks in the order of what they read, each only when it is not fresh."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.cache import Ledger, Task
from pipeline.errors import StudyError
from pipeline.executors import Pool
from pipeline.programs import in_order


@dataclass
class Outcome:
    """What a run did: task -> why it ran; `unchanged` were fresh."""

    ran: dict[str, list[str]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)


def run(
    tasks: Iterable[Task],
    folder: Path,
    targets: Collection[str] | None = None,
    dry: bool = False,
    pool: Pool | None = None,
) -> Outcome:
    """Bring the targets (all when None) and what they need up to date.

    With `dry` nothing runs: the outcome says what would, as far as it can be known before running.
    With `pool` tasks that do not need each other run at the same time. Raises what a task raises;
    what was finished before stays and is remembered.
    """
    by_name = {task.name: task for task in tasks}
    needs = task_needs(by_name)
    ledger = Ledger(folder)
    outcome = Outcome()
    ordered = in_order(needs)
    wanted = _with_needs(targets, needs) if targets is not None else set(ordered)
    selected = {name: by_name[name] for name in ordered if name in wanted}
    try:
        if pool is None or dry:
            _serial(selected, ledger, outcome, needs if dry else None)
        else:
            _parallel(selected, ledger, outcome, needs, pool)
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


def _serial(
    selected: Mapping[str, Task],
    ledger: Ledger,
    outcome: Outcome,
    dry: Mapping[str, tuple[str, ...]] | None,
) -> None:
    """The tasks one after the other; with `dry` (the needs) only the reasons."""
    for number, task in enumerate(selected.values(), 1):
        reasons = ledger.reasons(task)
        if dry is not None and not reasons:
            stale = [need for need in dry[task.name] if _stale(need, outcome)]
            reasons = [f"{need} would be rebuilt" for need in stale]
        if not reasons:
            outcome.unchanged.append(task.name)
            continue
        _progress(number, len(selected), task.name)
        if dry is None:
            task.run()
            ledger.record(task)
        outcome.ran[task.name] = reasons


def _stale(need: str, outcome: Outcome) -> bool:
    """Whether a task would run and change what it writes."""
    return outcome.ran.get(need, ["always runs"]) != ["always runs"]


def _parallel(
    selected: Mapping[str, Task],
    ledger: Ledger,
    outcome: Outcome,
    needs: Mapping[str, tuple[str, ...]],
    pool: Pool,
) -> None:
    """Every task as soon as what it needs is done and there is a place, those that read most first.

    A task that waits is given to no worker yet: it could wait behind a long one while others have
    nothing to do. Freshness is judged here, never in a worker; what a task has written is read for
    the ledger in a thread, so that no worker waits for it.
    """
    waiting, done, running = dict(selected), set[str](), dict[Future[None], str]()
    recorded = []
    with ThreadPoolExecutor(1) as clerk:
        while waiting or running:
            ready = [name for name in waiting if done.issuperset(_within(needs[name], selected))]
            for name in sorted(ready, key=lambda name: -ledger.size_read(waiting[name])):
                if len(running) >= pool.places():
                    break
                task = waiting.pop(name)
                reasons = ledger.reasons(task)
                if reasons:
                    outcome.ran[name] = reasons
                    running[pool.executor.submit(task.run)] = name
                else:
                    outcome.unchanged.append(name)
                    done.add(name)
            for future in _finished(running):
                name = running.pop(future)
                future.result()
                ledger.forget(selected[name])
                recorded.append(clerk.submit(ledger.record, selected[name]))
                done.add(name)
                _progress(len(done), len(selected), name)
    for record in recorded:
        record.result()


def _within(needs: Iterable[str], selected: Mapping[str, Task]) -> set[str]:
    """The needs that belong to this run."""
    return {need for need in needs if need in selected}


def _finished(running: Mapping[Future[None], str]) -> list[Future[None]]:
    """Wait for at least one task, if any runs; the finished ones in the order they were started."""
    done = wait(list(running), return_when=FIRST_COMPLETED).done
    return [future for future in running if future in done]


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
