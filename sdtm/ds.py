"""DS: one record per disposition event or protocol milestone."""

from pipeline.merge import stacked
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, hardcoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.where import equals, not_

ended_treatment = equals("DSDECOD", "COMPLETED")


def ds(raw_ds, raw_dm, dm, se, ct, study):
    consent = raw_dm.pipe(identify, domain="DS", study=study).assign(
        DSTERM="INFORMED CONSENT OBTAINED",
        DSDECOD="INFORMED CONSENT OBTAINED",
        DSCAT="PROTOCOL MILESTONE",
        DSSTDTC=iso_date("CONSENT_DAT"),
    )
    events = (
        raw_ds.pipe(identify, domain="DS", study=study)
        .assign(
            DSTERM=collected("DS_EVT"),
            DSDECOD=coded("DS_EVT", ct["DSDECOD"]),
            DSCAT="DISPOSITION EVENT",
            DSSTDTC=iso_date("DS_DAT"),
        )
        .assign(
            DSSCAT=lambda frame: hardcoded("STUDY TREATMENT", where=ended_treatment)(frame).fillna(
                hardcoded("STUDY PARTICIPATION", where=not_(ended_treatment))(frame)
            )
        )
    )
    return (
        stacked(consent, events)
        .pipe(derive_var_epoch, se, "DSSTDTC")
        .pipe(derive_vars_study_day, dm, "DSSTDTC")
        .pipe(derive_var_seq, "DSSEQ", by=["DSSTDTC", "DSDECOD"])
    )
