"""Make the synthetic part of the CRF extracts: what the article summarises but does not publish.

Each module of raw/synthetic/ makes forms from its section of raw/synthetic.yaml and the dates in
the extracts that raw/make_extracts.py wrote. The same seed gives the same bytes. Run it from the
study's folder, after make_extracts: python raw/make_synthetic.py
"""

from __future__ import annotations

import sys
import zlib
from importlib import import_module
from pathlib import Path

import numpy as np
import yaml

RAW = Path(__file__).resolve().parent
sys.path[:0] = [str(RAW), str(RAW.parent)]


def main() -> None:
    """Write every synthetic form, module by module in the order of raw/synthetic.yaml."""
    from synthetic.extracts import subject_dates, write_form

    plan = yaml.load((RAW / "synthetic.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    for name, section in plan["modules"].items():
        rng = np.random.default_rng([int(plan["seed"]), zlib.crc32(name.encode())])
        made = import_module(f"synthetic.{name}").forms(section, subject_dates(RAW), rng)
        for form, frame in made.items():
            write_form(RAW / f"{form}.csv", frame, plan["date_formats"], rng)


if __name__ == "__main__":
    main()
