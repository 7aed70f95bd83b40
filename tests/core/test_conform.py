"""conform: a frame and its specification become that dataset, or an error that says why not."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.codelists import Codelist, Term
from pipeline.conform import conform, conform_supplemental, supplemental_spec
from pipeline.errors import StudyError
from pipeline.spec import Dataset, Variable

CT = {"NY": Codelist("NY", "No Yes", "C66742", False, (Term("Y"), Term("N")))}
VARIABLES = (
    Variable("STUDYID", "Study", "text"),
    Variable("USUBJID", "Subject", "text"),
    Variable("AESEQ", "Number", "integer"),
    Variable("AESER", "Serious", "text", codelist="NY"),
    Variable("AEDUR", "Duration", "float"),
    Variable("AESTDTC", "Start", "iso8601"),
)
SUPP = Variable("AETRTEM", "Treatment Emergent", "text", codelist="NY", evaluator="SPONSOR")


def spec(*variables: Variable, **changes: object) -> Dataset:
    """The specification of an AE dataset."""
    parts = {
        "name": "AE",
        "label": "Adverse Events",
        "layer": "sdtm",
        "dataset_class": "EVENTS",
        "subclass": "",
        "structure": "One record per event",
        "keys": ("USUBJID", "AESEQ"),
        "scope": "subject",
        "variables": variables or VARIABLES,
    }
    return Dataset(**(parts | changes))


def good() -> pd.DataFrame:
    """Two records that fit, in the wrong order, with a left-over input column."""
    return pd.DataFrame(
        {
            "AESER": ["Y", None],
            "AESEQ": [2.0, 1.0],
            "AEDUR": ["1.5", None],
            "STUDYID": "S",
            "USUBJID": "S-1",
            "AESTDTC": [" 2016-02 ", ""],
            "RAW": ["x", "y"],
            "_row_raw_ae": [3, 2],
        }
    )


def test_a_dataset_as_specified() -> None:
    made = conform(good(), spec(), CT, inputs=["RAW"])
    assert list(made.frame.columns) == [variable.name for variable in VARIABLES]
    assert made.frame["AESEQ"].tolist() == [1, 2]
    assert made.frame["AESEQ"].dtype == "int64"
    assert made.frame["AEDUR"].dtype == "float64"
    assert made.frame["AESTDTC"].astype("str").fillna("-").tolist() == ["-", "2016-02"]
    assert made.lineage[["record", "source", "source_record"]].to_numpy().tolist() == [
        [1, "raw_ae", 2],
        [2, "raw_ae", 3],
    ]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda f: f.drop(columns="AEDUR"), "sdtm/ae.yaml > AEDUR", "does not make AEDUR"),
        (lambda f: f.assign(AELOC="x"), "sdtm/ae.py", "column AELOC is not in sdtm/ae.yaml"),
        (lambda f: f.assign(AESEQ=[1.5, 2]), "AE.AESEQ", "'1.5' cannot be integer"),
        (lambda f: f.assign(AEDUR=["long", "1"]), "AE.AEDUR", "cannot be float"),
        (lambda f: f.assign(AESER=["Y", "Yes"]), "AE.AESER", "codelist NY: 'Yes' (1 rows)"),
        (lambda f: f.assign(AESEQ=1), "AE keys USUBJID, AESEQ", "2 records share their keys"),
        (lambda f: f.drop(columns="_row_raw_ae"), "sdtm/ae.py", "2 of 2 records do not say"),
        (lambda f: f.assign(_row_raw_ae=[3, None]), "sdtm/ae.py", "1 of 2 records do not say"),
    ],
)
def test_what_does_not_fit_stops_the_run(change, where: str, what: str) -> None:
    with pytest.raises(StudyError) as caught:
        conform(change(good()), spec(), CT, inputs=["RAW"])
    assert caught.value.where == where
    assert what in caught.value.what


def test_hidden_columns_and_columns_of_the_inputs_may_be_left_over() -> None:
    conform(good().assign(_helper=1), spec(), CT, inputs=["RAW"])
    with pytest.raises(StudyError, match="column RAW is not in"):
        conform(good(), spec(), CT)


def test_all_errors_at_once() -> None:
    spoiled = good().drop(columns=["AEDUR", "AESER"]).assign(AELOC="x")
    with pytest.raises(StudyError) as caught:
        conform(spoiled, spec(), CT, inputs=["RAW"])
    assert [text in str(caught.value) for text in ("AEDUR", "AESER", "AELOC")] == [True] * 3


def test_text_may_come_as_categories() -> None:
    words = pd.Categorical(["Y", None], categories=["Y", "of another batch", ""])
    titles = pd.Categorical([" 2016-02 ", ""])
    frame = good().assign(AESER=words, AESTDTC=titles)
    plain = conform(good(), spec(), CT, inputs=["RAW"]).frame
    made = conform(frame, spec(), CT, inputs=["RAW"]).frame
    pd.testing.assert_frame_equal(made.astype(plain.dtypes), plain)


def test_a_category_outside_the_codelist_is_found_where_it_is_used() -> None:
    frame = good().assign(AESER=pd.Categorical(["Y", "maybe"]))
    with pytest.raises(StudyError, match=r"'maybe' \(1 rows\)"):
        conform(frame, spec(), CT, inputs=["RAW"])


def test_dates_are_dates() -> None:
    dates = spec(*VARIABLES[:3], Variable("ASTDT", "Start", "date"))
    frame = good()[["STUDYID", "USUBJID", "AESEQ", "_row_raw_ae"]]
    made = conform(frame.assign(ASTDT=pd.to_datetime(["2016-02-17", None])), dates, CT)
    assert str(made.frame["ASTDT"].dtype) == "datetime64[ms]"
    with pytest.raises(StudyError, match="'2016-02-17' cannot be date"):
        conform(frame.assign(ASTDT=["2016-02-17", None]), dates, CT)


def test_a_variable_that_is_not_available_is_empty() -> None:
    with_race = spec(*VARIABLES[:3], Variable("RACE", "Race", "text", origin="Not Available"))
    frame = good()[["STUDYID", "USUBJID", "AESEQ", "_row_raw_ae"]]
    assert conform(frame, with_race, CT).frame["RACE"].isna().all()


def test_a_dataset_of_the_study_needs_no_lineage() -> None:
    frame = good().drop(columns="_row_raw_ae")
    assert len(conform(frame, spec(scope="study"), CT, inputs=["RAW"]).frame) == 2


def test_supplemental_qualifiers() -> None:
    """One record per value, keyed by --SEQ as text; missing values make no record."""
    frame = good().assign(AETRTEM=["N", None])
    made = conform_supplemental(frame, spec(supplemental=(SUPP,)), CT)
    assert made.frame.to_dict("records") == [
        {
            "STUDYID": "S",
            "RDOMAIN": "AE",
            "USUBJID": "S-1",
            "IDVAR": "AESEQ",
            "IDVARVAL": "2",
            "QNAM": "AETRTEM",
            "QLABEL": "Treatment Emergent",
            "QVAL": "N",
            "QORIG": "Derived",
            "QEVAL": "SPONSOR",
        }
    ]
    assert made.lineage[["record", "source_record"]].to_numpy().tolist() == [[1, 3]]
    with pytest.raises(StudyError, match="AETRTEM"):
        conform_supplemental(good(), spec(supplemental=(SUPP,)), CT)
    with pytest.raises(StudyError, match="not in codelist NY"):
        conform_supplemental(frame.assign(AETRTEM="Yes"), spec(supplemental=(SUPP,)), CT)


def test_only_the_value_of_a_supplemental_qualifier_has_references() -> None:
    """They carry `synthetic` from the fields to SUPP--."""
    emergent = Variable("AETRTEM", "Emergent", "text", references=("AE.AESTDTC", "DM.RFXSTDTC"))
    made = supplemental_spec(spec(supplemental=(emergent,)))
    assert made.name == "SUPPAE"
    referring = {v.name: v.references for v in made.variables if v.references}
    assert referring == {"QVAL": ("AE.AESTDTC", "DM.RFXSTDTC")}
