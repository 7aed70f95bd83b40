"""DD and ADEFF of the reference study, worked out again from the datasets they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.frames import read_frame


def test_every_death_has_a_cause_that_says_it_is_not_published(built: Path) -> None:
    dm = read_frame(built / "build/sdtm/dm.parquet")
    dd = read_frame(built / "build/sdtm/dd.parquet").set_index("USUBJID")
    died = dm.loc[dm["DTHFL"] == "Y"].set_index("USUBJID")
    assert len(dd) == 17
    assert dd["DDDTC"].sort_index().equals(died["DTHDTC"].sort_index().rename("DDDTC"))
    assert set(dd["DDTESTCD"] + ": " + dd["DDSTRESC"]) == {"PRCDTH: NOT PUBLISHED"}


@pytest.mark.parametrize(
    ("parameter", "best", "counted"),
    [
        ("OBJRESP", "CBOR", ["CR", "PR"]),
        ("OBJRESPU", "BOR", ["CR", "PR"]),
        ("DISCTL", "CBOR", ["CR", "PR", "SD", "NON-CR/NON-PD"]),
        ("DISCTLU", "BOR", ["CR", "PR", "SD", "NON-CR/NON-PD"]),
    ],
)
def test_rates(built: Path, parameter: str, best: str, counted: list[str]) -> None:
    adrs = read_frame(built / "build/adam/adrs.parquet")
    adeff = read_frame(built / "build/adam/adeff.parquet")
    expected = adrs.loc[(adrs["PARAMCD"] == best) & adrs["AVALC"].isin(counted), "USUBJID"]
    found = adeff.loc[adeff["PARAMCD"] == parameter]
    assert len(found) == 18
    assert set(found.loc[found["AVALC"] == "Y", "USUBJID"]) == set(expected)
    assert found["AVAL"].sum() == len(expected)


def test_best_change_and_duration(built: Path) -> None:
    adtr = read_frame(built / "build/adam/adtr.parquet")
    adeff = read_frame(built / "build/adam/adeff.parquet")
    smallest = adtr.loc[adtr["ABLFL"] != "Y"].groupby("USUBJID")["PCHG"].min()
    found = adeff.loc[adeff["PARAMCD"] == "BESTCHG"].set_index("USUBJID")["AVAL"]
    assert found.to_dict() == smallest.dropna().to_dict()
    wide = adeff.pivot(index="USUBJID", columns="PARAMCD", values="AVAL")
    assert (wide["DURRESP"].notna() == (wide["OBJRESP"] == 1)).all()
    lasted = wide.loc[wide["DURRESP"].notna()]
    assert (lasted["DURRESP"] <= lasted["PFS"]).all()
    assert (wide["PFS"] <= wide["OS"]).all()
