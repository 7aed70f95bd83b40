"""EX: one record per dose; a placebo tablet has dose 0."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import identify, number
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day


def ex(raw_tablets, dm, se, study):
    return (
        raw_tablets.pipe(identify, domain="EX", study=study)
        .assign(
            EXTRT=lambda frame: number("MG")(frame).gt(0).map({True: "TABLET", False: "PLACEBO"}),
            EXDOSE=number("MG"),
            EXDOSU="mg",
            EXDOSFRM="TABLET",
            EXSTDTC=iso_date("TAKEN"),
            EXENDTC=iso_date("TAKEN"),
        )
        .pipe(derive_var_epoch, se, "EXSTDTC")
        .pipe(derive_vars_study_day, dm, "EXSTDTC", "EXENDTC")
        .pipe(derive_var_seq, "EXSEQ", by=["EXSTDTC"])
    )
