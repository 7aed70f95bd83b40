"""A finding shows what it was judged by: its own values and what they are compared with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.frames import read_frame


def values_of(built: Path, rule: str) -> dict[str, str]:
    """The values of the only finding of a rule."""
    found = json.loads((built / "build/validation/findings.json").read_text(encoding="utf-8"))
    (item,) = [item for item in found if item["rule"] == rule]
    return item["values"]


def test_a_date_far_from_its_visit_stands_beside_the_date_of_the_infusion(built: Path) -> None:
    shown = values_of(built, "DQ15.2")
    ex = read_frame(built / "build/sdtm/ex.parquet")
    visit = ex["VISITNUM"] == float(shown["VISITNUM"])
    given = set(ex.loc[visit & (ex["USUBJID"] == "NCT02399735-01-001"), "EXSTDTC"])
    assert given == {shown["EX.EXSTDTC"]}


@pytest.mark.parametrize(("limit", "expected"), [("TS.AGEMIN", "P18Y"), ("TS.AGEMAX", "P65Y")])
def test_an_age_stands_beside_the_limits_of_the_protocol(built, limit, expected) -> None:
    shown = values_of(built, "DQ41.2")
    assert (shown["AGE"], shown[limit]) == ("71", expected)
