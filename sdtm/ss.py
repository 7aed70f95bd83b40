"""SS: one record per survival follow-up contact."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit


def ss(raw_su, dm, se, ct, study):
    return (
        raw_su.pipe(identify, domain="SS", study=study)
        .assign(
            SSTESTCD=hardcoded("SURVSTAT"),
            SSTEST=decoded("SSTESTCD", ct["SSTESTCD"]),
            SSORRES=collected("SU_STAT"),
            SSSTRESC=coded("SU_STAT", ct["SSRESP"]),
            SSDTC=iso_date("SU_DAT"),
            VISIT="FOLLOW-UP",
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "SSDTC")
        .pipe(derive_vars_study_day, dm, "SSDTC")
        .pipe(derive_var_seq, "SSSEQ", by=["SSDTC"])
    )
