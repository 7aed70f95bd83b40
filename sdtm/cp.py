"""CP: one record per cell population of a product lot, from the CRF page "NK Cell Product"."""

from pipeline.merge import derive_vars_merged
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.mapping import collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day

POPULATIONS = {"PQ_PUR": "NKCECE", "PQ_CD3": "TLYCECE"}
MARKERS = {"NKCECE": "CD56+CD3-", "TLYCECE": "CD3+"}


def cp(raw_pq, ex, dm, ct, study):
    infusions = ex.rename(columns={"EXLOT": "CPREFID"})
    return (
        raw_pq.pipe(identify, domain="CP", study=study)
        .pipe(one_per_result, POPULATIONS, test="CPTESTCD")
        .assign(
            CPREFID=collected("PQ_LOT"),
            CPTEST=decoded("CPTESTCD", ct["CPTESTCD"]),
            CPMRKSTR=lambda frame: frame["CPTESTCD"].map(MARKERS),
            CPCAT="IMMUNOPHENOTYPING",
            CPORRES=collected("_result"),
            CPORRESU="%",
            CPSTRESC=collected("_result"),
            CPSTRESN=number("_result"),
            CPSTRESU="%",
            CPSPEC="NATURAL KILLER CELL",
            CPMETHOD="FLOW CYTOMETRY",
            CPDTC=iso_date("PQ_DAT"),
        )
        .pipe(derive_vars_merged, infusions, ["USUBJID", "CPREFID"], ["VISITNUM", "VISIT"])
        .pipe(derive_vars_study_day, dm, "CPDTC")
        .pipe(derive_var_seq, "CPSEQ", by=["CPREFID", "CPTESTCD"])
    )
