"""FA: one record per finding about the recurrence, the primary tumour and the follow-up."""

from pipeline.merge import stacked
from pipeline.sdtm.mapping import coded, collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result, split_results
from pipeline.sdtm.sequence import derive_var_seq

RECURRENCE = "RECURRENT HEPATOCELLULAR CARCINOMA"
UNITS = {"DAYSLT": "DAYS", "FUMON": "MONTHS"}


def fa(raw_mh, raw_st, raw_su, ct, study):
    locations = (
        one_per_result(raw_mh, {"REC_LOC": "LOC"}, test="FATESTCD")
        .pipe(split_results, "_result")
        .assign(FAOBJ=RECURRENCE, FASTRESC=coded("_result", ct["LOCATION"]))
    )
    others = [
        one_per_result(raw_mh, {"REC_DAYS": "DAYSLT"}, test="FATESTCD").assign(FAOBJ=RECURRENCE),
        one_per_result(raw_st, {"MILAN": "MILAN"}, test="FATESTCD").assign(
            FAOBJ=RECURRENCE, FASTRESC=coded("_result", ct["MILAN"])
        ),
        one_per_result(raw_su, {"SU_FUM": "FUMON"}, test="FATESTCD").assign(FAOBJ="FOLLOW-UP"),
    ]
    return (
        stacked(locations, *others)
        .pipe(identify, domain="FA", study=study)
        .assign(
            FATEST=decoded("FATESTCD", ct["FATESTCD"]),
            FAORRES=collected("_result"),
            FAORRESU=lambda frame: frame["FATESTCD"].map(UNITS),
            FASTRESC=lambda frame: frame["FASTRESC"].fillna(frame["_result"]),
            FASTRESN=number("_result"),
            FASTRESU=lambda frame: frame["FATESTCD"].map(UNITS),
        )
        .pipe(derive_var_seq, "FASEQ", by=["FATESTCD"])
    )
