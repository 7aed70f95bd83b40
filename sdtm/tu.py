"""TU: one record per lesion, when it was first identified; from the CRF page of lesions."""

from pipeline.merge import first_per
from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit


def tu(raw_tl, dm, se, ct, study):
    return (
        raw_tl.pipe(identify, domain="TU", study=study)
        .assign(TUDTC=iso_date("TL_DAT"))
        .pipe(first_per, by=["USUBJID", "TL_ID"], order=["TUDTC"])
        .assign(
            TULNKID=collected("TL_ID"),
            TUTESTCD="TUMIDENT",
            TUTEST=decoded("TUTESTCD", ct["TUTESTCD"]),
            TUORRES=collected("TL_TYPE"),
            TUSTRESC=coded("TL_TYPE", ct["TUIDRS"]),
            TULOC=coded("TL_LOC", ct["LOC"]),
            TUMETHOD=coded("TL_METH", ct["METHOD"]),
            TUEVAL="INVESTIGATOR",
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "TUDTC")
        .pipe(derive_vars_study_day, dm, "TUDTC")
        .pipe(derive_var_lobxfl, dm, by=["TUTESTCD", "TULNKID"])
        .pipe(derive_var_seq, "TUSEQ", by=["TUDTC", "TULNKID"])
    )
