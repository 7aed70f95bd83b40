"""Studies that tests read: built once per session from copies, so that no test spoils another's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MINI = Path(__file__).parent / "mini_study"
PARTS = (
    "study.yaml",
    "codelists.yaml",
    "waivers.yaml",
    "paper_issues.yaml",
    "guides.yaml",
    "raw",
    "sdtm",
    "adam",
    "tlf",
    "expectations",
)


def copied(source: Path, target: Path) -> Path:
    """A copy of the study in `source` without what was built."""
    target.mkdir(parents=True)
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part)
        elif (source / part).exists():
            shutil.copy(source / part, target / part)
    return target


def build(study: Path) -> Path:
    """The study with everything built."""
    from pipeline.engine import run
    from pipeline.plan import plan

    run(plan(study), study)
    return study


@pytest.fixture
def mini_folder(tmp_path: Path) -> Path:
    """A fresh copy of the mini study, for tests that spoil it."""
    return copied(MINI, tmp_path / "mini")


@pytest.fixture(scope="session")
def built_mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini study, built; tests only read it."""
    return build(copied(MINI, tmp_path_factory.mktemp("built") / "mini"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference study, built; tests only read it."""
    return build(copied(ROOT, tmp_path_factory.mktemp("built") / "reference"))
