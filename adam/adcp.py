"""ADCP: one record per release test of a product lot, and the mean purity of each subject."""

from pipeline.adam.criteria import derive_vars_criterion
from pipeline.adam.from_findings import derive_vars_findings_bds, recoded
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.merge import stacked, summarised
from pipeline.where import above, below, equals

CODES = {
    **{"NKCECE": "PUR", "TLYCECE": "TCELL"},
    **{"VBLSPCT": "VIAB", "STERIL": "STERIL", "ENDOTOX": "ENDO"},
}
SUBJECT = ["STUDYID", "USUBJID", "TRTP", "TRTA", "TRTAN", "SAFFL", "TRTSDT"]


def adcp(cp, bs, adsl, ct, study):
    limits = study.settings.block("release")
    purity, viability = limits.text("purity_above"), limits.text("viability_above")
    endotoxin = limits.text("endotoxin_below")
    released = {
        "PUR": (f"Above {purity}%", above("AVAL", float(purity))),
        "VIAB": (f"Above {viability}%", above("AVAL", float(viability))),
        "ENDO": (f"Below {endotoxin} EU/kg", below("AVAL", float(endotoxin))),
        "STERIL": ("Negative", equals("AVALC", "NEGATIVE")),
    }
    tests = stacked(
        derive_vars_findings_bds(cp, adsl).assign(LOT=lambda frame: frame["CPREFID"]),
        derive_vars_findings_bds(bs, adsl).assign(LOT=lambda frame: frame["BSREFID"]),
    ).pipe(recoded, CODES)
    tests = tests.assign(AVISITN=tests["AVISIT"].str.extract(r"(\d+)$")[0].astype("float64"))
    mean = summarised(tests.loc[equals("PARAMCD", "PUR")], SUBJECT, AVAL=("AVAL", "mean"))
    mean = mean.assign(PARAMCD="MPUR", DTYPE="AVERAGE", AVISITN=0.0)
    return (
        stacked(tests, mean)
        .pipe(derive_vars_criterion, released)
        .pipe(derive_vars_param, ct["CPPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["TRTEDT"])
    )
