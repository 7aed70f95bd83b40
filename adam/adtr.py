"""ADTR: one record per tumour assessment: sum of diameters, change from baseline and nadir."""

from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.flags import yes
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.target_lesions import derive_params_sum_diameters, target_response
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.where import equals, missing


def adtr(tr, adsl, ct):
    lesions = tr.loc[equals("TRTESTCD", "LDIAM")].pipe(derive_vars_dt, {"date": "TRDTC"})
    return (
        derive_params_sum_diameters(
            lesions, "TRSTRESN", "date", visit=("STUDYID", "VISIT", "VISITNUM")
        )
        .pipe(derive_vars_adsl, adsl, "SAFFL", "FASFL", "TRTSDT", TRTP="TRT01P", TRTA="TRT01A")
        .pipe(derive_vars_adsl, adsl, TRTAN="TRT01AN")
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .assign(
            PARAMCD="SUMDIAM",
            AVISIT=lambda frame: frame["VISIT"],
            AVISITN=lambda frame: frame["VISITNUM"],
            TRGRESP=target_response,
            ABLFL=yes(missing("NADIR")),
            SRCDOM="TR",
            SRCVAR="TRSTRESN",
        )
        .pipe(derive_vars_param, ct["TRPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["GONE", "VISIT", "VISITNUM"])
    )
