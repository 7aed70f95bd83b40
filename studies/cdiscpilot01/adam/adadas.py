"""ADADAS: one record per ADAS-Cog item or total and analysis visit, totals carried forward."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg
from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.imputation import carry_forward
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_vars_adsl
from pipeline.adam.windows import (
    Window,
    derive_var_avisit,
    derive_vars_window,
    flag_nearest,
    windows_between,
)
from pipeline.where import always, equals

ADSL = (
    *("SITEID", "SITEGR1", "TRTSDT", "TRTEDT", "AGE", "AGEGR1", "AGEGR1N", "RACE", "RACEN", "SEX"),
    *("ITTFL", "EFFFL", "COMP24FL"),
)
NUMBERS = {"Baseline": 0, "Week 8": 8, "Week 16": 16, "Week 24": 24}
AFTER = windows_between({"Week 8": 56, "Week 16": 112, "Week 24": 168}, first=2)
WINDOWS = (Window("Baseline", target=1, last=1), *AFTER)
TOTAL, GROUP = equals("PARAMCD", "ACTOT"), ("USUBJID", "PARAMCD")


def adadas(qs, adsl, ct):
    scores = qs.loc[equals("QSCAT", "ADAS-COG")]
    return (
        scores.assign(PARAMCD=scores["QSTESTCD"], AVAL=scores["QSSTRESN"], ABLFL=scores["QSBLFL"])
        .pipe(derive_vars_param, ct["ADASPRCD"])
        .pipe(derive_vars_adsl, adsl, *ADSL, TRTP="TRT01P", TRTPN="TRT01PN")
        .pipe(derive_vars_dt, {"ADT": "QSDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .pipe(derive_var_avisit, WINDOWS)
        .pipe(carry_forward, GROUP, list(NUMBERS), "ADT", where=TOTAL)
        .pipe(derive_vars_window, WINDOWS)
        .pipe(flag_nearest, "ANL01FL", GROUP)
        .pipe(derive_var_base)
        .pipe(derive_vars_chg, always())
        .assign(AVISITN=lambda frame: frame["AVISIT"].map(NUMBERS))
    )
