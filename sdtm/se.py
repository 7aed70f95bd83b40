"""SE: one record per actual element per subject."""

from pipeline.merge import derive_vars_merged, stacked
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.elements import derive_vars_element
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.where import present


def se(dm, raw_ds, ta, ct, study):
    completed = (
        raw_ds.loc[lambda form: coded("DS_EVT", ct["DSDECOD"])(form) == "COMPLETED"]
        .pipe(identify, domain="DS", study=study)
        .assign(date=iso_date("DS_DAT"))
    )
    subjects = dm.pipe(derive_vars_merged, completed, "USUBJID", {"_treated": "date"})
    screening = subjects.assign(
        TAETORD=1, SESTDTC=collected("RFICDTC"), SEENDTC=collected("RFXSTDTC")
    )
    treatment = subjects.loc[present("RFXSTDTC")].assign(
        TAETORD=2, SESTDTC=collected("RFXSTDTC"), SEENDTC=collected("_treated")
    )
    follow_up = subjects.loc[present("_treated")].assign(
        TAETORD=3, SESTDTC=collected("_treated"), SEENDTC=collected("RFPENDTC")
    )
    return (
        stacked(screening, treatment, follow_up)
        .pipe(derive_vars_element, ta)
        .assign(DOMAIN="SE")
        .pipe(derive_var_seq, "SESEQ", by=["TAETORD"])
    )
