"""Two packages compared: each kind of difference is found and named, and nothing else."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, write_json
from pipeline.package.diff import as_json, compare, report_lines
from pipeline.package.diff_datasets import compare_datasets
from pipeline.package.diff_outputs import compare_outputs
from pipeline.package.diff_sources import Source, keys_below
from pipeline.package.xpt import write_xpt
from pipeline.spec import Dataset, Variable

KEYS = ("USUBJID", "AESEQ")
VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", "text"),
    Variable("AESEQ", "Sequence Number", "integer"),
    Variable("AETERM", "Reported Term", "text"),
    Variable("ADT", "Analysis Date", "date"),
)
ADAE = Dataset(
    "ADAE", "Adverse Events", "adam", "ADAM OTHER", "", "One", KEYS, "subject", VARIABLES
)
DEFINE = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><Study OID="S"><MetaDataVersion OID="M">
<ItemGroupDef OID="IG.ADAE" Name="ADAE">
<ItemRef ItemOID="IT.2" KeySequence="2"/><ItemRef ItemOID="IT.1" KeySequence="1"/>
<ItemRef ItemOID="IT.3"/></ItemGroupDef>
<ItemDef OID="IT.1" Name="USUBJID"/><ItemDef OID="IT.2" Name="AESEQ"/>
<ItemDef OID="IT.3" Name="AETERM"/></MetaDataVersion></Study></ODM>"""
TABLE = {
    "id": "T14.1.1",
    "kind": "table",
    "titles": ["Age"],
    "footnotes": [],
    "columns": [{"key": "A", "head": ["A"], "n": 2}],
    "rows": [
        {"key": "age", "labels": ["Age"], "indent": 0},
        {"key": "age/mean", "labels": ["Mean"], "display": "mean_sd", "digits": 0, "indent": 1},
    ],
    "results": [["age/mean", "A", "mean", 50.04], ["age/mean", "A", "sd", 1.5]],
}
LISTING = {
    "id": "L16.2.1",
    "kind": "listing",
    "titles": ["Ages"],
    "columns": [{"key": "AGE", "head": "Age", "type": "float", "digits": 1}],
    "records": [[50.0], [61.0]],
}
FIGURE = {"id": "F14.1.1", "kind": "figure", "titles": ["OS"], "data": {"times": [1.0, 2.0]}}


def frame(*rows: tuple[str, int, str | None, str | None]) -> pd.DataFrame:
    """Adverse events: subject, number, term, date."""
    prepare_pandas()
    made = pd.DataFrame(list(rows), columns=["USUBJID", "AESEQ", "AETERM", "ADT"])
    return made.assign(ADT=pd.to_datetime(made["ADT"]), AETERM=made["AETERM"].astype("str"))


BOTH = frame(("S-1", 1, "Pyrexia", "2020-01-31"), ("S-2", 1, "Sepsis", None))


def package(path: Path, data: pd.DataFrame, dataset: Dataset = ADAE, **lengths: int) -> Path:
    """A package of one dataset with its keys in define.xml, and one table."""
    (path / "datasets").mkdir(parents=True)
    sizes = {"USUBJID": 3, "AETERM": 8} | lengths
    write_xpt(data, dataset, sizes, path / "datasets/adae.xpt", dt.datetime(2020, 1, 1))
    (path / "datasets/define.xml").write_text(DEFINE, encoding="utf-8")
    write_json(TABLE, path / "ard/t-14-1-1.json")
    return path


def differences(tmp_path: Path, data: pd.DataFrame, dataset: Dataset = ADAE, **lengths: int):
    """The comparison of BOTH with another version of it."""
    return compare(
        package(tmp_path / "old", BOTH), package(tmp_path / "new", data, dataset, **lengths)
    )


def test_same_packages_do_not_differ(tmp_path: Path) -> None:
    found = differences(tmp_path, BOTH)
    assert found.same
    assert list(report_lines(found)) == [
        "1 of 1 datasets and 1 of 1 outputs that both have are the same"
    ]


