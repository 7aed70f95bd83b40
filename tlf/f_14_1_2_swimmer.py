"""F14.1.2: infusions, other therapies, progression and death of each subject over time."""

import pandas as pd

from pipeline.merge import derive_vars_merged, stacked
from pipeline.tlf.figure_subjects import swimmer_alt, swimmer_data
from pipeline.tlf.outputs import Figure
from pipeline.where import all_of, equals, not_

IMMUNE = equals("CMCAT", "CONCOMITANT IMMUNOSUPPRESSIVE THERAPY")
DRUG = all_of(equals("SRCDOM", "CM"), not_(IMMUNE))
PROCEDURE = all_of(equals("SRCDOM", "PR"), not_(equals("CMCAT", "TRANSPLANTATION")))


def f_14_1_2_swimmer(adsl, adcm, adtte, population, study):
    settings = study.settings.block("swimmer")
    limits = (-float(settings.integer("months_before")), float(settings.integer("months_after")))
    subjects = population.of(adsl).assign(
        label=lambda rows: rows["SUBJID"], group=lambda rows: "Group " + rows["_column"]
    )
    contact = subjects[["DTHDT", "LSTALVDT"]].max(axis=1)
    subjects = subjects.assign(CONTACT=contact).sort_values(["_column", "SUBJID"])

    def month(frame, date):
        days = (frame[date] - frame["TRTSDT"]).dt.days
        return days / float(study.settings.text("month_days"))

    def bars(frame, kind, start, end):
        ends = derive_vars_merged(frame, subjects, "USUBJID", ["CONTACT"], lineage=False)
        ends = ends.assign(END=ends[end].fillna(ends["CONTACT"]))
        return ends.assign(kind=kind, start=month(ends, start), end=month(ends, "END"))

    def ending(code, kind):
        rows = adtte.loc[all_of(equals("PARAMCD", code), equals("CNSR", 0))]
        if code == "PFS":
            rows = rows.loc[equals("PFSRULE", 1)]
        rows = derive_vars_merged(rows, subjects, "USUBJID", ["TRTSDT"], lineage=False)
        return rows.assign(kind=kind, at=month(rows, "ADT"))

    therapy = population.of(adcm)
    procedures = therapy.loc[PROCEDURE]
    lanes = stacked(
        bars(subjects, "NK cell infusions", "TRTSDT", "TRTEDT"),
        bars(therapy.loc[DRUG], "Anti-carcinoma drug", "ASTDT", "AENDT"),
        bars(therapy.loc[IMMUNE], "Immunosuppressant", "ASTDT", "AENDT"),
    )
    marks = stacked(
        ending("OS", "Death"),
        ending("PFS", "Progression"),
        procedures.assign(kind="Procedure", at=month(procedures, "ASTDT")),
    )
    data = swimmer_data(subjects, lanes, marks, "Months from first infusion", limits)
    behind = pd.concat([subjects, therapy, adtte.loc[equals("PARAMCD", "PFS")]])
    return Figure("swimmer", data, swimmer_alt(data), behind=behind)
