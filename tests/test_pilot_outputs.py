"""The outputs of the CDISC pilot: numbers of the published ADaM and of an independent rebuild.

RTF tables of the pilot's report, made again in R from the published ADaM, are public in
atorus-research/CDISC_pilot_replication (outputs/14-1.02 to 14-5.02); printed numbers are theirs.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scipy.stats import fisher_exact

from pipeline.tlf.display import show
from tests.published import published

ARMS = {"Pbo": "Placebo", "Xan_Lo": "Xanomeline Low Dose", "Xan_Hi": "Xanomeline High Dose"}
SIZES = {"Pbo": 86, "Xan_Lo": 84, "Xan_Hi": 84}
STUDIED = ("Pbo", "Xan_Lo", "Xan_Hi")


def output(pilot: Path, file: str) -> dict:
    """An output as the engine keeps it."""
    return json.loads((pilot / f"build/tlf/{file}.json").read_text(encoding="utf-8"))


def results(pilot: Path, file: str) -> dict[tuple[str, str, str], float]:
    """(row, column, statistic) -> value of an output."""
    said = output(pilot, file)["results"]
    return {(row, column, statistic): value for row, column, statistic, value in said}


def test_every_planned_output_has_its_arms(pilot: Path) -> None:
    files = sorted(path.stem for path in (pilot / "build/tlf").glob("*.json"))
    assert files == [
        *("f-14-2-1", "l-16-2-7", "t-14-1-1", "t-14-1-2", "t-14-1-3", "t-14-2-2"),
        *("t-14-3-1", "t-14-3-2", "t-14-3-4"),
    ]
    for file in ("t-14-1-1", "t-14-1-2", "t-14-1-3", "t-14-3-1", "t-14-3-2", "t-14-3-4"):
        columns = {c["key"]: c["n"] for c in output(pilot, file)["columns"]}
        assert {key: columns[key] for key in SIZES} == SIZES


@pytest.mark.parametrize(
    ("file", "row", "statistic", "digits", "printed"),
    [
        # 14-2.01: age; duration of disease of placebo is 42.65 (notes/divergences.md)
        ("t-14-1-1", "age (years)/age/mean (sd)", "mean", 1, ("75.2", "75.7", "74.4")),
        ("t-14-1-1", "age (years)/age/mean (sd)", "sd", 2, ("8.59", "8.29", "7.89")),
        ("t-14-1-1", "age (years)/age/median (min, max)", "median", 1, ("76.0", "77.5", "76.0")),
        ("t-14-1-1", "age (years)/age/median (min, max)", "min", 0, ("52", "51", "56")),
        ("t-14-1-1", "age (years)/age/median (min, max)", "max", 0, ("89", "88", "88")),
        ("t-14-1-1", "age group, n (%)/<65", "n", 0, ("14", "8", "11")),
        ("t-14-1-1", "age group, n (%)/65-80", "n", 0, ("42", "47", "55")),
        ("t-14-1-1", "age group, n (%)/>80", "n", 0, ("30", "29", "18")),
        ("t-14-1-1", "sex, n (%)/m", "n", 0, ("33", "34", "44")),
        # 14-1.02
        ("t-14-1-2", "completed week 24", "n", 0, ("60", "28", "30")),
        # 14-4.01
        ("t-14-1-3", "average daily dose (mg)/avgdd/mean (sd)", "mean", 1, ("0.0", "54.0", "71.6")),
        ("t-14-1-3", "average daily dose (mg)/avgdd/mean (sd)", "sd", 2, ("0.00", "0.00", "8.11")),
        ("t-14-1-3", "cumulative dose (mg)/cumdose/mean (sd)", "mean", 1,
         ("0.0", "5347.3", "7551.0")),
        ("t-14-1-3", "cumulative dose (mg)/cumdose/mean (sd)", "sd", 2,
         ("0.00", "3680.35", "5531.04")),
        ("t-14-1-3", "cumulative dose (mg)/cumdose/median (min, max)", "median", 1,
         ("0.0", "4455.0", "5778.0")),
        ("t-14-1-3", "cumulative dose (mg)/cumdose/median (min, max)", "max", 0,
         ("0", "11448", "15417")),
        # 14-5.01 and 14-5.02
        ("t-14-3-1", "any teae", "n", 0, ("65", "77", "76")),
        ("t-14-3-1", "any serious teae", "n", 0, ("0", "1", "2")),
        ("t-14-3-2", "cardiac disorders", "n", 0, ("12", "13", "15")),
        ("t-14-3-2", "cardiac disorders/sinus bradycardia", "n", 0, ("2", "7", "8")),
        ("t-14-3-2", "cardiac disorders/myocardial infarction", "n", 0, ("4", "2", "4")),
        ("t-14-3-2", "cardiac disorders/atrial fibrillation", "n", 0, ("1", "1", "3")),
    ],
)  # fmt: skip
def test_numbers_are_those_printed_in_the_report_of_the_pilot(
    pilot: Path, file: str, row: str, statistic: str, digits: int, printed: tuple[str, ...]
) -> None:
    cells = results(pilot, file)
    assert tuple(f"{cells[row, arm, statistic]:.{digits}f}" for arm in STUDIED) == printed


@pytest.mark.parametrize(
    ("file", "row", "low", "high"),
    [
        ("t-14-3-1", "any teae", 0.007, 0.014),
        ("t-14-3-1", "any serious teae", 0.494, 0.243),
        ("t-14-3-2", "cardiac disorders", 0.831, 0.534),
        ("t-14-3-2", "cardiac disorders/sinus bradycardia", 0.097, 0.056),
        ("t-14-3-2", "cardiac disorders/myocardial infarction", 0.682, 1.0),
    ],
)
def test_p_values_are_those_printed_in_the_report_of_the_pilot(
    pilot: Path, file: str, row: str, low: float, high: float
) -> None:
    cells = results(pilot, file)
    found = [round(cells[row, column, "p"], 3) for column in ("p_low", "p_high")]
    assert found == [low, high]


def test_the_mean_duration_of_disease_is_printed_in_full(pilot: Path) -> None:
    cells = results(pilot, "t-14-1-1")
    row = "duration of disease (months)/durdis/mean (sd)"
    mean = {"mean": cells[row, "Pbo", "mean"], "sd": cells[row, "Pbo", "sd"]}
    assert show("mean_sd", mean, 1).startswith("42.65 (")


def test_adverse_event_counts_and_p_values_are_those_of_the_published_adae(pilot: Path) -> None:
    """Counted with plain pandas from the published dataset; Fisher's test from scipy."""
    adae, size = published("adae"), published("adsl")["TRT01A"].value_counts()
    emergent = adae.loc[adae["TRTEMFL"] == "Y"]
    cells = results(pilot, "t-14-3-1")
    rows = {
        "any teae": emergent,
        "any serious teae": emergent.loc[emergent["AESER"] == "Y"],
        "any severe teae": emergent.loc[emergent["AESEV"] == "SEVERE"],
        "any dermatologic teae": emergent.loc[emergent["CQ01NAM"].notna()],
    }
    for label, events in rows.items():
        counts = events.groupby("TRTA")["USUBJID"].nunique().reindex(size.index, fill_value=0)
        for code, arm in ARMS.items():
            assert cells[label, code, "n"] == counts[arm]
        for key, arm in (("p_low", ARMS["Xan_Lo"]), ("p_high", ARMS["Xan_Hi"])):
            two = [[counts[a], size[a] - counts[a]] for a in ("Placebo", arm)]
            assert cells[label, key, "p"] == pytest.approx(fisher_exact(two)[1], rel=1e-9)


