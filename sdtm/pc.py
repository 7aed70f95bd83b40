"""PC: one record per trough level, from the CRF page "Immunosuppressant Trough Levels"."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, identify
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.units import derive_vars_standard_result
from pipeline.sdtm.visits import derive_vars_visit

DRUGS = {"TDM_TAC": "TACRO", "TDM_SIR": "SIRO"}


def pc(raw_tdm, dm, se, ct, study):
    return (
        raw_tdm.pipe(identify, domain="PC", study=study)
        .pipe(one_per_result, DRUGS, test="PCTESTCD")
        .assign(
            PCTEST=decoded("PCTESTCD", ct["PCTESTCD"]),
            PCCAT="IMMUNOSUPPRESSANT",
            PCORRES=collected("_result"),
            PCORRESU=coded("TDM_UNIT", ct["PKUNIT"]),
            PCSPEC="BLOOD",
            PCTPT="TROUGH",
            PCDTC=iso_date("TDM_DAT"),
        )
        .pipe(derive_vars_standard_result, "PC", units="US")
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "PCDTC")
        .pipe(derive_vars_study_day, dm, "PCDTC")
        .pipe(derive_var_seq, "PCSEQ", by=["PCTESTCD", "VISITNUM"])
    )
