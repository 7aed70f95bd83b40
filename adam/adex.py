"""ADEX: one record per infusion, and one per subject for what adds up over all infusions."""

from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.exposure import number_doses
from pipeline.adam.parameters import derive_params, derive_vars_param
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import derive_vars_merged, stacked, summarised

OVERALL = {
    "NINF": "NINF",
    "TDOSE": "TDOSE",
    "PDOSE": "PDOSE",
    "RDI": "RDI",
    "PDURD": "PDURD",
    "TRTDURD": "TRTDURD",
}


def adex(ex, adsl, ct, study):
    doses = study.settings.block("planned_doses")
    planned = {arm.name: sum(map(float, doses.texts(arm.code))) for arm in study.arms}
    each = derive_params(ex, {"DOSE": "EXDOSE"}).assign(
        PARCAT1="INDIVIDUAL",
        AVISIT=lambda frame: frame["VISIT"],
        AVISITN=number_doses,
        SRCDOM="EX",
        SRCSEQ=lambda frame: frame["EXSEQ"],
        date=lambda frame: frame["EXSTDTC"],
    )
    total = summarised(ex, ["STUDYID", "USUBJID"], TDOSE=("EXDOSE", "sum"))
    over_all = (
        total.pipe(derive_vars_merged, adsl, "USUBJID", ["NINF", "PDURD", "TRTDURD", "TRT01P"])
        .assign(
            PDOSE=lambda frame: frame["TRT01P"].map(planned),
            RDI=lambda frame: 100 * frame["TDOSE"] / frame["PDOSE"],
        )
        .pipe(derive_params, OVERALL)
        .assign(PARCAT1="OVERALL", AVISITN=0, SRCVAR=None)
    )
    return (
        stacked(each, over_all)
        .pipe(derive_vars_adsl, adsl, "SAFFL", "TRTSDT", TRTP="TRT01P", TRTA="TRT01A")
        .pipe(derive_vars_adsl, adsl, TRTAN="TRT01AN")
        .pipe(derive_vars_dt, {"ADT": "date"})
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .pipe(derive_vars_param, ct["EXPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["date", "TDOSE", "PDOSE", "RDI", "PDURD", "TRTDURD", "NINF", "TRT01P"])
    )
