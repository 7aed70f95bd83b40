"""IE: one record per eligibility criterion that a subject did not meet."""

from pipeline.lineage import exclude
from pipeline.merge import derive_vars_merged
from pipeline.sdtm.mapping import coded, identify
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.where import all_of, equals, missing


def ie(raw_ie, ti, ct, study):
    return (
        raw_ie.assign(met=coded("IE_MET", ct["NY"]))
        .pipe(exclude, equals("met", "Y"), because="all criteria met: IE holds exceptions only")
        .pipe(
            exclude,
            all_of(equals("met", "N"), missing("IE_CRIT")),
            because="the criterion not met is not published; the screening failure is in DS",
        )
        .pipe(identify, domain="IE", study=study)
        .assign(IETESTCD=coded("IE_CRIT", ct["IETESTCD"]))
        .pipe(derive_vars_merged, ti, "IETESTCD", ["IETEST", "IECAT"], lineage=False)
        .assign(
            IEORRES=lambda frame: frame["IECAT"].map({"INCLUSION": "N", "EXCLUSION": "Y"}),
            IESTRESC=lambda frame: frame["IEORRES"],
        )
        .pipe(derive_var_seq, "IESEQ", by=["IETESTCD"])
        .drop(columns="met")
    )
