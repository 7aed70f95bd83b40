"""ADAE: one record per adverse event."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt, derive_vars_dy
from pipeline.adam.exposure import derive_vars_last_dose
from pipeline.adam.flags import yes
from pipeline.adam.safety import treatment_emergent
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl


def adae(ae, ex, adsl, study):
    window = study.settings.integer("window_days")
    return (
        ae.pipe(derive_vars_adsl, adsl, "SAFFL", "TRTSDT", "TRTEDT", TRTA="TRT01A")
        .pipe(derive_vars_dt, {"ASTDT": "AESTDTC", "AENDT": "AEENDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ASTDT", "AENDT")
        .pipe(derive_var_duration, "ADURN", "ASTDT", "AENDT")
        .pipe(derive_vars_last_dose, ex, "ASTDT", {"LDOSEN": "NUMBER", "LDOSEDY": "DAYS"})
        .assign(TRTEMFL=yes(treatment_emergent(window)))
        .pipe(derive_var_aseq, by=["ASTDT", "AEDECOD"])
    )
