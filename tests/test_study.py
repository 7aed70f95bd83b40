"""The reference study: what it publishes comes out of the build, derived a second time here.

Nothing of `pipeline` is imported: published tables and XPT files are read with public readers, and
the article's arithmetic is written out again (double programming of the primary endpoints).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

ROOT = Path(__file__).parent.parent
MONTH = 30.4375


def xpt(built: Path, name: str) -> pd.DataFrame:
    """A built XPT file; dates as datetime64. (pandas reads a 0 of an XPT file as 5.4E-79.)"""
    frame, meta = pyreadstat.read_xport(built / f"build/xpt/{name}.xpt")
    dates = [v for v, form in meta.original_variable_types.items() if (form or "")[:4] == "DATE"]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


def results(built: Path, output: str) -> dict[tuple[str, str, str], float]:
    """(row, column, statistic) -> value of one output."""
    content = json.loads((built / f"build/tlf/{output}.json").read_text(encoding="utf-8"))
    return {(row, column, name): value for row, column, name, value in content["results"]}


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    """Table 2 of the article with the duration of treatment of Table 3."""
    table = pd.read_csv(ROOT / "raw/published/table2.csv", keep_default_na=False)
    events = pd.read_csv(ROOT / "raw/published/table3.csv", keep_default_na=False)
    duration = events.drop_duplicates("patient").set_index("patient")["treatment_duration_days"]
    return table.assign(duration=table["patient"].map(duration)).set_index("patient")


@pytest.fixture(scope="module")
def survival(published: pd.DataFrame) -> pd.DataFrame:
    """Survival days from first infusion and whether the patient died, by patient number.

    Follow-up runs from the end of treatment; patient 14 has 582 days (19.1 months); patient 7 is
    the only one alive.
    """
    days = np.floor(published["followup_months"] * MONTH + 0.5).astype(int)
    days.loc[14] = 582
    return pd.DataFrame(
        {
            "group": published["group"],
            "days": days + published["duration"].astype(int),
            "died": published.index != 7,
        }
    )


def kaplan_meier(days: pd.Series, died: pd.Series) -> list[tuple[float, float]]:
    """(time, survival) after each event time, computed step by step."""
    alive, curve = 1.0, []
    for time in sorted(set(days[died])):
        at_risk = int((days >= time).sum())
        deaths = int(((days == time) & died).sum())
        alive *= 1 - deaths / at_risk
        curve.append((time, alive))
    return curve


def median(curve: list[tuple[float, float]]) -> float | None:
    """The first time the curve is at or below 0.5; the midpoint of a step at exactly 0.5."""
    for (time, alive), following in zip(curve, [*curve[1:], (math.nan, 0.0)], strict=True):
        if math.isclose(alive, 0.5):
            return (time + following[0]) / 2
        if alive < 0.5:
            return time
    return None


def test_overall_survival_of_every_patient(built: Path, survival: pd.DataFrame) -> None:
    adtte = xpt(built, "adtte")
    os = adtte.loc[adtte["PARAMCD"] == "OS"].assign(patient=lambda f: f["SUBJID"].astype(int))
    os = os.set_index("patient").sort_index()
    assert os["AVAL"].astype(int).tolist() == survival["days"].tolist()
    assert (os["CNSR"] == 0).tolist() == survival["died"].tolist()
    assert np.allclose(os["AVALM"], survival["days"] / MONTH)
    assert os.index[os["CNSR"] == 1].tolist() == [7]


@pytest.mark.parametrize(
    ("group", "months"), [("total", 17.69), ("A", 12.65), ("B", 16.13), ("C", 17.69), ("D", 26.51)]
)
def test_median_survival(built: Path, survival: pd.DataFrame, group: str, months: float) -> None:
    mine = survival if group == "total" else survival.loc[survival["group"] == group]
    second = median(kaplan_meier(mine["days"], mine["died"]))
    assert second is not None
    printed = results(built, "t-14-2-2")["overall survival/median", group, "estimate"]
    assert printed == pytest.approx(second / MONTH)
    assert round(printed, 2) == months


def test_the_sensitivity_analysis_censors_patient_14_only(built: Path) -> None:
    adtte = xpt(built, "adtte").assign(patient=lambda f: f["SUBJID"].astype(int))
    os, assumed = (adtte.loc[adtte["PARAMCD"] == code] for code in ("OS", "OSS1"))
    differs = os["CNSR"].to_numpy() != assumed["CNSR"].to_numpy()
    assert os.loc[differs, "patient"].tolist() == [14]
    assert assumed.loc[assumed["ASSUMPFL"] == "Y", "patient"].tolist() == [14]


def test_adverse_events_are_those_of_table_3(built: Path) -> None:
    table = pd.read_csv(ROOT / "raw/published/table3.csv", dtype=str, keep_default_na=False)
    events = table.loc[table["ctcae_grade"] != ""]
    expected = sorted(
        zip(
            events["patient"].astype(int),
            events["infusion_number"].astype(int),
            events["dose_cells"].astype(float),
            events["ctcae_grade"].astype(int),
            strict=True,
        )
    )
    adae = xpt(built, "adae")
    found = sorted(
        zip(
            adae["USUBJID"].str[-3:].astype(int),
            adae["AEINFN"].astype(int),
            adae["ADOSE"],
            adae["ATOXGRN"].astype(int),
            strict=True,
        )
    )
    assert found == expected
    assert len(found) == 17
    assert (adae["TRTEMFL"] == "Y").all()
    assert set(adae["DLTFL"]) == {""}


def test_subjects_with_pyrexia_by_maximum_grade(built: Path) -> None:
    found = results(built, "t-14-3-1-3")
    expected = {
        "any": (2, 0, 2, 3, 7),
        "1": (2, 0, 2, 2, 6),
        "2": (0, 0, 0, 1, 1),
        ">=3": (0, 0, 0, 0, 0),
    }
    rows = list(dict.fromkeys(row for row, _, name in found if name == "n"))[:4]
    for row, counts in zip(rows, expected.values(), strict=True):
        assert tuple(found[row, c, "n"] for c in ("A", "B", "C", "D", "total")) == counts


def test_infusions_and_doses(built: Path) -> None:
    ex = xpt(built, "ex")
    assert len(ex) == 144
    assert ex["EXLOT"].is_unique
    per_dose = ex.groupby("EXDOSE").size()
    assert per_dose.to_dict() == {5e9: 28, 1e10: 116}
    adex = xpt(built, "adex")
    total = adex.loc[adex["PARAMCD"] == "TDOSE"].groupby("TRTAN")["AVAL"].unique()
    assert [float(values[0]) for values in total] == [2e10, 4e10, 8e10, 1.4e11]
    treated = adex.loc[adex["PARAMCD"] == "TRTDURD", "AVAL"]
    period = adex.loc[adex["PARAMCD"] == "PDURD", "AVAL"]
    assert sorted(set(treated)) == [43, 99, 211]
    assert sorted(set(period)) == [56, 112, 224]


def test_patient_11_is_the_only_protocol_deviation(built: Path) -> None:
    assert xpt(built, "dv")["USUBJID"].tolist() == ["NCT02399735-01-011"]
    assert xpt(built, "ie")["IETESTCD"].tolist() == ["INCL01"]


def test_the_comparison_sign_of_patient_4_stays(built: Path) -> None:
    lb = xpt(built, "lb").query("LBTESTCD == 'AFP'").set_index("USUBJID").loc["NCT02399735-01-004"]
    assert (lb["LBORRES"], lb["LBSTRESC"]) == (">2000", ">2000")
    assert math.isnan(lb["LBSTRESN"])
    adsl = xpt(built, "adsl").set_index("SUBJID").loc["004"]
    assert (adsl["AFPBL"], adsl["AFPBLC"]) == (2000, ">2000")


def test_dates_keep_the_published_arithmetic(built: Path, published: pd.DataFrame) -> None:
    adsl = xpt(built, "adsl")
    treated = adsl.loc[adsl["SAFFL"] == "Y"].assign(patient=lambda f: f["SUBJID"].astype(int))
    treated = treated.set_index("patient").sort_index()
    assert str(treated.loc[7, "TRTSDT"].date()) == "2015-02-17"
    assert str(treated.loc[7, "LSTALVDT"].date()) == "2024-09-30"
    assert treated["TRTSDT"].between("2014-12-31", "2017-03-29").all()
    assert ((treated["TRTSDT"] - treated["RFICDT"]).dt.days >= 14).all()
    days = (treated["RECURDT"] - treated["LTDT"]).dt.days
    assert days.tolist() == published["days_lt_to_recurrence"].tolist()
    assert (treated["RECURDT"] < treated["TRTSDT"]).all()


def test_every_raw_record_is_accounted_for(built: Path) -> None:
    balance = pd.read_csv(built / "build/validation/balance.csv").set_index("form")
    assert balance["unaccounted"].sum() == 0
    lines = {
        path.stem: len(path.read_text(encoding="utf-8").splitlines()) - 1
        for path in (ROOT / "raw").glob("*.csv")
    }
    assert balance["records"].to_dict() == lines
    assert balance.loc["ie", "excluded"] == 23


def test_only_what_uses_synthetic_values_carries_the_banner(built: Path) -> None:
    synthetic = {
        content["id"]
        for path in (built / "build/tlf").glob("*.json")
        if (content := json.loads(path.read_text(encoding="utf-8")))["synthetic"]
    }
    assert "L16.2.5.1" in synthetic
    assert not synthetic & {"T14.1.3", "T14.2.2", "T14.2.4", "T14.3.1.3", "F14.2.3", "F14.2.4"}


def test_the_validation_report_has_no_open_error(built: Path) -> None:
    found = json.loads((built / "build/validation/findings.json").read_text(encoding="utf-8"))
    assert [item for item in found if item["severity"] == "error" and not item["waived"]] == []
    rules = json.loads((built / "build/validation/rules.json").read_text(encoding="utf-8"))
    assert {rule["status"] for rule in rules} <= {"passed", "failed", "waived", "not run"}
