"""ADPC: one record per trough level, with the therapeutic range of the drug."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg
from pipeline.adam.flags import yes
from pipeline.adam.from_findings import derive_vars_findings_bds
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq
from pipeline.ranges import range_indicator
from pipeline.where import above, equals

FIRST = 2.0  # VISITNUM of INFUSION 1
baseline = equals("AVISITN", FIRST)
after = above("AVISITN", FIRST)


def adpc(pc, adsl, ct, study):
    ranges = study.settings.block("therapeutic_range")
    limits = {drug: [float(limit) for limit in ranges.texts(drug)] for drug in ranges}
    return (
        derive_vars_findings_bds(pc, adsl)
        .assign(
            ABLFL=yes(baseline),
            ANRLO=lambda frame: frame["PARAMCD"].map({d: low for d, (low, _) in limits.items()}),
            ANRHI=lambda frame: frame["PARAMCD"].map({d: high for d, (_, high) in limits.items()}),
        )
        .pipe(derive_var_base)
        .pipe(derive_vars_chg, after)
        .assign(ANRIND=lambda frame: range_indicator(frame["AVAL"], frame["ANRLO"], frame["ANRHI"]))
        .pipe(derive_vars_param, ct["PCPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN", "AVISITN"])
        .drop(columns=["AVALC", "ATPT", "PCHG", "TRTEDT"])
    )
