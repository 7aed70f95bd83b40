"""ADSL: one record per treated subject."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt
from pipeline.adam.exposure import cumulative_dose
from pipeline.adam.findings import derive_vars_findings
from pipeline.adam.flags import yes_no
from pipeline.adam.numbers import group_number, grouped, rounded
from pipeline.adam.supplemental import derive_vars_supp
from pipeline.merge import derive_vars_merged, last_per, summarised
from pipeline.where import equals, present

AGES = {"<65": 0, "65-80": 65, ">80": 81}
BMIS = {"<25": 0, "25-<30": 25, ">=30": 30}
MONTHS = {"<12": 0, ">=12": 12}
FLAGS = {"SAFFL": "SAFETY", "ITTFL": "ITT", "EFFFL": "EFFICACY"}
COMPLETERS = {"COMP8FL": "COMPLT8", "COMP16FL": "COMPLT16", "COMP24FL": "COMPLT24"}
TREATED = {"TRTSDT": "RFXSTDTC", "TRTEDT": "_last", "RFENDT": "RFENDTC"}
DISEASE = {"DISONSDT": "_onset", "VISIT1DT": "_visit"}
SCREENING, BASELINE = equals("VISITNUM", 1), equals("VISITNUM", 3)
ENDED, ONSET = equals("DSCAT", "DISPOSITION EVENT"), equals("MHCAT", "PRIMARY DIAGNOSIS")


def adsl(dm, suppdm, ds, ex, sv, vs, sc, mh, qs, ct, study):
    return (
        dm.loc[present("RFXSTDTC")]
        .pipe(derive_vars_supp, suppdm, FLAGS | COMPLETERS)
        .assign(**{flag: yes_no(equals(flag, "Y")) for flag in FLAGS | COMPLETERS})
        .pipe(disposition, ds, ct)
        .pipe(treatment, ex, study)
        .pipe(baseline, vs, sc, qs)
        .pipe(derive_vars_merged, sv.loc[SCREENING], "USUBJID", {"_visit": "SVSTDTC"})
        .pipe(derive_vars_merged, mh.loc[ONSET], "USUBJID", {"_onset": "MHSTDTC"})
        .pipe(derive_vars_dt, DISEASE)
        .assign(
            DURDIS=lambda f: rounded(((f["VISIT1DT"] - f["DISONSDT"]).dt.days + 1) / 30.4375, 1),
            DURDSGR1=lambda f: grouped(f["DURDIS"], MONTHS),
            AGEGR1=lambda f: grouped(f["AGE"], AGES),
            AGEGR1N=lambda f: group_number(f["AGEGR1"], AGES),
            RACEN=lambda f: ct["RACE"].decode(f["RACE"]).astype("float64"),
            SITEGR1=lambda f: f["SITEID"].replace(study.settings["pooled_sites"]),
        )
    )


def disposition(frame, ds, ct):
    ends = ds.loc[ENDED].assign(DCDECOD=lambda f: ct["DCDECOD"].submission(f["DSDECOD"]))
    made = derive_vars_merged(frame, ends, "USUBJID", ["DCDECOD", "DSTERM", "DSSTDTC", "VISITNUM"])
    completed = made["DCDECOD"] == "COMPLETED"
    not_eligible = made["DSTERM"] == "PROTOCOL ENTRY CRITERIA NOT MET"
    return made.assign(
        DISCONFL=completed.map({False: "Y"}),
        DSRAEFL=(made["DCDECOD"] == "ADVERSE EVENT").map({True: "Y"}),
        EOSSTT=completed.map({True: "COMPLETED", False: "DISCONTINUED"}),
        DCSREAS=ct["DCDECOD"].decode(made["DCDECOD"]).mask(not_eligible, "I/E Not Met"),
        VISNUMEN=made["VISITNUM"].clip(upper=12),
    )


def treatment(frame, ex, study):
    made = derive_vars_merged(frame, last_per(ex, "USUBJID", ["EXSTDTC"]), "USUBJID", ["EXENDTC"])
    made = made.assign(_last=made["EXENDTC"].fillna(made["DSSTDTC"])).pipe(derive_vars_dt, TREATED)
    made = derive_var_duration(made, "TRTDURD", "TRTSDT", "TRTEDT")
    arm, total = made["ARM"], cumulative_dose(ex, made)
    dose = arm.map(study.settings["doses"]).astype("float64")
    made = made.assign(TRT01P=arm, TRT01PN=dose, TRT01A=arm, TRT01AN=dose)
    return made.assign(CUMDOSE=total, AVGDD=rounded(total / made["TRTDURD"], 1))


def baseline(frame, vs, sc, qs):
    total = summarised(qs.loc[equals("QSCAT", "MMSE")], "USUBJID", MMSETOT=("QSSTRESN", "sum"))
    made = (
        frame.pipe(derive_vars_findings, vs.loc[SCREENING], {"_height": ("HEIGHT", "VSSTRESN")})
        .pipe(derive_vars_findings, vs.loc[BASELINE], {"_weight": ("WEIGHT", "VSSTRESN")})
        .pipe(derive_vars_findings, sc, {"EDUCLVL": ("EDULEVEL", "SCSTRESN")})
        .pipe(derive_vars_merged, total, "USUBJID", ["MMSETOT"])
    )
    height, weight = rounded(made["_height"], 1), rounded(made["_weight"], 1)
    index = rounded(weight / (height / 100) ** 2, 1)
    return made.assign(HEIGHTBL=height, WEIGHTBL=weight, BMIBL=index, BMIBLGR1=grouped(index, BMIS))