def test_terms_are_counted_within_their_class(pilot: Path) -> None:
    adae = published("adae")
    emergent = adae.loc[adae["TRTEMFL"] == "Y"]
    cells = results(pilot, "t-14-3-2")
    counts = emergent.groupby(["AEBODSYS", "AEDECOD", "TRTA"])["USUBJID"].nunique()
    assert len(counts) > 300
    for (group, term, arm), n in counts.items():
        code = next(code for code, name in ARMS.items() if name == arm)
        assert cells[f"{group}/{term}".lower(), code, "n"] == n


def test_the_curves_are_those_of_the_published_adtte(pilot: Path) -> None:
    """Kaplan-Meier by hand (product over days of event) on the published times."""
    adtte = published("adtte")
    medians = dict(zip(ARMS, (None, 33, 36), strict=True))
    groups = output(pilot, "f-14-2-1")["data"]["groups"]
    for (code, arm), group in zip(ARMS.items(), groups, strict=True):
        rows = adtte.loc[adtte["TRTA"] == arm]
        days = sorted(set(rows["AVAL"]))
        events = rows.loc[rows["CNSR"] == 0].groupby("AVAL").size().reindex(days, fill_value=0)
        at_risk = [int((rows["AVAL"] >= day).sum()) for day in days]
        survival = (1 - events / at_risk).cumprod()
        assert group["times"] == days
        assert group["survival"] == pytest.approx(list(survival), rel=1e-9)
        assert (group["n"], group["events"]) == (SIZES[code], int(events.sum()))
        assert group["median"]["estimate"] == medians[code]
        assert medians[code] == next((day for day in days if survival[day] <= 0.5), None)


