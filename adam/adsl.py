"""ADSL: one record per screened subject."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt
from pipeline.adam.findings import above_limit, derive_vars_findings, joined_values
from pipeline.adam.flags import derive_var_exists, yes_no
from pipeline.adam.treatment import arm_number
from pipeline.merge import derive_vars_merged, last_per, stacked, summarised
from pipeline.where import at_least, equals, not_less, present

prior = equals("CMCAT", "PRIOR ANTI-CARCINOMA THERAPY")


def adsl(dm, ex, ds, ss, fa, mh, pr, cm, rs, lb, dv, dd, study):
    interval = study.settings.integer("infusion_interval_days")
    planned = {arm: len(doses) for arm, doses in study.settings.block("planned_doses").items()}
    exposure = summarised(
        ex.loc[at_least("EXDOSE", 1)],
        by="USUBJID",
        NINF=("EXDOSE", "size"),
        _first=("EXSTDTC", "min"),
        _last=("EXSTDTC", "max"),
    )
    alive = last_per(ss.loc[equals("SSSTRESC", "ALIVE")], "USUBJID", ["SSDTC"])
    completed = ds.loc[equals("DSDECOD", "COMPLETED")]
    died = ds.loc[equals("DSDECOD", "DEATH")]
    transplantation = pr.loc[equals("PRCAT", "TRANSPLANTATION")]
    baseline = lb.loc[equals("LBLOBXFL", "Y")]
    staged = rs.loc[equals("RSLOBXFL", "Y")]
    location = fa.loc[equals("FATESTCD", "LOC")]
    locations = joined_values(location, "FASTRESC")
    therapy = stacked(cm, pr.rename(columns={"PRCAT": "CMCAT"}))
    return (
        dm.pipe(derive_vars_merged, exposure, "USUBJID", ["NINF", "_first", "_last"])
        .pipe(derive_vars_merged, alive, "USUBJID", {"_alive": "SSDTC"})
        .pipe(derive_vars_merged, transplantation, "USUBJID", {"_transplanted": "PRSTDTC"})
        .pipe(derive_vars_merged, mh, "USUBJID", {"_recurred": "MHSTDTC"})
        .pipe(derive_vars_dt, {"RFICDT": "RFICDTC", "TRTSDT": "_first", "TRTEDT": "_last"})
        .pipe(derive_vars_dt, {"DTHDT": "DTHDTC", "RECURDT": "_recurred", "LTDT": "_transplanted"})
        .pipe(derive_vars_dt, {"LSTALVDT": "_alive"})
        .pipe(derive_var_duration, "TRTDURD", "TRTSDT", "TRTEDT")
        .assign(
            LSTALVDT=lambda frame: frame[["LSTALVDT", "TRTEDT"]].max(axis=1),
            TRT01P=lambda frame: frame["ARM"],
            TRT01PN=lambda frame: arm_number(frame["ARM"], study),
            TRT01A=lambda frame: frame["ACTARM"],
            TRT01AN=lambda frame: arm_number(frame["ACTARM"], study),
            PDURD=lambda frame: frame["NINF"] * interval,
            SCRNFL="Y",
            SAFFL=yes_no(present("NINF")),
            FASFL=yes_no(present("NINF", "ARM")),
            _planned=lambda frame: frame["ARMCD"].map(planned),
            DLTEVLFL=yes_no(not_less("NINF", "_planned")),
        )
        .pipe(derive_vars_merged, completed, "USUBJID", {"EOTSTT": "DSDECOD"})
        .pipe(derive_vars_merged, died, "USUBJID", {"DCSREAS": "DSDECOD"})
        .assign(
            EOSSTT=lambda frame: (
                frame["DCSREAS"]
                .map({"DEATH": "DISCONTINUED"})
                .fillna(frame["SAFFL"].map({"Y": "ONGOING"}))
            )
        )
        .pipe(derive_vars_findings, dd, {"DTHCAUS": ("PRCDTH", "DDSTRESC")})
        .pipe(derive_vars_findings, fa, {"TTRD": ("DAYSLT", "FASTRESN")})
        .pipe(derive_vars_findings, fa, {"FUMON": ("FUMON", "FASTRESN")})
        .pipe(derive_vars_findings, fa, {"MILANBL": ("MILAN", "FASTRESC")})
        .pipe(derive_vars_findings, staged, {"ECOGBL": ("ECOG101", "RSSTRESN")})
        .pipe(derive_vars_findings, staged, {"BCLCBL": ("BCLC", "RSSTRESC")})
        .pipe(derive_vars_findings, baseline, {"AFPBLC": ("AFP", "LBSTRESC")})
        .assign(AFPBL=lambda frame: above_limit(frame["AFPBLC"]))
        .pipe(derive_vars_merged, locations, "USUBJID", {"RECURLOC": "FASTRESC"})
        .pipe(derive_var_exists, location, "LIVERFL", equals("FASTRESC", "LIVER"))
        .pipe(derive_var_exists, location, "LUNGFL", equals("FASTRESC", "LUNG"))
        .pipe(derive_var_exists, therapy, "PRTRTFL", prior)
        .pipe(derive_var_exists, dv, "PDVFL")
    )
