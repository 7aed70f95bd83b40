"""ADVS: one record per vital sign, visit and time point before or after the infusion."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg
from pipeline.adam.criteria import derive_vars_criterion
from pipeline.adam.flags import yes
from pipeline.adam.from_findings import derive_vars_findings_bds
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.where import Condition, at_least

KEYS = ["USUBJID", "PARAMCD", "AVISITN", "ATPTN"]
first = Condition(tuple(KEYS), lambda frame: ~frame.duplicated(KEYS))
after = Condition(("ADT", "TRTSDT"), lambda frame: frame["ADT"] >= frame["TRTSDT"])


def advs(vs, adsl, ct, study):
    limit = study.settings.text("fever_from")
    fever = {"TEMP": (f"Temperature of {limit} C or more", at_least("AVAL", float(limit)))}
    return (
        derive_vars_findings_bds(vs, adsl)
        .pipe(derive_var_base)
        .pipe(derive_vars_chg, after)
        .assign(ANL01FL=yes(first))
        .pipe(derive_vars_criterion, fever)
        .pipe(derive_vars_param, ct["VSPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN", "ATPTN"])
        .drop(columns=["AVALC", "PCHG", "TRTEDT"])
    )
