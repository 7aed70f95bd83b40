"""The spoiled mini study with its report, built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from spoiled_study import build_report, spoiled_copy


@pytest.fixture(scope="session")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spoiled study with its report; tests only read it."""
    study = spoiled_copy(tmp_path_factory.mktemp("spoiled") / "study")
    build_report(study)
    return study


@pytest.fixture
def spoiled_own(spoiled: Path, tmp_path: Path) -> Path:
    """A copy of the spoiled study, built, to change."""
    return Path(shutil.copytree(spoiled, tmp_path / "study"))
