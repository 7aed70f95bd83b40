"""ADEFF: the efficacy of each subject in one place: response, tumour change, survival times."""

from pipeline.adam.flags import yes_no
from pipeline.adam.parameters import derive_vars_param
from pipeline.adam.treatment import derive_var_aseq, derive_vars_adsl
from pipeline.merge import derive_vars_merged, first_per, stacked
from pipeline.where import all_of, equals, is_in, missing, present

RESPONDED = is_in("AVALC", ["CR", "PR"])
CONTROLLED = is_in("AVALC", ["CR", "PR", "SD", "NON-CR/NON-PD"])
RATES = {
    "OBJRESP": ("CBOR", RESPONDED),
    "OBJRESPU": ("BOR", RESPONDED),
    "DISCTL": ("CBOR", CONTROLLED),
    "DISCTLU": ("BOR", CONTROLLED),
}
KEPT = ["STUDYID", "USUBJID", "PARAMCD", "AVAL", "AVALC", "ADT", "CNSR"]


def adeff(adsl, adrs, adtr, adtte, ct, study):
    month = float(study.settings.text("month_days"))

    def taken(rows, source, variable):
        made = rows.assign(SRCDOM=source, SRCVAR=variable, SRCSEQ=rows["ASEQ"])
        names = [*KEPT, "SRCDOM", "SRCVAR", "SRCSEQ"]
        return made[[name for name in made if name in names or name.startswith("_row_")]]

    def answered(code):
        parameter, condition = RATES[code]
        rows = adrs.loc[equals("PARAMCD", parameter)]
        yes = condition(rows)
        return taken(rows, "ADRS", "AVALC").assign(
            PARAMCD=code,
            AVALC=yes_no(condition)(rows),
            AVAL=yes.astype("float64"),
            ADT=rows["ADT"].where(yes),
        )

    after = adtr.loc[all_of(missing("ABLFL"), present("PCHG"))]
    change = first_per(after, "USUBJID", ["PCHG", "ADT"])
    times = adtte.loc[is_in("PARAMCD", ["PFS", "OS"])]
    response = answered("OBJRESP").loc[equals("AVALC", "Y")]
    lasted = (
        times.loc[equals("PARAMCD", "PFS")]
        .pipe(derive_vars_merged, response, "USUBJID", {"_from": "ADT"})
        .loc[present("_from")]
        .assign(AVAL=lambda rows: ((rows["ADT"] - rows["_from"]).dt.days + 1) / month)
    )
    return (
        stacked(
            *map(answered, RATES),
            taken(change, "ADTR", "PCHG").assign(PARAMCD="BESTCHG", AVAL=change["PCHG"]),
            taken(times, "ADTTE", "AVALM").assign(AVAL=times["AVALM"]),
            taken(lasted, "ADTTE", "ADT").assign(PARAMCD="DURRESP"),
        )
        .pipe(derive_vars_adsl, adsl, "SAFFL", "FASFL", TRTP="TRT01P", TRTA="TRT01A")
        .pipe(derive_vars_adsl, adsl, TRTAN="TRT01AN")
        .pipe(derive_vars_param, ct["EFFPARCD"])
        .pipe(derive_var_aseq, by=["PARAMN"])
    )
