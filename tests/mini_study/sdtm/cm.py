"""CM: one record per new anticancer drug."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day


def cm(raw_therapy, dm, se, study):
    return (
        raw_therapy.pipe(identify, domain="CM", study=study)
        .assign(CMTRT=collected("DRUG"), CMCAT="NEW ANTICANCER THERAPY", CMSTDTC=iso_date("BEGAN"))
        .pipe(derive_var_epoch, se, "CMSTDTC")
        .pipe(derive_vars_study_day, dm, "CMSTDTC")
        .pipe(derive_var_seq, "CMSEQ", by=["CMSTDTC"])
    )
