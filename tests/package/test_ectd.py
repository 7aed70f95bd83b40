"""The submission package: complete, the same bytes everywhere, whole after a kill, rerunnable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.errors import StudyError
from pipeline.package.acrf import make_acrf
from pipeline.package.ectd import make_package
from pipeline.package.ectd_places import PACKAGE
from pipeline.package.ectd_swap import recover, swap_in
from pipeline.package.guides import make_guides
from pipeline.package.programs_archive import archive_files
from pipeline.package.verify import verify
from pipeline.study import open_study

ROOT = Path(__file__).parents[2]
DATA = "m5/datasets/demo-7"
PROGRAMS = f"{DATA}/analysis/adam/programs"
REPORT = "m5/53-clin-stud-rep/535-rep-effic-safety-stud/demo-7"
OUTPUTS = f"{REPORT}/tlf"
HREF = "{http://www.w3.org/1999/xlink}href"
MAKE = (
    "import sys; from pathlib import Path; from pipeline.study import open_study; "
    "from pipeline.package.ectd import make_package; "
    "make_package(open_study(Path(sys.argv[1])), pdf=False)"
)


def packaged(source: Path, study: Path) -> Path:
    """A copy of a built study with its documents and package; the package."""
    shutil.copytree(source, study)
    folder = open_study(study)
    make_acrf(folder)
    make_guides(folder)
    make_package(folder, pdf=False)
    return study / PACKAGE


def files(package: Path) -> dict[str, bytes]:
    """Every file of a package by its path."""
    paths = [path for path in sorted(package.rglob("*")) if path.is_file()]
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def package(built_mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the mini study; tests only read it."""
    return packaged(built_mini, tmp_path_factory.mktemp("package") / "study")


@pytest.fixture
def own(package: Path, tmp_path: Path) -> Path:
    """A copy of the study with its package, to be changed."""
    shutil.copytree(package.parents[1], tmp_path / "study")
    return tmp_path / "study"


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "m1/us/cover-letter.pdf",
        *(
            f"{DATA}/tabulations/sdtm/{file}"
            for file in (
                "ae.xpt",
                "suppae.xpt",
                "ts.xpt",
                "define.xml",
                "define2-1.xsl",
                "define.html",
                "acrf.pdf",
                "csdrg.pdf",
                "csdrg.docx",
            )
        ),
        *(
            f"{DATA}/analysis/adam/datasets/{file}"
            for file in (
                "adsl.xpt",
                "define.xml",
                "define.html",
                "define2-1.xsl",
                "adrg.pdf",
                "adrg.docx",
            )
        ),
        *(
            f"{PROGRAMS}/{file}"
            for file in (
                "adsl.py",
                "t_1_1_demographics.py",
                "pipeline-src.zip",
                "requirements.lock",
                "README-run.txt",
            )
        ),
        f"{DATA}/misc/dataset-json/sdtm/ae.json",
        f"{DATA}/misc/dataset-json/adam/adsl.json",
        f"{DATA}/misc/sdtm-programs/ae.py",
        f"{DATA}/misc/synthetic-data-statement.pdf",
        f"{DATA}/misc/SHA256SUMS.txt",
        f"{REPORT}/demo-7-report-body.docx",
        f"{REPORT}/demo-7-report-body.pdf",
        f"{REPORT}/16-1-1-protocol.pdf",
        f"{REPORT}/16-1-9-stat-methods.pdf",
        f"{REPORT}/16-2-listings.docx",
        f"{OUTPUTS}/t-1-1.docx",
        f"{OUTPUTS}/ard/t-1-1.json",
        f"{OUTPUTS}/demo-7-tlf.docx",
        f"{OUTPUTS}/tlf-index.csv",
    ],
)
def test_the_package_holds(package: Path, name: str) -> None:
    assert (package / name).stat().st_size > 0


def test_every_dataset_program_and_output_is_there(package: Path) -> None:
    study = package.parents[1]
    names = set(files(package))
    for layer, place in (("sdtm", "tabulations/sdtm"), ("adam", "analysis/adam/datasets")):
        for path in (study / "build" / layer).glob("*.parquet"):
            if not path.stem.endswith(".lineage"):
                assert f"{DATA}/{place}/{path.stem}.xpt" in names
                assert f"{DATA}/misc/dataset-json/{layer}/{path.stem}.json" in names
    for layer in ("adam", "tlf"):
        for path in (study / layer).glob("*.py"):
            assert f"{PROGRAMS}/{path.name}" in names
    for path in (study / "build/tlf").glob("*.docx"):
        place = REPORT if path.stem == "16-2-listings" else OUTPUTS
        assert f"{place}/{path.name}" in names


