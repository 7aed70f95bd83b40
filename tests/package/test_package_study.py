"""The package of the reference study as a reviewer opens it: with readers that are not ours."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import docx
import pandas as pd
import pyreadstat
import pytest

from pipeline.document import Grid, Heading, Paragraph
from pipeline.frames import prepare_pandas, read_frame
from pipeline.package.acrf import make_acrf
from pipeline.package.ectd import make_package
from pipeline.package.ectd_places import PACKAGE, places
from pipeline.package.guide_adam import adrg
from pipeline.package.guide_facts import Facts
from pipeline.package.guide_sdtm import csdrg
from pipeline.package.guides import make_guides
from pipeline.package.report_body import E3, NOT_PART, report_body
from pipeline.package.report_methods import statistical_methods
from pipeline.package.verify import verify
from pipeline.study import open_study

DATA = "m5/datasets/nct02399735"
REPORT = "m5/53-clin-stud-rep/535-rep-effic-safety-stud/hcc/5352-stud-rep-uncontr/nct02399735"
# FDA Study Data Technical Conformance Guide and draft rule CORE-000737; CRMDUR: rule FB1106.
PARAMETERS = """
    ACTSUB ADAPT ADDON AGEMAX AGEMIN COMPTRT CRMDUR CURTRT DCUTDESC DCUTDTC EXTTIND FCNTRY HLTSUBJI
    INDIC INTMODEL INTTYPE LENGTH NARMS NCOHORT OBJPRIM OBJSEC ONGOSIND OUTMSPRI PCLAS PDPSTIND
    PDSTIND PIPIND PLANSUB RANDOM RANDQT RDIND REGID ROUTE SDTIGVER SDTMVER SENDTC SEXPOP SPONSOR
    SSTDTC STOPRULE STYPE TBLIND TCNTRL THERAREA TITLE TPHASE TRT TTYPE
"""
HAVEN = """
if (!requireNamespace("haven", quietly = TRUE)) quit(status = 9)
to <- commandArgs(TRUE)[1]
for (file in commandArgs(TRUE)[-1]) {
  frame <- haven::read_xpt(file)
  name <- sub("[.]xpt$", "", basename(file))
  writeLines(c(paste(nrow(frame)), names(frame)), file.path(to, paste0(name, ".names")))
  for (variable in names(frame)) {
    values <- frame[[variable]]
    if (inherits(values, "Date")) values <- unclass(values) + 3653
    if (inherits(values, "POSIXt")) values <- as.numeric(values) + 315619200
    if (is.numeric(values)) values <- sprintf("%a", as.numeric(values))
    writeLines(as.character(values), file.path(to, paste(name, variable, sep = ".")))
  }
}
"""


@pytest.fixture(scope="module")
def study(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built reference study with its package; tests only read it."""
    prepare_pandas()
    study = tmp_path_factory.mktemp("package") / "study"
    shutil.copytree(built, study)
    folder = open_study(study)
    make_acrf(folder)
    make_guides(folder)
    make_package(folder, pdf=False)
    return study


@pytest.fixture(scope="module")
def package(study: Path) -> Path:
    return study / PACKAGE


@pytest.fixture(scope="module")
def facts(study: Path) -> Facts:
    return Facts(open_study(study))


def transport_files(package: Path) -> list[Path]:
    return sorted((package / DATA).rglob("*.xpt"))


def numbers(values: pd.Series) -> list[float | None]:
    """Numbers; pandas reads a zero as 16 to the power of -65, which is taken for zero."""
    return [
        None if pd.isna(value) else 0.0 if value == 16.0**-65 else float(value) for value in values
    ]


def texts(values: pd.Series) -> list[str]:
    """Text with a missing value as the blank that a transport file has for it."""
    plain = [v.decode() if isinstance(v, bytes) else v for v in values]
    return ["" if not isinstance(value, str) else value for value in plain]


