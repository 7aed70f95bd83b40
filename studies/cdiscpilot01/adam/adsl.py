"""ADSL: one record per treated subject."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt
from pipeline.adam.exposure import cumulative_dose
from pipeline.adam.findings import derive_vars_findings
from pipeline.adam.flags import yes, yes_no
from pipeline.adam.numbers import group_number, grouped, rounded
from pipeline.adam.supplemental import derive_vars_supp
from pipeline.merge import derive_vars_merged, last_per, summarised
from pipeline.where import equals, not_, present

AGES = {"<65": 0, "65-80": 65, ">80": 81}
BMIS = {"<25": 0, "25-<30": 25, ">=30": 30}
MONTH = 365.25 / 12
MONTHS = {"<12": 0, ">=12": 12}
FLAGS = {"SAFFL": "SAFETY", "ITTFL": "ITT", "EFFFL": "EFFICACY"}
COMPLETERS = {"COMP8FL": "COMPLT8", "COMP16FL": "COMPLT16", "COMP24FL": "COMPLT24"}
TREATED = {"TRTSDT": "RFXSTDTC", "TRTEDT": "_last", "RFENDT": "RFENDTC"}
DISEASE = {"DISONSDT": "_onset", "VISIT1DT": "_visit"}
SCREENING, BASELINE = equals("VISITNUM", 1), equals("VISITNUM", 3)
ENTRY = equals("DSTERM", "PROTOCOL ENTRY CRITERIA NOT MET")


def adsl(dm, suppdm, ds, ex, sv, vs, sc, mh, qsmm, ct, study):
    return (
        dm.loc[present("RFXSTDTC")]
        .pipe(derive_vars_supp, suppdm, FLAGS | COMPLETERS)
        .assign(**{flag: yes_no(equals(flag, "Y")) for flag in FLAGS | COMPLETERS})
        .pipe(disposition, ds, ct)
        .pipe(treatment, ex, study)
        .pipe(baseline, vs, sc, qsmm)
        .pipe(disease, sv, mh)
        .assign(
            AGEGR1=lambda f: grouped(f["AGE"], AGES),
            AGEGR1N=lambda f: group_number(f["AGEGR1"], AGES),
            RACEN=lambda f: ct["RACE"].decode(f["RACE"]).astype("float64"),
            SITEGR1=lambda f: f["SITEID"].replace(study.settings["pooled_sites"]),
        )
    )


def disposition(frame, ds, ct):
    ended = ds.loc[equals("DSCAT", "DISPOSITION EVENT")]
    ended = ended.assign(DCDECOD=ct["DCDECOD"].submission(ended["DSDECOD"]))
    made = derive_vars_merged(frame, ended, "USUBJID", ["DCDECOD", "DSTERM", "DSSTDTC", "VISITNUM"])
    completed = equals("DCDECOD", "COMPLETED")
    reason = ct["DCDECOD"].decode(made["DCDECOD"]).mask(ENTRY(made), "I/E Not Met")
    return made.assign(
        DISCONFL=yes(not_(completed)),
        DSRAEFL=yes(equals("DCDECOD", "ADVERSE EVENT")),
        EOSSTT=completed(made).map({True: "COMPLETED", False: "DISCONTINUED"}),
        DCSREAS=reason.mask(completed(made)),
        VISNUMEN=made["VISITNUM"].clip(upper=12),
    )


def treatment(frame, ex, study):
    doses = {arm: float(dose) for arm, dose in study.settings["doses"].items()}
    last = last_per(ex, "USUBJID", ["EXSTDTC"])
    made = derive_vars_merged(frame, last, "USUBJID", ["EXENDTC"])
    made = made.assign(_last=made["EXENDTC"].fillna(made["DSSTDTC"])).pipe(derive_vars_dt, TREATED)
    made = made.pipe(derive_var_duration, "TRTDURD", "TRTSDT", "TRTEDT").assign(
        **dict.fromkeys(("TRT01P", "TRT01A"), made["ARM"]),
        **{name: made["ARM"].map(doses) for name in ("TRT01PN", "TRT01AN")},
        CUMDOSE=cumulative_dose(ex, made),
    )
    return made.assign(AVGDD=rounded(made["CUMDOSE"] / made["TRTDURD"], 1))


def baseline(frame, vs, sc, qsmm):
    scores = qsmm.assign(_score=qsmm["QSORRES"].astype("float64"))
    total = summarised(scores, "USUBJID", MMSETOT=("_score", "sum"))
    made = (
        frame.pipe(derive_vars_findings, vs.loc[SCREENING], {"_height": ("HEIGHT", "VSSTRESN")})
        .pipe(derive_vars_findings, vs.loc[BASELINE], {"_weight": ("WEIGHT", "VSSTRESN")})
        .pipe(derive_vars_findings, sc, {"EDUCLVL": ("EDULEVEL", "SCSTRESN")})
        .pipe(derive_vars_merged, total, "USUBJID", ["MMSETOT"])
    )
    made = made.assign(
        HEIGHTBL=rounded(made["_height"], 1),
        WEIGHTBL=rounded(made["_weight"], 1),
    )
    index = rounded(made["WEIGHTBL"] / (made["HEIGHTBL"] / 100) ** 2, 1)
    return made.assign(BMIBL=index, BMIBLGR1=grouped(index, BMIS))


def disease(frame, sv, mh):
    onset = mh.loc[equals("MHCAT", "PRIMARY DIAGNOSIS")]
    made = (
        frame.pipe(derive_vars_merged, sv.loc[SCREENING], "USUBJID", {"_visit": "SVSTDTC"})
        .pipe(derive_vars_merged, onset, "USUBJID", {"_onset": "MHSTDTC"})
        .pipe(derive_vars_dt, DISEASE)
        .pipe(derive_var_duration, "_days", "DISONSDT", "VISIT1DT")
    )
    months = rounded(made["_days"] / MONTH, 1)
    return made.assign(DURDIS=months, DURDSGR1=grouped(months, MONTHS))
