"""VS: one record per vital sign, from the CRF page "Vital Signs"."""

from pipeline.sdtm.baseline import derive_var_lobxfl
from pipeline.sdtm.dates import iso_date
from pipeline.sdtm.epoch import derive_var_epoch
from pipeline.sdtm.mapping import coded, collected, decoded, identify, number
from pipeline.sdtm.results import one_per_result
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.sdtm.study_day import derive_vars_study_day
from pipeline.sdtm.visits import derive_vars_visit
from pipeline.where import equals, not_

TESTS = {
    "VS_TEMP": "TEMP",
    "VS_SBP": "SYSBP",
    "VS_DBP": "DIABP",
    "VS_PULSE": "PULSE",
    "VS_RESP": "RESP",
}
UNITS = {"TEMP": "C", "SYSBP": "mmHg", "DIABP": "mmHg", "PULSE": "beats/min", "RESP": "breaths/min"}
before = not_(equals("VSTPT", "AFTER INFUSION"))


def vs(raw_vs, dm, se, ct, study):
    times = {value: float(place) for place, value in enumerate(ct["VSTPT"].values, 1)}
    return (
        raw_vs.pipe(identify, domain="VS", study=study)
        .pipe(one_per_result, TESTS, test="VSTESTCD")
        .assign(
            VSSPID=collected("VS_NO"),
            VSTEST=decoded("VSTESTCD", ct["VSTESTCD"]),
            VSORRES=collected("_result"),
            VSORRESU=lambda frame: frame["VSTESTCD"].map(UNITS),
            VSSTRESC=collected("_result"),
            VSSTRESN=number("_result"),
            VSSTRESU=lambda frame: frame["VSTESTCD"].map(UNITS),
            VSDTC=iso_date("VS_DAT"),
            VSTPT=coded("VS_TPT", ct["VSTPT"]),
            VSTPTNUM=lambda frame: frame["VSTPT"].map(times),
        )
        .assign(VSLOBXFL=lambda frame: derive_var_lobxfl(frame.loc[before], dm)["VSLOBXFL"])
        .pipe(derive_vars_visit, "VISIT", study)
        .pipe(derive_var_epoch, se, "VSDTC")
        .pipe(derive_vars_study_day, dm, "VSDTC")
        .pipe(derive_var_seq, "VSSEQ", by=["VSTESTCD", "VSDTC", "VSTPTNUM"])
    )
