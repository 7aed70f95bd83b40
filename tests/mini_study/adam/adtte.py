"""ADTTE: overall and progression-free survival, time to the first event on treatment."""

from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.pfs import derive_params_pfs, read_schedule
from pipeline.adam.treatment import derive_var_aseq
from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.merge import stacked
from pipeline.where import equals, flagged

treated = flagged("SAFFL")
death = event("ds", "DSSTDTC", "Death", where=equals("DSDECOD", "DEATH"))
left = censor("ds", "DSSTDTC", "Left the study", where=equals("DSCAT", "DISPOSITION EVENT"))
onset = event("adae", "ASTDT", "Adverse event", where=flagged("TRTEMFL"))
last_dose = censor("adsl", "TRTEDT", "Last dose", cnsr=2)


def adtte(adsl, adae, adrs, ds, ct, study):
    responses = adrs.loc[equals("PARAMCD", "OVRLRESP")].rename(columns={"AVALC": "OVRLRESP"})
    schedule = read_schedule(study.settings.block("tumour_assessments"))
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
        .pipe(stacked, derive_params_pfs(adsl, responses, schedule, where=treated))
        .pipe(derive_vars_param, ct["TTEPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN"])
        .assign(TRTP=lambda frame: frame["TRT01P"], TRTA=lambda frame: frame["TRT01A"])
    )
