"""Where a report stands, and what is seen of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def report(study: Path, name: str = "index.html") -> str:
    return (study / "build/validation" / name).resolve().as_uri()


def rows(page: Any) -> int:
    return page.locator("tr.finding").count()


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus, which is always seen, is on what the selector names."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focus = "document.activeElement"
        assert page.evaluate(f"getComputedStyle({focus}).outlineStyle") in ("solid", "auto")
        if page.evaluate(f"(wanted) => {focus}.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")
