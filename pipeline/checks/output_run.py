"""The checks of all outputs in one go: written to build/validation/outputs.json, faults stop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from pipeline.checks.output_sources import changed_pins, without_banner
from pipeline.checks.outputs import RULES, Fault, Result, check_output, sizes_of
from pipeline.checks.shared_numbers import disagreements
from pipeline.datasets import all_datasets, input_path
from pipeline.errors import StudyError, raise_all
from pipeline.frames import prepare_pandas, read_frame, read_input, write_json
from pipeline.study import StudyFolder

CHECKED = "build/validation/outputs.json"
FIX = "correct the program or the verb that makes this number"
FIXES = {
    "DQ42.1": "give the variables it uses their origin and uses in the specification",
    "DQ42.2": "take the file back from the history, or pin it again and say why",
}


def check_outputs(folder: StudyFolder, planned: Mapping[str, str]) -> None:
    """Check the results files of `planned` (file name -> population flag or empty).

    Writes the rules, how many outputs they read, and the faults. Raises StudyErrors that name rule,
    output and cell when there is a fault.
    """
    prepare_pandas()
    results = {name: _read(folder, name) for name in planned}
    faults = [
        *(fault for name in planned for fault in _faults(folder, name, planned[name], results)),
        *disagreements(folder.path, {result["id"]: result for result in results.values()}),
        *changed_pins(folder.path),
    ]
    content = {"rules": RULES, "outputs": len(results), "faults": [asdict(f) for f in faults]}
    write_json(content, folder.path / CHECKED)
    raise_all(
        [
            StudyError(f"{f.rule}, {f.output}, {f.place}", f.what, FIXES.get(f.rule, FIX))
            for f in faults
        ]
    )


def _faults(
    folder: StudyFolder, name: str, flag: str, results: Mapping[str, Result]
) -> list[Fault]:
    """The faults of one output."""
    records = read_frame(_path(folder, name).with_suffix(".lineage.parquet"), ["dataset", "record"])
    sizes = {}
    if "adsl" in all_datasets(folder):
        adsl = read_input(folder.path / Path(input_path(folder, "adsl")), "adsl")
        sizes = sizes_of(adsl, flag, folder.study)
    return [
        *check_output(results[name], sizes),
        *without_banner(folder, results[name], records),
    ]


def _read(folder: StudyFolder, name: str) -> Result:
    """A results file."""
    return dict(json.loads(_path(folder, name).read_text(encoding="utf-8")))


def _path(folder: StudyFolder, name: str) -> Path:
    """The results file of an output."""
    return folder.path / f"build/tlf/{name}.json"
