"""CM: one record per prior or concomitant drug, from the CRF page of that name."""

from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.therapy import derive_var_enrf


def cm(raw_cm, ct, study):
    return (
        raw_cm.pipe(identify, domain="CM", study=study)
        .assign(
            CMTRT=collected("CM_TRT"),
            CMDECOD=collected("CM_PT"),
            CMCAT=coded("CM_CAT", ct["THERCAT"]),
        )
        .pipe(derive_var_enrf, "CMENRF", category="CMCAT")
        .pipe(derive_var_seq, "CMSEQ", by=["CMCAT", "CMDECOD"])
    )
