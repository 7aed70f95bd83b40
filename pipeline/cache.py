"""What is fresh: tasks are rebuilt when the content of what they read has changed, not its time.

The ledger (build/.ledger.json) keeps for each task the digests of what it read and wrote.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.frames import replace_text

ABSENT = "absent"
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
        self._digests: dict[str, str] = {}
        if self.path.exists():
            try:
                self.entries = json.loads(self.path.read_text(encoding="utf-8"))
            except ValueError:
                self.entries = {}

    def digest(self, path: str, again: bool = False) -> str:
        """The SHA-256 of a file relative to the study folder, computed once per run."""
        if again or path not in self._digests:
            self._digests[path] = digest_file(self.folder / path)
        return self._digests[path]

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
        """Write the ledger."""
        replace_text(self.path, json.dumps(self.entries, indent=0, sort_keys=True) + "\n")

    def _inputs(self, task: Task) -> dict[str, str]:
        """Name -> digest of everything the task depends on."""
        return {path: self.digest(path) for path in task.reads} | dict(task.facts)


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
    lines += [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    lines.append(platform.python_version())
    return {"the engine (pipeline/)": digest_text("\n".join(lines))}