def alike(values: pd.Series, other: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(values):
        return numbers(values) == numbers(other)
    return texts(values) == texts(other)


def test_the_package_is_whole_and_names_no_file_twice(package: Path) -> None:
    assert verify(package) == []
    names = [path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()]
    assert len({name.lower() for name in names}) == len(names)


def test_pyreadstat_and_pandas_read_the_same_values(package: Path) -> None:
    files = transport_files(package)
    assert len(files) > 40
    for path in files:
        one, header = pyreadstat.read_xport(path, disable_datetime_conversion=True)
        two = pd.read_sas(path, format="xport")
        assert header.table_name == path.stem.upper()
        assert list(one) == list(two)
        different = [name for name in one if not alike(two[name], one[name])]
        assert different == [], path.name


def test_r_haven_reads_the_same_values(package: Path, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed: the files are not read with R haven")
    files = transport_files(package)
    code = tmp_path / "read.R"
    code.write_text(HAVEN, encoding="utf-8")
    done = subprocess.run(["Rscript", code, tmp_path, *files], capture_output=True, text=True)
    if done.returncode == 9:
        pytest.skip("the R package haven is not installed: the files are not read with it")
    assert done.returncode == 0, done.stderr
    for path in files:
        frame, _ = pyreadstat.read_xport(path, disable_datetime_conversion=True)
        said = (tmp_path / f"{path.stem}.names").read_text(encoding="utf-8").split("\n")
        assert said[:-1] == [str(len(frame)), *frame]
        for name in frame:
            lines = (tmp_path / f"{path.stem}.{name}").read_text(encoding="utf-8").split("\n")[:-1]
            if pd.api.types.is_numeric_dtype(frame[name]):
                read = [None if line.strip() == "NA" else float.fromhex(line) for line in lines]
                assert read == numbers(frame[name]), f"{path.name} {name}"
            else:
                assert lines == texts(frame[name]), f"{path.name} {name}"


@pytest.mark.parametrize("layer", ["tabulations/sdtm", "analysis/adam/datasets"])
def test_define_and_data_name_the_same_variables(package: Path, layer: str) -> None:
    place = package / DATA / layer
    names = "{http://www.cdisc.org/ns/odm/v1.3}"
    root = ElementTree.parse(place / "define.xml").getroot()
    items = {item.get("OID"): item.get("Name") for item in root.iter(f"{names}ItemDef")}
    described = {
        str(group.get("Name")).lower(): [
            items[ref.get("ItemOID")] for ref in group.iter(f"{names}ItemRef")
        ]
        for group in root.iter(f"{names}ItemGroupDef")
    }
    stored = {
        path.stem: pyreadstat.read_xport(path, metadataonly=True)[1].column_names
        for path in place.glob("*.xpt")
    }
    assert described == stored


def test_trial_summary_has_the_parameters_asked_for(package: Path) -> None:
    ts, _ = pyreadstat.read_xport(package / DATA / "tabulations/sdtm/ts.xpt")
    assert set(PARAMETERS.split()) <= set(ts["TSPARMCD"])
    empty = ts["TSVAL"] == ""
    assert ts.loc[empty, "TSVALNF"].isin(["NA", "UNK"]).all()
    assert (ts.loc[~empty, "TSVALNF"] == "").all()
    known = ts.set_index("TSPARMCD")
    assert known.at["SSTDTC", "TSVAL"] == "2014-12-31"
    assert known.at["RANDOM", "TSVAL"] == "N"
    assert known.at["DCUTDTC", "TSGRPID"] == known.at["DCUTDESC", "TSGRPID"] != ""
    assert (ts.loc[ts["TSVCDREF"] == "CDISC CT", "TSVCDVER"] == "2024-09-27").all()


def test_trial_design_is_what_was_done(package: Path) -> None:
    place = package / DATA / "tabulations/sdtm"
    names = ("ta", "te", "tv", "ti", "ts", "dm", "se", "sv", "ie", "ex")
    data = {name: pyreadstat.read_xport(place / f"{name}.xpt")[0] for name in names}
    treated = data["dm"][data["dm"]["ARMCD"] != ""]
    assert set(treated["ARMCD"]) == set(data["ta"]["ARMCD"])
    assert set(data["ta"]["ETCD"]) == set(data["te"]["ETCD"])
    done = data["se"].merge(data["dm"][["USUBJID", "ARMCD"]], on="USUBJID")
    done = done[done["ARMCD"] != ""]
    planned = set(zip(data["ta"]["ARMCD"], data["ta"]["ETCD"], data["ta"]["EPOCH"], strict=True))
    assert set(zip(done["ARMCD"], done["ETCD"], done["EPOCH"], strict=True)) == planned
    assert set(data["ie"]["IETESTCD"]) <= set(data["ti"]["IETESTCD"])
    visits = data["tv"].drop_duplicates("VISITNUM").set_index("VISITNUM")["VISIT"]
    made = data["sv"].drop_duplicates(["VISITNUM", "VISIT"])
    assert (made["VISIT"] == made["VISITNUM"].map(visits)).all()
    given = data["ex"].groupby("USUBJID").size()
    arms = treated.set_index("USUBJID")["ARMCD"]
    infusions = data["tv"][data["tv"]["VISIT"].str.startswith("INFUSION")]
    for arm, group in given.groupby(arms):
        assert set(group) == {len(infusions[infusions["ARMCD"].isin([arm, ""])])}, arm
    ts = data["ts"].set_index("TSPARMCD")["TSVAL"]
    assert int(ts["ACTSUB"]) == len(treated)
    assert int(ts["NARMS"]) == treated["ARMCD"].nunique()
    assert ts["AGEMAX"] == "P65Y"


def test_no_finding_is_without_an_explanation(facts: Facts) -> None:
    where = places(facts.folder, facts.text.report)
    for guide in (csdrg(facts, where), adrg(facts, where)):
        grids = [block for block in guide.blocks if isinstance(block, Grid)]
        issues = [row for grid in grids if "Explanation" in grid.head for row in grid.rows]
        assert [row for row in issues if row[-1] == "open"] == []


def test_the_report_has_every_section_of_e3_and_the_numbers_of_the_results(facts: Facts) -> None:
    body = report_body(facts, places(facts.folder, facts.text.report))
    heads = [block.text for block in body.blocks if isinstance(block, Heading) and block.level < 3]
    assert heads == [f"{number} {title}" for number, title in E3]
    grids = [block for block in body.blocks if isinstance(block, Grid)]
    (comparison,) = [grid for grid in grids if "Published" in grid.head]
    assert len(comparison.rows) == len(facts.concordance) == 57
    (survival,) = [grid for grid in grids if grid.head[0] == "Overall survival"]
    medians = [row[-1] for row in survival.rows if row[0].strip().startswith("Median")]
    # the article: 17.7 months; the upper limit needs a second censored patient (STUDY, section 1)
    assert medians == ["17.7 (12.6, 24.2)", "17.7 (12.6, 30.3)"]
    said = [block.text for block in body.blocks if isinstance(block, Paragraph)]
    assert said.count(NOT_PART) >= 5


def test_the_methods_name_every_output_and_derived_variable(facts: Facts) -> None:
    methods = statistical_methods(facts, places(facts.folder, facts.text.report))
    rows = [row for block in methods.blocks if isinstance(block, Grid) for row in block.rows]
    for output in facts.outputs:
        assert any(" - ".join(output.titles) in row for row in rows), output.id
    assert any(row[0] == "AVALM" and "30.4375" in row[2] for row in rows)


def test_the_listings_are_one_word_file(package: Path, facts: Facts) -> None:
    word = docx.Document(str(package / REPORT / "16-2-listings.docx"))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for output in facts.outputs:
        assert (f"Listing {output.id[1:]}" in text) == output.id.startswith("L"), output.id


def test_what_is_missing_is_named(package: Path) -> None:
    manifest = json.loads((package / "manifest.json").read_text(encoding="utf-8"))
    wanted = {f"{REPORT}/16-2-listings.pdf", f"{REPORT}/tlf/nct02399735-tlf.pdf"}
    assert set(manifest["missing"]) == wanted
    assert not [name for name in wanted if (package / name).exists()]


def test_dates_in_the_documents_are_those_of_the_study(package: Path) -> None:
    for path in package.rglob("*.pdf"):
        assert set(re.findall(rb"D:(\d{8})", path.read_bytes())) == {b"20240930"}, path.name


def test_values_of_the_package_are_those_of_the_build(study: Path, package: Path) -> None:
    for path in transport_files(package):
        layer = "sdtm" if "tabulations" in path.parts else "adam"
        built = read_frame(study / f"build/{layer}/{path.stem}.parquet")
        read, _ = pyreadstat.read_xport(path, disable_datetime_conversion=True)
        assert len(read) == len(built)
        for name in read:
            if pd.api.types.is_datetime64_any_dtype(built[name]):
                continue
            assert alike(built[name], read[name]), f"{path.name} {name}"


@pytest.fixture(scope="module")
def rerun(package: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder a reviewer made by the commands of README-run.txt, and the last of them."""
    readme = (package / DATA / "analysis/adam/programs/README-run.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in readme.splitlines() if line.startswith("     ")]
    own = {"PACKAGE": shlex.quote(str(package)), "python3": shlex.quote(sys.executable)}
    *steps, run = [re.sub(r"\bPACKAGE\b|^python3\b", lambda m: own[m[0]], line) for line in lines]
    place = tmp_path_factory.mktemp("reviewer")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    script = "set -e\n" + "\n".join(steps)
    done = subprocess.run(
        ["bash", "-c", script], cwd=place, env=environment, capture_output=True, text=True
    )
    if re.search("Temporary failure|Connection|No matching distribution", done.stderr):
        pytest.skip("no package index: the locked packages cannot be installed afresh")
    assert done.returncode == 0, done.stderr
    (epoch,) = re.findall(r"export (SOURCE_DATE_EPOCH=\d+)", readme)
    return place / "rerun", f"{epoch} {run}"


@pytest.mark.parametrize(
    ("program", "made"),
    [
        ("adtte.py", ["xpt/adtte.xpt"]),
        ("t_14_2_2_overall_survival.py", ["tlf/t-14-2-2.json", "tlf/t-14-2-2.docx"]),
    ],
)
def test_a_reviewer_gets_the_same_bytes_in_a_fresh_environment(
    rerun: tuple[Path, str], program: str, made: list[str]
) -> None:
    place, run = rerun
    command = re.sub(r"\S+\.py$", program, run)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"identical: study/build/{file}" for file in made]
