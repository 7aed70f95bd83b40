"""LB: one record per laboratory result, in SI units."""

from pipeline.ranges import range_indicator
from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.units import derive_vars_standard_result
from pipeline.sdtm.visits import derive_vars_visit


def lb(raw_blood, dm, se, ct, study):
    return (
        raw_blood.pipe(identify, domain="LB", study=study)
        .assign(
            LBTESTCD=coded("TEST", ct["LBTESTCD"]),
            LBTEST=decoded("TEST", ct["LBTESTCD"]),
            LBORRES=collected("RESULT"),
            LBORRESU=coded("UNIT", ct["UNIT"]),
            LBORNRLO=collected("LOW"),
            LBORNRHI=collected("HIGH"),
            LBDTC=iso_date("DRAWN"),
        )
        .pipe(derive_vars_standard_result, "LB")
        .assign(
            LBNRIND=lambda frame: range_indicator(
                frame["LBSTRESN"], frame["LBSTNRLO"], frame["LBSTNRHI"]
            )
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "LBDTC")
        .pipe(derive_vars_study_day, dm, "LBDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "LBSEQ", by=["LBTESTCD", "LBDTC"])
    )
