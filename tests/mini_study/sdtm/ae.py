"""AE: one record per adverse event; the gate question leaves out subjects without any."""

from pipeline.lineage import exclude
from pipeline.sdtm.adverse_events import flag_treatment_emergent
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.where import equals


def ae(raw_events, dm, se, ct, study):
    return (
        raw_events.assign(any=coded("ANY", ct["NY"]))
        .pipe(exclude, equals("any", "N"), because="the subject had no adverse event")
        .drop(columns="any")
        .pipe(identify, domain="AE", study=study)
        .assign(
            AETERM=collected("VERBATIM"),
            AEDECOD=collected("PT"),
            AEBODSYS=collected("SOC"),
            AESEV=coded("SEVERITY", ct["AESEV"]),
            AEREL=coded("CAUSED", ct["AEREL"]),
            AESTDTC=iso_date("BEGAN"),
            AEENDTC=iso_date("ENDED"),
        )
        .pipe(derive_var_epoch, se, "AESTDTC")
        .pipe(derive_vars_study_day, dm, "AESTDTC", "AEENDTC")
        .pipe(flag_treatment_emergent, dm, "AETRTEM")
        .pipe(derive_var_seq, "AESEQ", by=["AESTDTC", "AEDECOD"])
    )
