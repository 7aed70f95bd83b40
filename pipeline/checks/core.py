"""CDISC CORE: the rules engine of CDISC on the XPT files, run by a Python of its own.

`run_core` writes build/validation/core.json, which the validation merges into its report. What is
not known to have run is never shown as passed: without that file, for data that have changed
since, and for a standard of which the engine ran no rule, the report says "CORE: not run".
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.cache import digest_file, digest_text
from pipeline.checks.core_results import NotRun
from pipeline.datasets import all_datasets, input_path
from pipeline.errors import StudyError
from pipeline.frames import parts, write_json
from pipeline.study import StudyFolder

ANSWER = "build/validation/core.json"
RUNNER = Path(__file__).parent / "core_runner.py"
STANDARDS = {"sdtm": ("sdtmig", "3-4"), "adam": ("adamig", "1-3")}
CACHE_FILES = ("rules.pkl", "rules_dictionary.pkl")
LAST_LINES = 5


def run_core(folder: StudyFolder, cache: Path, python: Path) -> dict[str, Any]:
    """Run the engine on the XPT files of each layer and write core.json; returns its content.

    `cache` is the folder of rules, `python` a Python that has cdisc-rules-engine. StudyError when
    one of them is not there, or the engine stops.
    """
    _check(cache, python)
    answers = []
    for layer, (standard, version) in STANDARDS.items():
        names = [name for name, dataset in all_datasets(folder).items() if dataset.layer == layer]
        files = [folder.build / f"xpt/{name}.xpt" for name in names]
        if files:
            request = {"cache": str(cache.resolve()), "standard": standard, "version": version}
            answer = _ask(python, request | {"files": [str(file.resolve()) for file in files]})
            answers.append({"standard": standard, "version": version, **answer})
    content = {"data": data_digest(folder), "answers": answers}
    write_json(content, folder.path / ANSWER)
    return content


def _check(cache: Path, python: Path) -> None:
    """The rules cache and the Python are there."""
    missing = [name for name in CACHE_FILES if not (cache / name).exists()]
    if missing:
        raise StudyError(
            f"CORE cache {cache}",
            f"{missing[0]} is not there",
            "name the folder resources/cache of the cdisc-rules-engine repository",
        )
    if not python.exists():
        fix = "run make core, which makes it, or name a Python 3.12 that has cdisc-rules-engine"
        raise StudyError(f"Python for CORE {python}", "the file does not exist", fix)


def _ask(python: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The engine's answer to one request."""
    with tempfile.TemporaryDirectory() as place:
        asked, answered = Path(place) / "request.json", Path(place) / "answer.json"
        asked.write_text(json.dumps(request), encoding="utf-8")
        command = [str(python), "-I", str(RUNNER), str(asked), str(answered)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=place, check=False)
        if done.returncode or not answered.exists():
            said = done.stderr.strip().splitlines()[-LAST_LINES:]
            raise StudyError(
                f"CORE, {request['standard'].upper()} {request['version'].replace('-', '.')}",
                f"the engine stopped without an answer: {' | '.join(said) or 'it said nothing'}",
                "run the command line of the engine on build/xpt to see more",
            )
        return dict(json.loads(answered.read_text(encoding="utf-8")))


def data_digest(folder: StudyFolder) -> str:
    """One digest of all built datasets, to tell whether CORE has seen these data."""
    paths = [folder.path / input_path(folder, name) for name in all_datasets(folder)]
    return digest_text(" ".join(digest_file(part) for path in paths for part in parts(path)))


def read_core(folder: StudyFolder) -> Sequence[dict[str, Any]] | NotRun:
    """The answers of the engine about these data, one per standard, or why there are none."""
    path = folder.path / ANSWER
    if not path.exists():
        return NotRun("CORE: not run; name its rules cache: make core CORE_CACHE=DIR")
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["data"] != data_digest(folder):
        return NotRun("CORE: not run on these data; it ran on earlier ones: run make core again")
    return list(content["answers"])


def summary(content: dict[str, Any]) -> list[str]:
    """One line per standard: how many rules ran, were skipped and had errors."""
    lines = []
    for answer in content["answers"]:
        states = [result["execution_status"] for result in answer["results"]]
        name = f"{answer['standard'].upper()} {answer['version'].replace('-', '.')}"
        if not states:
            lines.append(f"CORE, {name}: not run; the cache has no rule of this standard")
            continue
        ran = states.count("success") + states.count("issue reported")
        lines.append(
            f"CORE {answer['engine']}, {name}: {ran} of {len(states)} rules ran, "
            f"{states.count('issue reported')} with issues, {states.count('skipped')} skipped, "
            f"{states.count('execution error')} with errors of their own"
        )
    return lines
