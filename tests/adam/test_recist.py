"""RECIST 1.1 at one assessment: the sums, and tables 1 and 2 of the guideline."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adam.assessments import derive_responses, lesions_of
from pipeline.adam.recist import (
    derive_vars_nadir,
    non_target_response,
    overall_response,
    sum_of_diameters,
    target_response,
)
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.where import equals

NONE = float("nan")
Visit = dict[str, float]


def lesions(*visits: Visit, nodes: tuple[str, ...] = ()) -> pd.DataFrame:
    """Target lesions of one subject, one dict of diameters (mm) per assessment."""
    prepare_pandas()
    rows = [
        (place, name, "Y" if name in nodes else "N", value)
        for place, visit in enumerate(visits)
        for name, value in visit.items()
    ]
    frame = pd.DataFrame(rows, columns=["AVISITN", "LESION", "NODE", "AVAL"])
    day = pd.to_timedelta(frame["AVISITN"] * 56, unit="D")
    return frame.assign(
        USUBJID="1",
        ADT=pd.Timestamp("2024-01-01") + day,
        ABLFL=(frame["AVISITN"] == 0).map({True: "Y"}).astype("str"),
        AVAL=frame["AVAL"].astype("float64"),
        _row_tr=range(1, len(frame) + 1),
    )


def responses(frame: pd.DataFrame) -> list[str]:
    """The target responses after baseline."""
    return target_response(derive_vars_nadir(sum_of_diameters(frame))).iloc[1:].tolist()


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        # partial response: at least 30 % below baseline
        ([100, 70], ["PR"]),
        ([100, 70.1], ["SD"]),
        ([90, 63], ["PR"]),
        ([14, 9.8], ["PR"]),  # in floating point the decrease is a little less than 30 %
        ([100, 100], ["SD"]),
        # progression: 20 % and 5 mm above the smallest sum
        ([100, 119.9], ["SD"]),
        ([100, 120], ["PD"]),
        ([20, 24.9], ["SD"]),  # 24.5 % but 4.9 mm
        ([20, 25], ["PD"]),
        ([24, 29], ["PD"]),
        ([50, 55], ["SD"]),  # 5 mm but 10 %
        ([35, 42], ["PD"]),
        ([26, 31.2], ["PD"]),  # and here the increase a little less than 20 %
        # against the nadir, not the baseline
        ([100, 50, 60], ["PR", "PD"]),
        ([100, 50, 59.9], ["PR", "PR"]),
        ([100, 80, 95.9], ["SD", "SD"]),
        ([100, 80, 96], ["SD", "PD"]),
        ([100, 110, 119], ["SD", "SD"]),  # the baseline is the nadir
        ([100, 110, 120], ["SD", "PD"]),
        # complete response, and progression from it
        ([100, 0], ["CR"]),
        ([100, 0, 4.9], ["CR", "PD"]),  # it is there again, however small
        ([100, 0, 0, 1], ["CR", "CR", "PD"]),
        ([100, 0, 5], ["CR", "PD"]),
    ],
)
def test_target_response_at_the_edges(sums: list[float], expected: list[str]) -> None:
    assert responses(lesions(*({"T1": value} for value in sums))) == expected


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([{"T1": 40, "N1": 20}, {"T1": 0, "N1": 9.9}], ["CR"]),
        ([{"T1": 40, "N1": 20}, {"T1": 0, "N1": 10}], ["PR"]),
        ([{"T1": 40, "N1": 20}, {"T1": 1, "N1": 5}], ["PR"]),
        # nodes alone: complete response though the sum is not zero
        ([{"N1": 15, "N2": 16}, {"N1": 9, "N2": 8}], ["CR"]),
        # a normal node that grows below 10 mm is still normal
        ([{"N1": 15}, {"N1": 3}, {"N1": 9}], ["CR", "CR"]),
        ([{"N1": 15}, {"N1": 3}, {"N1": 10}], ["CR", "PD"]),
        # after complete response a node of 10 mm is progression by 5 mm only
        ([{"N1": 20}, {"N1": 9}, {"N1": 11}], ["CR", "PR"]),
        ([{"T1": 9, "N1": 15}, {"T1": 0, "N1": 3}, {"T1": 1, "N1": 3}], ["CR", "PD"]),
    ],
)
def test_lymph_nodes(visits: list[Visit], expected: list[str]) -> None:
    assert responses(lesions(*visits, nodes=("N1", "N2"))) == expected


def test_nodes_count_in_the_sum_at_any_size() -> None:
    sums = sum_of_diameters(lesions({"T1": 40, "N1": 20}, {"T1": 0, "N1": 9}, nodes=("N1",)))
    assert sums["SUMDIAM"].tolist() == [60, 9]
    assert sums["NORMAL"].tolist() == ["N", "Y"]
    assert sums["_row_tr"].tolist() == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        # section 4.4.2: three lesions of 50 mm; two of them measure 80 mm: PD whatever the third
        ([{"A": 20, "B": 20, "C": 10}, {"A": 40, "B": 40, "C": NONE}], ["PD"]),
        ([{"A": 20, "B": 20, "C": 10}, {"A": 40, "B": 40}], ["PD"]),
        ([{"A": 20, "B": 20, "C": 10}, {"A": 10, "B": 10, "C": NONE}], ["NE"]),
        ([{"A": 20, "B": 20}, {"A": 0, "B": NONE}], ["NE"]),
        ([{"A": 20, "B": 20}, {"A": NONE, "B": NONE}], ["NE"]),
        # an incomplete sum is no nadir: 45 is 12.5 % above 40, the true smallest sum
        ([{"A": 20, "B": 20}, {"A": 20, "B": NONE}, {"A": 25, "B": 20}], ["NE", "SD"]),
        # and the nadir before it still counts
        ([{"A": 40}, {"A": 20}, {"A": NONE}, {"A": 25}], ["PR", "NE", "PD"]),
        # an incomplete baseline gives no reference
        ([{"A": 20, "B": NONE}, {"A": 20, "B": 20}], ["NE"]),
    ],
)
def test_missed_lesions(visits: list[Visit], expected: list[str]) -> None:
    assert responses(lesions(*visits)) == expected


def test_changes_from_baseline_and_nadir() -> None:
    made = derive_vars_nadir(sum_of_diameters(lesions({"A": 50}, {"A": 40}, {"A": 44})))
    assert made["BASE"].tolist() == [50, 50, 50]
    assert made["NADIR"].tolist()[1:] == [50, 40]
    assert made["CHG"].tolist() == [0, -10, -6]
    assert made["PCHG"].tolist() == [0, -20, -12]
    assert made["CHGNAD"].tolist()[1:] == [-10, 4]
    assert made["PCHGNAD"].tolist()[1:] == [-20, 10]


@settings(max_examples=50, deadline=None)
@given(
    diameters=st.lists(st.integers(0, 1500).map(lambda tenth: tenth / 10), min_size=2, max_size=5),
    seed=st.integers(0, 99),
)
def test_the_order_of_the_lesions_does_not_matter(diameters: list[float], seed: int) -> None:
    frame = lesions({f"T{place}": value for place, value in enumerate(diameters)})
    mixed = frame.sample(frac=1, random_state=seed)
    assert sum_of_diameters(frame)["SUMDIAM"].equals(sum_of_diameters(mixed)["SUMDIAM"])


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["ABSENT", "ABSENT"], "CR"),
        (["ABSENT", "PRESENT"], "NON-CR/NON-PD"),
        (["PRESENT", "PRESENT"], "NON-CR/NON-PD"),
        (["ABSENT", None], "NE"),
        ([None, None], "NE"),
        (["ABSENT"], "NE"),  # the other lesion has no record
        (["UNEQUIVOCAL PROGRESSION", None], "PD"),
        (["UNEQUIVOCAL PROGRESSION", "ABSENT"], "PD"),
    ],
)
def test_non_target_response(states: list[str | None], expected: str) -> None:
    frame = lesions({"A": 0, "B": 0}, {"AB"[place]: 0 for place in range(len(states))})
    frame = frame.assign(STATE=["PRESENT", "PRESENT", *states])
    made = non_target_response(frame)
    assert made["RESPONSE"].tolist()[1:] == [expected]
    assert pd.isna(made["RESPONSE"].iloc[0])


PARTLY = "NON-CR/NON-PD"
TABLES = [
    # table 1: target, non-target, new lesion, overall
    ("CR", "CR", "N", "CR"),
    ("CR", PARTLY, "N", "PR"),
    ("CR", "NE", "N", "PR"),
    ("PR", "CR", "N", "PR"),
    ("PR", PARTLY, "N", "PR"),
    ("PR", "NE", "N", "PR"),
    ("SD", "CR", "N", "SD"),
    ("SD", PARTLY, "N", "SD"),
    ("SD", "NE", "N", "SD"),
    ("NE", "CR", "N", "NE"),
    ("NE", PARTLY, "N", "NE"),
    ("NE", "NE", "N", "NE"),
    *(("PD", other, new, "PD") for other in ("CR", PARTLY, "NE", "PD", None) for new in "NY"),
    *((other, "PD", new, "PD") for other in ("CR", "PR", "SD", "NE", None) for new in "NY"),
    *((other, "CR", "Y", "PD") for other in ("CR", "PR", "SD", "NE", None)),
    # no non-target lesion at baseline
    ("CR", None, "N", "CR"),
    ("PR", None, "N", "PR"),
    ("SD", None, "N", "SD"),
    ("NE", None, "N", "NE"),
    # table 2: non-target lesions only
    (None, "CR", "N", "CR"),
    (None, PARTLY, "N", PARTLY),
    (None, "NE", "N", "NE"),
    (None, None, "Y", "PD"),
    (None, None, "N", None),
]


@pytest.mark.parametrize(("target", "other", "new", "expected"), TABLES)
def test_overall_response(
    target: str | None, other: str | None, new: str, expected: str | None
) -> None:
    columns = [pd.Series([value], dtype="str") for value in (target, other, new)]
    found = overall_response(*columns).iloc[0]
    assert (None if pd.isna(found) else found) == expected


def tumours() -> tuple[pd.DataFrame, pd.DataFrame]:
    """TU and TR of a subject: liver lesion, node, ascites; a new lesion at the third visit."""
    prepare_pandas()
    tu = pd.DataFrame(
        [
            ("T01", "TARGET", "LIVER"),
            ("T02", "TARGET", "LYMPH NODE"),
            ("NT01", "NON-TARGET", "PERITONEUM"),
            ("NEW01", "NEW", "LUNG"),
        ],
        columns=["TULNKID", "TUSTRESC", "TULOC"],
    ).assign(USUBJID="1", TUTESTCD="TUMIDENT", _row_tu=[1, 2, 3, 4])
    dates = {1: "2024-01-01", 2: "2024-02-26", 3: "2024-04-22", 4: "2024-06-17"}
    rows = [
        *((visit, "T01", "LDIAM", mm) for visit, mm in {1: 50, 2: 30, 3: 28, 4: None}.items()),
        *((visit, "T02", "LPERP", mm) for visit, mm in {1: 20, 2: 12, 3: 9, 4: 9}.items()),
        *((visit, "NT01", "TUMSTATE", "PRESENT") for visit in (1, 2, 3, 4)),
        (4, "NEW01", "TUMSTATE", "PRESENT"),
    ]
    tr = pd.DataFrame(rows, columns=["VISITNUM", "TRLNKID", "TRTESTCD", "TRSTRESC"])
    text = tr["TRSTRESC"].astype("str")
    return tu, tr.assign(
        USUBJID="1",
        TRSTRESC=text,
        TRSTRESN=pd.to_numeric(text, errors="coerce").astype("float64"),
        TRDTC=tr["VISITNUM"].map(dates),
        VISITNUM=tr["VISITNUM"].astype("float64"),
        _row_tr=range(1, len(tr) + 1),
    )


def test_from_tu_and_tr_to_the_responses() -> None:
    tu, tr = tumours()
    made = derive_responses(lesions_of(tr, tu, equals("TULOC", "LYMPH NODE")))
    assert made["SUMDIAM"].tolist() == [70, 42, 37, 9]
    assert made["PCHG"].round(1).tolist()[1:3] == [-40.0, -47.1]
    assert made["TRGRESP"].tolist()[1:] == ["PR", "PR", "NE"]
    assert made["NTRGRESP"].tolist()[1:] == [PARTLY] * 3
    assert made["NEWLIND"].tolist() == ["N", "N", "N", "Y"]
    assert made["OVRLRESP"].tolist()[1:] == ["PR", "PR", "PD"]
    assert pd.isna(made["OVRLRESP"].iloc[0])
    assert made["ADT"].dt.strftime("%Y-%m-%d").iloc[1] == "2024-02-26"
    assert made["_row_tr"].tolist()[0] == (1, 5, 9)


def test_an_assessment_without_target_lesions_is_not_evaluable() -> None:
    tu, tr = tumours()
    kept = tr.loc[~((tr["VISITNUM"] == 2) & (tr["TRLNKID"] != "NT01"))]
    made = derive_responses(lesions_of(kept, tu, equals("TULOC", "LYMPH NODE")))
    assert made["TRGRESP"].tolist()[1:] == ["NE", "PR", "NE"]
    assert made["OVRLRESP"].tolist()[1:] == ["NE", "PR", "PD"]


def test_a_lesion_identified_twice_is_refused() -> None:
    tu, tr = tumours()
    twice = pd.concat([tu, tu.iloc[:1]], ignore_index=True)
    with pytest.raises(StudyError, match="several records for '1 T01'"):
        lesions_of(tr, twice, equals("TULOC", "LYMPH NODE"))
