"""ADRS: overall response per scan, by the investigator and derived; best response, progression."""

from pipeline.adam.assessments import derive_responses, lesions_of
from pipeline.adam.dates import derive_vars_dt
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.response import ORDER, BestRule, derive_params_response
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import derive_vars_merged, stacked
from pipeline.where import equals, flagged, not_

NODE = equals("TULOC", "LYMPH NODE")


def adrs(rs, tr, tu, adsl, ct, study):
    rule = study.settings.block("best_response")
    stable, apart = rule.integer("stable_days"), rule.integer("confirmation_days")
    rules = {
        "BOR": BestRule(stable),
        "CBOR": BestRule(stable, True, apart, rule.integer("missed_between")),
    }
    treated = adsl.loc[flagged("SAFFL")]
    said = rs.pipe(derive_vars_dt, {"ADT": "RSDTC"}).assign(
        OVRLRESP=rs["RSSTRESC"], AVISIT=rs["VISIT"], AVISITN=rs["VISITNUM"]
    )
    therapy = adsl.set_index("USUBJID")["NACTDT"]
    lesions = derive_responses(lesions_of(tr, tu, NODE)).loc[not_(flagged("ABLFL"))]
    derived = lesions[["USUBJID", "AVISITN", "ADT", "_row_tr"]].assign(
        PARAMCD="OVRLDER", AVALC=lesions["OVRLRESP"], AVAL=lesions["OVRLRESP"].map(ORDER)
    )
    derived = derive_vars_merged(derived, said, ["USUBJID", "AVISITN"], ["AVISIT"], lineage=False)
    return (
        stacked(derive_params_response(said, treated, "TRTSDT", rules, therapy), derived)
        .pipe(derive_vars_adsl, adsl, "STUDYID", "SAFFL", TRTP="TRT01P", TRTA="TRT01A")
        .pipe(derive_vars_param, ct["RSPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
    )
