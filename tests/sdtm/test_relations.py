"""RELREC, in the shape of the examples of SDTMIG 3.4 sections 8.2 and 8.3."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.lineage import with_rows
from pipeline.sdtm.relations import relate_datasets, relate_records, relrec, unresolved


def domain(name: str, **columns: list[object]) -> pd.DataFrame:
    """A domain of one study with its hidden row numbers."""
    frame = pd.DataFrame({"STUDYID": "EFC1234", "DOMAIN": name, **columns})
    return with_rows(frame, name.lower())


@pytest.fixture
def ae() -> pd.DataFrame:
    return domain("AE", USUBJID=["01", "01", "02"], AESEQ=[5, 6, 5], AELNKID=["A", "B", "A"])


@pytest.fixture
def cm() -> pd.DataFrame:
    return domain("CM", USUBJID=["01", "01", "02"], CMSEQ=[11, 12, 1], CMLNKID=["A", "A", None])


def short(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(
        rows[["RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID"]].itertuples(
            index=False, name=None
        )
    )


def test_records_that_share_a_link_share_one_relid(ae: pd.DataFrame, cm: pd.DataFrame) -> None:
    rows = relrec(relate_records(ae, cm, {"AELNKID": "CMLNKID"}, "AECM"), ae=ae, cm=cm)
    assert short(rows) == [
        ("AE", "01", "AESEQ", "5", "AECM1"),
        ("CM", "01", "CMSEQ", "11", "AECM1"),
        ("CM", "01", "CMSEQ", "12", "AECM1"),
    ]
    assert rows["RELTYPE"].isna().all()
    assert list(rows.columns[:7]) == [
        "STUDYID",
        "RDOMAIN",
        "USUBJID",
        "IDVAR",
        "IDVARVAL",
        "RELTYPE",
        "RELID",
    ]


def test_lineage_names_the_records(ae: pd.DataFrame, cm: pd.DataFrame) -> None:
    rows = relate_records(ae, cm, {"AELNKID": "CMLNKID"}, "R")
    assert rows["_row_ae"].dropna().tolist() == [1]
    assert rows["_row_cm"].dropna().tolist() == [1, 2]


def test_relid_numbers_the_groups_within_the_subject() -> None:
    ae = domain("AE", USUBJID=["01", "01", "02"], AESEQ=[1, 2, 1], VISITNUM=[3.0, 1.0, 1.0])
    ex = domain("EX", USUBJID=["01", "01", "02"], EXSEQ=[1, 2, 1], VISITNUM=[1, 3, 1])
    rows = relrec(relate_records(ae, ex, ["VISITNUM"], "X"), ae=ae, ex=ex)
    assert short(rows) == [
        ("AE", "01", "AESEQ", "2", "X1"),
        ("EX", "01", "EXSEQ", "1", "X1"),
        ("AE", "01", "AESEQ", "1", "X2"),
        ("EX", "01", "EXSEQ", "2", "X2"),
        ("AE", "02", "AESEQ", "1", "X1"),
        ("EX", "02", "EXSEQ", "1", "X1"),
    ]


def test_the_same_link_of_another_subject_is_no_relationship() -> None:
    ae = domain("AE", USUBJID=["01"], AESEQ=[1], AELNKID=["A"])
    cm = domain("CM", USUBJID=["02"], CMSEQ=[1], CMLNKID=["A"])
    assert relate_records(ae, cm, {"AELNKID": "CMLNKID"}, "R").empty
    assert relrec(relate_records(ae, cm, {"AELNKID": "CMLNKID"}, "R"), ae=ae, cm=cm).empty


@pytest.mark.parametrize(
    ("left", "right", "types"),
    [
        (["T1", "T2"], ["T1", "T1", "T2"], ["ONE", "MANY"]),
        (["T1", "T1"], ["T1"], ["MANY", "ONE"]),
        (["T1"], ["T1"], ["ONE", "ONE"]),
        (["T1", "T1"], ["T1", "T1"], ["MANY", "MANY"]),
    ],
)
def test_datasets_by_their_link(left: list[str], right: list[str], types: list[str]) -> None:
    tu = domain("TU", USUBJID=["01"] * len(left), TUSEQ=range(len(left)), TULNKID=left)
    tr = domain("TR", USUBJID=["01"] * len(right), TRSEQ=range(len(right)), TRLNKID=right)
    rows = relrec(relate_datasets(tu, tr, ["TULNKID", "TRLNKID"], "TUTR"), tu=tu, tr=tr)
    rows = rows.set_index("RDOMAIN")
    assert rows.loc[["TU", "TR"], "RELTYPE"].tolist() == types
    assert rows.loc[["TU", "TR"], "IDVAR"].tolist() == ["TULNKID", "TRLNKID"]
    assert rows["USUBJID"].isna().all()
    assert rows["IDVARVAL"].isna().all()


def test_one_value_in_two_subjects_is_still_one() -> None:
    tu = domain("TU", USUBJID=["01", "02"], TULNKID=["T1", "T1"])
    rows = relate_datasets(tu, tu.assign(DOMAIN="TR"), ["TULNKID", "TULNKID"], "R")
    assert rows["RELTYPE"].tolist() == ["ONE", "ONE"]


def test_datasets_without_a_common_value_are_refused() -> None:
    tu = domain("TU", USUBJID=["01"], TULNKID=["T1"])
    tr = domain("TR", USUBJID=["01"], TRLNKID=["T2"])
    with pytest.raises(StudyError, match="no value in common"):
        relate_datasets(tu, tr, ["TULNKID", "TRLNKID"], "TUTR")


def test_a_row_must_resolve_from_both_sides(ae: pd.DataFrame, cm: pd.DataFrame) -> None:
    rows = relate_records(ae, cm, {"AELNKID": "CMLNKID"}, "R")
    assert unresolved(rows, {"ae": ae, "cm": cm}).empty
    lost = unresolved(rows, {"ae": ae, "cm": cm.loc[cm["CMSEQ"] != 12]})
    assert lost[["RDOMAIN", "IDVARVAL"]].to_numpy().tolist() == [["CM", "12"]]
    with pytest.raises(StudyError, match="no record of CM has the CMSEQ"):
        relrec(rows, ae=ae, cm=cm.loc[cm["CMSEQ"] != 12])
    with pytest.raises(StudyError, match="the dataset CM is not there"):
        relrec(rows, ae=ae)
    with pytest.raises(StudyError, match="has no variable CMSEQ"):
        relrec(rows, ae=ae, cm=cm.drop(columns="CMSEQ"))
    with pytest.raises(StudyError, match="a relationship of one row"):
        relrec(rows.loc[rows["RDOMAIN"] == "AE"], ae=ae)


def test_a_relid_belongs_to_one_relationship(ae: pd.DataFrame, cm: pd.DataFrame) -> None:
    rows = relate_records(ae, cm, {"AELNKID": "CMLNKID"}, "R")
    with pytest.raises(StudyError, match="'R1' used twice"):
        relrec(rows, rows, ae=ae, cm=cm)
