"""Writing a report that opens from disk: templates, data as scripts, folders that replace others.

A page opened from disk may not fetch files, but it may load scripts: data are scripts that hand
JSON to the page.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.frames import replace_text

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = TEMPLATES / "assets"


@cache
def _environment() -> Any:
    """The template engine; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **values: Any) -> str:
    """A page as text; `script` in a template makes JSON that is safe inside a script element."""
    from markupsafe import Markup

    return (
        _environment()
        .get_template(template)
        .render(script=lambda value: Markup(script_json(value)), **values)
    )


def script_json(value: object) -> str:
    """JSON without anything that ends a script or a line of it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def write_script(path: Path, name: str, value: object) -> None:
    """A script that calls the function `name` of the page with `value`."""
    replace_text(path, f"{name}({script_json(value)});\n")


def file_name(text: str) -> str:
    """A file name of letters, digits and hyphens for any text, different for different texts."""
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found.group()):x}_", text)


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to write to, which replaces `folder` when everything is there."""
    beside = folder.with_name(folder.name + ".part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    yield beside
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
