"""AE: one record per adverse event per subject, from the CRF page "Adverse Events"."""

from pipeline.sdtm.adverse_events import derive_var_dlt, flag_terms, flag_treatment_emergent
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, hardcoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.where import present


def ae(raw_ae, dm, ex, se, ct, study):
    return (
        raw_ae.pipe(identify, domain="AE", study=study)
        .assign(
            AESPID=collected("AE_NO"),
            AETERM=collected("AE_TERM"),
            AEDECOD=collected("AE_PT"),
            AEBODSYS=collected("AE_SOC"),
            AESOC=collected("AE_SOC"),
            AEREL=coded("AE_REL", ct["AEREL"]),
            AEOUT=hardcoded("RECOVERED/RESOLVED", where=present("AE_ENDAT")),
            AETOXGR=coded("AE_GRADE", ct["TOXGR"]),
            AESTDTC=iso_date("AE_STDAT"),
            AEENDTC=iso_date("AE_ENDAT"),
            AEINFN=collected("AE_INF"),
        )
        .pipe(derive_var_epoch, se, "AESTDTC")
        .pipe(derive_vars_study_day, dm, "AESTDTC", "AEENDTC")
        .pipe(flag_treatment_emergent, dm, "AETRTEM")
        .pipe(flag_terms, "AESPINT", study.settings.texts("special_interest"))
        .pipe(derive_var_dlt, ex, "AEDLT", window=study.settings.integer("dlt_window_days"))
        .pipe(derive_var_seq, "AESEQ", by=["AESTDTC", "AEDECOD"])
    )
