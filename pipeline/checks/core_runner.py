"""Runs the CDISC rules engine (PyPI cdisc-rules-engine) in its own Python; imports nothing of ours.

python core_runner.py REQUEST.json ANSWER.json

The request names `cache` (folder of the rules cache), `standard`, `version` and `files` (XPT). The
answer has `engine` (its version), `rules` (how many the cache has for the standard) and `results`:
for each rule what `RuleValidationResult.to_representation` says, with `cdisc`, `fda`, `says`.
"""

from __future__ import annotations

import importlib.metadata
import json
import pickle
import sys
from pathlib import Path
from typing import Any

ENCODING = "utf-8"
CACHES = {
    "standard_metadata": "standards_details.pkl",
    "variables_metadata": "variables_metadata.pkl",
    "variable_codelist_map": "variable_codelist_maps.pkl",
}


def main(request: dict[str, Any]) -> dict[str, Any]:
    """All rules of the standard on all files, one after the other."""
    cache = Path(request["cache"])
    rules = standard_rules(cache, request["standard"], request["version"])
    results = []
    if rules:
        engine = rules_engine(cache, request)
        results = [result_of(engine, rule) for rule in rules]
    version = importlib.metadata.version("cdisc-rules-engine")
    return {"engine": version, "rules": len(rules), "results": results}


def standard_rules(cache: Path, standard: str, version: str) -> list[dict[str, Any]]:
    """The rules that the cache lists for a standard, in the order of their ids."""
    from cdisc_rules_engine.utilities.utils import get_rules_cache_key

    listed = read(cache, "rules_dictionary.pkl").get(get_rules_cache_key(standard, version)) or []
    rules = read(cache, "rules.pkl")
    return [rules[name] for name in sorted(listed) if name in rules]


def read(cache: Path, name: str) -> dict[str, Any]:
    """A file of the cache; empty when the cache has none of this name."""
    path = cache / name
    return dict(pickle.loads(path.read_bytes())) if path.exists() else {}


def rules_engine(cache: Path, request: dict[str, Any]) -> Any:
    """The engine on the files, with what the cache knows of the standard."""
    from cdisc_rules_engine.models.library_metadata_container import LibraryMetadataContainer
    from cdisc_rules_engine.rules_engine import RulesEngine
    from cdisc_rules_engine.services.cache import InMemoryCacheService
    from cdisc_rules_engine.utilities import utils

    standard, version = request["standard"], request["version"]
    found = {name: read(cache, file) for name, file in CACHES.items()}
    details = found["standard_metadata"].get(
        utils.get_standard_details_cache_key(standard, version, None), {}
    )
    model = utils.get_model_details_cache_key_from_ig(details) if details else ""
    library = LibraryMetadataContainer(
        standard_metadata=details,
        model_metadata=read(cache, "standards_models.pkl").get(model, {}),
        variables_metadata=found["variables_metadata"].get(
            utils.get_library_variables_metadata_cache_key(standard, version, None), {}
        ),
        variable_codelist_map=found["variable_codelist_map"].get(
            utils.get_standard_codelist_cache_key(standard, version), {}
        ),
        ct_package_metadata={},
        cache_path=str(cache),
    )
    files = [str(file) for file in request["files"]]
    return RulesEngine(
        cache=InMemoryCacheService(),
        standard=standard,
        standard_version=version,
        library_metadata=library,
        max_dataset_size=max(Path(file).stat().st_size for file in files),
        dataset_paths=files,
        encoding=ENCODING,
    )


def result_of(engine: Any, rule: dict[str, Any]) -> dict[str, Any]:
    """What came of one rule; a rule that raises is an execution error."""
    from cdisc_rules_engine.models.rule_validation_result import RuleValidationResult

    try:
        found = engine.validate_single_rule(rule)
        flat = [item for results in found.values() for item in results]
    except Exception as error:  # the engine's own faults must not hide the other rules
        message = f"{type(error).__name__}: {error}"
        flat = [{"executionStatus": "execution error", "message": message, "errors": []}]
    result = RuleValidationResult(rule, flat)
    more = {"cdisc": result.cdisc_rule_id, "fda": result.fda_rule_id}
    return result.to_representation() | more | {"says": rule.get("description") or ""}


if __name__ == "__main__":
    answer = main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(sys.argv[2]).write_text(json.dumps(answer, default=str), encoding="utf-8")
