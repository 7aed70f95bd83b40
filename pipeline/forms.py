"""The CRF as declared: raw/forms.yaml as frozen Form and Field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml

FIELD_TYPES = ("text", "integer", "number", "date", "time")
SOURCES = ("published", "derived", "synthetic")


@dataclass(frozen=True)
class Field:
    """One field of a form; `source` says whether its values are published, derived, synthetic."""

    name: str
    label: str
    type: str
    codelist: str
    source: str
    required: bool
    formats: tuple[str, ...]
    future: bool


@dataclass(frozen=True)
class Form:
    """One CRF extract: raw/NAME.csv."""

    name: str
    label: str
    structure: str
    file: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    row_source: str

    def __getitem__(self, name: str) -> Field:
        """The field called `name`; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def read_forms(path: Path) -> dict[str, Form]:
    """raw/forms.yaml as name -> Form; StudyError names line and key."""
    block = read_yaml(path, "raw/forms.yaml")
    return {name: _form(name, block.block(name)) for name in block}


def _form(name: str, block: Block) -> Form:
    """One form; its key and its row_source are fields of it."""
    block.check(
        required=("label", "structure", "key", "fields"), optional=("file", "row_source", "comment")
    )
    fields_block = block.block("fields")
    fields = tuple(_field(field, fields_block.block(field)) for field in fields_block)
    form = Form(
        name=name,
        label=block.text("label"),
        structure=block.text("structure"),
        file=block.text("file", f"{name}.csv"),
        key=tuple(block.texts("key")),
        fields=fields,
        row_source=block.text("row_source"),
    )
    known = [field.name for field in fields]
    for key in (*form.key, *filter(None, (form.row_source,))):
        if key not in known:
            raise StudyError(
                block.where("key"), f"{name}: {key} is not a field", "add it under fields"
            )
    if "/" in form.file or "\\" in form.file:
        raise StudyError(block.where("file"), f"{form.file!r} is a path", "name a file of raw/")
    return form


def _field(name: str, block: Block) -> Field:
    """One field; type and source are checked."""
    block.check(
        required=("label", "type", "source"),
        optional=("codelist", "required", "formats", "future", "comment"),
    )
    for key, allowed in (("type", FIELD_TYPES), ("source", SOURCES)):
        if block.text(key) not in allowed:
            raise StudyError(
                block.where(key), f"{key} is {block.text(key)!r}", f"use one of {list(allowed)}"
            )
    return Field(
        name=name,
        label=block.text("label"),
        type=block.text("type"),
        codelist=block.text("codelist"),
        source=block.text("source"),
        required=block.flag("required"),
        formats=tuple(block.texts("formats")),
        future=block.flag("future"),
    )
