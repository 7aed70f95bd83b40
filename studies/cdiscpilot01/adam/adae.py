"""ADAE: one record per adverse event."""

from pipeline.adam.dates import derive_var_duration, derive_vars_dt, derive_vars_dy
from pipeline.adam.flags import yes
from pipeline.adam.imputation import derive_vars_dt_first_day
from pipeline.adam.occurrence import flag_first
from pipeline.adam.treatment import derive_vars_adsl
from pipeline.where import all_of, any_of, contains, equals, flagged, is_in, missing, not_, not_less

ADSL = ("SITEID", "TRTSDT", "TRTEDT", "AGE", "AGEGR1", "AGEGR1N", "RACE", "RACEN", "SEX", "SAFFL")
SKIN = all_of(
    equals("AEBODSYS", "SKIN AND SUBCUTANEOUS TISSUE DISORDERS"),
    not_(is_in("AEDECOD", ["COLD SWEAT", "HYPERHIDROSIS", "ALOPECIA"])),
)
DERMATOLOGIC = any_of(contains("AEDECOD", "APPLICATION", "DERMATITIS", "ERYTHEMA", "BLISTER"), SKIN)
EMERGENT = flagged("TRTEMFL")
SERIOUS = flagged("TRTEMFL", "AESER")
SOC, TERM = ["USUBJID", "AEBODSYS"], ["USUBJID", "AEBODSYS", "AEDECOD"]
FIRST = {
    "AOCCFL": (["USUBJID"], EMERGENT),
    "AOCCSFL": (SOC, EMERGENT),
    "AOCCPFL": (TERM, EMERGENT),
    "AOCC01FL": (["USUBJID"], all_of(EMERGENT, DERMATOLOGIC)),
    "AOCC02FL": (["USUBJID"], SERIOUS),
    "AOCC03FL": (SOC, SERIOUS),
    "AOCC04FL": (TERM, SERIOUS),
}


def adae(ae, adsl):
    events = (
        ae.pipe(derive_vars_adsl, adsl, *ADSL, TRTA="TRT01A", TRTAN="TRT01AN")
        .pipe(derive_vars_dt_first_day, "ASTDT", "AESTDTC")
        .pipe(derive_vars_dt, {"AENDT": "AEENDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ASTDT", "AENDT")
        .pipe(derive_var_duration, "ADURN", "ASTDT", "AENDT")
        .assign(
            ADURN=lambda frame: frame["ADURN"].where(missing("ASTDTF")(frame)),
            ADURU=lambda frame: frame["ADURN"].map(lambda _: "DAY", na_action="ignore"),
            TRTEMFL=yes(not_less("ASTDT", "TRTSDT")),
            CQ01NAM=lambda frame: DERMATOLOGIC(frame).map({True: "DERMATOLOGIC EVENTS"}),
        )
    )
    for flag, (by, where) in FIRST.items():
        events = flag_first(events, flag, by, ["ASTDT", "AESEQ"], where)
    return events
