"""The submission package build/package/: built beside the old one, put in its place as a whole."""

from __future__ import annotations

import csv
import io
import posixpath
import shutil
from pathlib import Path

from pipeline.datasets import all_datasets
from pipeline.errors import StudyError, raise_all
from pipeline.frames import replace_text
from pipeline.package.acrf import ACRF, acrf_pages
from pipeline.package.dataset_json import write_dataset_json
from pipeline.package.define import write_define
from pipeline.package.define_documents import Documents
from pipeline.package.define_xml import STYLESHEET, write_html
from pipeline.package.ectd_places import DOCS, PACKAGE, Places, places
from pipeline.package.ectd_swap import recover, swap_in
from pipeline.package.guide_facts import Facts
from pipeline.package.guides import ADRG, CSDRG, LETTER, METHODS, PROTOCOL, REPORT, STATEMENT
from pipeline.package.manifest import write_manifest
from pipeline.package.office import office_pdfs
from pipeline.package.programs_archive import ENGINE, LOCK, write_archive
from pipeline.package.programs_readme import ARCHIVE, README, readme
from pipeline.study import StudyFolder
from pipeline.tlf.toc import LISTINGS


def make_package(folder: StudyFolder, pdf: bool = True) -> list[str]:
    """Write build/package/ from a finished build, with its manifest; the PDFs that are missing.

    Everything is built in build/.package.new and swapped in by rename, so a killed run leaves the
    package before it whole. LibreOffice makes the PDFs of listings and outputs, if `pdf`; the
    manifest names those that could not be made. Needs every task of the build, make_acrf and
    make_guides to have run; StudyErrors name what is not built.
    """
    facts = Facts(folder)
    where = places(folder, facts.text.report)
    files = package_files(facts, where)
    raise_all(_missing(folder, files))
    wanted = {
        target.replace(".docx", ".pdf"): files[target] for target in office_files(facts, where)
    }
    made = office_pdfs(folder, wanted) if pdf else {}
    files |= made
    missing = [target for target in wanted if target not in made]
    place = folder.path / PACKAGE
    recover(place)
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    for target, source in files.items():
        (new / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder.path / source, new / target)
    _write_metadata(folder, where, new)
    _write_programs(facts, where, new)
    replace_text(new / where.outputs / "tlf-index.csv", _index(facts))
    write_manifest(folder, new, where.sums, missing)
    swap_in(new, place)
    return missing


def package_files(facts: Facts, where: Places) -> dict[str, str]:
    """File of the package -> the built file it is a copy of, relative to the study folder."""
    return {
        **_dataset_files(facts, where),
        **_documents(facts, where),
        **_output_files(facts, where),
        **_program_files(facts, where),
    }


def _dataset_files(facts: Facts, where: Places) -> dict[str, str]:
    """The transport files, and the parts of those beyond 5 GB."""
    files = {}
    for name, dataset in facts.datasets.items():
        place = where.sdtm if dataset.layer == "sdtm" else where.adam
        files[f"{place}/{name}.xpt"] = f"build/xpt/{name}.xpt"
        for part in sorted((facts.folder.build / "xpt/split" / name).glob("*.xpt")):
            files[f"{place}/split/{part.name}"] = f"build/xpt/split/{name}/{part.name}"
    return files


def _documents(facts: Facts, where: Places) -> dict[str, str]:
    """Annotated CRF, guides, statement and the comparison with published numbers."""
    files = {f"{where.sdtm}/acrf.pdf": ACRF} if facts.folder.forms else {}
    for name, target in (
        (CSDRG, f"{where.sdtm}/{CSDRG}"),
        (ADRG, f"{where.adam}/{ADRG}"),
        (STATEMENT, f"{where.misc}/{STATEMENT}"),
        (REPORT, f"{where.clinical}/{where.study}-{REPORT}"),
        (METHODS, f"{where.clinical}/{METHODS}"),
    ):
        files |= {f"{target}.{kind}": f"{DOCS}/{name}.{kind}" for kind in ("pdf", "docx")}
    files[f"{where.clinical}/{PROTOCOL}.pdf"] = f"{DOCS}/{PROTOCOL}.pdf"
    files[f"{where.letter}/{LETTER}.pdf"] = f"{DOCS}/{LETTER}.pdf"
    if facts.concordance:
        files[f"{where.misc}/seed-reproduction.docx"] = "build/concordance.docx"
        files[f"{where.misc}/seed-reproduction.csv"] = "build/concordance.csv"
    return files


