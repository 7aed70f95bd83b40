"""What the reviewer's guides say about a run, read from what the run has written."""

from __future__ import annotations

import csv
import importlib.metadata
import json
import platform
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.cache import LIBRARIES
from pipeline.datasets import all_datasets, input_path
from pipeline.errors import StudyError
from pipeline.frames import read_frame
from pipeline.package.guide_text import GuideText, read_guide_text
from pipeline.programs import Program, read_programs
from pipeline.provenance import SYNTHETIC, variable_sources
from pipeline.spec import Dataset
from pipeline.study import StudyFolder
from pipeline.tlf.toc import Output, read_toc

SUBJECT = "USUBJID"
Record = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """Records and subjects (None without USUBJID) of a dataset."""

    records: int
    subjects: int | None


@dataclass(frozen=True)
class Facts:
    """A run as the guides tell it; every property reads its file once."""

    folder: StudyFolder

    @cached_property
    def text(self) -> GuideText:
        """The study's own words."""
        return read_guide_text(self.folder)

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """Every dataset by lower-case name, SUPP-- included."""
        return all_datasets(self.folder)

    @cached_property
    def sizes(self) -> dict[str, Size]:
        """Dataset -> its size."""
        return {name: self._size(name) for name in self.datasets}

    @cached_property
    def findings(self) -> list[Record]:
        """build/validation/findings.json."""
        return _read_json(self.folder.build / "validation/findings.json")

    @cached_property
    def rules(self) -> list[Record]:
        """build/validation/rules.json."""
        return _read_json(self.folder.build / "validation/rules.json")

    @cached_property
    def balance(self) -> list[dict[str, str]]:
        """build/validation/balance.csv; empty without forms."""
        return self._read_csv("validation/balance.csv")

    @cached_property
    def exclusions(self) -> list[dict[str, str]]:
        """build/validation/exclusions.csv; empty without forms."""
        return self._read_csv("validation/exclusions.csv")

    @cached_property
    def concordance(self) -> list[dict[str, str]]:
        """build/concordance.csv; empty when the study reports no numbers to compare with."""
        if not (self.folder.path / "tlf/concordance.yaml").exists():
            return []
        return self._read_csv("concordance.csv", needed=True)

    @cached_property
    def programs(self) -> dict[str, dict[str, Program]]:
        """Layer -> name -> program."""
        return {layer: read_programs(self.folder.path, layer) for layer in ("sdtm", "adam", "tlf")}

    @cached_property
    def outputs(self) -> list[Output]:
        """The planned outputs."""
        return read_toc(self.folder.path, self.programs["tlf"], self.folder.study.populations)

    @cached_property
    def results(self) -> dict[str, Record]:
        """Output -> its results file."""
        return {
            output.id: _read_json(self.folder.build / f"tlf/{output.file}.json")
            for output in self.outputs
        }

    @cached_property
    def synthetic_variables(self) -> dict[str, list[str]]:
        """DATASET -> its variables that are made of a synthetic field."""
        found: dict[str, list[str]] = {}
        for (dataset, variable), sources in variable_sources(self.folder).items():
            if SYNTHETIC in sources:
                found.setdefault(dataset, []).append(variable)
        return found

    @cached_property
    def parameters(self) -> dict[str, tuple[str, str]]:
        """TSPARMCD -> name and values of the trial summary, of those that have a value."""
        found = {}
        planned = self.folder.study.trial_design.block("parameters")
        for code in planned:
            values = "; ".join(planned.block(code).texts("value"))
            if values:
                found[code] = (planned.block(code).text("name"), values)
        return found

    @property
    def versions(self) -> list[tuple[str, str]]:
        """Python and the libraries that results depend on, with their versions."""
        return [
            ("Python", platform.python_version()),
            *((name, importlib.metadata.version(name)) for name in LIBRARIES),
        ]

    def layer(self, layer: str) -> dict[str, Dataset]:
        """The datasets of sdtm or adam."""
        return {name: d for name, d in self.datasets.items() if d.layer == layer}

    def column(self, name: str, variable: str) -> list[Any]:
        """The values of a variable that are not missing, in the order of the dataset."""
        return self._values(name, variable).dropna().tolist()

    def _size(self, name: str) -> Size:
        """The size of one built dataset."""
        key = SUBJECT if SUBJECT in self.datasets[name].names else self.datasets[name].names[0]
        values = self._values(name, key)
        return Size(len(values), int(values.nunique()) if key == SUBJECT else None)

    def _values(self, name: str, variable: str) -> pd.Series:
        """A variable of a built dataset; StudyError when it is not built."""
        path = self.folder.path / input_path(self.folder, name)
        if not path.exists():
            raise StudyError(name.upper(), f"{path.name} is not built", "run make tlf")
        return read_frame(path, [variable])[variable]

    def _read_csv(self, name: str, needed: bool = False) -> list[dict[str, str]]:
        """A CSV file of the build as text; empty when there are no forms and it is not `needed`."""
        path = self.folder.build / name
        if not path.exists() and not (needed or self.folder.forms):
            return []
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        except FileNotFoundError:
            raise StudyError(f"build/{name}", "is not built", "run make tlf") from None


def _read_json(path: Path) -> Any:
    """A JSON file of the build."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError(path.name, "is not built", "run make tlf") from None
