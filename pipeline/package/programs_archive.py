"""pipeline-src.zip: the engine and the study's specifications and programs, without data."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.datasets import all_datasets, lineage_path
from pipeline.study import StudyFolder

ENGINE = Path(__file__).parents[1]
LOCK, LICENCE = "requirements.lock", "LICENSE"
FIRST_ZIP_TIME = dt.datetime(1980, 1, 1)
STUDY_PATTERNS = (
    "*.yaml",
    "raw/forms.yaml",
    "sdtm/*.py",
    "sdtm/*.yaml",
    "sdtm/registers/*.csv",
    "adam/*.py",
    "adam/*.yaml",
    "tlf/*.py",
    "tlf/*.yaml",
    "expectations/*.yaml",
)


def write_archive(folder: StudyFolder, path: Path) -> None:
    """Write the archive: pipeline/, study/, requirements.lock, LICENSE; same files, same bytes.

    When single CRF records are marked as synthetic, the lineage of the datasets goes with it, so
    that an output made again still knows whether to carry the banner.
    """
    stamp = max(folder.study.timestamp, FIRST_ZIP_TIME).timetuple()[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in sorted(archive_files(folder).items()):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, source.read_bytes())


def archive_files(folder: StudyFolder) -> dict[str, Path]:
    """Name in the archive -> file."""
    files = {f"pipeline/{p.relative_to(ENGINE).as_posix()}": p for p in _engine_files()}
    root = ENGINE.parent
    files |= {name: root / name for name in (LOCK, LICENCE) if (root / name).exists()}
    studied = [path for pattern in STUDY_PATTERNS for path in folder.path.glob(pattern)]
    studied += _provenance(folder)
    return files | {f"study/{p.relative_to(folder.path).as_posix()}": p for p in studied}


def _engine_files() -> Iterator[Path]:
    """The source of the engine with its templates, without what Python compiled."""
    for path in ENGINE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield path


def _provenance(folder: StudyFolder) -> list[Path]:
    """The marks of raw records and the lineage, when records are marked one by one."""
    if not any(form.row_source for form in folder.forms.values()):
        return []
    places = [folder.path / lineage_path(n, d.layer) for n, d in all_datasets(folder).items()]
    places.append(folder.build / "raw/records.parquet")
    return [
        path
        for place in places
        for path in (sorted(place.rglob("*.parquet")) if place.is_dir() else [place])
        if os.path.exists(path)
    ]