def _output_files(facts: Facts, where: Places) -> dict[str, str]:
    """Word files and results of the outputs, and all outputs in one file."""
    files = {}
    for output in facts.outputs:
        files[f"{where.outputs}/{output.file}.docx"] = f"build/tlf/{output.file}.docx"
        files[f"{where.outputs}/ard/{output.file}.json"] = f"build/tlf/{output.file}.json"
    for target, source in office_files(facts, where).items():
        files[target] = source
    return files


def office_files(facts: Facts, where: Places) -> dict[str, str]:
    """The Word files that hold several outputs: all of them, and the listings."""
    files = {}
    if facts.outputs:
        combined = f"{facts.folder.study.id.lower()}-tlf.docx"
        files[f"{where.outputs}/{where.study}-tlf.docx"] = f"build/tlf/{combined}"
    if any(output.id.startswith("L") for output in facts.outputs):
        files[f"{where.clinical}/{LISTINGS}"] = f"build/tlf/{LISTINGS}"
    return files


def _program_files(facts: Facts, where: Places) -> dict[str, str]:
    """The programs under their own names; StudyError when two of a folder have one name."""
    files: dict[str, str] = {}
    for layer, place in (
        ("sdtm", f"{where.misc}/sdtm-programs"),
        ("adam", where.programs),
        ("tlf", where.programs),
    ):
        for program in facts.programs[layer].values():
            target = f"{place}/{program.path.name}"
            if target in files:
                raise StudyError(program.shown, f"{files[target]} has this name", "rename one")
            files[target] = program.shown
    return files


def _missing(folder: StudyFolder, files: dict[str, str]) -> list[StudyError]:
    """One error per built file that is not there."""
    return [
        StudyError(source, "is not built", "run make package, which builds what it needs")
        for source in files.values()
        if not (folder.path / source).is_file()
    ]


def _write_metadata(folder: StudyFolder, where: Places, new: Path) -> None:
    """define.xml with stylesheet and as HTML for each layer, Dataset-JSON of each dataset."""
    pages = acrf_pages(folder) if folder.forms else {}
    methods = posixpath.relpath(f"{where.clinical}/{METHODS}.pdf", where.adam)
    documents = {
        "sdtm": Documents(pages, {"Clinical Study Data Reviewer's Guide": f"{CSDRG}.pdf"}),
        "adam": Documents(
            guides={
                "Analysis Data Reviewer's Guide": f"{ADRG}.pdf",
                "Documentation of Statistical Methods": methods,
            },
            methods=methods,
            programs=posixpath.relpath(where.programs, where.adam) + "/",
            outputs=posixpath.relpath(where.outputs, where.adam) + "/",
        ),
    }
    present = {dataset.layer for dataset in folder.datasets.values()}
    for layer, place in (("sdtm", where.sdtm), ("adam", where.adam)):
        if layer in present:
            define, stylesheet = new / place / "define.xml", new / place / STYLESHEET
            write_define(folder, layer, define, documents[layer])
            shutil.copyfile(ENGINE / "package" / STYLESHEET, stylesheet)
            write_html(define, stylesheet, define.with_suffix(".html"))
    for name, dataset in all_datasets(folder).items():
        path = new / where.misc / "dataset-json" / dataset.layer / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_dataset_json(folder, name, path)


def _write_programs(facts: Facts, where: Places, new: Path) -> None:
    """The archive of engine and study, the locked packages, and how to run a program."""
    place = new / where.programs
    place.mkdir(parents=True, exist_ok=True)
    write_archive(facts.folder, place / ARCHIVE)
    shutil.copyfile(ENGINE.parent / LOCK, place / LOCK)
    datasets = [(p.path.name, name.upper()) for name, p in facts.programs["adam"].items()]
    tlf = facts.programs["tlf"]
    outputs = [(tlf[output.program].path.name, output.id) for output in facts.outputs]
    replace_text(place / README, readme(facts.folder, where, datasets, outputs))


def _index(facts: Facts) -> str:
    """tlf-index.csv: every output with title, population, program, datasets and banner."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["output", "title", "population", "file", "program", "datasets", "synthetic_data"]
    )
    for output in facts.outputs:
        result = facts.results[output.id]
        titles, sources = " ".join(result["titles"]), " ".join(result["sources"])
        program = facts.programs["tlf"][output.program].path.name
        synthetic = "yes" if result["synthetic"] else "no"
        row = [output.id, titles, result["population"], f"{output.file}.docx"]
        writer.writerow([*row, program, sources, synthetic])
    return text.getvalue()
