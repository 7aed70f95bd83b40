"""DD: one record per death: its cause, which the article does not publish and nobody invents."""

from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, decoded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.where import equals

CAUSE = "NOT PUBLISHED"


def dd(raw_su, dm, ct, study):
    contacts = raw_su.assign(_status=coded("SU_STAT", ct["SSRESP"]))
    return (
        contacts.loc[equals("_status", "DEAD")]
        .pipe(identify, domain="DD", study=study)
        .assign(
            DDTESTCD="PRCDTH",
            DDTEST=decoded("DDTESTCD", ct["DDTESTCD"]),
            DDORRES=CAUSE,
            DDSTRESC=CAUSE,
            DDDTC=iso_date("SU_DAT"),
        )
        .pipe(derive_vars_study_day, dm, "DDDTC")
        .pipe(derive_var_seq, "DDSEQ", by=["DDTESTCD"])
    )