def test_the_total_of_adas_cog_is_that_of_the_published_adadas(pilot: Path) -> None:
    """Baseline and week 8; later weeks differ by what is carried forward (DIVERGENCES.md)."""
    adadas = published("adadas")
    flags = (adadas["PARAMCD"] == "ACTOT") & (adadas["ANL01FL"] == "Y") & (adadas["EFFFL"] == "Y")
    cells, sizes = results(pilot, "t-14-2-2"), {"Pbo": 79, "Xan_Lo": 81, "Xan_Hi": 74}
    for visit in ("Baseline", "Week 8"):
        rows = adadas.loc[flags & (adadas["AVISIT"] == visit)]
        for code, arm in ARMS.items():
            values = rows.loc[rows["TRTP"] == arm, "AVAL"]
            row = f"adas-cog(11) subscore/{visit.lower()}/aval/mean (sd)"
            assert cells[row, code, "n"] == len(values) == sizes[code]
            assert cells[row, code, "mean"] == pytest.approx(values.mean(), rel=1e-11)
            assert cells[row, code, "sd"] == pytest.approx(values.std(), rel=1e-11)


def test_laboratory_values_are_those_of_the_published_adlbc(pilot: Path) -> None:
    adlbc = published("adlbc")
    cells = results(pilot, "t-14-3-4")
    for code in ("ALT", "SODIUM", "CREAT"):
        rows = adlbc.loc[(adlbc["PARAMCD"] == code) & (adlbc["AVISIT"] == "End of Treatment")]
        for arm, name in ARMS.items():
            values = rows.loc[rows["TRTA"] == name, "CHG"].dropna()
            keys = [k for k in cells if k[0].startswith(f"{code.lower()}/") and "/chg/" in k[0]]
            found = {k[2]: cells[k] for k in keys if k[1] == arm}
            assert found["n"] == len(values)
            assert found["mean"] == pytest.approx(values.mean(), rel=1e-9)


def test_the_listing_has_the_three_serious_events(pilot: Path) -> None:
    adae = published("adae")
    serious = adae.loc[adae["AESER"] == "Y"]
    records = output(pilot, "l-16-2-7")["records"]
    assert sorted(record[0] for record in records) == sorted(serious["USUBJID"])
    assert len(records) == 3
