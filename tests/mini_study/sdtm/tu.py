"""TU: one record per lesion, when it was first seen."""

from pipeline.merge import first_per
from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit


def tu(raw_lesions, dm, se, ct, study):
    return (
        raw_lesions.pipe(identify, domain="TU", study=study)
        .assign(TUDTC=iso_date("SCANNED"))
        .pipe(first_per, by=["USUBJID", "LESION"], order=["TUDTC"])
        .assign(
            TULNKID=collected("LESION"),
            TUTESTCD="TUMIDENT",
            TUTEST="Tumor Identification",
            TUORRES=collected("TYPE"),
            TUSTRESC=coded("TYPE", ct["TUIDRS"]),
            TULOC=coded("PLACE", ct["LOC"]),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "TUDTC")
        .pipe(derive_vars_study_day, dm, "TUDTC")
        .pipe(derive_var_lobxfl, dm, by=["TUTESTCD", "TULNKID"])
        .pipe(derive_var_seq, "TUSEQ", by=["TUDTC", "TULNKID"])
    )
