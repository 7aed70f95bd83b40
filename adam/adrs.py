"""ADRS: tumour responses by RECIST 1.1: per assessment, first progression, best response."""

from pipeline.adam.assessments import derive_responses, lesions_of
from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.response import ORDER, BestRule, derive_params_response
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import derive_vars_merged, stacked
from pipeline.where import equals, flagged, missing, not_, present

NODE = equals("TULOC", "LYMPH NODE")
SOURCE = ["AVISIT", "AVISITN", "SRCSEQ"]
DERIVED = {"PARAMCD": "OVRLDER", "SRCDOM": "TR", "SRCVAR": "TRSTRESC"}


def adrs(rs, tr, tu, adsl, ct, study):
    settings = study.settings.block("best_response")
    stable = settings.integer("stable_days")
    confirmed = BestRule(
        stable, True, settings.integer("confirmation_days"), settings.integer("missed_between")
    )
    said = (
        rs.loc[equals("RSTESTCD", "OVRLRESP")]
        .pipe(derive_vars_dt, {"ADT": "RSDTC"})
        .rename(columns={"VISIT": "AVISIT", "VISITNUM": "AVISITN", "RSSEQ": "SRCSEQ"})
        .assign(OVRLRESP=lambda frame: frame["RSSTRESC"])
    )
    found = derive_params_response(
        said,
        adsl.loc[flagged("FASFL")],
        "TRTSDT",
        {"BOR": BestRule(stable), "CBOR": confirmed},
    ).assign(SRCDOM="RS", SRCVAR="RSSTRESC")
    best = found.loc[missing("SRCSEQ")].pipe(
        derive_vars_merged, said.loc[present("ADT")], ["USUBJID", "ADT"], SOURCE, lineage=False
    )
    lesions = derive_responses(lesions_of(tr, tu, NODE)).loc[not_(flagged("ABLFL"))]
    derived = lesions.assign(
        **DERIVED, AVALC=lesions["OVRLRESP"], AVAL=lesions["OVRLRESP"].map(ORDER)
    ).pipe(derive_vars_merged, said, ["USUBJID", "AVISITN"], ["AVISIT"], lineage=False)
    return (
        stacked(found.loc[present("SRCSEQ")], best, derived)
        .pipe(derive_vars_adsl, adsl, "STUDYID", "SAFFL", "FASFL", "TRTSDT", TRTP="TRT01P")
        .pipe(derive_vars_adsl, adsl, TRTA="TRT01A", TRTAN="TRT01AN")
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .pipe(derive_vars_param, ct["RSPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["SUMDIAM", "MISSED", "BASE", "NADIR", "CHG", "PCHG", "CHGNAD", "PCHGNAD"])
        .drop(columns=["TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP", "ABLFL"])
    )
