"""DM: one record per screened subject."""

from pipeline.merge import derive_vars_merged, summarised
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify, number
from pipeline.where import equals, missing, present


def dm(raw_dm, raw_ex, raw_su, ct, study):
    exposure = summarised(
        raw_ex.pipe(identify, domain="EX", study=study).assign(date=iso_date("EX_DAT")),
        by="USUBJID",
        first=("date", "min"),
        last=("date", "max"),
    )
    survival = raw_su.pipe(identify, domain="SS", study=study).assign(
        status=coded("SU_STAT", ct["SSRESP"]), date=iso_date("SU_DAT")
    )
    contact = summarised(survival, by="USUBJID", last=("date", "max"))
    death = survival.loc[equals("status", "DEAD")]
    treated = present("RFXSTDTC")
    return (
        raw_dm.pipe(identify, domain="DM", study=study)
        .pipe(derive_vars_merged, exposure, "USUBJID", {"RFXSTDTC": "first", "RFXENDTC": "last"})
        .pipe(derive_vars_merged, contact, "USUBJID", {"RFPENDTC": "last"})
        .pipe(derive_vars_merged, death, "USUBJID", {"DTHDTC": "date"})
        .assign(
            SUBJID=collected("SUBJECT"),
            RFSTDTC=collected("RFXSTDTC"),
            RFENDTC=collected("RFXENDTC"),
            RFICDTC=iso_date("CONSENT_DAT"),
            DTHFL=hardcoded("Y", where=present("DTHDTC")),
            SITEID=collected("SITE"),
            AGE=number("AGE"),
            AGEU=hardcoded("YEARS", where=present("AGE")),
            SEX=coded("SEX", ct["SEX"]),
            ARMCD=coded("GROUP", ct["ARMCD"]),
            ARM=decoded("GROUP", ct["ARMCD"]),
            ACTARMCD=collected("ARMCD", where=treated),
            ACTARM=collected("ARM", where=treated),
            ARMNRS=hardcoded("SCREEN FAILURE", where=missing("ARMCD")),
            COUNTRY="CHN",
        )
    )