def test_names_suit_a_submission(package: Path) -> None:
    for name in files(package):
        place, _, file = name.rpartition("/")
        assert re.fullmatch(r"[a-z0-9/-]*", place)
        if file not in ("SHA256SUMS.txt", "README-run.txt"):
            assert re.fullmatch(r"[a-z0-9_.-]+", file)
    assert max(len(name) for name in files(package)) <= 180


def test_the_package_verifies_and_a_change_is_seen(own: Path) -> None:
    place = own / PACKAGE
    assert verify(place) == []
    (place / PROGRAMS / "adsl.py").write_text("# changed\n", encoding="utf-8")
    assert [change.what for change in verify(place)] == ["changed"]


@pytest.mark.parametrize("layer", ["tabulations/sdtm", "analysis/adam/datasets"])
def test_what_define_links_to_is_there(package: Path, layer: str) -> None:
    place = package / DATA / layer
    tree = ElementTree.parse(place / "define.xml")
    links = {element.get(HREF) for element in tree.iter() if element.get(HREF)}
    assert {"adrg.pdf", "adsl.xpt"} <= links or {"acrf.pdf", "csdrg.pdf", "ae.xpt"} <= links
    lost = [link for link in links if link and not (place / link).resolve().is_file()]
    assert lost == []


def test_the_index_lists_the_outputs(package: Path) -> None:
    lines = (package / OUTPUTS / "tlf-index.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("T1.1,Demographics,Safety (SAFFL = 'Y'),t-1-1.docx,")
    assert [line.split(",")[0] for line in lines[1:]] == ["T1.1", "T1.2", "T1.3", "F1.1", "L1.1"]


def test_another_folder_clock_zone_locale_and_hash_seed_give_the_same_bytes(
    package: Path, own: Path
) -> None:
    shutil.rmtree(own / PACKAGE)
    shutil.rmtree(own / "build/docs")
    code = MAKE.replace(
        "make_package(open",
        "f = open_study(Path(sys.argv[1])); make_acrf(f); make_guides(f); make_package(open",
    ).replace(
        "from pathlib",
        "from pipeline.package.acrf import make_acrf; "
        "from pipeline.package.guides import make_guides; from pathlib",
    )
    different = {"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "7"}
    faketime = shutil.which("faketime")
    clock = [faketime, "-f", "+400d"] if faketime else []
    subprocess.run(
        [*clock, sys.executable, "-c", code, own], cwd=ROOT, env=os.environ | different, check=True
    )
    first, second = files(package), files(own / PACKAGE)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_the_command_needs_no_network(own: Path) -> None:
    no_network = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*no_network, "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare cannot take the network away here")
    before = files(own / PACKAGE)
    shutil.rmtree(own / "build")
    code = (
        "import socket, sys; from pipeline.__main__ import main; "
        "probe = socket.socket().connect_ex(('192.0.2.1', 9)); "
        "sys.exit(main(['package', '--no-pdf', '--study', sys.argv[1]]) or not probe)"
    )
    subprocess.run([*no_network, sys.executable, "-c", code, own], cwd=ROOT, check=True)
    assert files(own / PACKAGE) == before


def test_nothing_of_the_machine_is_in_the_package(package: Path) -> None:
    for name, content in files(package).items():
        if not name.endswith((".zip", ".docx")):
            assert str(package).encode() not in content, name


def test_what_is_not_built_is_named_and_the_package_stays(own: Path) -> None:
    (own / "build/xpt/ae.xpt").unlink()
    before = files(own / PACKAGE)
    with pytest.raises(StudyError, match=r"build/xpt/ae\.xpt: is not built"):
        make_package(open_study(own), pdf=False)
    assert files(own / PACKAGE) == before


def test_a_killed_run_leaves_the_package_whole(own: Path) -> None:
    before = files(own / PACKAGE)
    killed = 0
    for step in range(8):
        process = subprocess.Popen([sys.executable, "-c", MAKE, own], cwd=ROOT)
        time.sleep(0.4 + 0.25 * step)
        killed += process.poll() is None
        process.kill()
        process.wait()
        recover(own / PACKAGE)
        assert verify(own / PACKAGE) == []
    assert killed > 0
    make_package(open_study(own), pdf=False)
    assert files(own / PACKAGE) == before
    assert [path.name for path in (own / "build").glob(".package*")] == []


def test_swapping_replaces_the_folder_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "package"
    for text in ("first", "second"):
        new = tmp_path / "new"
        new.mkdir()
        (new / text).write_text(text, encoding="utf-8")
        swap_in(new, place)
        assert [path.name for path in place.iterdir()] == [text]
        assert not new.exists()


def test_a_folder_set_aside_comes_back_only_when_nothing_stands_there(tmp_path: Path) -> None:
    place, aside = tmp_path / "package", tmp_path / ".package.old"
    aside.mkdir()
    recover(place)
    assert place.exists()
    assert not aside.exists()
    aside.mkdir()
    recover(place)
    assert aside.exists()


@pytest.fixture
def unpacked(package: Path, tmp_path: Path) -> Path:
    """pipeline-src.zip where a reviewer unpacked it."""
    with zipfile.ZipFile(package / PROGRAMS / "pipeline-src.zip") as archive:
        archive.extractall(tmp_path / "rerun")
    return tmp_path / "rerun"


def rerun(unpacked: Path, package: Path, program: str) -> subprocess.CompletedProcess[str]:
    """README-run.txt, step 3, without the variables of this process."""
    readme = (package / PROGRAMS / "README-run.txt").read_text(encoding="utf-8")
    epoch = re.search(r"SOURCE_DATE_EPOCH=(\d+)", readme)
    assert epoch
    return subprocess.run(
        [sys.executable, "-m", "pipeline.package.programs_run", str(package), program],
        cwd=unpacked,
        env={"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": epoch[1]},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("program", "made"),
    [
        ("adsl.py", ["xpt/adsl.xpt"]),
        ("adtte.py", ["xpt/adtte.xpt"]),
        ("t_1_1_demographics.py", ["tlf/t-1-1.json", "tlf/t-1-1.docx"]),
        ("f_1_1_survival.py", ["tlf/f-1-1.json", "tlf/f-1-1.docx"]),
        ("l_1_1_adverse_events.py", ["tlf/l-1-1.json", "tlf/l-1-1.docx"]),
    ],
)
def test_a_program_alone_gives_the_bytes_of_the_package(
    unpacked: Path, package: Path, program: str, made: list[str]
) -> None:
    done = rerun(unpacked, package, program)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"identical: study/build/{file}" for file in made]


