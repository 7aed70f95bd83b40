"""ADLB: one record per laboratory result with its CTCAE grades."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg, flag_extreme
from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.adam.from_findings import derive_vars_findings_bds
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.ranges import times_limit
from pipeline.where import above

after = above("ADY", 1)


def adlb(lb, adsl, ct):
    return (
        derive_vars_findings_bds(lb, adsl)
        .assign(
            ANRLO=lambda frame: frame["LBSTNRLO"],
            ANRHI=lambda frame: frame["LBSTNRHI"],
            R2ANRHI=lambda frame: times_limit(frame["AVAL"], frame["ANRHI"]),
        )
        .pipe(derive_var_base)
        .pipe(derive_vars_chg, after)
        .pipe(derive_vars_toxicity)
        .pipe(flag_extreme, "ANL01FL", "ATOXGRN", after)
        .pipe(derive_vars_param, ct["LBPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["PCHG", "TRTAN", "TRTEDT"])
    )
