"""Make the CRF extracts raw/*.csv of the reference study from its published tables.

Published values are copied. Dates follow from published intervals and a seeded first infusion
(extracts.yaml); what remains is synthetic and marked so in forms.yaml. The same seed gives the same
bytes. Run it from the study's folder, and then make_synthetic.py, which fills in the dates left
open here: python raw/make_extracts.py && python raw/make_synthetic.py
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

RAW = Path(__file__).parent
MONTH = 30.4375
CATEGORIES = {
    "prior_treatment": "Prior anti-carcinoma",
    "concomitant_anticancer": "Concomitant anti-carcinoma",
    "concomitant_immunosuppressive": "Concomitant immunosuppressive",
}


def published(name: str) -> pd.DataFrame:
    """One published table as text; the file must be the one that SHA256SUMS pins."""
    path = RAW / "published" / name
    sums = dict(
        reversed(line.split()) for line in (RAW / "published/SHA256SUMS").read_text().splitlines()
    )
    if hashlib.sha256(path.read_bytes()).hexdigest() != sums[name]:
        raise SystemExit(f"{path}: not the table that SHA256SUMS pins; restore it")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def subject_dates(patients: pd.DataFrame, plan: dict, rng: np.random.Generator) -> pd.DataFrame:
    """Per patient: consent, first infusion, end of treatment, last contact."""
    number = patients["patient"]
    duration = patients["treatment_duration_days"].astype(int)
    followup = np.floor(patients["followup_months"].astype(float) * MONTH + 0.5).astype(int)
    followup = number.map(plan["followup_days"]).fillna(followup).astype(int)
    earliest, latest = (pd.Timestamp(day) for day in plan["enrolment"])
    low, high = map(int, plan["consent_days_before"])
    span = (latest - earliest).days - high
    first = earliest + pd.to_timedelta(high + rng.integers(0, span, len(number)), unit="D")
    first = pd.Series(first).mask(
        number.isin(plan["first_infusion"]),
        number.map({patient: pd.Timestamp(day) for patient, day in plan["first_infusion"].items()}),
    )
    return pd.DataFrame(
        {
            "consent": first - pd.to_timedelta(rng.integers(low, high, len(number)), unit="D"),
            "first": first,
            "treated": first + pd.to_timedelta(duration - 1, unit="D"),
            "contact": first + pd.to_timedelta(duration - 1 + followup, unit="D"),
            "baseline": first - pd.Timedelta(days=1),
        }
    )


def infusions(patients: pd.DataFrame, dates: pd.DataFrame, plan: dict) -> pd.DataFrame:
    """One record per infusion given: number, date, dose, lot."""
    count = patients["infusions_received"].astype(int)
    each = patients.loc[patients.index.repeat(count)].copy()
    order = each.groupby("patient", sort=False).cumcount()
    first = dates["first"].loc[each.index]
    interval = int(plan["infusion_interval_days"])
    low = (each["group"] == "A") | ((each["group"] == "D") & (order < 4))
    patient = each["patient"].str.zfill(3)
    return pd.DataFrame(
        {
            "patient": each["patient"],
            "VISIT": "Infusion " + (order + 1).astype(str),
            "EX_NO": (order + 1).astype(str),
            "EX_DAT": first + pd.to_timedelta(order * interval, unit="D"),
            "EX_DOSE": np.where(low, "5e9", "1e10"),
            "EX_UNIT": "cells",
            "EX_LOT": "NK" + patient + "-" + (order + 1).astype(str).str.zfill(2),
        }
    ).reset_index(drop=True)


def adverse_events(table: pd.DataFrame, given: pd.DataFrame, plan: dict) -> pd.DataFrame:
    """One record per event of Table 3, dated by its infusion."""
    events = table.loc[table["ctcae_grade"] != ""].merge(
        given[["patient", "EX_NO", "EX_DAT"]],
        how="left",
        left_on=["patient", "infusion_number"],
        right_on=["patient", "EX_NO"],
        validate="many_to_one",
    )
    onset = pd.to_timedelta(events["onset_days_post_infusion"].astype(int), unit="D")
    length = pd.to_timedelta(events["duration_days"].astype(int) - 1, unit="D")
    return pd.DataFrame(
        {
            "patient": events["patient"],
            "AE_NO": (events.groupby("patient").cumcount() + 1).astype(str),
            "AE_TERM": events["term"],
            "AE_PT": events["term"].map({t: c["decoded"] for t, c in plan["terms"].items()}),
            "AE_SOC": events["term"].map({t: c["class"] for t, c in plan["terms"].items()}),
            "AE_STDAT": events["EX_DAT"] + onset,
            "AE_ENDAT": events["EX_DAT"] + onset + length,
            "AE_GRADE": events["ctcae_grade"],
            "AE_REL": events["relationship"],
            "AE_INF": events["infusion_number"],
        }
    )


def therapies(patients: pd.DataFrame, coding: dict, prefix: str) -> pd.DataFrame:
    """One record per drug or procedure that Table 2 prints and `coding` knows."""
    long = patients.melt(
        id_vars="patient", value_vars=list(CATEGORIES), var_name="column", value_name="text"
    )
    whole = long["text"].isin(coding)
    long["item"] = long["text"].str.split(", ").mask(whole, long["text"].map(lambda t: [t]))
    items = long.explode("item")
    items = items.loc[items["item"].isin(coding)]
    items = items.assign(order=items["patient"].astype(int)).sort_values("order", kind="stable")
    return pd.DataFrame(
        {
            "patient": items["patient"],
            f"{prefix}_NO": (items.groupby("patient").cumcount() + 1).astype(str),
            f"{prefix}_CAT": items["column"].map(CATEGORIES),
            f"{prefix}_TRT": items["item"],
            f"{prefix}_PT": items["item"].map(coding),
        }
    )


def forms(plan: dict, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Every form by name, dates still as dates, subjects still as patient numbers."""
    counts = published("table3.csv").drop_duplicates("patient")
    patients = published("table2.csv").merge(
        counts[["patient", "infusions_received", "treatment_duration_days"]],
        how="left",
        on="patient",
        validate="one_to_one",
    )
    dates = subject_dates(patients, plan, rng)
    number, given = patients["patient"], infusions(patients, dates, plan)
    alive = number.isin(plan["alive_at_cutoff"])
    low, high = map(int, plan["age_limits"])
    eligible = patients["age_years"].astype(int).between(low, high)
    failed = pd.Series([str(n) for n in range(len(patients) + 1, int(plan["screened"]) + 1)])
    consent = dates["consent"]
    failed_consent = consent.sample(len(failed), random_state=rng).reset_index(drop=True)
    status = np.where(alive, "Alive", "Dead")
    return {
        "dm": pd.concat([
            pd.DataFrame({"patient": number, "CONSENT_DAT": consent, "SEX": patients["sex"],
                          "AGE": patients["age_years"], "GROUP": patients["group"]}),
            pd.DataFrame({"patient": failed, "CONSENT_DAT": failed_consent + pd.Timedelta(days=3),
                          "SEX": "U", "AGE": "", "GROUP": ""}),
        ]),
        "ie": pd.concat([
            pd.DataFrame({"patient": number, "IE_MET": np.where(eligible, "Yes", "No"),
                          "IE_CRIT": np.where(eligible, "", "INCL01"), "IE_ENR": "Yes"}),
            pd.DataFrame({"patient": failed, "IE_MET": "No", "IE_CRIT": "", "IE_ENR": "No"}),
        ]),
        "ds": pd.concat([
            pd.DataFrame({"patient": number, "DS_NO": "1", "DS_EVT": "Treatment completed",
                          "DS_DAT": dates["treated"]}),
            pd.DataFrame({"patient": number, "DS_NO": "2", "DS_EVT": "Death",
                          "DS_DAT": dates["contact"]}).loc[~alive],
            pd.DataFrame({"patient": failed, "DS_NO": "1", "DS_EVT": "Screening failure",
                          "DS_DAT": ""}),
        ]),
        "ex": given,
        "ae": adverse_events(published("table3.csv"), given, plan),
        "cm": therapies(patients, plan["drugs"], "CM"),
        "pr": therapies(patients, plan["procedures"], "PR"),
        "mh": pd.DataFrame({"patient": number, "MH_DIAG": "Hepatocellular carcinoma",
                            "LT_DAT": pd.NaT, "REC_DAT": pd.NaT,
                            "REC_DAYS": patients["days_lt_to_recurrence"],
                            "REC_LOC": patients["recurrence_location"]}),
        "st": pd.DataFrame({"patient": number, "VISIT": "Screening", "ST_DAT": dates["baseline"],
                            "ECOG": patients["ecog"], "BCLC": patients["bclc"],
                            "MILAN": patients["milan"]}),
        "lb": pd.DataFrame({"patient": number, "VISIT": "Screening", "LB_DAT": dates["baseline"],
                            "LB_TEST": "AFP", "LB_RES": patients["afp_ng_ml"],
                            "LB_UNIT": "ng/mL"}),
        "su": pd.DataFrame({"patient": number, "SU_NO": "1", "SU_DAT": dates["contact"],
                            "SU_STAT": status, "SU_FUM": patients["followup_months"]}),
    }  # fmt: skip


def as_collected(frame: pd.DataFrame, plan: dict, rng: np.random.Generator) -> pd.DataFrame:
    """The form as a site enters it: site, subject, and dates in the formats sites use."""
    text = frame.sort_values("patient", key=lambda column: column.astype(int), kind="stable")
    for name in [name for name in text.columns if name.endswith("DAT")]:
        formats = rng.choice(plan["date_formats"], len(text))
        dates = pd.to_datetime(text[name], errors="coerce")
        written = [
            "" if pd.isna(day) else day.strftime(form)
            for day, form in zip(dates, formats, strict=True)
        ]
        text[name] = written
    subject = text.pop("patient").str.zfill(3)
    text.insert(0, "SUBJECT", subject)
    text.insert(0, "SITE", plan["site"])
    return text


def main() -> None:
    """Write every form."""
    plan = yaml.load((RAW / "extracts.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    rng = np.random.default_rng(int(plan["seed"]))
    for name, frame in forms(plan, rng).items():
        collected = as_collected(frame, plan, rng)
        collected.to_csv(RAW / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
