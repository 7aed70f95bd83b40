"""Faults in the names of variables, which are rows of CONTENTS."""

from __future__ import annotations

import pandas as pd

from faults.edits import Data, Edit, not_met, put
from pipeline.checks.rules import Rule

NAMES = {  # of variables, for rules about names
    "AD010": "SAFFL",
    "AD011": "SAFFN",
    "AD012": "ADTM",
    "AD013": "ADTF",
    "AD014": "ASTDY",
    "AD015": "AESTDTC",
    "AD016": "SAFFN",
    "AD017": "ASTDTF",
    "AD018": "AVISITN",
    "AD019": "TRTEDT",
    "AD020": "CHG",
    "AD021": "CRIT1FL",
    "AD022": "BASE",
    "AD023": "BNRIND",
    "AD024": "SRCSEQ",
    "AD025": "PARAMCD",
    "AD026": "PARAM",
    "AD027": "ADURN",
}


def matching_then(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A name that says one thing and is another."""
    given = rule.parameters
    meant = frame[given["variable"]].str.fullmatch(given["pattern"])
    record = int(frame.index[meant][0]) if meant.any() else int(frame.index[0])
    make = [] if meant.any() else put(rule, record, given["variable"], NAMES[rule.id])
    return [*make, *not_met(frame, rule, record, given["then"])]


def partner(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A name without the name that must stand beside it, in a dataset that has none."""
    given = rule.parameters
    record = int(frame.index[0])
    name = NAMES[rule.id]
    alone = {given["variable"]: name, given["within"]: "ADALONE"}
    return [("copy", rule.dataset, record, alone)]