def test_keys_come_from_define_in_the_order_of_their_sequence(tmp_path: Path) -> None:
    assert keys_below(package(tmp_path / "p", BOTH)) == {"ADAE": ("USUBJID", "AESEQ")}


def test_changed_values_are_named_by_key(tmp_path: Path) -> None:
    new = frame(("S-2", 1, None, "2020-02-01"), ("S-1", 1, "Pyrexia", "2020-01-30"))
    found = differences(tmp_path, new).datasets[0]
    assert found.values is not None
    assert found.values.to_numpy().tolist() == [
        ["USUBJID=S-2, AESEQ=1", "AETERM", "Sepsis", None],
        ["USUBJID=S-1, AESEQ=1", "ADT", "2020-01-31", "2020-01-30"],
        ["USUBJID=S-2, AESEQ=1", "ADT", None, "2020-02-01"],
    ]
    assert (found.facts, found.lost, found.added) == ((), (), ())


def test_records_of_one_side_only(tmp_path: Path) -> None:
    new = frame(("S-1", 1, "Pyrexia", "2020-01-31"), ("S-3", 1, "Sepsis", None))
    found = differences(tmp_path, new).datasets[0]
    assert found.lost == ("USUBJID=S-2, AESEQ=1",)
    assert found.added == ("USUBJID=S-3, AESEQ=1",)
    assert found.value_count == 0


@pytest.mark.parametrize(
    ("dataset", "lengths", "fact"),
    [
        (replace(ADAE, label="Events"), {}, ("dataset label", "Adverse Events", "Events")),
        (ADAE, {"AETERM": 20}, ("AETERM length", "8", "20")),
        (
            replace(
                ADAE, variables=(*VARIABLES[:2], replace(VARIABLES[2], label="Term"), VARIABLES[3])
            ),
            {},
            ("AETERM label", "Reported Term", "Term"),
        ),
        (
            replace(ADAE, variables=(*VARIABLES[:2], VARIABLES[3], VARIABLES[2])),
            {},
            (
                "order of variables",
                "USUBJID, AESEQ, AETERM, ADT",
                "USUBJID, AESEQ, ADT, AETERM",
            ),
        ),
        (replace(ADAE, variables=VARIABLES[:3]), {}, ("variable ADT", "there", "not there")),
        (
            replace(
                ADAE, variables=(*VARIABLES[:3], replace(VARIABLES[3], display_format="E8601DA."))
            ),
            {},
            ("ADT format", "DATE9.", "E8601DA."),
        ),
    ],
)
def test_each_fact_of_a_variable(tmp_path: Path, dataset: Dataset, lengths, fact) -> None:
    found = differences(tmp_path, BOTH, dataset, **lengths).datasets[0]
    assert found.facts == (fact,)
    assert found.value_count == 0


def source(data: pd.DataFrame) -> Source:
    """A frame as a source without facts."""
    return Source("X", {}, {str(name): {} for name in data.columns}, data)


def test_numbers_are_compared_exactly_and_shown_in_full() -> None:
    old, new = pd.DataFrame({"A": [0.3, 1.0]}), pd.DataFrame({"A": [0.1 + 0.2, 1.0]})
    found = compare_datasets(source(old), source(new), ())
    assert found.values is not None
    assert found.values.to_numpy().tolist() == [
        ["record=1", "A", "0.29999999999999999", "0.30000000000000004"]
    ]


def test_number_that_became_text_differs() -> None:
    prepare_pandas()
    found = compare_datasets(
        source(pd.DataFrame({"A": [1.0]})), source(pd.DataFrame({"A": ["1"]})), ()
    )
    assert found.value_count == 1


def test_records_with_equal_keys_are_matched_in_order() -> None:
    prepare_pandas()
    old = pd.DataFrame({"K": ["a", "a"], "V": ["x", "y"]})
    found = compare_datasets(source(old), source(old.assign(V=["x", "z"])), ("K",))
    assert found.values is not None
    assert found.values["key"].tolist() == ["K=a #2"]
    assert found.lost == found.added == ()


