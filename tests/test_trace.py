"""Ten printed cells of all kinds, walked down to the CRF lines and computed again from those lines.

The walk is the engine's; what is made of the lines is plain pandas. And the way back, from a CRF
line to what it reaches.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.study import open_study
from pipeline.trace import CELL, trace_cell, trace_line

MONTH = 30.4375
Lines = dict[str, pd.DataFrame]


def dates(texts: pd.Series) -> pd.Series:
    """Dates as the sites wrote them."""
    forms = ("%Y-%m-%d", "%d %b %Y", "%d/%m/%Y")
    days = [pd.to_datetime(texts, format=form, errors="coerce") for form in forms]
    return days[0].fillna(days[1]).fillna(days[2])


def crf(built: Path, output: str, row: str, column: str) -> Lines:
    """The CRF lines behind a cell: form -> its records as the file has them."""
    records = trace_cell(open_study(built), output, row, column)
    raw = records[records["dataset"].str.startswith("raw_")]
    lines = {}
    for name, part in raw.groupby("dataset"):
        form = str(name).removeprefix("raw_")
        file = pd.read_csv(built / f"raw/{form}.csv", dtype=str, keep_default_na=False)
        lines[form] = file.loc[sorted(part["record"].astype(int) - 2)]  # the header is line 1
    return lines


def printed(built: Path, output: str, row: str, column: str) -> dict[str, Any]:
    """The statistics of a cell, as the Word file prints them."""
    name = f"{output[0]}-{output[1:]}".lower().replace(".", "-")
    results = json.loads((built / f"build/tlf/{name}.json").read_text(encoding="utf-8"))["results"]
    found = {name: value for key, col, name, value in results if (key, col) == (row, column)}
    assert found
    return found


def subjects(lines: pd.DataFrame) -> int:
    """How many subjects."""
    return len(lines[["SITE", "SUBJECT"]].drop_duplicates())


def test_subjects_with_pyrexia_in_group_d(built: Path) -> None:
    row = "general disorders and administration site conditions/pyrexia"
    lines = crf(built, "T14.3.1.4", row, "D")["ae"]
    assert len(lines) == 8
    assert sorted(set(lines["SUBJECT"])) == ["001", "002", "003"]
    assert set(lines["AE_TERM"]) == {"pyrexia"}
    cell = printed(built, "T14.3.1.4", row, "D")
    assert (cell["n"], cell["N"], cell["pct"]) == (subjects(lines), 4, 75.0)


def test_mean_age_of_all(built: Path) -> None:
    row = "age (years)/age/mean (sd)"
    ages = crf(built, "T14.1.3", row, "total")["dm"]["AGE"].astype(float)
    cell = printed(built, "T14.1.3", row, "total")
    assert (len(ages), cell["n"]) == (18, 18)
    assert cell["mean"] == pytest.approx(ages.mean())
    assert cell["sd"] == pytest.approx(ages.std())


def test_median_days_to_recurrence_in_group_c(built: Path) -> None:
    row = "days from transplantation to recurrence/ttrd/median (min, max)"
    lines = crf(built, "T14.1.3", row, "C")["mh"]
    days = (dates(lines["REC_DAT"]) - dates(lines["LT_DAT"])).dt.days
    cell = printed(built, "T14.1.3", row, "C")
    assert (cell["median"], cell["min"], cell["max"]) == (days.median(), days.min(), days.max())
    assert cell["median"] == 108


def test_median_survival_of_all(built: Path) -> None:
    row = "overall survival/median"
    lines = crf(built, "T14.2.2", row, "total")
    by = ["SITE", "SUBJECT"]
    first = lines["ex"].assign(day=dates(lines["ex"]["EX_DAT"])).groupby(by)["day"].min()
    status = lines["su"].assign(day=dates(lines["su"]["SU_DAT"])).set_index(by)
    days = (status["day"] - first).dt.days + 1
    died = status["SU_STAT"] == "Dead"
    alive, curve = 1.0, []
    for time in sorted(set(days[died])):
        at_risk = (days >= time).sum()
        alive *= 1 - ((days == time) & died).sum() / at_risk
        curve.append((time, round(alive, 9)))
    half = [time for time, height in curve if height == 0.5]
    below = next(time for time, height in curve if height < 0.5)
    median = (half[0] + below) / 2 if half else below
    assert len(days) == 18
    assert printed(built, "T14.2.2", row, "total")["estimate"] == pytest.approx(median / MONTH)


def test_cumulative_dose_in_group_d(built: Path) -> None:
    row = "cumulative dose (1e9 cells)/aval/mean (sd)"
    lines = crf(built, "T14.1.7", row, "D")["ex"]
    doses = lines["EX_DOSE"].astype(float).groupby(lines["SUBJECT"]).sum() / 1e9
    assert len(lines) == 4 * 16
    assert printed(built, "T14.1.7", row, "D")["mean"] == pytest.approx(doses.mean())


def test_sorafenib_in_group_c(built: Path) -> None:
    lines = crf(built, "T14.1.5", "sorafenib", "C")["cm"]
    assert set(lines["CM_PT"]) == {"SORAFENIB"}
    cell = printed(built, "T14.1.5", "sorafenib", "C")
    assert (cell["n"], cell["pct"]) == (subjects(lines), 50.0)


def test_alanine_aminotransferase_at_infusion_2_in_group_b(built: Path) -> None:
    row = "alanine aminotransferase (u/l)/infusion 2/aval/mean (sd)"
    lines = crf(built, "T14.3.4.1", row, "B")["lab"]
    lines = lines[(lines["VISIT"] == "Infusion 2") & (lines["LAB_TEST"] == "ALT")]
    values = lines["LAB_RES"].astype(float)
    cell = printed(built, "T14.3.4.1", row, "B")
    assert set(lines["LAB_UNIT"]) == {"U/L"}
    assert (cell["n"], cell["mean"]) == (len(values), pytest.approx(values.mean()))


def test_purity_of_the_lots_of_group_b(built: Path) -> None:
    row = "cd56+cd3- cells (%)/aval/median (min, max)"
    purity = crf(built, "T14.2.7", row, "B")["pq"]["PQ_PUR"].astype(float)
    cell = printed(built, "T14.2.7", row, "B")
    assert (cell["n"], len(purity)) == (20, 20)
    assert cell["median"] == pytest.approx(purity.median())


def test_a_line_of_the_listing_of_infusions(built: Path) -> None:
    """Printed record 5: the fifth infusion of patient 1."""
    lines = crf(built, "L16.2.5.1", "5", "")
    infusion = lines["ex"].iloc[0]
    listing = json.loads((built / "build/tlf/l-16-2-5-1.json").read_text(encoding="utf-8"))
    keys = [column["key"] for column in listing["columns"]]
    record = dict(zip(keys, listing["records"][4], strict=True))
    assert record["ADT"] == dates(lines["ex"]["EX_DAT"]).dt.strftime("%Y-%m-%d").iloc[0]
    assert record["EXLOT"] == infusion["EX_LOT"]
    assert record["DOSE"] == float(infusion["EX_DOSE"]) / 1e9
    assert record["VIAB"] == float(lines["pq"]["PQ_VIAB"].iloc[0])


def test_deaths_of_the_survival_figure(built: Path) -> None:
    lines = crf(built, "F14.2.3", "", "")["su"]
    figure = json.loads((built / "build/tlf/f-14-2-3.json").read_text(encoding="utf-8"))
    group = figure["data"]["groups"][0]
    assert group["n"] == len(lines)
    assert group["events"] == (lines["SU_STAT"] == "Dead").sum()


def test_what_a_line_of_the_crf_reaches(built: Path) -> None:
    """Line 3 of ae.csv is the one event of grade 2, of patient 1."""
    records, cells = trace_line(open_study(built), "raw/ae.csv:3")
    reached = set(records.loc[records["record"] == 2, "dataset"])
    assert {"ae", "adae"} <= reached
    found = set(cells[CELL].itertuples(index=False, name=None))
    pyrexia = "general disorders and administration site conditions/pyrexia"
    assert ("T14.3.1.4", pyrexia, "D") in found
    assert ("T14.3.1.4", pyrexia, "total") in found
    assert ("L16.2.7.1", "2", "") in found
    assert not any(column in "ABC" for _, _, column in found if column)


def test_both_ways_meet(built: Path) -> None:
    """Every CRF line behind a cell reaches that cell."""
    folder = open_study(built)
    pyrexia = "general disorders and administration site conditions/pyrexia"
    for line in crf(built, "T14.3.1.4", pyrexia, "D")["ae"].index + 2:
        _, cells = trace_line(folder, f"ae.csv:{line}")
        assert ((cells["row"] == pyrexia) & (cells["column"] == "D")).any()
