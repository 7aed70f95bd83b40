"""ADLB of the benchmark: one record per laboratory result of a treated subject."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg, flag_extreme
from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.where import all_of, equals, is_in, not_, present

ADSL = ("TRTSDT", "TRTEDT", "AGE", "AGEGR1", "RACE", "SEX", "SAFFL")
TREATMENT = {"TRTP": "TRT01P", "TRTA": "TRT01A", "TRTAN": "TRT01AN"}
TAKEN = {
    "PARAMCD": "LBTESTCD",
    "PARAM": "LBTEST",
    "PARCAT1": "LBCAT",
    "AVISIT": "VISIT",
    "AVISITN": "VISITNUM",
    "AVAL": "LBSTRESN",
    "AVALC": "LBSTRESC",
    "ANRLO": "LBSTNRLO",
    "ANRHI": "LBSTNRHI",
    "ANRIND": "LBNRIND",
    "ABLFL": "LBBLFL",
}
POST_BASELINE = all_of(not_(equals("ABLFL", "Y")), present("BASE"))
HAEMOGLOBIN = 16.114  # g/L per mmol/L


def adlb(lb, adsl):
    treated = lb.loc[is_in("USUBJID", adsl["USUBJID"].tolist())]
    return (
        treated.assign(**{new: treated[old] for new, old in TAKEN.items()})
        .pipe(in_si_units)
        .pipe(derive_vars_adsl, adsl, *ADSL, **TREATMENT)
        .pipe(derive_vars_dt, {"ADT": "LBDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .pipe(derive_var_base)
        .pipe(derive_var_base, "BNRIND", "ANRIND")
        .pipe(derive_vars_chg, POST_BASELINE)
        .pipe(derive_vars_toxicity, unit="AVALU")
        .pipe(derive_var_base, "BTOXGRL", "ATOXGRL")
        .pipe(derive_var_base, "BTOXGRH", "ATOXGRH")
        .drop(columns=["ATOXGR", "ATOXGRN"])
        .assign(
            R2ANRHI=lambda frame: frame["AVAL"] / frame["ANRHI"],
            SHIFT1=lambda frame: frame["BNRIND"] + " to " + frame["ANRIND"],
        )
        .pipe(flag_extreme, "ANL01FL", "ATOXGRHN", POST_BASELINE)
        .pipe(derive_var_aseq, ["PARAMCD", "AVISITN", "LBSEQ"])
    )


def in_si_units(frame):
    haemoglobin = (frame["PARAMCD"] == "HGB") & (frame["LBSTRESU"] == "mmol/L")
    numbers = {
        name: frame[name].mask(haemoglobin, frame[name] * HAEMOGLOBIN)
        for name in ("AVAL", "ANRLO", "ANRHI")
    }
    return frame.assign(AVALU=frame["LBSTRESU"].mask(haemoglobin, "g/L"), **numbers)
