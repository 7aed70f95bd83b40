"""PR: one record per procedure: anti-carcinoma procedures and the liver transplantation."""

from pipeline.merge import stacked
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.therapy import derive_var_enrf


def pr(raw_pr, raw_mh, dm, ct, study):
    procedures = raw_pr.pipe(identify, domain="PR", study=study).assign(
        PRTRT=collected("PR_TRT"),
        PRDECOD=collected("PR_PT"),
        PRCAT=coded("PR_CAT", ct["THERCAT"]),
        PRSTDTC=iso_date("PR_DAT"),
    )
    transplantation = raw_mh.pipe(identify, domain="PR", study=study).assign(
        PRTRT="Liver transplantation",
        PRDECOD="LIVER TRANSPLANTATION",
        PRCAT="TRANSPLANTATION",
        PRSTDTC=iso_date("LT_DAT"),
    )
    return (
        stacked(transplantation, procedures)
        .pipe(derive_vars_study_day, dm, "PRSTDTC")
        .pipe(derive_var_enrf, "PRENRF", category="PRCAT")
        .pipe(derive_var_seq, "PRSEQ", by=["PRSTDTC", "PRCAT", "PRDECOD"])
    )
