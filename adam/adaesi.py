"""ADAESI: one record per subject and event of special interest, whether it occurred or not."""

from pipeline.adam.flags import yes_no
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.merge import derive_vars_merged, stacked, summarised
from pipeline.where import at_least, flagged

TREATMENT = {"TRTP": "TRT01P", "TRTA": "TRT01A", "TRTAN": "TRT01AN"}


def adaesi(adsl, adae, ct):
    treated = adsl.loc[flagged("SAFFL")]
    treated = treated.assign(**{new: treated[old] for new, old in TREATMENT.items()})
    rows = stacked(*(treated.assign(PARAMCD=code) for code in ct["AESIPRCD"].values))
    found = summarised(
        adae.loc[flagged("TRTEMFL")].rename(columns={"AEDECOD": "PARAM"}),
        ["USUBJID", "PARAM"],
        AVAL=("AESEQ", "size"),
        ADT=("ASTDT", "min"),
        ATOXGRN=("ATOXGRN", "max"),
    )
    return (
        rows.pipe(derive_vars_param, ct["AESIPRCD"])
        .pipe(derive_vars_merged, found, ["USUBJID", "PARAM"], ["AVAL", "ADT", "ATOXGRN"])
        .assign(AVAL=lambda frame: frame["AVAL"].fillna(0), CRIT1="At least one event")
        .assign(CRIT1FL=yes_no(at_least("AVAL", 1)))
        .pipe(derive_var_aseq, by=["PARAMN"])
    )
