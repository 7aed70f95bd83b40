"""DS: informed consent and the end of the study of each subject."""

from pipeline.merge import stacked
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day

CONSENT = "INFORMED CONSENT OBTAINED"


def ds(raw_enrol, raw_status, dm, se, ct, study):
    consent = raw_enrol.pipe(identify, domain="DS", study=study).assign(
        DSTERM=CONSENT, DSDECOD=CONSENT, DSCAT="PROTOCOL MILESTONE", DSSTDTC=iso_date("CONSENTED")
    )
    ended = raw_status.pipe(identify, domain="DS", study=study).assign(
        DSTERM=collected("REASON"),
        DSDECOD=coded("REASON", ct["DSDECOD"]),
        DSCAT="DISPOSITION EVENT",
        DSSTDTC=iso_date("LEFT"),
    )
    return (
        stacked(consent, ended)
        .pipe(derive_var_epoch, se, "DSSTDTC")
        .pipe(derive_vars_study_day, dm, "DSSTDTC")
        .pipe(derive_var_seq, "DSSEQ", by=["DSSTDTC"])
    )
