"""CM: one record per prior or concomitant drug, from the CRF page of that name."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, collected, hardcoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.therapy import derive_var_enrf
from pipeline.where import equals

ongoing = equals("_ongoing", "Y")


def cm(raw_cm, dm, ct, study):
    return (
        raw_cm.pipe(identify, domain="CM", study=study)
        .assign(
            CMTRT=collected("CM_TRT"),
            CMDECOD=collected("CM_PT"),
            CMCAT=coded("CM_CAT", ct["THERCAT"]),
            CMSTDTC=iso_date("CM_STDAT"),
            CMENDTC=iso_date("CM_ENDAT"),
            _ongoing=coded("CM_ONGO", ct["NY"]),
            CMENRTPT=hardcoded("ONGOING", where=ongoing),
            CMENTPT=hardcoded("LAST CONTACT", where=ongoing),
        )
        .pipe(derive_vars_study_day, dm, "CMSTDTC", "CMENDTC")
        .pipe(derive_var_enrf, "CMENRF", category="CMCAT")
        .pipe(derive_var_seq, "CMSEQ", by=["CMCAT", "CMDECOD"])
    )
