"""Is a package still what was built: its files against the digests of its manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.package.manifest import MANIFEST, file_digests, sums_text

CHANGED, ADDED, LOST = "changed", "added", "lost"


@dataclass(frozen=True)
class Change:
    """One file, relative to the package, that is `changed`, `added` or `lost`."""

    file: str
    what: str


def verify(package: Path) -> list[Change]:
    """What differs between the files of `package` and its manifest.json, sorted by file.

    Needs nothing but the package. StudyError when it has no manifest, or one that cannot be read.
    """
    wanted, sums = _digests(package)
    found = file_digests(package, sums)
    changes = [Change(file, LOST) for file in wanted if file not in found]
    changes += [Change(file, ADDED) for file in found if file not in wanted]
    changes += [
        Change(file, CHANGED) for file in found if file in wanted and found[file] != wanted[file]
    ]
    changes += _sums(package, wanted, sums)
    return sorted(changes, key=lambda change: change.file)


def _sums(package: Path, wanted: dict[str, str], sums: str) -> list[Change]:
    """The file of digests says what the manifest says."""
    path = package / sums
    if not path.is_file():
        return [Change(sums, LOST)]
    same = path.read_bytes() == sums_text(wanted).encode()
    return [] if same else [Change(sums, CHANGED)]


def _digests(package: Path) -> tuple[dict[str, str], str]:
    """The digests of manifest.json, and the file that has them, too."""
    path = package / MANIFEST
    if not path.is_file():
        raise StudyError(str(path), "this package has no manifest", "name the folder of a package")
    fault = StudyError(str(path), "this is no manifest", "restore the file from the sender")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise fault from None
    known = content if isinstance(content, dict) else {}
    files, sums = known.get("files"), known.get("sums")
    if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
        raise fault
    if not isinstance(sums, str):
        raise fault
    return files, sums
