"""RS: one record per scan after baseline: the overall response by the investigator."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit


def rs(raw_responses, dm, se, ct, study):
    return (
        raw_responses.pipe(identify, domain="RS", study=study)
        .assign(
            RSTESTCD="OVRLRESP",
            RSTEST="Overall Response",
            RSCAT="RECIST 1.1",
            RSORRES=collected("OVERALL"),
            RSSTRESC=coded("OVERALL", ct["ONCRSR"]),
            RSDTC=iso_date("SCANNED"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .assign(RSLNKGRP=collected("VISIT"))
        .pipe(derive_var_epoch, se, "RSDTC")
        .pipe(derive_vars_study_day, dm, "RSDTC")
        .pipe(derive_var_seq, "RSSEQ", by=["RSDTC"])
    )
