"""Subjects in a batch by memory; sizes in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.__main__ import main
from pipeline.errors import StudyError
from pipeline.memory import BASE, PER_BYTE, READING, bytes_of, subjects_within
from pipeline.plan import plan
from pipeline.study import open_study

MINI = Path(__file__).parent / "mini_study"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2GB", 2_000_000_000), ("800 MB", 800_000_000), ("1.5gb", 1_500_000_000), ("300", 300)],
)
def test_sizes(text: str, expected: int) -> None:
    assert bytes_of(text) == expected


@pytest.mark.parametrize("text", ["", "GB", "2 gigs", "-1GB", "1e9"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(StudyError, match="no size of memory"):
        bytes_of(text)


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """The mini study with an extract of a gigabyte that takes no room on the disk."""
    study = tmp_path / "heavy"
    shutil.copytree(MINI, study)
    largest = max((study / "raw").glob("*.csv"), key=lambda path: path.stat().st_size)
    with largest.open("ab") as file:
        file.truncate(10**9)
    return study


def test_a_batch_has_as_many_subjects_as_there_is_room_for(heavy: Path) -> None:
    bound = 10 * 10**9
    most = subjects_within(open_study(heavy), 10_000, bound)
    assert BASE + most * PER_BYTE * 10**9 / 10_000 <= bound
    assert BASE + (most + 1) * PER_BYTE * 10**9 / 10_000 > bound


@given(st.integers(1, 10**6), st.integers(8, 64))
def test_more_memory_never_makes_smaller_batches(subjects: int, gigabytes: int) -> None:
    folder = open_study(MINI)
    less, more = (subjects_within(folder, subjects, n * 10**9) for n in (gigabytes, gigabytes + 1))
    assert 1 <= less <= more


def test_a_bound_that_cannot_be_kept_is_refused_with_what_is_needed(heavy: Path) -> None:
    needed = (BASE + READING * 10**9) / 10**9
    with pytest.raises(StudyError, match="this study needs") as caught:
        subjects_within(open_study(heavy), 10_000, 2 * 10**9)
    assert f"--memory {-(-needed * 10 // 1) / 10:g}GB" in caught.value.fix


def test_a_study_that_fits_has_one_batch() -> None:
    assert not any(task.name.endswith("/00001") for task in plan(MINI))


@pytest.mark.parametrize("option", ["--subjects", "--workers"])
def test_there_is_no_batch_of_nobody(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["build", "--study", str(MINI), option, "-5"])
    assert "-5 is less than 1" in capsys.readouterr().err


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--study", str(MINI), "--memory", "lots", "--why"]) == 1
    assert "--memory lots: this is no size of memory" in capsys.readouterr().err
    assert main(["build", "--study", str(MINI), "--memory", "100MB", "--why"]) == 1
    assert "this study needs 0.3GB" in capsys.readouterr().err
