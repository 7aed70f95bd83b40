"""ADAE: one record per adverse event per subject."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt, derive_vars_dy
from pipeline.adam.exposure import derive_vars_last_dose
from pipeline.adam.flags import yes
from pipeline.adam.safety import dose_limiting_toxicity, treatment_emergent
from pipeline.adam.treatment import derive_vars_adsl
from pipeline.where import is_in

RELATED = {"PROBABLY OR POSSIBLY RELATED": "RELATED", "NOT RELATED": "NOT RELATED"}


def adae(ae, ex, adsl, study):
    settings = study.settings
    return (
        ae.pipe(derive_vars_adsl, adsl, "SAFFL", "TRTSDT", "TRTEDT", TRTA="TRT01A", TRTAN="TRT01AN")
        .pipe(derive_vars_dt, {"ASTDT": "AESTDTC", "AENDT": "AEENDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ASTDT", "AENDT")
        .pipe(derive_var_duration, "ADURN", "ASTDT", "AENDT")
        .pipe(
            derive_vars_last_dose,
            ex,
            "ASTDT",
            {"AEINFN": "NUMBER", "AEINFDY": "DAYS", "ADOSE": "EXDOSE", "ADOSEU": "EXDOSU"},
        )
        .assign(
            ADURU=lambda frame: frame["ADURN"].notna().map({True: "DAYS"}),
            TRTEMFL=yes(treatment_emergent(settings.integer("teae_window_days"))),
            AREL=lambda frame: frame["AEREL"].map(RELATED),
            ATOXGR=lambda frame: "GRADE " + frame["AETOXGR"],
            ATOXGRN=lambda frame: frame["AETOXGR"].astype("float64"),
            AESIFL=yes(is_in("AEDECOD", settings.texts("special_interest"))),
            DLTFL=yes(dose_limiting_toxicity(settings.integer("dlt_window_days"))),
        )
    )