def spoiled(result: dict, change) -> dict:
    """A copy of `result` after `change`."""
    made = copy.deepcopy(result)
    change(made)
    return made


def test_number_that_prints_the_same_is_no_printed_difference() -> None:
    found = compare_outputs(TABLE, spoiled(TABLE, lambda t: t["results"][0].__setitem__(3, 50.01)))
    assert found.printed == ()
    assert found.numbers == (("row 'age/mean', column 'A', mean", "50.04", "50.01"),)


def test_number_that_prints_otherwise() -> None:
    found = compare_outputs(TABLE, spoiled(TABLE, lambda t: t["results"][0].__setitem__(3, 51.0)))
    assert found.printed == (("row 'age/mean', column 'A'", "50.0 (1.50)", "51.0 (1.50)"),)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: t["titles"].append("Men"), ("titles 2", None, "Men")),
        (lambda t: t["columns"][0].update(n=3), ("columns A n", "2", "3")),
        (lambda t: t["rows"][0].update(labels=["Years"]), ("rows age labels 1", "Age", "Years")),
    ],
)
def test_texts_of_a_table(change, expected: tuple[str, str, str]) -> None:
    assert compare_outputs(TABLE, spoiled(TABLE, change)).texts == (expected,)


def test_listing_by_record_whatever_the_order() -> None:
    assert compare_outputs(LISTING, spoiled(LISTING, lambda t: t["records"].reverse())).same
    found = compare_outputs(
        LISTING, spoiled(LISTING, lambda t: t["records"][0].__setitem__(0, 52.0))
    )
    assert found.printed == (
        ("record 50.0", "1 times", None),
        ("record 52.0", None, "1 times"),
    )


def test_figure_by_its_data() -> None:
    found = compare_outputs(
        FIGURE, spoiled(FIGURE, lambda f: f["data"]["times"].__setitem__(1, 3.0))
    )
    assert found.numbers == (("data times 2", "2.0", "3.0"),)


def test_report_and_json_name_what_differs(tmp_path: Path) -> None:
    new = frame(("S-1", 1, "Pyrexia", "2020-01-31"), ("S-2", 1, "Shock", None))
    found = differences(tmp_path, new)
    assert list(report_lines(found)) == [
        "ADAE: 2 -> 2 records, by USUBJID, AESEQ",
        "  AETERM: 1 values differ",
        "    USUBJID=S-2, AESEQ=1: 'Sepsis' -> 'Shock'",
        "0 of 1 datasets and 1 of 1 outputs that both have are the same",
    ]
    written = json.loads(json.dumps(as_json(found)))
    assert written["same"] is False
    assert written["datasets"]["ADAE"]["values"] == [
        {"key": "USUBJID=S-2, AESEQ=1", "variable": "AETERM", "old": "Sepsis", "new": "Shock"}
    ]


def test_dataset_and_output_of_one_side_only(tmp_path: Path) -> None:
    old, new = package(tmp_path / "old", BOTH), package(tmp_path / "new", BOTH)
    (new / "datasets/adae.xpt").rename(new / "datasets/adcm.xpt")
    (new / "ard/t-14-1-1.json").unlink()
    found = compare(old, new)
    assert (found.lost, found.added) == (("ADAE", "T14.1.1"), ("ADCM",))


def test_folder_without_anything_to_compare_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match="no dataset and no output"):
        compare(tmp_path / "empty", tmp_path / "empty")


def test_build_compares_with_itself_and_uses_the_keys_of_the_study(built_mini: Path) -> None:
    build = built_mini / "build"
    found = compare(build, build)
    assert found.same
    by_name = {dataset.name: dataset.keys for dataset in found.datasets}
    assert by_name["DM"] == ("STUDYID", "USUBJID")
    assert len(found.outputs) >= 1
