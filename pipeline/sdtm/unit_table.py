"""What one unit of an analyte is worth in another: the data behind `pipeline/sdtm/units.py`.

Each analyte (--TESTCD) has one reference unit, and for every further unit a factor and an offset:
reference value = factor * value + offset. Amounts of substance come from the molar mass (g/mol) by
the formula of the molecule and the IUPAC abridged standard atomic weights; mg/dL * 10 / molar mass
is mmol/L. Units are spelled as in the CDISC codelist UNIT (C71620), and as synonyms of its terms
where laboratories use them (sec, ng/mL, 10^3/uL).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOLAR_MASS = {
    "bilirubin": 584.67,  # C33H36N4O6
    "calcium": 40.078,
    "chloride": 35.45,
    "cholesterol": 386.66,  # C27H46O
    "creatinine": 113.12,  # C4H7N3O
    "glucose": 180.16,  # C6H12O6
    "magnesium": 24.305,
    "phosphorus": 30.974,
    "potassium": 39.098,
    "sirolimus": 914.19,  # C51H79NO13
    "sodium": 22.990,
    "tacrolimus": 804.03,  # C44H69NO12
    "urate": 168.11,  # C5H4N4O3
    "urea": 60.056,  # CH4N2O
    "urea nitrogen": 28.014,  # two atoms of nitrogen per molecule of urea
}
HAEMOGLOBIN_MONOMER = 16114.0  # g/mol, per iron atom (ICSH reference method)
COPIES_PER_IU = 5.82  # HBV DNA, Roche COBAS TaqMan; other assays differ: hand in their own Analyte
AFP_NG_PER_IU = 1.21  # WHO First International Standard 72/225
KATAL = 60.0  # 1 ukat is 60 U: 1 U converts 1 umol per minute (BIPM, unit katal)


@dataclass(frozen=True)
class Analyte:
    """How the units of one test are related.

    `units` maps a unit to (factor, offset) towards the first unit; `si` and `us` name the standard
    unit in the two systems. `source` says where the factors come from.
    """

    units: Mapping[str, tuple[float, float]]
    si: str
    us: str
    source: str


def _linear(units: Mapping[str, float], si: str, us: str, source: str) -> Analyte:
    """An analyte whose units differ by a factor only."""
    return Analyte({unit: (factor, 0.0) for unit, factor in units.items()}, si, us, source)


def _amount(substance: str, si: str = "mmol/L", us: str = "mg/dL") -> Analyte:
    """A small molecule: mmol/L, umol/L and masses per volume by its molar mass."""
    mass = MOLAR_MASS[substance]
    units = {
        "mmol/L": 1.0,
        "umol/L": 1e-3,
        "nmol/L": 1e-6,
        "g/L": 1e3 / mass,
        "mg/dL": 10 / mass,
        "mg/L": 1 / mass,
        "ug/dL": 1e-2 / mass,
    }
    return _linear(units, si, us, f"molar mass {mass} g/mol")


def _electrolyte(substance: str, charge: int, us: str = "mEq/L") -> Analyte:
    """An ion: as an amount, and in mEq/L (mmol/L times the charge)."""
    amount = _amount(substance, us=us)
    units = {**amount.units, "mEq/L": (1 / charge, 0.0)}
    return Analyte(units, amount.si, us, f"{amount.source}, charge {charge}")


def _drug(substance: str) -> Analyte:
    """A drug in blood: ng/mL is ug/L; nmol/L by the molar mass."""
    mass = MOLAR_MASS[substance]
    units = {"ug/L": 1.0, "ng/mL": 1.0, "nmol/L": mass / 1e3}
    return _linear(units, "ug/L", "ng/mL", f"molar mass {mass} g/mol")


ENZYME = _linear(
    {"U/L": 1.0, "IU/L": 1.0, "ukat/L": KATAL, "nkat/L": KATAL / 1e3}, "U/L", "U/L", "katal"
)
CELLS = _linear(
    {"10^9/L": 1.0, "10^3/uL": 1.0, "10^3/mm3": 1.0, "10^6/L": 1e-3, "/uL": 1e-3, "/mm3": 1e-3},
    "10^9/L",
    "10^3/uL",
    "powers of ten; 1 mm3 is 1 uL",
)
ERYTHROCYTES = _linear(
    {"10^12/L": 1.0, "10^6/uL": 1.0, "10^6/mm3": 1.0}, "10^12/L", "10^6/uL", "powers of ten"
)
PROTEIN = _linear(
    {"g/L": 1.0, "g/dL": 10.0, "mg/dL": 0.01, "mg/L": 1e-3}, "g/L", "g/dL", "powers of ten"
)
HAEMOGLOBIN = _linear(
    {"g/L": 1.0, "g/dL": 10.0, "mmol/L": HAEMOGLOBIN_MONOMER / 1e3},
    "g/L",
    "g/dL",
    f"monomer {HAEMOGLOBIN_MONOMER} g/mol",
)
RATIO = _linear({"RATIO": 1.0, "": 1.0}, "RATIO", "RATIO", "a number without dimension")
NO_UNIT = _linear({"": 1.0}, "", "", "a number without dimension")
FRACTION = _linear(
    {"%": 1.0, "fraction of 1": 100.0, "L/L": 100.0}, "fraction of 1", "%", "1 is 100 %"
)
TIME = _linear({"s": 1.0, "sec": 1.0}, "s", "s", "two spellings of the second")
AFP = _linear(
    {"ug/L": 1.0, "ng/mL": 1.0, "IU/mL": AFP_NG_PER_IU, "kIU/L": AFP_NG_PER_IU},
    "ug/L",
    "ng/mL",
    f"WHO 72/225: {AFP_NG_PER_IU} ng per IU",
)
VIRUS = _linear(
    {"IU/mL": 1.0, "IU/L": 1e-3, "copies/mL": 1 / COPIES_PER_IU},
    "IU/mL",
    "IU/mL",
    f"COBAS TaqMan: {COPIES_PER_IU} copies per IU",
)
TEMPERATURE = Analyte(
    {"C": (1.0, 0.0), "F": (5 / 9, -160 / 9)}, "C", "F", "definition of the degree Fahrenheit"
)
BILIRUBIN = _amount("bilirubin", si="umol/L")

ANALYTES: dict[str, Analyte] = {
    **dict.fromkeys(("ALT", "AST", "ALP", "GGT", "LDH", "CK", "AMYLASE", "LIPASE"), ENZYME),
    **dict.fromkeys(("WBC", "PLAT", "NEUT", "LYM", "MONO", "EOS", "BASO"), CELLS),
    **dict.fromkeys(("ALB", "PROT", "GLOBUL", "FIBRINO"), PROTEIN),
    **dict.fromkeys(("HBDNA", "HBVDNA"), VIRUS),
    **dict.fromkeys(("PT", "APTT"), TIME),
    **dict.fromkeys(("BILI", "BILDIR"), BILIRUBIN),
    **dict.fromkeys(("CA", "CACR", "CAION"), _electrolyte("calcium", 2, us="mg/dL")),
    **dict.fromkeys(("SPGRAV", "PH"), NO_UNIT),
    "RBC": ERYTHROCYTES,
    "HCT": FRACTION,
    "HGB": HAEMOGLOBIN,
    "INR": RATIO,
    "CREAT": _amount("creatinine", si="umol/L"),
    "UREA": _amount("urea"),
    "UREAN": _amount("urea nitrogen"),
    "GLUC": _amount("glucose"),
    "CHOL": _amount("cholesterol"),
    "URATE": _amount("urate", si="umol/L"),
    "PHOS": _amount("phosphorus"),
    "MG": _electrolyte("magnesium", 2, us="mg/dL"),
    "SODIUM": _electrolyte("sodium", 1),
    "K": _electrolyte("potassium", 1),
    "CL": _electrolyte("chloride", 1),
    "AFP": AFP,
    "TACRO": _drug("tacrolimus"),
    "SIRO": _drug("sirolimus"),
    "TEMP": TEMPERATURE,
}
