"""The contradictions of the article: complete, and each seen in an output that exists."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.tlf.issues import read_issues
from pipeline.tlf.toc import output_file
from pipeline.yamltext import read_yaml

ROOT = Path(__file__).parent.parent


def planned(folder: Path) -> list[str]:
    return list(read_yaml(folder / "tlf/toc.yaml"))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study folder with the lists alone."""
    (tmp_path / "tlf").mkdir()
    for name in ("paper_issues.yaml", "tlf/issues.yaml", "tlf/toc.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_all_24_are_listed_and_their_outputs_are_built(built: Path) -> None:
    issues = read_issues(ROOT, planned(ROOT))
    assert [issue.id for issue in issues] == [f"P{number:02d}" for number in range(1, 25)]
    for output in {name for issue in issues for name in issue.outputs} - {"CONCORDANCE"}:
        assert (built / f"build/tlf/{output_file(output)}.docx").exists(), output
    assert (built / "build/concordance.docx").exists()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("P01: [T14.1.1]", "P01: [T14.9.9]", "P01 names .*T14.9.9"),
        ("P01: [T14.1.1]\n", "", "P01 has no output"),
        ("P24:", "P25: [T14.1.7]\nP24:", "P25 is no entry"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(study: Path, old: str, new: str, what: str) -> None:
    path = study / "tlf/issues.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match=what):
        read_issues(study, planned(study))
