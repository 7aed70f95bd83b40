"""MH: one record per recurrence of the disease, from the CRF page "Disease History"."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq


def mh(raw_mh, ct, study):
    return (
        raw_mh.pipe(identify, domain="MH", study=study)
        .assign(
            MHTERM=lambda frame: frame["MH_DIAG"] + " recurrent",
            MHDECOD=collected("MHTERM"),
            MHCAT=coded("MH_DIAG", ct["MHCAT"]),
            MHSTDTC=iso_date("REC_DAT"),
        )
        .pipe(derive_var_seq, "MHSEQ", by=["MHSTDTC"])
    )
