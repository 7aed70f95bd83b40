"""DV: one record per protocol deviation: enrolled although a criterion was not met."""

from pipeline.merge import derive_vars_merged
from pipeline.sdtm.mapping import coded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.where import all_of, equals, present


def dv(raw_ie, ti, ct, study):
    return (
        raw_ie.assign(enrolled=coded("IE_ENR", ct["NY"]))
        .loc[all_of(equals("enrolled", "Y"), present("IE_CRIT"))]
        .pipe(identify, domain="DV", study=study)
        .assign(IETESTCD=coded("IE_CRIT", ct["IETESTCD"]))
        .pipe(derive_vars_merged, ti, "IETESTCD", ["IETEST"], lineage=False)
        .assign(
            DVTERM=lambda frame: "Enrolled without meeting criterion: " + frame["IETEST"],
            DVDECOD="ELIGIBILITY CRITERION NOT MET",
        )
        .drop(columns=["enrolled", "IETESTCD", "IETEST"])
        .pipe(derive_var_seq, "DVSEQ", by=["DVTERM"])
    )
