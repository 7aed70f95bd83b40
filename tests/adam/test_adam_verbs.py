"""The verbs of ADaM programs: dates, doses, flags, parameters, treatment."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.adam.dates import derive_var_duration, derive_vars_dt, derive_vars_dy
from pipeline.adam.exposure import derive_vars_last_dose, number_doses
from pipeline.adam.findings import above_limit, derive_vars_findings, joined_values
from pipeline.adam.flags import derive_var_exists, yes, yes_no
from pipeline.adam.from_findings import derive_vars_findings_bds
from pipeline.adam.parameters import derive_params, derive_vars_param
from pipeline.adam.safety import treatment_emergent
from pipeline.adam.treatment import arm_number, derive_var_aseq, derive_vars_adsl
from pipeline.codelists import Codelist, Term
from pipeline.errors import StudyError
from pipeline.study import read_study
from pipeline.where import equals


def shown(values: pd.Series) -> list[object]:
    """The values with `-` for missing, dates as text."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    return values.astype(object).where(values.notna(), "-").tolist()


def test_dates_days_and_durations() -> None:
    frame = pd.DataFrame(
        {
            "S": ["2016-01-19", "2016-01-20", "2016-02", None],
            "E": ["2016-01-20", "2016-01-20", "2016-02-01", "2016-02-01"],
            "TRTSDT": pd.Timestamp("2016-01-20"),
        }
    )
    found = derive_vars_dt(frame, {"ASTDT": "S", "AENDT": "E"})
    found = derive_vars_dy(found, "TRTSDT", "ASTDT", "AENDT")
    found = derive_var_duration(found, "ADURN", "ASTDT", "AENDT")
    assert shown(found["ASTDT"]) == ["2016-01-19", "2016-01-20", "-", "-"]
    assert shown(found["ASTDY"]) == [-1, 1, "-", "-"]
    assert shown(found["AENDY"]) == [1, 1, 13, 13]
    assert shown(found["ADURN"]) == [2, 1, "-", "-"]


def doses() -> pd.DataFrame:
    """EX of two subjects, not in the order of time; one dose without a date."""
    return pd.DataFrame(
        {
            "USUBJID": ["1", "2", "1", "1"],
            "EXSTDTC": ["2016-02-15", "2016-01-20", "2016-02-01", None],
            "EXSEQ": [2, 1, 1, 3],
            "EXDOSE": [20.0, 5.0, 10.0, 30.0],
            "_row_ex": [1, 2, 3, 4],
        }
    )


def test_doses_are_numbered_within_the_subject() -> None:
    assert number_doses(doses()).tolist() == [2, 1, 1, 3]


@pytest.mark.parametrize(
    ("subject", "date", "number", "days", "dose", "row"),
    [
        ("1", "2016-01-31", "-", "-", "-", "-"),  # before the first dose
        ("1", "2016-02-01", 1, 0, 10, 3),  # on its day
        ("1", "2016-02-14", 1, 13, 10, 3),  # the day before the second
        ("1", "2016-02-15", 2, 0, 20, 1),
        ("1", "2016-04-01", 2, 46, 20, 1),  # the dose without a date is not taken
        ("1", None, "-", "-", "-", "-"),
        ("2", "2016-02-15", 1, 26, 5, 2),
        ("3", "2016-02-15", "-", "-", "-", "-"),  # never dosed
    ],
)
def test_the_last_dose_before_an_event(subject, date, number, days, dose, row) -> None:
    ae = pd.DataFrame(
        {"USUBJID": [subject, "1"], "ASTDT": pd.to_datetime([date, "2016-02-01"])}, index=[7, 3]
    )
    new = {"N": "NUMBER", "D": "DAYS", "ADOSE": "EXDOSE"}
    found = derive_vars_last_dose(ae, doses(), "ASTDT", new)
    assert found.index.tolist() == [7, 3]
    assert [shown(found[name])[0] for name in (*new, "_row_ex")] == [number, days, dose, row]
    assert shown(found["N"])[1] == 1


@pytest.mark.parametrize(
    ("date", "flag"),
    [
        ("2016-01-31", "-"),
        ("2016-02-01", "Y"),
        ("2016-03-16", "Y"),  # 30 days after the last dose of 15FEB in a leap year
        ("2016-03-17", "-"),
        (None, "-"),
    ],
)
def test_treatment_emergent(date: str | None, flag: str) -> None:
    frame = pd.DataFrame(
        {
            "ASTDT": pd.to_datetime([date]),
            "TRTSDT": pd.to_datetime(["2016-02-01"]),
            "TRTEDT": pd.to_datetime(["2016-02-15"]),
        }
    )
    assert shown(yes(treatment_emergent(30))(frame)) == [flag]
    never = frame.assign(TRTSDT=pd.NaT, TRTEDT=pd.NaT)
    assert shown(yes(treatment_emergent(30))(never)) == ["-"]


def test_flags() -> None:
    """Population flags are Y or N, record flags Y or missing; a missing value is no Y."""
    frame = pd.DataFrame({"X": ["a", "b", None]})
    assert shown(yes_no(equals("X", "a"))(frame)) == ["Y", "N", "N"]
    assert shown(yes(equals("X", "a"))(frame)) == ["Y", "-", "-"]


def test_a_flag_that_another_dataset_has_a_record() -> None:
    adsl = pd.DataFrame({"USUBJID": ["3", "1", "2"]}, index=[5, 4, 3])
    ae = pd.DataFrame({"USUBJID": ["1", "1", "2"], "AESER": ["Y", "N", "N"]})
    assert shown(derive_var_exists(adsl, ae, "AEFL")["AEFL"]) == ["N", "Y", "Y"]
    serious = derive_var_exists(adsl, ae, "SAEFL", equals("AESER", "Y"))
    assert shown(serious["SAEFL"]) == ["N", "Y", "N"]
    assert serious.index.tolist() == [5, 4, 3]


