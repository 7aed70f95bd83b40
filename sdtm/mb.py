"""MB: one record per viral load, from the CRF page "Hepatitis B Virus DNA"."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify, number
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.units import derive_vars_standard_result
from pipeline.sdtm.visits import derive_vars_visit


def mb(raw_hbv, dm, se, ct, study):
    return (
        raw_hbv.pipe(identify, domain="MB", study=study)
        .assign(
            MBTESTCD=hardcoded("HBDNA"),
            MBTEST=decoded("MBTESTCD", ct["MBTESTCD"]),
            MBTSTDTL="VIRAL LOAD",
            MBORRES=collected("HBV_RES"),
            MBORRESU=coded("HBV_UNIT", ct["UNIT"]),
            MBSPEC="SERUM",
            MBMETHOD="POLYMERASE CHAIN REACTION",
            MBLLOQ=number("HBV_LLOQ"),
            MBDTC=iso_date("HBV_DAT"),
        )
        .pipe(derive_vars_standard_result, "MB")
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "MBDTC")
        .pipe(derive_vars_study_day, dm, "MBDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "MBSEQ", by=["MBTESTCD", "MBDTC"])
    )
