"""Progression-free survival: each rule by hand. Assessments every 56 days, 14 days of grace."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.pfs import RULES, Dates, Schedule, derive_params_pfs
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.where import flagged

START = pd.Timestamp("2024-01-01")
SCHEDULE = Schedule(interval=56, grace=14)
Answers = list[tuple[int, str]]


def on(day: int | None) -> pd.Timestamp:
    """The date of a study day: day 1 is the start."""
    return pd.NaT if day is None else START + pd.Timedelta(days=day - 1)


def pfs(
    answers: Answers, death: int | None = None, therapy: int | None = None, baseline: str = "Y"
) -> pd.Series:
    """The record of one subject."""
    prepare_pandas()
    adsl = pd.DataFrame(
        {
            "USUBJID": ["1"],
            "TRTSDT": [START],
            "DTHDT": [on(death)],
            "NACTDT": [on(therapy)],
            "TUBLFL": [baseline],
            "FASFL": ["Y"],
            "_row_adsl": [1],
        }
    ).astype({"DTHDT": "datetime64[ns]", "NACTDT": "datetime64[ns]"})
    adrs = pd.DataFrame(
        {
            "USUBJID": pd.Series(["1"] * len(answers), dtype="str"),
            "ADT": pd.Series([on(day) for day, _ in answers], dtype="datetime64[ns]"),
            "OVRLRESP": pd.Series([answer for _, answer in answers], dtype="str"),
            "ASEQ": range(1, len(answers) + 1),
            "_row_adrs": range(1, len(answers) + 1),
        }
    )
    made = derive_params_pfs(adsl, adrs, SCHEDULE, where=flagged("FASFL"))
    assert len(made) == 1
    return made.iloc[0]


# answers by day, death, therapy, baseline -> rule, day, source
# (126 days: an assessment on day 57, then due on days 113 and 169; 169 + 14 = 183)
CASES: list[tuple[str, Answers, int | None, int | None, str, int, int, str]] = [
    ("progression", [(57, "SD"), (113, "PD")], None, None, "Y", 1, 113, "ADRS"),
    ("first of two progressions", [(57, "PD"), (113, "PD")], None, None, "Y", 1, 57, "ADRS"),
    ("progression before death", [(57, "PD")], 90, None, "Y", 1, 57, "ADRS"),
    ("progression on the day of death", [(57, "PD")], 57, None, "Y", 1, 57, "ADRS"),
    ("death", [(57, "SD")], 100, None, "Y", 2, 100, "ADSL"),
    ("death before the first assessment", [], 30, None, "Y", 2, 30, "ADSL"),
    ("no baseline", [(57, "SD"), (113, "PD")], None, None, "N", 3, 1, "ADSL"),
    ("no assessment after baseline", [], None, None, "Y", 4, 1, "ADSL"),
    ("only assessments that are not evaluable", [(57, "NE")], None, None, "Y", 4, 1, "ADSL"),
    ("new therapy", [(57, "SD"), (113, "PD")], None, 80, "Y", 5, 57, "ADRS"),
    ("assessed on the day of the therapy", [(57, "SD"), (80, "SD")], 99, 80, "Y", 5, 80, "ADRS"),
    ("new therapy before any assessment", [(57, "PD")], None, 20, "Y", 5, 1, "ADSL"),
    ("new therapy after the event", [(57, "SD"), (113, "PD")], None, 114, "Y", 1, 113, "ADRS"),
    ("event on the day of the therapy", [(57, "SD"), (113, "PD")], None, 113, "Y", 1, 113, "ADRS"),
    ("126 days: one missed", [(57, "SD"), (183, "PD")], None, None, "Y", 1, 183, "ADRS"),
    ("127 days: two missed", [(57, "SD"), (184, "PD")], None, None, "Y", 6, 57, "ADRS"),
    ("an NE is missed", [(57, "SD"), (113, "NE"), (184, "PD")], None, None, "Y", 6, 57, "ADRS"),
    ("death after two missed", [(57, "SD")], 184, None, "Y", 6, 57, "ADRS"),
    ("death in time", [(57, "SD")], 183, None, "Y", 2, 183, "ADSL"),
    ("death without any assessment, late", [], 200, None, "Y", 6, 1, "ADSL"),
    ("no event", [(57, "SD"), (113, "PR"), (169, "NE")], None, None, "Y", 7, 113, "ADRS"),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_rules(case: tuple[str, Answers, int | None, int | None, str, int, int, str]) -> None:
    _, answers, death, therapy, baseline, rule, day, source = case
    made = pfs(answers, death, therapy, baseline)
    expected = RULES[rule - 1]
    assert made["PFSRULE"] == rule
    assert made["AVAL"] == day
    assert made["ADT"] == on(day)
    assert made["CNSR"] == expected.cnsr
    assert made["EVNTDESC"] == expected.happened
    assert made["SRCDOM"] == source
    assert made["PARAMCD"] == "PFS"


@pytest.mark.parametrize(
    ("answers", "therapy", "dated"),
    [
        ([(57, "PD")], None, None),
        ([(57, "SD")], None, "Last adequate assessment"),
        ([], None, "Start date"),
        ([(57, "SD")], 20, "Start date"),
        ([(57, "SD")], 80, "Last adequate assessment"),
    ],
)
def test_what_the_date_of_a_censoring_is(
    answers: Answers, therapy: int | None, dated: str | None
) -> None:
    found = pfs(answers, therapy=therapy)["CNSDTDSC"]
    assert (None if pd.isna(found) else found) == dated


def test_source_and_lineage_name_the_assessment() -> None:
    made = pfs([(57, "SD"), (113, "PD")])
    assert made[["SRCVAR", "SRCSEQ", "_row_adrs"]].tolist() == ["ADT", 2, 2]
    assert not [name for name in made.index if str(name).startswith("_pfs")]


def test_an_assessment_that_is_not_adequate_gives_no_date() -> None:
    made = pfs([(57, "SD"), (57, "NE")])
    assert made[["PFSRULE", "SRCSEQ"]].tolist() == [7, 1]


def test_each_rule_has_its_own_number_and_every_censoring_its_own_value() -> None:
    assert [rule.number for rule in RULES] == [1, 2, 3, 4, 5, 6, 7]
    values = [rule.cnsr for rule in RULES if rule.cnsr]
    assert len(values) == len(set(values)) == 5


def test_other_names_in_adsl_and_a_missing_start() -> None:
    prepare_pandas()
    adsl = pd.DataFrame(
        {
            "USUBJID": ["1", "2"],
            "RANDDT": [START, pd.NaT],
            "DEATHDT": [on(30), pd.NaT],
            "THERDT": pd.Series([pd.NaT, pd.NaT], dtype="datetime64[ns]"),
            "BLFL": ["Y", "Y"],
            "FASFL": ["Y", "N"],
        }
    )
    adrs = pd.DataFrame(
        {
            "USUBJID": pd.Series([], dtype="str"),
            "ADT": pd.Series([], dtype="datetime64[ns]"),
            "OVRLRESP": pd.Series([], dtype="str"),
        }
    )
    names = Dates("RANDDT", "DEATHDT", "THERDT", "BLFL")
    made = derive_params_pfs(adsl, adrs, SCHEDULE, names, flagged("FASFL"))
    assert made[["USUBJID", "AVAL", "CNSR"]].to_numpy().tolist() == [["1", 30, 0]]
    with pytest.raises(StudyError, match="RANDDT is missing for '2'"):
        derive_params_pfs(adsl, adrs, SCHEDULE, names)
