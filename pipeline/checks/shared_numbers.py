"""Numbers that several outputs print, named in tlf/agreements.yaml of a study: DQ40.6.

```yaml
Deaths:                                    # output: where the number stands
  T14.2.2: [overall survival/died, total, n]     # a table: row, column, statistic
  F14.2.3: [All subjects, events]                # a figure of curves: group, n, events or median
  L16.2.7.3: [records]                           # a listing: how many records it prints
```
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from pipeline.checks.outputs import Fault, Result
from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml

AGREEMENTS = "tlf/agreements.yaml"
FORMS = {
    "table": ("[row, column, statistic]", 3),
    "figure": ("[group, n or events or median]", 2),
    "listing": ("[records]", 1),
}


def disagreements(folder: Path, results: Mapping[str, Result]) -> list[Fault]:
    """The numbers of tlf/agreements.yaml that differ; `results` by output number.

    StudyError for an output or a place that does not exist.
    """
    path = folder / AGREEMENTS
    if not path.exists():
        return []
    block = read_yaml(path, AGREEMENTS)
    faults = []
    for name in block:
        own = block.block(name)
        values = {output: _value(own, output, results) for output in own}
        first = next(iter(values.values()), 0.0)
        if not all(math.isclose(value, first, rel_tol=1e-9) for value in values.values()):
            printed = ", ".join(f"{output} {value:g}" for output, value in values.items())
            faults.append(Fault("DQ40.6", ", ".join(values), name, f"not the same: {printed}"))
    return faults


def _value(block: Block, output: str, results: Mapping[str, Result]) -> float:
    """The number of an output."""
    where = block.where(output)
    if output not in results:
        raise StudyError(where, f"no output {output}", "name one of tlf/toc.yaml")
    result, place = results[output], block.texts(output)
    form, parts = FORMS[result["kind"]]
    value = _found(result, place) if len(place) == parts else None
    if not isinstance(value, int | float):
        raise StudyError(where, f"{output} has no number at {', '.join(place)}", f"write {form}")
    return float(value)


def _found(result: Result, place: list[str]) -> object:
    """What stands at a place; None when there is no such place."""
    if result["kind"] == "table":
        return {tuple(cell): value for *cell, value in result["results"]}.get(tuple(place))
    if result["kind"] == "listing":
        return len(result["records"]) if place == ["records"] else None
    groups = {group["label"]: group for group in result["data"].get("groups", [])}
    found = groups.get(place[0], {}).get(place[1])
    return found.get("estimate") if isinstance(found, dict) else found
