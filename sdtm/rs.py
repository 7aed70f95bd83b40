"""RS: one record per clinical classification: ECOG performance status and BCLC stage."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit

TESTS = {"ECOG": "ECOG101", "BCLC": "BCLC"}
CATEGORIES = {"ECOG101": "ECOG", "BCLC": "BCLC STAGING"}


def rs(raw_st, dm, se, ct, study):
    return (
        raw_st.pipe(identify, domain="RS", study=study)
        .pipe(one_per_result, TESTS, test="RSTESTCD")
        .assign(
            RSTEST=decoded("RSTESTCD", ct["RSTESTCD"]),
            RSCAT=lambda frame: frame["RSTESTCD"].map(CATEGORIES),
            RSORRES=collected("_result"),
            RSSTRESC=collected("_result"),
            RSSTRESN=number("_result"),
            RSDTC=iso_date("ST_DAT"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "RSDTC")
        .pipe(derive_vars_study_day, dm, "RSDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "RSSEQ", by=["RSTESTCD", "RSDTC"])
    )
