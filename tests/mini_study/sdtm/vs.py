"""VS: one record per vital sign; the form has a column for each of the two tests."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit

UNITS = {"SYSBP": "mmHg", "PULSE": "beats/min"}


def vs(raw_vitals, dm, se, ct, study):
    return (
        raw_vitals.pipe(identify, domain="VS", study=study)
        .pipe(one_per_result, {"SYS": "SYSBP", "HR": "PULSE"}, test="VSTESTCD")
        .assign(
            VSTEST=decoded("VSTESTCD", ct["VSTESTCD"]),
            VSORRES=collected("_result"),
            VSORRESU=lambda frame: frame["VSTESTCD"].map(UNITS),
            VSSTRESC=collected("_result"),
            VSSTRESN=number("_result"),
            VSSTRESU=lambda frame: frame["VSTESTCD"].map(UNITS),
            VSDTC=iso_date("DAY", time="CLOCK"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "VSDTC")
        .pipe(derive_vars_study_day, dm, "VSDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "VSSEQ", by=["VSTESTCD", "VSDTC"])
    )