def test_parameters() -> None:
    """A missing value makes no row; number and name come from the codelist."""
    codelist = Codelist("P", "", "", False, (Term("B", decode="Beta"), Term("A", decode="Alpha")))
    frame = pd.DataFrame({"USUBJID": ["1", "2"], "X": [1.0, None], "Y": [3, 4], "_row_ex": [1, 2]})
    found = derive_vars_param(derive_params(frame, {"A": "X", "B": "Y"}), codelist)
    columns = ["USUBJID", "PARAMCD", "PARAM", "PARAMN", "AVAL", "SRCVAR", "_row_ex"]
    assert found[columns].to_numpy().tolist() == [
        ["1", "A", "Alpha", 2.0, 1.0, "X", 1],
        ["1", "B", "Beta", 1.0, 3.0, "Y", 1],
        ["2", "B", "Beta", 1.0, 4.0, "Y", 2],
    ]


def test_a_variable_without_a_value_makes_no_row() -> None:
    frame = pd.DataFrame({"X": [5.0, 6.0], "Y": [float("nan")] * 2, "_row_adsl": [1, 2]})
    made = derive_params(frame, {"ONE": "X", "TWO": "Y"})
    assert made[["PARAMCD", "AVAL", "_row_adsl"]].to_numpy().tolist() == [
        ["ONE", 5.0, 1],
        ["ONE", 6.0, 2],
    ]
    assert len(derive_params(frame, {"TWO": "Y"})) == 0


def test_findings_of_a_subject() -> None:
    adsl = pd.DataFrame({"USUBJID": ["1", "2"]})
    vs = pd.DataFrame(
        {"USUBJID": ["2", "1"], "VSTESTCD": ["SYSBP", "PULSE"], "VSSTRESN": [120.0, 70.0]}
    )
    new = {"SYSBL": ("SYSBP", "VSSTRESN"), "PULSEBL": ("PULSE", "VSSTRESN")}
    found = derive_vars_findings(adsl, vs, new)
    assert shown(found["SYSBL"]) == ["-", 120.0]
    assert shown(found["PULSEBL"]) == [70.0, "-"]
    with pytest.raises(StudyError, match="several records for '2'"):
        derive_vars_findings(adsl, pd.concat([vs, vs]), {"SYSBL": ("SYSBP", "VSSTRESN")})


def test_results_above_a_limit() -> None:
    values = pd.Series([">2000", "< 0.5", "7.25", "positive", None], dtype="str")
    assert shown(above_limit(values)) == [2000.0, 0.5, 7.25, "-", "-"]


def test_joined_values() -> None:
    frame = pd.DataFrame({"USUBJID": ["1", "2", "1"], "V": ["b", "x", "a"], "_row_fa": [1, 2, 3]})
    found = joined_values(frame, "V")
    assert found["V"].tolist() == ["b, a", "x"]
    assert found["_row_fa"].tolist() == [(1, 3), 2]


def test_treatment(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(
        "study: S\ntitle: T\ncutoff: 2020-01-01\nsubjects: {form: d, fields: [N]}\n"
        "arms: {P: {name: Placebo}, A: {name: Active}}\n"
    )
    arms = pd.Series(["Active", "Placebo", None, "Other"], dtype="str")
    assert shown(arm_number(arms, read_study(tmp_path))) == [2.0, 1.0, "-", "-"]


def test_variables_of_adsl_and_aseq() -> None:
    adsl = pd.DataFrame({"USUBJID": ["1"], "SAFFL": ["Y"], "TRT01A": ["Active"], "_row_adsl": [1]})
    ae = pd.DataFrame({"USUBJID": ["1", "2", "1"], "D": [2, 1, 1]})
    found = derive_vars_adsl(ae, adsl, "SAFFL", TRTA="TRT01A")
    assert shown(found["TRTA"]) == ["Active", "-", "Active"]
    assert "_row_adsl" not in found.columns
    assert derive_var_aseq(found, by=["D"])["ASEQ"].tolist() == [2, 1, 1]


@pytest.mark.parametrize("number", [0, 1])
def test_a_findings_domain_without_a_record(number: int) -> None:
    """A batch of subjects may have none: the variables are there all the same."""
    domain = pd.DataFrame(
        {
            **{"DOMAIN": ["LB"], "USUBJID": ["1"], "LBTESTCD": ["ALT"], "LBSTRESN": [12.0]},
            **{"LBSTRESC": ["12"], "VISIT": ["DAY 1"], "LBDTC": ["2016-01-20"], "LBSEQ": [1]},
        }
    )
    names = ["TRT01P", "TRT01A", "TRT01AN", "SAFFL", "TRTEDT"]
    day = pd.Timestamp("2016-01-19")
    adsl = pd.DataFrame({"USUBJID": ["1"], **{name: ["x"] for name in names}, "TRTSDT": [day]})
    found = derive_vars_findings_bds(domain.iloc[:number], adsl)
    assert found["PARAMCD"].tolist() == ["ALT"][:number]
    assert found["AVAL"].tolist() == [12.0][:number]
    assert found["ADY"].tolist() == [2][:number]
    assert found["SRCVAR"].tolist() == ["LBSTRESN"][:number]
    assert found["SRCDOM"].tolist() == ["LB"][:number]
