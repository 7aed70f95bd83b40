"""ADSL: one record per screened subject."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt
from pipeline.adam.findings import derive_vars_findings
from pipeline.adam.flags import derive_var_exists
from pipeline.adam.treatment import arm_number
from pipeline.merge import derive_vars_merged, first_per, summarised
from pipeline.where import equals, flagged


def adsl(dm, ex, vs, cm, tu, study):
    doses = summarised(ex, "USUBJID", NDOSE=("EXDOSE", "size"))
    baseline = vs.loc[equals("VSLOBXFL", "Y")]
    return (
        dm.pipe(derive_vars_dt, {"TRTSDT": "RFXSTDTC", "TRTEDT": "RFXENDTC", "DTHDT": "DTHDTC"})
        .pipe(derive_vars_merged, first_per(cm, "USUBJID", ["CMSTDTC"]), "USUBJID", ["CMSTDTC"])
        .pipe(derive_vars_dt, {"EOSDT": "RFPENDTC", "NACTDT": "CMSTDTC"})
        .pipe(derive_var_exists, tu, "TUBLFL", flagged("TULOBXFL"))
        .pipe(derive_var_duration, "TRTDURD", "TRTSDT", "TRTEDT")
        .pipe(derive_vars_merged, doses, "USUBJID", ["NDOSE"])
        .pipe(derive_var_exists, ex, "SAFFL")
        .pipe(derive_vars_findings, baseline, {"SYSBL": ("SYSBP", "VSSTRESN")})
        .pipe(derive_vars_findings, baseline, {"PULSEBL": ("PULSE", "VSSTRESN")})
        .assign(
            TRT01P=lambda frame: frame["ARM"],
            TRT01PN=lambda frame: arm_number(frame["ARM"], study),
            TRT01A=lambda frame: frame["ACTARM"],
            TRT01AN=lambda frame: arm_number(frame["ACTARM"], study),
        )
    )
