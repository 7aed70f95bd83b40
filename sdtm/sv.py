"""SV: one record per visit that took place, from the dates of the records made there."""

from pipeline.merge import derive_vars_merged, stacked, summarised
from pipeline.sdtm.study_day import derive_vars_study_day

DATES = {"EXSTDTC": "_date", "VSDTC": "_date", "RSDTC": "_date", "SSDTC": "_date"}
KEYS = ["STUDYID", "USUBJID", "VISITNUM"]


def sv(ex, vs, rs, ss, tv, dm):
    planned = tv.drop_duplicates("VISITNUM")
    records = stacked(*(frame.rename(columns=DATES) for frame in (ex, vs, rs, ss)))
    return (
        summarised(
            records.loc[records["VISITNUM"].notna()],
            KEYS,
            VISIT=("VISIT", "first"),
            SVSTDTC=("_date", "min"),
            SVENDTC=("_date", "max"),
        )
        .pipe(derive_vars_merged, planned, "VISITNUM", ["VISITDY"], lineage=False)
        .assign(DOMAIN="SV", SVPRESP="Y", SVOCCUR="Y")
        .pipe(derive_vars_study_day, dm, "SVSTDTC", "SVENDTC")
    )
