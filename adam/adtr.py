"""ADTR: one record per tumour assessment: sum of diameters, change from baseline and nadir."""

from pipeline.adam.assessments import lesions_of
from pipeline.adam.dates import derive_vars_dy
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.recist import derive_vars_nadir, sum_of_diameters, target_response
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import derive_vars_merged
from pipeline.where import equals

NODE = equals("TULOC", "LYMPH NODE")


def adtr(tr, tu, adsl, ct):
    visits = tr.assign(AVISITN=tr["VISITNUM"], AVISIT=tr["VISIT"])
    visits = visits.drop_duplicates(["USUBJID", "AVISITN"])
    targets = lesions_of(tr, tu, NODE).loc[equals("KIND", "TARGET")]
    sums = derive_vars_nadir(sum_of_diameters(targets))
    return (
        sums.assign(
            TRGRESP=target_response,
            AVAL=sums["SUMDIAM"].where(sums["MISSED"] == 0),
            PARAMCD="SUMDIAM",
            SRCDOM="TR",
            SRCVAR="TRSTRESN",
        )
        .pipe(derive_vars_merged, visits, ["USUBJID", "AVISITN"], ["AVISIT"], lineage=False)
        .pipe(derive_vars_adsl, adsl, "STUDYID", "SAFFL", "FASFL", "TRTSDT", TRTP="TRT01P")
        .pipe(derive_vars_adsl, adsl, TRTA="TRT01A", TRTAN="TRT01AN")
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .pipe(derive_vars_param, ct["TRPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["SUMDIAM", "MEASURED", "MISSED", "VISIBLE", "NORMAL", "AFTERCR"])
    )
