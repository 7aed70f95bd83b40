"""acrf.pdf: the CRF annotated with the SDTM variables it feeds, from raw/forms.yaml and the specs.

Reads specifications, the text of programs, build/raw/FORM.parquet (visits) and, where several
forms feed one variable, build/sdtm/NAME.parquet and its lineage. Writes build/docs/acrf.pdf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.datasets import lineage_path
from pipeline.frames import read_frame
from pipeline.package.acrf_annotations import Place, annotate
from pipeline.package.acrf_layout import Layout, lay_out
from pipeline.package.pdf import Bookmark, write_pdf
from pipeline.study import StudyFolder

ACRF = "build/docs/acrf.pdf"
NO_VISIT = "Not bound to a planned visit"


def make_acrf(folder: StudyFolder) -> None:
    """Write build/docs/acrf.pdf: contents and every form, bookmarks by form and by visit."""
    layout = _layout(folder)
    title = f"{folder.study.id}: Annotated Case Report Form"
    outline = _outline(folder, layout, form_visits(folder))
    write_pdf(layout.pages, outline, folder.path / ACRF, title, folder.study.timestamp)


def acrf_pages(folder: StudyFolder) -> dict[Place, int]:
    """(form, field) -> its page in acrf.pdf, counted from 1; for the page references of define.xml.

    Forms and fields are named as in raw/forms.yaml: ("ae", "AE_TERM").
    """
    return _layout(folder).fields


def acrf_inputs(folder: StudyFolder) -> list[str]:
    """The files that make_acrf reads besides study.yaml and codelists.yaml."""
    sdtm = [name for name, dataset in folder.datasets.items() if dataset.layer == "sdtm"]
    design = "sdtm/trial_design.yaml"
    return [
        "raw/forms.yaml",
        *([design] if (folder.path / design).exists() else []),
        *(f"build/raw/{name}.parquet" for name in folder.forms),
        *(path for name in sdtm for path in (f"sdtm/{name}.yaml", f"sdtm/{name}.py")),
        *(f"build/sdtm/{name}.parquet" for name in sdtm),
        *(lineage_path(name, "sdtm") for name in sdtm),
    ]


def form_visits(folder: StudyFolder) -> dict[str, list[str]]:
    """Form -> the planned visits on which its records were collected, in planned order.

    The visit stands in the field that a variable VISIT is collected from; a form without such a
    field, or not read yet, has none.
    """
    planned = list(folder.study.trial_design.block("visits"))
    found: dict[str, list[str]] = {}
    for form, field in _visit_fields(folder):
        path = folder.path / f"build/raw/{form}.parquet"
        if path.exists():
            names = set(read_frame(path, [field])[field].dropna().str.strip().str.upper())
            found[form] = [visit for visit in planned if visit.upper() in names]
    return found


def _visit_fields(folder: StudyFolder) -> list[Place]:
    """The fields that carry the visit."""
    references = [
        reference.split(".", 1)
        for dataset in folder.datasets.values()
        if dataset.layer == "sdtm" and "VISIT" in dataset.names
        for reference in dataset["VISIT"].references
    ]
    places = [(owner, field) for owner, field in references if owner.startswith("raw_")]
    return list(dict.fromkeys((owner.removeprefix("raw_"), field) for owner, field in places))


def _layout(folder: StudyFolder) -> Layout:
    """The pages of the study's CRF."""
    return lay_out(folder, annotate(folder), form_visits(folder))


def _outline(
    folder: StudyFolder, layout: Layout, visits: Mapping[str, Sequence[str]]
) -> list[Bookmark]:
    """Bookmarks by form, then by visit: the two ways the Metadata Submission Guidelines ask for."""
    marks = [Bookmark("Contents", 1), Bookmark("Forms", next(iter(layout.forms.values()), 1))]
    marks += [Bookmark(folder.forms[name].label, page, 1) for name, page in layout.forms.items()]
    planned = list(folder.study.trial_design.block("visits"))
    groups = {visit: [f for f in layout.forms if visit in visits.get(f, ())] for visit in planned}
    groups[NO_VISIT] = [form for form in layout.forms if not visits.get(form)]
    groups = {visit: forms for visit, forms in groups.items() if forms}
    if groups:
        marks.append(Bookmark("Visits", layout.forms[next(iter(groups.values()))[0]]))
    for visit, forms in groups.items():
        marks.append(Bookmark(visit, layout.forms[forms[0]], 1))
        marks += [Bookmark(folder.forms[form].label, layout.forms[form], 2) for form in forms]
    return marks
