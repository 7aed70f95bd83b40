"""ADLB: one record per laboratory result, with range, CTCAE grades and Hy's law per subject."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg, flag_extreme
from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.adam.flags import yes
from pipeline.adam.from_findings import derive_vars_findings_bds
from pipeline.adam.hys_law import derive_param_hys_law
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.safety import on_treatment
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import stacked
from pipeline.ranges import times_limit
from pipeline.where import Condition, all_of, equals, flagged, not_

KEYS = ["USUBJID", "PARAMCD", "AVISITN"]
first = Condition(tuple(KEYS), lambda frame: ~frame.duplicated(KEYS))
treated = flagged("ONTRTFL")


def adlb(lb, adsl, ct, study):
    window = study.settings.integer("teae_window_days")
    results = (
        derive_vars_findings_bds(lb, adsl)
        .assign(
            PARCAT1=lambda frame: frame["LBCAT"],
            ANRLO=lambda frame: frame["LBSTNRLO"],
            ANRHI=lambda frame: frame["LBSTNRHI"],
            ANRIND=lambda frame: frame["LBNRIND"],
            ONTRTFL=yes(all_of(on_treatment(window), not_(equals("ABLFL", "Y")))),
            R2ANRHI=lambda frame: times_limit(frame["AVAL"], frame["ANRHI"]),
        )
        .pipe(derive_var_base)
        .pipe(derive_var_base, "BNRIND", "ANRIND")
        .pipe(derive_vars_chg, treated)
        .pipe(derive_vars_toxicity)
        .pipe(derive_var_base, "BTOXGRL", "ATOXGRL")
        .pipe(derive_var_base, "BTOXGRH", "ATOXGRH")
        .assign(
            SHIFT1=lambda frame: (frame["BNRIND"] + " to " + frame["ANRIND"]).where(treated(frame)),
            ANL01FL=yes(first),
        )
        .pipe(flag_extreme, "ANL02FL", "ATOXGRHN", treated)
        .pipe(flag_extreme, "ANL03FL", "ATOXGRLN", treated)
    )
    candidates = (
        derive_param_hys_law(results.loc[treated])
        .assign(PARCAT1="DERIVED", AVISITN=0)
        .pipe(derive_vars_adsl, adsl, "SAFFL", "TRTSDT", "TRTEDT", TRTP="TRT01P", TRTA="TRT01A")
        .pipe(derive_vars_adsl, adsl, TRTAN="TRT01AN")
    )
    return (
        stacked(results, candidates)
        .pipe(derive_vars_param, ct["LBPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["PCHG", "ATOXGR", "ATOXGRN"])
    )
