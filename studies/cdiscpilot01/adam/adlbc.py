"""ADLBC: one record per clinical chemistry result, and one more for the last on treatment."""

from pipeline.adam.baseline import derive_var_base, derive_vars_chg, flag_extreme
from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.adam.dates import derive_vars_dt, derive_vars_dy
from pipeline.adam.flags import yes
from pipeline.adam.limits import derive_vars_limits, distance_from_limits
from pipeline.adam.occurrence import flag_last
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_vars_adsl
from pipeline.adam.windows import derive_vars_window, windows_between
from pipeline.merge import stacked
from pipeline.where import always, between, equals, flagged, is_in, not_

ADSL = (
    *("SUBJID", "TRTSDT", "TRTEDT", "AGE", "AGEGR1", "AGEGR1N", "RACE", "RACEN", "SEX"),
    *("COMP24FL", "DSRAEFL", "SAFFL"),
)
TREATMENT = {"TRTP": "TRT01P", "TRTPN": "TRT01PN", "TRTA": "TRT01A", "TRTAN": "TRT01AN"}
WEEKS = (2, 4, 6, 8, 12, 16, 20, 24, 26)
VISITS = {"SCREENING 1": 0} | {f"WEEK {week}": week for week in WEEKS}
WINDOWS = windows_between({f"Week {week}": 7 * week for week in WEEKS}, first=2)
NAMES = {0: "Baseline"} | {week: f"Week {week}" for week in WEEKS}
UNPLANNED = is_in("VISIT", ["AMBUL ECG REMOVAL", "RETRIEVAL"])
TREATED = between("AVISITN", 2, 24)
VALUES = {"AVAL": "LBSTRESN", "A1LO": "LBSTNRLO", "A1HI": "LBSTNRHI"}
LOW, HIGH = 0.5, 1.5  # multiples of the limits that the study calls clinically low, high


def adlbc(lb, adsl, ct):
    results = lb.loc[equals("LBCAT", "CHEMISTRY")].loc[not_(UNPLANNED)]
    rows = (
        parameters(results, ct)
        .pipe(derive_vars_adsl, adsl, *ADSL, **TREATMENT)
        .pipe(derive_vars_dt, {"ADT": "LBDTC"})
        .pipe(derive_vars_dy, "TRTSDT", "ADT")
        .pipe(derive_vars_limits, LOW, HIGH)
        .pipe(derive_vars_chg, always())
        .assign(ALBTRVAL=lambda frame: distance_from_limits(frame, LOW, HIGH))
        .pipe(flag_last, "AENTMTFL", ["USUBJID", "PARAMCD"], ["AVISITN"], TREATED)
        .pipe(flag_extreme, "ANL01FL", "ALBTRVAL", TREATED)
        .assign(ANRLO=lambda frame: frame["A1LO"], ANRHI=lambda frame: frame["A1HI"])
        .pipe(derive_vars_toxicity)
        .pipe(derive_var_base, "BTOXGRL", "ATOXGRL")
        .pipe(derive_var_base, "BTOXGRH", "ATOXGRH")
        .drop(columns=["ATOXGR", "ATOXGRN"])
    )
    last = rows.loc[flagged("AENTMTFL")].assign(AVISIT="End of Treatment", AVISITN=99)
    return stacked(rows, last).pipe(derive_vars_window, WINDOWS)


def parameters(results, ct):
    visit = results["VISIT"].map(VISITS)
    made = results.assign(
        **{name: results[source] for name, source in VALUES.items()},
        PARAMCD=ct["LBPARCD"].submission(results["LBTESTCD"]),
        PARCAT1="CHEM",
        AVISIT=visit.map(NAMES),
        AVISITN=visit,
        ABLFL=yes(equals("VISIT", "SCREENING 1"))(results),
    )
    made = derive_vars_param(made, ct["LBPARCD"])
    return made.assign(PARAMN=made["PARAMN"] + 17)  # numbers 1 to 17 are haematology
