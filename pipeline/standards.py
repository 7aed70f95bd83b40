"""What SDTMIG 3.4 and ADaMIG 1.3 list: each dataset with its class and its variables in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.yamltext import read_yaml

FACTS = Path(__file__).parent / "checks/standards"
SDTMIG, ADAMIG = "sdtmig-3.4.yaml", "adamig-1.3.yaml"
CORES = {"R": "Req", "E": "Exp", "P": "Perm", "C": "Cond"}
ROLES = {
    "I": "Identifier",
    "T": "Topic",
    "M": "Timing",
    "Q": "Record Qualifier",
    "V": "Variable Qualifier",
    "R": "Result Qualifier",
    "G": "Grouping Qualifier",
    "S": "Synonym Qualifier",
    "U": "Rule",
}
PLACEHOLDERS = {"xx": r"\d\d", "zz": r"\d\d", "y": r"\d{1,2}", "w": r"\d", r"\*": "[A-Z]{1,5}"}


@dataclass(frozen=True)
class Fact:
    """What an implementation guide says of one variable; `name` may hold placeholders."""

    name: str
    core: str
    role: str
    type: str

    @property
    def pattern(self) -> str:
        """The names it stands for, as a regular expression."""
        return re.sub(
            r"xx|zz|y|w|\\\*", lambda found: PLACEHOLDERS[found.group()], re.escape(self.name)
        )


@cache
def facts_of(file: str) -> dict[str, tuple[str, tuple[Fact, ...]]]:
    """Dataset or structure -> (class, its variables in order), from one file of standards/."""
    block = read_yaml(FACTS / file)
    return {
        name: (
            block.block(name).text("class"),
            tuple(_fact(word) for word in block.block(name).text("variables").split()),
        )
        for name in block
    }


def _fact(word: str) -> Fact:
    """`AESEQ:RIn` as a Fact."""
    name, _, code = word.partition(":")
    role = ROLES.get(code[1:2], "") if code[1:2].isupper() else ""
    return Fact(name, CORES[code[0]], role, "Num" if code.endswith("n") else "Char")


def sdtm_facts(name: str) -> tuple[str, tuple[Fact, ...]]:
    """The class of an SDTM dataset and the variables listed for it; "" and none for a custom one.

    SUPP-- is SUPPQUAL; a dataset that is part of a domain, as QSMM of QS, is that domain (SDTMIG
    3.4 section 4.1.6).
    """
    known = facts_of(SDTMIG)
    if name.startswith("SUPP"):
        return known["SUPPQUAL"]
    return known.get(name) or (known.get(name[:2]) if len(name) == 4 else None) or ("", ())


def sdtm_class(name: str) -> str:
    """The class of an SDTM dataset as specifications write it; "" for a custom one."""
    return sdtm_facts(name)[0].upper().replace("-", " ")
