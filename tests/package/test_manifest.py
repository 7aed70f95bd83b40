"""The manifest names what a package is made of; verify names each file that is not as built."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.package.manifest import manifest, package_versions, versions, write_manifest
from pipeline.package.verify import Change, verify
from pipeline.study import StudyFolder, open_study

SUMS = "m5/data/SHA256SUMS.txt"


@pytest.fixture
def study(built_mini: Path) -> StudyFolder:
    return open_study(built_mini)


@pytest.fixture
def package(study: StudyFolder, tmp_path: Path) -> Path:
    """A package of two files in two folders, with its manifest."""
    package = tmp_path / "package"
    (package / "m5/data").mkdir(parents=True)
    (package / "m5/data/dm.xpt").write_bytes(b"DM")
    (package / "m5/read me.txt").write_text("Read", encoding="utf-8")
    write_manifest(study, package, SUMS)
    return package


def test_package_as_built_has_no_change(package: Path) -> None:
    assert verify(package) == []


def test_package_verifies_in_another_folder(package: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(package, tmp_path / "elsewhere")
    assert verify(moved) == []


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda p: (p / "m5/data/dm.xpt").write_bytes(b"DN"), Change("m5/data/dm.xpt", "changed")),
        (lambda p: (p / "m5/data/dm.xpt").unlink(), Change("m5/data/dm.xpt", "lost")),
        (lambda p: (p / "m5/ae.xpt").write_bytes(b""), Change("m5/ae.xpt", "added")),
        (lambda p: (p / SUMS).write_text("x"), Change(SUMS, "changed")),
        (lambda p: (p / SUMS).unlink(), Change(SUMS, "lost")),
        (
            lambda p: (p / "m5/manifest.json").write_text("{}"),
            Change("m5/manifest.json", "added"),
        ),
    ],
)
def test_each_spoiled_file_is_named(package: Path, spoil, expected: Change) -> None:
    spoil(package)
    assert verify(package) == [expected]


def test_renamed_file_is_lost_and_added(package: Path) -> None:
    (package / "m5/data/dm.xpt").rename(package / "m5/data/dn.xpt")
    assert verify(package) == [Change("m5/data/dm.xpt", "lost"), Change("m5/data/dn.xpt", "added")]


@pytest.mark.parametrize("text", ["", "[]", '{"files": [1]}', '{"files": {"a": 1}}', "{}"])
def test_damaged_manifest_is_an_error(package: Path, text: str) -> None:
    (package / "manifest.json").write_text(text)
    with pytest.raises(StudyError, match="no manifest"):
        verify(package)


def test_folder_without_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="has no manifest"):
        verify(tmp_path)


def test_sums_are_those_of_sha256sum(package: Path) -> None:
    done = subprocess.run(["sha256sum", "--strict", "-c", SUMS], cwd=package, capture_output=True)
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == ["m5/data/dm.xpt: OK", "m5/read me.txt: OK"]


def test_inputs_and_outputs_are_the_files_of_the_study(study: StudyFolder) -> None:
    made = manifest(study)
    for path, digest in (made["inputs"] | made["outputs"]).items():
        assert digest == hashlib.sha256((study.path / path).read_bytes()).hexdigest(), path
    assert "raw/enrol.csv" in made["inputs"]
    assert "sdtm/dm.py" in made["inputs"]
    assert "build/sdtm/dm.parquet" in made["outputs"]
    assert not [path for path in made["inputs"] if path.startswith("build/")]


def test_who_depends_on_what(study: StudyFolder) -> None:
    tasks = manifest(study)["tasks"]
    assert {"sdtm/dm.py", "sdtm/dm.yaml", "study.yaml"} <= set(tasks["sdtm/dm"]["reads"])
    assert "build/sdtm/dm.parquet" in tasks["sdtm/dm"]["writes"]


def test_versions_of_python_packages_and_standards(study: StudyFolder) -> None:
    import pandas

    found = versions(study)
    assert found["packages"]["pandas"] == pandas.__version__
    names = {(s["name"], s["publishing_set"]) for s in found["standards"]}
    assert names == {("SDTMIG", ""), ("ADaMIG", ""), ("CDISC/NCI", "SDTM"), ("CDISC/NCI", "ADaM")}
    assert "pytest" not in package_versions()


def test_same_package_gives_the_same_manifest(study: StudyFolder, package: Path) -> None:
    before = (package / "manifest.json").read_bytes()
    write_manifest(study, package, SUMS)
    assert (package / "manifest.json").read_bytes() == before
    assert json.loads(before)["files"].keys() == {"m5/data/dm.xpt", "m5/read me.txt"}
