"""RELREC: single records and whole datasets, as the examples of SDTMIG 3.4 section 8.2 and 8.3."""

from __future__ import annotations

import pandas as pd

from pipeline.sdtm.relations import relate_datasets, relate_records

AE = pd.DataFrame(
    {
        "STUDYID": "S",
        "DOMAIN": "AE",
        "USUBJID": ["1", "1", "2", "2"],
        "AESEQ": [1, 2, 1, 2],
        "NO": ["2", "9", "1", None],
    }
)
EX = pd.DataFrame(
    {
        "STUDYID": "S",
        "DOMAIN": "EX",
        "USUBJID": ["1", "1", "2"],
        "EXSEQ": [1, 2, 5],
        "EXLNKID": ["1", "2", "1"],
    }
)


def test_records_with_the_same_link_share_a_relid() -> None:
    made = relate_records(AE, EX, {"NO": "EXLNKID"}, "R")
    rows = made[["RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID"]].to_numpy().tolist()
    assert sorted(rows) == [
        ["AE", "1", "AESEQ", "1", "R1"],
        ["AE", "2", "AESEQ", "1", "R1"],
        ["EX", "1", "EXSEQ", "2", "R1"],
        ["EX", "2", "EXSEQ", "5", "R1"],
    ]


def test_every_end_of_a_relation_exists() -> None:
    made = relate_records(AE, EX, {"NO": "EXLNKID"}, "R")
    for domain, frame in (("AE", AE), ("EX", EX)):
        known = set(zip(frame["USUBJID"], frame[f"{domain}SEQ"].astype(str), strict=True))
        mine = made.loc[made["RDOMAIN"] == domain]
        assert set(zip(mine["USUBJID"], mine["IDVARVAL"], strict=True)) <= known
    assert (made.groupby(["USUBJID", "RELID"]).size() == 2).all()


def test_datasets_are_related_by_a_variable() -> None:
    made = relate_datasets("S", "TUTR", {"TU": ("TULNKID", "ONE"), "TR": ("TRLNKID", "MANY")})
    assert made[["RDOMAIN", "IDVAR", "RELTYPE"]].to_numpy().tolist() == [
        ["TU", "TULNKID", "ONE"],
        ["TR", "TRLNKID", "MANY"],
    ]
    assert made[["USUBJID", "IDVARVAL"]].isna().all(axis=None)
