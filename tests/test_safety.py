"""The synthetic safety data of the reference study keep what the article says of safety.

Read with public readers from the XPT files; the published tables are the yardstick.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

ROOT = Path(__file__).parent.parent


def xpt(built: Path, name: str) -> pd.DataFrame:
    """A built XPT file; dates as datetime64."""
    frame, meta = pyreadstat.read_xport(built / f"build/xpt/{name}.xpt")
    dates = [v for v, form in meta.original_variable_types.items() if (form or "")[:4] == "DATE"]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


def test_fever_after_infusion_is_the_published_pyrexia(built: Path) -> None:
    table = pd.read_csv(ROOT / "raw/published/table3.csv", dtype=str, keep_default_na=False)
    events = table.loc[table["ctcae_grade"] != ""]
    expected = sorted(
        zip(
            events["patient"].astype(int),
            events["infusion_number"].astype(int),
            events["ctcae_grade"].astype(int),
            strict=True,
        )
    )
    vs = xpt(built, "vs")
    after = vs.loc[(vs["VSTESTCD"] == "TEMP") & (vs["VSTPT"] == "AFTER INFUSION")]
    assert len(after) == 144
    fever = after.loc[after["VSSTRESN"] >= 38.0]
    found = sorted(
        zip(
            fever["USUBJID"].str[-3:].astype(int),
            fever["VISIT"].str.split(" ").str[1].astype(int),
            # CTCAE 4: 38.0 to 39.0 is grade 1, above it to 40.0 grade 2
            np.where(fever["VSSTRESN"] > 39.0, 2, 1),
            strict=True,
        )
    )
    assert found == expected
    others = vs.loc[(vs["VSTESTCD"] == "TEMP") & (vs["VSTPT"] != "AFTER INFUSION")]
    assert others["VSSTRESN"].max() < 38.0


def test_no_laboratory_grade_is_worse_than_before_treatment(built: Path) -> None:
    adlb = xpt(built, "adlb")
    treated = adlb.loc[adlb["ONTRTFL"] == "Y"]
    for side in "LH":
        graded = treated.loc[treated[f"ATOXGR{side}"] != ""]
        assert len(graded) > 1000
        worse = graded[f"ATOXGR{side}"].astype(int) > graded[f"BTOXGR{side}"].astype(int)
        assert not worse.any()


def test_both_unit_systems_end_in_one(built: Path) -> None:
    lb = xpt(built, "lb")
    bilirubin = lb.loc[lb["LBTESTCD"] == "BILI"]
    assert set(bilirubin["LBORRESU"]) == {"umol/L", "mg/dL"}
    assert set(bilirubin["LBSTRESU"]) == {"umol/L"}
    american = bilirubin.loc[bilirubin["LBORRESU"] == "mg/dL"]
    expected = american["LBORRES"].astype(float) * 17.104
    assert np.allclose(american["LBSTRESN"], expected, rtol=1e-3)
    one = lb.loc[lb["LBSTRESU"] != ""].groupby("LBTESTCD")["LBSTRESU"].nunique()
    assert (one == 1).all()


def test_troughs_stay_in_range_and_hbv_dna_below_quantification(built: Path) -> None:
    adpc = xpt(built, "adpc")
    assert set(adpc["ANRIND"]) == {"NORMAL"}
    assert adpc["AVAL"].between(adpc["ANRLO"], adpc["ANRHI"]).all()
    admb = xpt(built, "admb")
    assert set(admb["AVALC"]) == {"<20"}
    assert set(admb["CRIT1FL"]) == {"N"}


def test_every_infused_lot_is_tested_and_released(built: Path) -> None:
    ex, cp, bs = (xpt(built, name) for name in ("ex", "cp", "bs"))
    lots = set(ex["EXLOT"])
    assert len(lots) == 144
    assert set(cp["CPREFID"]) == set(bs["BSREFID"]) == lots
    purity = cp.loc[cp["CPTESTCD"] == "NKCECE", "CPSTRESN"]
    assert purity.between(80, 100, inclusive="right").all()
    assert (bs.loc[bs["BSTESTCD"] == "VBLSPCT", "BSSTRESN"] > 90).all()
    assert (bs.loc[bs["BSTESTCD"] == "ENDOTOX", "BSSTRESN"] < 5).all()
    assert set(bs.loc[bs["BSTESTCD"] == "STERIL", "BSSTRESC"]) == {"NEGATIVE"}


@pytest.mark.parametrize(("time", "rho", "p"), [("OS", -0.069, 0.785), ("PFS", -0.131, 0.604)])
def test_purity_correlates_as_published(built: Path, time: str, rho: float, p: float) -> None:
    purity = xpt(built, "adcp").query("PARAMCD == 'MPUR'").set_index("USUBJID")["AVAL"]
    days = xpt(built, "adtte").query("PARAMCD == @time").set_index("USUBJID")["AVAL"]
    ranks = pd.DataFrame({"purity": purity, "days": days}).rank()
    found = ranks.corr().loc["purity", "days"]
    assert round(found, 3) == rho
    content = json.loads((built / "build/tlf/t-14-2-6.json").read_text(encoding="utf-8"))
    printed = [r[3] for r in content["results"] if r[2] == "p"]
    assert any(abs(value - p) < 0.003 for value in printed)


def test_relations_end_in_records_that_exist(built: Path) -> None:
    relrec = xpt(built, "relrec")
    records = relrec.loc[relrec["USUBJID"] != ""]
    for domain in ("AE", "EX"):
        frame = xpt(built, domain.lower())
        known = set(zip(frame["USUBJID"], frame[f"{domain}SEQ"].astype(int), strict=True))
        mine = records.loc[records["RDOMAIN"] == domain]
        assert set(zip(mine["USUBJID"], mine["IDVARVAL"].astype(int), strict=True)) <= known
    assert len(records) == 2 * 17
    datasets = relrec.loc[relrec["USUBJID"] == ""]
    for relid, sides in datasets.groupby("RELID"):
        values = [
            set(xpt(built, row["RDOMAIN"].lower())[row["IDVAR"]].replace("", None).dropna())
            for _, row in sides.iterrows()
        ]
        assert values[0] & values[1], relid


def test_zero_rows_of_special_interest_are_kept(built: Path) -> None:
    adaesi = xpt(built, "adaesi")
    assert len(adaesi) == 18 * 8
    occurred = adaesi.loc[adaesi["CRIT1FL"] == "Y"]
    assert (set(occurred["PARAM"]), len(occurred), occurred["AVAL"].sum()) == ({"Pyrexia"}, 7, 17)


def test_outputs_of_synthetic_data_say_so_and_deaths_have_no_cause(built: Path) -> None:
    def output(name: str) -> dict:
        return json.loads((built / f"build/tlf/{name}.json").read_text(encoding="utf-8"))

    synthetic = ["t-14-2-6", "t-14-2-7", "f-14-2-7", "t-14-3-4-1", "t-14-3-4-4", "t-14-3-5-1"]
    for name in [*synthetic, "t-14-3-5-2", "t-14-3-6-1", "l-16-2-8-1", "l-16-2-9", "l-16-2-10"]:
        assert output(name)["synthetic"], name
    for name in ("t-14-1-3", "t-14-3-1-5", "t-14-3-2-1", "l-16-2-4-1", "l-16-2-7-2"):
        assert not output(name)["synthetic"], name
    serious = output("t-14-3-2-2")
    assert serious["rows"] == []
    assert "Not published" in serious["empty"]


def test_the_generators_give_the_committed_bytes(tmp_path: Path) -> None:
    """The synthetic forms and the answer key follow from the seed."""
    names = ["raw", "pipeline"]
    for name in names:
        subprocess.run(["cp", "-r", str(ROOT / name), str(tmp_path / name)], check=True)
    before = {path.name: path.read_bytes() for path in (tmp_path / "raw").glob("*.csv")}
    before["defects.yaml"] = (tmp_path / "raw/defects.yaml").read_bytes()
    subprocess.run([sys.executable, "raw/make_synthetic.py"], cwd=tmp_path, check=True)
    after = {name: (tmp_path / "raw" / name).read_bytes() for name in before}
    assert [name for name in before if before[name] != after[name]] == []
