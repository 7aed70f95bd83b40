"""The mini study with faults in its extract of adverse events, and building its report."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.engine import run
from pipeline.plan import plan

MINI = Path(__file__).parents[1] / "mini_study"
SCRIPT, FORMULA = "<script>document.title='spoiled'</script>", "=cmd()"
HEADACHE = "1001,1,Yes,headache,Headache,Nervous system disorders,20-JAN-2016,22-JAN-2016"
ENDS_EARLY = HEADACHE.replace("22-JAN-2016", "18-JAN-2016").replace("headache", SCRIPT, 1)
NAUSEA = "1001,2,Yes,felt sick,Nausea,"
NOT_CODED = f"1001,2,Yes,{FORMULA},,"
EVENTS = "raw/events.csv"
SUBJECT = "DEMO-7-1001"


def spoiled_copy(target: Path) -> Path:
    """A copy of the mini study: an event ends before it starts, one is not coded."""
    shutil.copytree(MINI, target, ignore=shutil.ignore_patterns("__pycache__", "build"))
    change(target, (HEADACHE, ENDS_EARLY), (NAUSEA, NOT_CODED))
    text = (target / EVENTS).read_text(encoding="utf-8")
    stranger = "9999,1,Yes,nobody's,Rash,Skin disorders,01-FEB-2016,,Mild,No,published\n"
    (target / EVENTS).write_text(text + stranger, encoding="utf-8")
    return target


def change(study: Path, *pairs: tuple[str, str]) -> None:
    """Replace texts of the extract, each of which stands there."""
    path = study / EVENTS
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def build_report(study: Path) -> None:
    """Bring the validation report up to date; the gate is not asked."""
    run(plan(study), study, ["balance", "validation"])
