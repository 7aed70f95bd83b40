"""Make the synthetic CRF extracts: forms whose values the article does not publish per patient.

A section of raw/synthetic.yaml has a module of its name in raw/synthetic/ with a function
`forms(plan, dates, rng)`: forms by name, dates as datetime64, subjects as patient numbers. They are
made in the order of the file; a module finds the forms made before it beside the published ones,
and has its own stream of random numbers, so that one does not move the others. Run it after
raw/make_extracts.py: python raw/make_synthetic.py. The same seed gives the same bytes.
"""

from __future__ import annotations

import importlib
import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from make_extracts import as_collected

RAW = Path(__file__).parent
FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d/%m/%Y")


def extract(name: str) -> pd.DataFrame:
    """A committed extract with the patient number and its dates read."""
    frame = pd.read_csv(RAW / f"{name}.csv", dtype=str, keep_default_na=False)
    frame.insert(0, "patient", frame["SUBJECT"].str.lstrip("0"))
    for column in [column for column in frame.columns if column.endswith("DAT")]:
        read = [pd.to_datetime(frame[column], format=form, errors="coerce") for form in FORMATS]
        frame[column] = read[0].fillna(read[1]).fillna(read[2])
    return frame


def published_dates() -> dict[str, pd.DataFrame]:
    """The forms that make_extracts.py made, by name: dm, ex, ae, ds, mh, st, su, cm, pr, lb."""
    return {name: extract(name) for name in ("dm", "ex", "ae", "ds", "mh", "st", "su", "cm", "pr")}


def main() -> None:
    """Write every synthetic form, then put the seeded defects in and write their answer key."""
    sys.path.insert(0, str(RAW.parent))
    plan = yaml.load((RAW / "synthetic.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    dates = published_dates()
    collected: dict[str, pd.DataFrame] = {}
    for name in [name for name in plan if (RAW / f"synthetic/{name}.py").exists()]:
        module = importlib.import_module(f"synthetic.{name}")
        if not hasattr(module, "forms"):
            continue
        rng = np.random.default_rng([int(plan["seed"]), zlib.crc32(name.encode())])
        for form, frame in module.forms(plan[name], dates, rng).items():
            dates.setdefault(form, frame)
            collected[form] = as_collected(frame, plan, rng)
    spoil(collected, plan)
    for form, frame in collected.items():
        frame.to_csv(RAW / f"{form}.csv", index=False, lineterminator="\n")


def spoil(collected: dict[str, pd.DataFrame], plan: dict) -> None:
    """Put the defects of the section `defects` into the forms and write raw/defects.yaml."""
    if "defects" not in plan:
        return
    defects = importlib.import_module("synthetic.defects")
    rng = np.random.default_rng([int(plan["seed"]), zlib.crc32(b"defects")])
    key = defects.spoil(collected, plan["defects"], rng)
    (RAW / "defects.yaml").write_text(key, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
