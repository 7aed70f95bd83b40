"""ADTTE: overall survival, and time to the first adverse event while on treatment."""

from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.where import equals, flagged

treated = flagged("SAFFL")
death = event("ds", "DSSTDTC", "Death", where=equals("DSDECOD", "DEATH"))
left = censor("ds", "DSSTDTC", "Left the study", where=equals("DSCAT", "DISPOSITION EVENT"))
onset = event("adae", "ASTDT", "Adverse event", where=flagged("TRTEMFL"))
last_dose = censor("adsl", "TRTEDT", "Last dose", cnsr=2)


def adtte(adsl, adae, ds, ct):
    return (
        derive_params_tte(
            [
                Endpoint("OS", "TRTSDT", first(death), last(left), treated),
                Endpoint("TTAE", "TRTSDT", first(onset), first(last_dose, left), treated),
            ],
            adsl=adsl,
            adae=adae,
            ds=ds,
        )
        .pipe(derive_vars_param, ct["TTEPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN"])
        .assign(TRTP=lambda frame: frame["TRT01P"], TRTA=lambda frame: frame["TRT01A"])
    )
