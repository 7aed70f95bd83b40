"""manifest.json: what a package was made of and with, and the SHA-256 of every file in it.

SHA256SUMS.txt has the same digests in the format that `sha256sum -c` reads.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.cache import digest_file
from pipeline.errors import StudyError
from pipeline.frames import replace_text, write_json
from pipeline.package.define_standards import (
    GUIDES,
    SYSTEM,
    SYSTEM_VERSION,
    Standard,
    read_standards,
)
from pipeline.study import StudyFolder

MANIFEST = "manifest.json"
LOCK = Path(__file__).parents[2] / "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)


def write_manifest(
    folder: StudyFolder, package: Path, sums: str, missing: Sequence[str] = ()
) -> None:
    """Write manifest.json and the digests `sums` into `package`, after everything else is there.

    `missing` are files that belong to a package and could not be made. The tasks of the build come
    from build/.ledger.json; StudyError when there is none.
    """
    files = file_digests(package, sums)
    said = {"sums": sums, "missing": list(missing), "files": files}
    write_json(manifest(folder) | said, package / MANIFEST)
    replace_text(package / sums, sums_text(files))


def manifest(folder: StudyFolder) -> dict[str, Any]:
    """What a package was made of: study, versions, inputs, outputs, who reads what.

    `inputs` are files no task writes; digests are those the build has recorded. `tasks` maps a task
    to what it reads and writes.
    """
    tasks = _ledger(folder)
    written = {p: digest for task in tasks.values() for p, digest in task["outputs"].items()}
    read = {p: digest for task in tasks.values() for p, digest in task["inputs"].items()}
    inputs = {
        path: digest
        for path, digest in read.items()
        if path not in written and (folder.path / path).is_file()
    }
    return {
        "study": folder.study.id,
        "cutoff": folder.study.cutoff.isoformat(),
        "versions": versions(folder),
        "inputs": inputs,
        "outputs": written,
        "tasks": {
            name: {"reads": sorted(task["inputs"]), "writes": sorted(task["outputs"])}
            for name, task in tasks.items()
        },
    }


def versions(folder: StudyFolder) -> dict[str, Any]:
    """Versions of this system, Python, the locked packages, standards and dictionaries."""
    standards: dict[str, Standard] = {
        standard.oid: standard
        for layer in GUIDES
        for standard in read_standards(folder.path, layer)
    }
    return {
        SYSTEM: SYSTEM_VERSION,
        "python": platform.python_version(),
        "packages": package_versions(),
        "standards": [asdict(standards[oid]) for oid in sorted(standards)],
        "dictionaries": dict(folder.study.dictionaries),
    }


def package_versions() -> dict[str, str]:
    """The installed versions of the packages that requirements.lock names.

    Packages of another platform or Python version are locked but not installed: they are not in
    the result.
    """
    installed = {}
    for name in sorted(set(PINNED.findall(LOCK.read_text(encoding="utf-8")))):
        try:
            installed[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return installed


def file_digests(package: Path, sums: str) -> dict[str, str]:
    """Path relative to `package` -> SHA-256 of every file except the manifest and `sums`."""
    return {
        path.relative_to(package).as_posix(): digest_file(path)
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.relative_to(package).as_posix() not in (MANIFEST, sums)
    }


def sums_text(files: dict[str, str]) -> str:
    """The digests as `sha256sum -c FILE` reads them in the folder of the package."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(files.items()))


def _ledger(folder: StudyFolder) -> dict[str, dict[str, dict[str, str]]]:
    """Task -> inputs and outputs with their digests, as the build recorded them."""
    path = folder.build / ".ledger.json"
    if not path.exists():
        raise StudyError("build/.ledger.json", "nothing is built", "run make tlf first")
    return dict(json.loads(path.read_text(encoding="utf-8")))
