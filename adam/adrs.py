"""ADRS: tumour responses by RECIST 1.1: per assessment, first progression, best response."""

from pipeline.adam.best_response import Confirmation, best_response, first_progression
from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.target_lesions import overall_response
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import derive_vars_merged, stacked
from pipeline.where import equals

ORDER = {"CR": 1.0, "PR": 2.0, "SD": 3.0, "NON-CR/NON-PD": 4.0, "PD": 5.0, "NE": 6.0}
OVER_ALL = {"AVISIT": None, "AVISITN": None, "SRCSEQ": None}
TESTS = {"_non_target": "NTRGRESP", "_new": "NEWLIND"}


def adrs(rs, adtr, adsl, ct, study):
    settings = study.settings.block("best_response")
    confirmed = Confirmation(settings.integer("confirmation_days"), settings.integer("stable_days"))
    overall = (
        rs.loc[equals("RSTESTCD", "OVRLRESP")]
        .pipe(derive_vars_dt, {"ADT": "RSDTC"})
        .pipe(derive_vars_adsl, adsl, "SAFFL", "FASFL", "TRTSDT", TRTP="TRT01P", TRTA="TRT01A")
        .pipe(derive_vars_adsl, adsl, TRTAN="TRT01AN")
        .assign(
            PARAMCD="OVRLRESP",
            AVALC=lambda frame: frame["RSSTRESC"],
            AVISIT=lambda frame: frame["VISIT"],
            AVISITN=lambda frame: frame["VISITNUM"],
            SRCSEQ=lambda frame: frame["RSSEQ"],
        )
    )
    derived = overall.pipe(derive_vars_merged, adtr, ["USUBJID", "AVISIT"], {"_target": "TRGRESP"})
    for name, test in TESTS.items():
        answers = rs.loc[equals("RSTESTCD", test)]
        derived = derive_vars_merged(derived, answers, ["USUBJID", "VISIT"], {name: "RSSTRESC"})
    derived = derived.assign(
        PARAMCD="OVRLDER",
        AVALC=overall_response(derived["_target"], derived["_non_target"], derived["_new"]),
        SRCSEQ=None,
    )
    once = Confirmation(0, confirmed.stable_days)
    subject = [
        first_progression(overall).assign(PARAMCD="PD", AVALC="Y"),
        best_response(overall, "TRTSDT", once).assign(PARAMCD="BOR", **OVER_ALL),
        best_response(overall, "TRTSDT", confirmed).assign(PARAMCD="CBOR", **OVER_ALL),
    ]
    return (
        stacked(overall, derived, *subject)
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .assign(AVAL=lambda frame: frame["AVALC"].map(ORDER), SRCDOM="RS", SRCVAR="RSSTRESC")
        .pipe(derive_vars_param, ct["RSPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
    )
