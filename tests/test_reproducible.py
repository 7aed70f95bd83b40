"""The same input gives the same bytes, and what has not changed is not made again."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def digests(study: Path) -> dict[str, str]:
    """Every built file with its SHA-256."""
    return {
        path.relative_to(study).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((study / "build").rglob("*"))
        if path.is_file()
    }


def pipeline(*arguments: str, **environment: str) -> str:
    """Run the command line in a process of its own; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_folder_clock_zone_locale_and_hash_seed_give_the_same_bytes(
    built: Path, tmp_path: Path
) -> None:
    study = tmp_path / "elsewhere"
    shutil.copytree(built, study, ignore=shutil.ignore_patterns("build"))
    pipeline(
        "build",
        "--study",
        str(study),
        TZ="Pacific/Kiritimati",
        LC_ALL="de_DE.UTF-8",
        PYTHONHASHSEED="7",
    )
    first, second = digests(built), digests(study)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert "0 tasks ran" not in pipeline("build", "--why", "--study", str(study))


def test_a_second_build_runs_only_the_gate(built: Path, tmp_path: Path) -> None:
    study = tmp_path / "again"
    shutil.copytree(built, study)
    assert pipeline("build", "--study", str(study)).startswith("1 tasks ran")


def test_an_edited_program_rebuilds_what_depends_on_it(built: Path, tmp_path: Path) -> None:
    study = tmp_path / "edited"
    shutil.copytree(built, study)
    program = study / "tlf/t_14_2_5_spearman.py"
    program.write_text(program.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    said = pipeline("build", "--why", "--study", str(study)).splitlines()
    stale = {line.split(":")[0] for line in said if "always runs" not in line and ":" in line}
    assert stale == {
        "tlf/T14.2.5",
        "docx/t-14-2-5",
        "docx/all",
        "outputs",
        "concordance",
        "docx/concordance",
    }
