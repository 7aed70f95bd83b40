"""DM: one record per screened subject."""

from pipeline.merge import derive_vars_merged, summarised
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, collected, decoded, hardcoded, identify, number
from pipeline.where import equals, missing, present


def dm(raw_enrol, raw_tablets, raw_status, ct, study):
    doses = raw_tablets.pipe(identify, domain="EX", study=study).assign(date=iso_date("TAKEN"))
    exposure = summarised(doses, "USUBJID", first=("date", "min"), last=("date", "max"))
    ended = raw_status.pipe(identify, domain="DS", study=study).assign(
        reason=coded("REASON", ct["DSDECOD"]), date=iso_date("LEFT")
    )
    death = ended.loc[equals("reason", "DEATH")]
    treated = present("RFXSTDTC")
    return (
        raw_enrol.pipe(identify, domain="DM", study=study)
        .pipe(derive_vars_merged, exposure, "USUBJID", {"RFXSTDTC": "first", "RFXENDTC": "last"})
        .pipe(derive_vars_merged, ended, "USUBJID", {"RFPENDTC": "date"})
        .pipe(derive_vars_merged, death, "USUBJID", {"DTHDTC": "date"})
        .assign(
            SUBJID=collected("PAT"),
            RFSTDTC=collected("RFXSTDTC"),
            RFENDTC=collected("RFPENDTC", where=treated),
            RFICDTC=iso_date("CONSENTED"),
            DTHFL=hardcoded("Y", where=present("DTHDTC")),
            SITEID="01",
            AGE=number("YEARS"),
            AGEU="YEARS",
            SEX=coded("GENDER", ct["SEX"]),
            ARMCD=coded("TREATMENT", ct["ARMCD"]),
            ARM=decoded("TREATMENT", ct["ARMCD"]),
            ACTARMCD=collected("ARMCD", where=treated),
            ACTARM=collected("ARM", where=treated),
            ARMNRS=hardcoded("SCREEN FAILURE", where=missing("ARMCD")),
            COUNTRY="FRA",
        )
    )