def test_a_changed_program_is_told_apart(unpacked: Path, own: Path) -> None:
    place = own / PACKAGE
    program = place / PROGRAMS / "t_1_1_demographics.py"
    text = program.read_text(encoding="utf-8")
    changed = re.sub(r'"AGE"', '"TRT01AN"', text)
    assert changed != text
    program.write_text(changed, encoding="utf-8")
    done = rerun(unpacked, place, "t_1_1_demographics.py")
    assert done.returncode == 1
    assert "different: study/build/tlf/t-1-1.json" in done.stdout


@pytest.mark.parametrize(
    ("program", "what"),
    [("adxx.py", "there is no program"), ("../../../misc/sdtm-programs/ae.py", "no such program")],
)
def test_a_program_that_is_not_there_is_named(
    unpacked: Path, package: Path, program: str, what: str
) -> None:
    done = rerun(unpacked, package, program)
    assert done.returncode == 1
    assert what in done.stderr
    assert "Traceback" not in done.stderr


def test_the_archive_has_engine_and_study_and_no_data(package: Path) -> None:
    names = zipfile.ZipFile(package / PROGRAMS / "pipeline-src.zip").namelist()
    assert names == sorted(names)
    for name in ("requirements.lock", "pipeline/spec.py", "study/adam/adsl.py", "study/study.yaml"):
        assert name in names
    assert not [name for name in names if name.endswith((".csv", ".pyc", ".xpt"))]


def test_marks_of_single_records_go_with_the_archive(own: Path) -> None:
    folder = open_study(own)
    assert "study/build/raw/records.parquet" in archive_files(folder)
    forms = own / "raw/forms.yaml"
    text = forms.read_text(encoding="utf-8").replace("  row_source: ORIGIN\n", "")
    forms.write_text(text, encoding="utf-8")
    assert "study/build/raw/records.parquet" not in archive_files(open_study(own))


def test_the_readme_says_which_programs_there_are(package: Path) -> None:
    text = (package / PROGRAMS / "README-run.txt").read_text(encoding="utf-8")
    for words in ("adsl.py", "ADSL", "t_1_1_demographics.py", "T1.1", "--require-hashes"):
        assert words in text
    assert f"PACKAGE/{PROGRAMS}/pipeline-src.zip" in text
