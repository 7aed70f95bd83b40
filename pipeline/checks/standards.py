"""What SDTMIG 3.4 and ADaMIG 1.3 say of the variables of a dataset: core, role, type and order.

STANDARD is a frame of them for the datasets of a study, so that rules about missing variables are
rules like all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pandas as pd

from pipeline.spec import Dataset
from pipeline.standards import ADAMIG, SDTMIG, Fact, facts_of, sdtm_facts

STANDARD = "STANDARD"
GENERAL = ("Interventions", "Events", "Findings", "Findings About")


def facts_about(dataset: Dataset) -> tuple[Fact, ...]:
    """The variables that the guide of its layer lists for a dataset; none when it lists nothing."""
    if dataset.layer == "sdtm":
        return sdtm_facts(dataset.name)[1]
    known = facts_of(ADAMIG)
    if dataset.name == "ADSL":
        return known["ADSL"][1]
    if dataset.dataset_class == "BASIC DATA STRUCTURE":
        return known["BDS"][1]
    return known["ADAE"][1] if dataset.name == "ADAE" else ()


def standard_frame(datasets: Iterable[Dataset]) -> pd.DataFrame:
    """The variables that a guide requires or expects of each dataset.

    Columns DATASET, LAYER, STRUCT, VARIABLE, CORE, PRESENT (Y or missing), one row per variable;
    a name with a placeholder is present when one variable fits.
    """
    rows = [
        (dataset.name, dataset.layer, structure_of(dataset), fact.name, fact.core, present)
        for dataset in datasets
        for fact in facts_about(dataset)
        if fact.core in ("Req", "Exp")
        for present in ["Y" if _fits_one(fact, dataset) else None]
    ]
    names = ["DATASET", "LAYER", "STRUCT", "VARIABLE", "CORE", "PRESENT"]
    return pd.DataFrame(rows, columns=names).astype("str")


def _fits_one(fact: Fact, dataset: Dataset) -> bool:
    """Whether the dataset has the variable."""
    return any(re.fullmatch(fact.pattern, name) for name in dataset.names)


def structure_of(dataset: Dataset) -> str:
    """ADSL, BDS, TTE, OCCDS or OTHER for ADaM; the class in capitals for SDTM."""
    if dataset.layer == "sdtm":
        return dataset.dataset_class
    if dataset.subclass.upper() == "TIME-TO-EVENT":
        return "TTE"
    kinds = {
        "SUBJECT LEVEL ANALYSIS DATASET": "ADSL",
        "BASIC DATA STRUCTURE": "BDS",
        "OCCURRENCE DATA STRUCTURE": "OCCDS",
    }
    return kinds.get(dataset.dataset_class, "OTHER")


def described(dataset: Dataset, names: list[str]) -> pd.DataFrame:
    """What the guide says of the variables `names` of a dataset, one row each.

    Columns LAYER, STRUCT, ROLE and CORE (of the specification), IGROLE, IGCORE, IGTYPE (missing
    when not listed), KNOWN (Y when the guide lists it for the dataset or its class), INORDER
    (N when it stands before a variable that the guide lists earlier).
    """
    found = [_listed(dataset, name) for name in names]
    return pd.DataFrame(
        {
            "LAYER": dataset.layer,
            "STRUCT": structure_of(dataset),
            "ROLE": [dataset[name].role or None for name in names],
            "CORE": [dataset[name].core for name in names],
            "IGROLE": [fact.role or None if fact else None for fact in found],
            "IGCORE": [fact.core if fact else None for fact in found],
            "IGTYPE": [fact.type if fact else None for fact in found],
            "KNOWN": [
                "Y" if fact or _of_class(dataset, name) else "N"
                for fact, name in zip(found, names, strict=True)
            ],
            "INORDER": _in_order(dataset, found),
        },
        dtype="str",
    )


def _listed(dataset: Dataset, name: str) -> Fact | None:
    """What the guide says of a variable: by its name, else by a name with placeholders."""
    facts = facts_about(dataset)
    exact = [fact for fact in facts if fact.name == name]
    fitting = [fact for fact in facts if "*" not in fact.name and re.fullmatch(fact.pattern, name)]
    return next(iter([*exact, *fitting]), None)


def _of_class(dataset: Dataset, name: str) -> bool:
    """Whether another dataset of the class has the variable, or it identifies or times a record."""
    if dataset.layer != "sdtm":
        return True
    suffix = "--" + name[2:] if name.startswith(dataset.name[:2]) else name
    return suffix in class_names(sdtm_facts(dataset.name)[0])


@cache
def class_names(group: str) -> frozenset[str]:
    """The variables of a general observation class with -- for the prefix; of any for "".

    Identifiers and timing variables of every general class are among them.
    """
    if group and group not in GENERAL:
        return frozenset()
    return frozenset(
        "--" + fact.name[2:] if fact.name.startswith(domain) else fact.name
        for domain, (other, facts) in facts_of(SDTMIG).items()
        for fact in facts
        if other in GENERAL and (group in ("", other) or fact.role in ("Identifier", "Timing"))
    )


def _in_order(dataset: Dataset, found: list[Fact | None]) -> list[str]:
    """Y or N for each variable: whether no later one stands earlier in the guide."""
    if dataset.layer != "sdtm":
        return ["Y"] * len(found)
    places = {fact.name: place for place, fact in enumerate(facts_about(dataset))}
    positions = [places[fact.name] if fact else None for fact in found]
    later = len(places)
    result = []
    for position in reversed(positions):
        result.append("Y" if position is None or position < later else "N")
        later = later if position is None else min(later, position)
    return result[::-1]
