"""EX: one record per infusion, from the CRF page "NK Cell Infusion"."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, identify, number
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit


def ex(raw_ex, dm, se, ct, study):
    return (
        raw_ex.pipe(identify, domain="EX", study=study)
        .assign(
            EXLNKID=collected("EX_NO"),
            EXTRT="NATURAL KILLER CELLS",
            EXDOSE=number("EX_DOSE"),
            EXDOSU=coded("EX_UNIT", ct["UNIT"]),
            EXLOT=collected("EX_LOT"),
            EXSTDTC=iso_date("EX_DAT"),
            EXENDTC=iso_date("EX_DAT"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "EXSTDTC")
        .pipe(derive_vars_study_day, dm, "EXSTDTC", "EXENDTC")
        .pipe(derive_var_seq, "EXSEQ", by=["EXSTDTC"])
    )
