"""LB: one record per laboratory result, from the CRF page "Alpha Fetoprotein"."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, identify, number
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit


def lb(raw_lb, dm, se, ct, study):
    return (
        raw_lb.pipe(identify, domain="LB", study=study)
        .assign(
            LBTESTCD=coded("LB_TEST", ct["LBTESTCD"]),
            LBTEST=decoded("LB_TEST", ct["LBTESTCD"]),
            LBCAT="CHEMISTRY",
            LBORRES=collected("LB_RES"),
            LBORRESU=coded("LB_UNIT", ct["UNIT"]),
            LBSTRESC=collected("LB_RES"),
            LBSTRESN=number("LB_RES"),
            LBSTRESU=coded("LB_UNIT", ct["UNIT"]),
            LBDTC=iso_date("LB_DAT"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "LBDTC")
        .pipe(derive_vars_study_day, dm, "LBDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "LBSEQ", by=["LBTESTCD", "LBDTC"])
    )
