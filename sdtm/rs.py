"""RS: one record per response (RECIST 1.1), ECOG performance status and BCLC stage."""

from pipeline.merge import stacked
from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit
from pipeline.where import is_in

SCALES = {"ECOG": "ECOG101", "BCLC": "BCLC"}
RESPONSES = {"RE_TRG": "TRGRESP", "RE_NTRG": "NTRGRESP", "RE_OVRL": "OVRLRESP"}
CATEGORIES = {"ECOG101": "ECOG", "BCLC": "BCLC STAGING"}
RECIST = is_in("RSTESTCD", [*RESPONSES.values(), "NEWLIND"])


def rs(raw_st, raw_pf, raw_re, dm, se, ct, study):
    stage = one_per_result(raw_st, SCALES, test="RSTESTCD").assign(RSDTC=iso_date("ST_DAT"))
    status = one_per_result(raw_pf, {"ECOG": "ECOG101"}, test="RSTESTCD").assign(
        RSDTC=iso_date("PF_DAT")
    )
    responses = one_per_result(raw_re, RESPONSES, test="RSTESTCD").assign(
        RSSTRESC=coded("_result", ct["ONCRSR"])
    )
    new = one_per_result(raw_re, {"RE_NEW": "NEWLIND"}, test="RSTESTCD").assign(
        RSSTRESC=coded("_result", ct["NY"])
    )
    tumour = stacked(responses, new).assign(RSDTC=iso_date("RE_DAT"), RSEVAL="INVESTIGATOR")
    return (
        stacked(stage, status, tumour)
        .pipe(identify, domain="RS", study=study)
        .assign(
            RSTEST=decoded("RSTESTCD", ct["RSTESTCD"]),
            RSCAT=lambda frame: frame["RSTESTCD"].map(CATEGORIES).fillna("RECIST 1.1"),
            RSORRES=collected("_result"),
            RSSTRESC=lambda frame: frame["RSSTRESC"].fillna(frame["_result"]),
            RSSTRESN=number("_result"),
        )
        .pipe(derive_vars_visit, "VISIT", study)
        .assign(RSLNKGRP=collected("VISIT", where=RECIST))
        .pipe(derive_var_epoch, se, "RSDTC")
        .pipe(derive_vars_study_day, dm, "RSDTC")
        .pipe(derive_var_lobxfl, dm)
        .pipe(derive_var_seq, "RSSEQ", by=["RSTESTCD", "RSDTC"])
    )
