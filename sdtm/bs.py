"""BS: one record per release test of a product lot, from the CRF page "NK Cell Product"."""

from pipeline.merge import derive_vars_merged
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import coded, collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day

TESTS = {"PQ_VIAB": "VBLSPCT", "PQ_STER": "STERIL", "PQ_ENDO": "ENDOTOX"}
UNITS = {"VBLSPCT": "%", "ENDOTOX": "EU/kg"}


def bs(raw_pq, ex, dm, ct, study):
    infusions = ex.rename(columns={"EXLOT": "BSREFID"})
    in_words = coded("_result", ct["LBSTRESC"])
    return (
        raw_pq.pipe(identify, domain="BS", study=study)
        .pipe(one_per_result, TESTS, test="BSTESTCD")
        .assign(
            BSREFID=collected("PQ_LOT"),
            BSTEST=decoded("BSTESTCD", ct["BSTESTCD"]),
            BSCAT="PRODUCT RELEASE",
            BSORRES=collected("_result"),
            BSORRESU=lambda frame: frame["BSTESTCD"].map(UNITS),
            BSSTRESC=lambda frame: in_words(frame).fillna(frame["_result"]),
            BSSTRESN=number("_result"),
            BSSTRESU=lambda frame: frame["BSTESTCD"].map(UNITS),
            BSSPEC="NATURAL KILLER CELL",
            BSDTC=iso_date("PQ_DAT"),
        )
        .pipe(derive_vars_merged, infusions, ["USUBJID", "BSREFID"], ["VISITNUM", "VISIT"])
        .pipe(derive_vars_study_day, dm, "BSDTC")
        .pipe(derive_var_seq, "BSSEQ", by=["BSREFID", "BSTESTCD"])
    )
