"""ADMB: one record per viral load; a quantifiable one would be a reactivation."""

from pipeline.adam.baseline import derive_var_base
from pipeline.adam.criteria import derive_vars_criterion
from pipeline.adam.from_findings import derive_vars_findings_bds
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.where import not_less

REACTIVATION = {
    "HBDNA": ("At or above the lower limit of quantitation", not_less("AVAL", "MBLLOQ"))
}


def admb(mb, adsl, ct):
    return (
        derive_vars_findings_bds(mb, adsl)
        .pipe(derive_var_base, "BASEC", "AVALC")
        .pipe(derive_vars_criterion, REACTIVATION)
        .pipe(derive_vars_param, ct["MBPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["TRTEDT"])
    )
