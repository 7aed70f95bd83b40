"""CTCAE version 4.03 for laboratory values (NCI, 14 June 2010), in SI units, as edges.

An edge says from where on a grade holds: above it (criteria of high values) or below it (of low
values). `uln`, `lln` and `base` are multiples of the upper limit, the lower limit and the
baseline; `over_uln` is added to the upper limit; `value` is absolute, in `unit`. Where the text
tells two grades apart by symptoms alone, the lower one is given (potassium and sodium below the
limit, grade 4 of haemoglobin and albumin).
"""

from __future__ import annotations

from typing import NamedTuple


class Edge(NamedTuple):
    """The edge of a grade: what `size` measures, and its size."""

    grade: int
    measure: str
    size: float


class Criterion(NamedTuple):
    """The grades of one term in one direction; `unit` is that of the absolute edges."""

    term: str
    unit: str
    edges: tuple[Edge, ...]


def _multiples(measure: str, *sizes: float) -> tuple[Edge, ...]:
    """Edges of grades 1, 2, ... that are multiples of a limit."""
    return tuple(Edge(grade, measure, size) for grade, size in enumerate(sizes, 1))


def _below(*values: float, first: int = 2) -> tuple[Edge, ...]:
    """Grade 1 below the lower limit, then absolute values from grade `first` on."""
    absolute = tuple(Edge(grade, "value", value) for grade, value in enumerate(values, first))
    return (Edge(1, "lln", 1.0), *absolute)


def _above(*values: float, first: int = 2) -> tuple[Edge, ...]:
    """Grade 1 above the upper limit, then absolute values from grade `first` on."""
    absolute = tuple(Edge(grade, "value", value) for grade, value in enumerate(values, first))
    return (Edge(1, "uln", 1.0), *absolute)


HIGH: dict[str, Criterion] = {
    "ALT": Criterion(
        "Alanine aminotransferase increased", "", _multiples("uln", 1.0, 3.0, 5.0, 20.0)
    ),
    "AST": Criterion(
        "Aspartate aminotransferase increased", "", _multiples("uln", 1.0, 3.0, 5.0, 20.0)
    ),
    "ALP": Criterion("Alkaline phosphatase increased", "", _multiples("uln", 1.0, 2.5, 5.0, 20.0)),
    "GGT": Criterion("GGT increased", "", _multiples("uln", 1.0, 2.5, 5.0, 20.0)),
    "BILI": Criterion("Blood bilirubin increased", "", _multiples("uln", 1.0, 1.5, 3.0, 10.0)),
    "CREAT": Criterion(
        "Creatinine increased",
        "",
        (*_multiples("uln", 1.0, 1.5, 3.0, 6.0), *_multiples("base", 1.0, 1.5, 3.0)),
    ),
    "INR": Criterion("INR increased", "", _multiples("uln", 1.0, 1.5, 2.5)),
    "HGB": Criterion("Hemoglobin increased", "g/L", _multiples("over_uln", 0.0, 20.0, 40.0)),
    "WBC": Criterion("Leukocytosis", "10^9/L", (Edge(3, "value", 100.0),)),
    "LYM": Criterion(
        "Lymphocyte count increased", "10^9/L", (Edge(2, "value", 4.0), Edge(3, "value", 20.0))
    ),
    "K": Criterion("Hyperkalemia", "mmol/L", _above(5.5, 6.0, 7.0)),
    "SODIUM": Criterion("Hypernatremia", "mmol/L", _above(150.0, 155.0, 160.0)),
    "GLUC": Criterion("Hyperglycemia", "mmol/L", _above(8.9, 13.9, 27.8)),
    "CA": Criterion("Hypercalcemia", "mmol/L", _above(2.9, 3.1, 3.4)),
}
LOW: dict[str, Criterion] = {
    "HGB": Criterion("Anemia", "g/L", _below(100.0, 80.0)),
    "PLAT": Criterion("Platelet count decreased", "10^9/L", _below(75.0, 50.0, 25.0)),
    "WBC": Criterion("White blood cell decreased", "10^9/L", _below(3.0, 2.0, 1.0)),
    "NEUT": Criterion("Neutrophil count decreased", "10^9/L", _below(1.5, 1.0, 0.5)),
    "LYM": Criterion("Lymphocyte count decreased", "10^9/L", _below(0.8, 0.5, 0.2)),
    "ALB": Criterion("Hypoalbuminemia", "g/L", _below(30.0, 20.0)),
    "K": Criterion("Hypokalemia", "mmol/L", _below(3.0, 2.5, first=3)),
    "SODIUM": Criterion("Hyponatremia", "mmol/L", _below(130.0, 120.0, first=3)),
    "GLUC": Criterion("Hypoglycemia", "mmol/L", _below(3.0, 2.2, 1.7)),
    "CA": Criterion("Hypocalcemia", "mmol/L", _below(2.0, 1.75, 1.5)),
}
