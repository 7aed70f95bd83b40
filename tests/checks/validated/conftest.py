"""The small study without faults, its datasets built."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from small_study import (
    ADAE,
    ADSL,
    AE,
    CODELISTS,
    DATA,
    DM,
    FORMS,
    RULES,
    STUDY,
    write,
)

from pipeline.frames import write_frame, write_json
from pipeline.study import StudyFolder, open_study


@pytest.fixture(autouse=True)
def _no_standard(monkeypatch) -> None:
    """Datasets this small conform to no implementation guide; test_standards.py is about that."""
    monkeypatch.setattr("pipeline.checks.inputs.standard_rules", lambda datasets: [])


@pytest.fixture(scope="session")
def clean(tmp_path_factory) -> Path:
    """A study without faults; tests work on copies."""
    path = tmp_path_factory.mktemp("clean") / "study"
    texts = {
        "study.yaml": STUDY,
        "codelists.yaml": CODELISTS,
        "raw/forms.yaml": FORMS,
        "sdtm/dm.yaml": DM,
        "sdtm/ae.yaml": AE,
        "adam/adsl.yaml": ADSL,
        "adam/adae.yaml": ADAE,
        "expectations/rules.yaml": RULES,
    }
    for name, text in texts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    folder = open_study(path)
    write(folder, DATA)
    write_json([], folder.build / "raw/findings.json")
    records = pd.DataFrame({"form": ["dm", "dm", "ae", "ae", "ae"]})
    write_frame(records, folder.build / "raw/records.parquet")
    return path


@pytest.fixture
def study(clean, tmp_path) -> StudyFolder:
    shutil.copytree(clean, tmp_path / "study")
    return open_study(tmp_path / "study")
