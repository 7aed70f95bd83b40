"""What is fresh: tasks are rebuilt when the content of what they read has changed, not its time.

The ledger (build/.ledger.json) keeps for each task the digests of what it read and wrote. The
digest of a large file is kept with its state in the file system (build/.digests.json); the file is
read again when that state is another one.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.frames import replace_text

ABSENT = "absent"
LARGE = 2**24  # bytes of a file whose digest is worth remembering
SETTLED = 2 * 10**9  # nanoseconds: a file written later could change without a new time
LIBRARIES = (
    "pandas",
    "numpy",
    "pyarrow",
    "scipy",
    "lifelines",
    "matplotlib",
    "python-docx",
    "pyreadstat",
    "great-expectations",
    "openpyxl",
)


@dataclass(frozen=True)
class Task:
    """One step of a build.

    `reads` and `outputs` are paths relative to the study folder; a read that another task writes
    makes this task wait for it. `facts` is further content the result depends on. `after` names
    tasks that only have to come first. A task without outputs always runs.
    """

    name: str
    run: Callable[[], None]
    reads: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()


class Ledger:
    """What earlier runs read and wrote, by task."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger of the study in `folder`; a damaged one counts as empty."""
        self.folder = folder
        self.path = folder / "build/.ledger.json"
        self.entries: dict[str, dict[str, dict[str, str]]] = {}
        self.entries = _read(self.path)
        self.large = folder / "build/.digests.json"
        self._known: dict[str, list[str]] = _read(self.large)
        self._digests: dict[str, str] = {}

    def digest(self, path: str, again: bool = False) -> str:
        """The SHA-256 of a file relative to the study folder, computed once per run."""
        if again or path not in self._digests:
            self._digests[path] = self._digest(path)
        return self._digests[path]

    def _digest(self, path: str) -> str:
        """The SHA-256 of a file; that of a large file which nobody has touched since is known."""
        state = _state(self.folder / path)
        if not state:
            return digest_file(self.folder / path)
        known, digest = self._known.get(path, ("", ""))
        if known != state:
            digest = digest_file(self.folder / path)
            self._known[path] = [state, digest]
        return digest

    def reasons(self, task: Task) -> list[str]:
        """Why the task has to run, in words; empty when it is fresh."""
        if not task.outputs:
            return ["always runs"]
        entry = self.entries.get(task.name)
        if entry is None:
            return ["not built yet"]
        now, before = self._inputs(task), entry["inputs"]
        changed = [
            f"{name} changed" for name in now if name in before and now[name] != before[name]
        ]
        changed += [f"{name} is new" for name in now if name not in before]
        changed += [f"{name} is gone" for name in before if name not in now]
        for path in task.outputs:
            if self.digest(path) != entry["outputs"].get(path):
                gone = self.digest(path) == ABSENT
                changed.append(f"{path} {'is missing' if gone else 'was edited'}")
        return changed

    def size_read(self, task: Task) -> int:
        """The bytes of the files that a task reads."""
        paths = (self.folder / path for path in task.reads)
        return sum(path.stat().st_size for path in paths if path.is_file())

    def forget(self, task: Task) -> None:
        """Forget what the files of a task that has just written them held before."""
        for path in task.outputs:
            self._digests.pop(path, None)

    def record(self, task: Task) -> None:
        """Remember what the task has just read and written."""
        outputs = {path: self.digest(path, again=True) for path in task.outputs}
        self.entries[task.name] = {"inputs": self._inputs(task), "outputs": outputs}

    def prune(self, tasks: Mapping[str, Task]) -> None:
        """Delete what tasks that no longer exist have written."""
        kept = {path for task in tasks.values() for path in task.outputs}
        for name in [name for name in self.entries if name not in tasks]:
            for path in self.entries.pop(name)["outputs"]:
                if path not in kept:
                    (self.folder / path).unlink(missing_ok=True)

    def save(self) -> None:
        """Write the ledger, and the digests of large files when there are any."""
        replace_text(self.path, json.dumps(self.entries, indent=0, sort_keys=True) + "\n")
        if self._known:
            replace_text(self.large, json.dumps(self._known, indent=0, sort_keys=True) + "\n")

    def _inputs(self, task: Task) -> dict[str, str]:
        """Name -> digest of everything the task depends on."""
        return {path: self.digest(path) for path in task.reads} | dict(task.facts)


def _read(path: Path) -> dict[str, Any]:
    """What a file of the ledger holds; a damaged or absent one holds nothing."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _state(path: Path) -> str:
    """What changes when somebody writes a large file; empty for one that is small or just written.

    Size, node, and the times of the last change of content and of node, which no program can set
    back.
    """
    try:
        held = path.stat()
    except FileNotFoundError:
        return ""
    if held.st_size < LARGE or time.time_ns() - max(held.st_mtime_ns, held.st_ctime_ns) < SETTLED:
        return ""
    return f"{held.st_size} {held.st_dev} {held.st_ino} {held.st_mtime_ns} {held.st_ctime_ns}"


def digest_file(path: Path) -> str:
    """The SHA-256 of a file, `absent` when there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ABSENT


def digest_text(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def engine_fact(*subpackages: str) -> dict[str, str]:
    """A step depends on the engine's code, the subpackages named, and the libraries."""
    root = Path(__file__).parent
    files = sorted(root.glob("*.py"))
    for name in subpackages:
        files += sorted((root / name).rglob("*.*"))
    lines = [
        f"{file.relative_to(root).as_posix()} {digest_file(file)}"
        for file in files
        if file.suffix != ".pyc"
    ]
    lines += [*_versions(), platform.python_version()]
    return {"the engine (pipeline/)": digest_text("\n".join(lines))}


@functools.cache
def _versions() -> tuple[str, ...]:
    """The libraries with their versions."""
    return tuple(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
