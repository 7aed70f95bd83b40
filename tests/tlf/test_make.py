"""From a program and datasets to results and lineage, on a study of three subjects.

S1 and S2 (arm A) and S3 (arm B) are treated; S4 is not. S1 has two headaches, S3 a fever.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.frames import read_frame, write_dataset, write_frame
from pipeline.programs import read_programs
from pipeline.study import StudyFolder, open_study
from pipeline.tlf.display import show
from pipeline.tlf.make import make_output, output_paths
from pipeline.tlf.plain import plain
from pipeline.tlf.toc import Output

STUDY = """
study: X1
title: A study of three
cutoff: "2024-09-30"
subjects: {form: dm, fields: [SUBJECT]}
arms:
  A: {name: Arm A, head: [Arm A, low]}
  B: {name: Arm B}
populations:
  SAFFL: {label: "Safety (SAFFL = 'Y')"}
"""
FORMS = """
dm:
  label: Demographics
  structure: One record per subject
  key: [SUBJECT]
  row_source: SRC
  fields:
    SUBJECT: {label: Subject, type: text, source: published}
    SRC: {label: Source, type: text, source: published}
    WEIGHT: {label: Weight, type: number, source: synthetic}
"""
ADSL = """
dataset: ADSL
label: Subject-Level Analysis Dataset
class: SUBJECT LEVEL ANALYSIS DATASET
structure: One record per subject
keys: [USUBJID]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, origin: raw_dm.SUBJECT}
  TRT01A: {label: Actual Treatment for Period 01, type: text, origin: raw_dm.SUBJECT}
  SAFFL: {label: Safety Population Flag, type: text, origin: raw_dm.SUBJECT}
  AGE: {label: Age, type: integer, origin: raw_dm.SUBJECT}
  TRTSDT: {label: Date of First Exposure to Treatment, type: date, origin: raw_dm.SUBJECT}
  WEIGHT: {label: Weight at Baseline, type: float, origin: raw_dm.WEIGHT}
"""
ADAE = """
dataset: ADAE
label: Adverse Event Analysis Dataset
class: OCCURRENCE DATA STRUCTURE
structure: One record per subject per event
keys: [USUBJID, AEDECOD]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, origin: ADSL.USUBJID}
  AEDECOD: {label: Dictionary-Derived Term, type: text, origin: raw_dm.SUBJECT}
"""
OUTPUTS = "from pipeline.tlf.outputs import Figure, Listing, Table\n"
RESULTS = "from pipeline.tlf.results import computed, count_subjects, count_values, stack\n"
EVENTS = f"""{OUTPUTS}{RESULTS}
def t_1(adae, population):
    return Table(count_values(adae, "AEDECOD", ["Headache", "Fever"], population), population)
"""
Make = Callable[..., tuple[dict, pd.DataFrame]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Run a program text named t_1 for output T1: its results and its lineage."""
    for file, text in {
        "study.yaml": STUDY,
        "raw/forms.yaml": FORMS,
        "adam/adsl.yaml": ADSL,
        "adam/adae.yaml": ADAE,
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    _write(open_study(tmp_path))

    def run(
        program: str, population: str = "SAFFL", number: str = "T1"
    ) -> tuple[dict, pd.DataFrame]:
        (tmp_path / "tlf").mkdir(exist_ok=True)
        (tmp_path / "tlf/t_1.py").write_text(program)
        output = Output(number, "t_1", ("Title",), population, ("[1] Note.",))
        make_output(open_study(tmp_path), output, read_programs(tmp_path, "tlf")["t_1"])
        results, lineage = (tmp_path / path for path in output_paths(output))
        text = results.read_text()
        assert "NaN" not in text
        return json.loads(text), read_frame(lineage)

    return run


def _write(folder: StudyFolder, synthetic: bool = False) -> None:
    """The datasets, their lineage and the register of raw records."""
    adsl = pd.DataFrame(
        {
            "USUBJID": ["S1", "S2", "S3", "S4"],
            "TRT01A": ["Arm A", "Arm A", "Arm B", None],
            "SAFFL": ["Y", "Y", "Y", "N"],
            "AGE": [40, 50, 60, 70],
            "TRTSDT": pd.to_datetime(["2016-02-01", None, "2016-02-03", None]),
            "WEIGHT": [70.25, None, 90.0, 80.0],
        }
    )
    adae = pd.DataFrame(
        {"USUBJID": ["S1", "S1", "S3"], "AEDECOD": ["Headache", "Headache", "Fever"]}
    )
    build = folder.build
    for name, frame, source in (("adsl", adsl, "raw_dm"), ("adae", adae, "adsl")):
        write_dataset(frame, folder.datasets[name], build / f"adam/{name}.parquet")
        numbers = range(1, len(frame) + 1)
        behind = [1, 1, 3] if name == "adae" else numbers
        lineage = pd.DataFrame(
            {"record": numbers, "source": source, "source_record": behind, "reason": None}
        )
        write_frame(lineage, build / f"adam/{name}.lineage.parquet")
    sources = ["synthetic" if synthetic else "published", *["published"] * 3]
    records = pd.DataFrame({"form": "dm", "line": [1, 2, 3, 4], "source": sources})
    write_frame(records, build / "raw/records.parquet")


def test_table_keeps_numbers_unrounded_and_every_arm(make: Make) -> None:
    result, _ = make(EVENTS)
    assert result["columns"] == [
        {"key": "A", "head": ["Arm A", "low"], "n": 2},
        {"key": "B", "head": ["Arm B"], "n": 1},
        {"key": "total", "head": ["Total"], "n": 3},
    ]
    assert [row["labels"] for row in result["rows"]] == [["Headache"], ["Fever"]]
    assert ["headache", "total", "pct", 33.3333333333] in result["results"]
    assert ["fever", "A", "n", 0] in result["results"]


def test_head_of_the_results(make: Make) -> None:
    result, _ = make(EVENTS)
    expected = {
        "id": "T1",
        "kind": "table",
        "protocol": "X1",
        "titles": ["Title"],
        "population": "Safety (SAFFL = 'Y')",
        "footnotes": ["[1] Note."],
        "sources": ["ADAE", "ADSL"],
        "program": "tlf/t_1.py",
        "cutoff": "2024-09-30",
        "synthetic": False,
        "empty": "No subject met the criteria.",
    }
    assert {key: result[key] for key in expected} == expected


def test_lineage_of_cells_and_of_the_column_heads(make: Make) -> None:
    _, records = make(EVENTS)
    found = records.groupby(["row", "column", "dataset"])["record"].apply(list).to_dict()
    assert found["headache", "A", "adae"] == [1, 2]
    assert ("headache", "B", "adae") not in found
    assert found["fever", "total", "adae"] == [3]
    assert found["N", "A", "adsl"] == [1, 2]
    assert found["N", "total", "adsl"] == [1, 2, 3]


def test_without_a_population_every_subject_and_no_line(make: Make) -> None:
    result, _ = make(EVENTS, population="")
    assert result["population"] == ""
    assert [column["n"] for column in result["columns"]] == [2, 1, 4]


def test_a_column_without_subjects_of_its_own(make: Make) -> None:
    result, records = make(
        f"""{OUTPUTS}{RESULTS}from pipeline.tlf.population import Column
def t_1(adsl, population):
    p = Column("p", ("p-value",), display="p_value")
    row = computed("Age", {{"A": {{"n": 2}}, "p": {{"p": 0.5}}}}, "n", behind=adsl)
    return Table(row, population, columns=(population.columns[0], p))
"""
    )
    assert result["columns"][1] == {
        "key": "p",
        "head": ["p-value"],
        "n": None,
        "display": "p_value",
    }
    assert "display" not in result["columns"][0]
    assert set(records.loc[records["row"] == "N", "column"]) == {"A"}


LISTING = f"""{OUTPUTS}
def t_1(adsl):
    frame = adsl.assign(BMI=adsl["AGE"] / 2)
    return Listing(frame, ["USUBJID", "AGE", "TRTSDT", "BMI"], heads={{"BMI": "Half age"}},
                   digits={{"BMI": 1}}, widths={{"USUBJID": 2}})
"""


def test_listing_has_labels_types_and_plain_values(make: Make) -> None:
    result, records = make(LISTING)
    assert [(c["key"], c["head"], c["type"]) for c in result["columns"]] == [
        ("USUBJID", "Unique Subject Identifier", "text"),
        ("AGE", "Age", "integer"),
        ("TRTSDT", "Date of First Exposure to Treatment", "date"),
        ("BMI", "Half age", "float"),
    ]
    assert result["columns"][3]["digits"] == 1
    assert result["columns"][0]["width"] == 2
    assert result["records"][:2] == [["S1", 40, "2016-02-01", 20.0], ["S2", 50, None, 25.0]]
    assert records.loc[records["row"] == "2", ["dataset", "record"]].to_numpy().tolist() == [
        ["adsl", 2]
    ]


def test_several_records_behind_one_listed_row(make: Make) -> None:
    program = LISTING.replace(
        "frame = adsl", "frame = adsl.assign(_row_adsl=[(1, 2), 2, 3, None])\n    frame = frame"
    )
    _, records = make(program)
    assert records[["row", "record"]].to_numpy().tolist() == [
        ["1", 1],
        ["1", 2],
        ["2", 2],
        ["3", 3],
    ]


def test_figure(make: Make) -> None:
    result, records = make(
        f"{OUTPUTS}\nimport numpy as np\n"
        "def t_1(adsl):\n"
        "    times = np.array([1.5, np.nan])\n"
        "    data = {'times': times, 'n': np.int64(4), 'last': adsl['TRTSDT'].max()}\n"
        "    return Figure('kaplan_meier', data, 'All subjects.', adsl)\n",
        number="F1",
    )
    assert (result["kind"], result["figure"], result["alt"]) == (
        "figure",
        "kaplan_meier",
        "All subjects.",
    )
    assert result["data"] == {"times": [1.5, None], "n": 4, "last": "2016-02-03T00:00:00"}
    assert records["record"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("column", "synthetic"), [("WEIGHT", True), ("AGE", False)], ids=["synthetic", "published"]
)
def test_a_synthetic_variable_makes_the_output_synthetic(
    make: Make, column: str, synthetic: bool
) -> None:
    result, _ = make(f'{OUTPUTS}\ndef t_1(adsl):\n    return Listing(adsl, ["{column}"])\n')
    assert result["synthetic"] is synthetic


def test_a_synthetic_record_makes_the_output_synthetic(make: Make, tmp_path: Path) -> None:
    _write(open_study(tmp_path), synthetic=True)
    only = "{}\ndef t_1(adsl):\n    return Listing(adsl.loc[adsl['USUBJID'] {} 'S1'], ['AGE'])\n"
    assert make(only.format(OUTPUTS, "=="))[0]["synthetic"] is True
    assert make(only.format(OUTPUTS, "!="))[0]["synthetic"] is False


@pytest.mark.parametrize("variable", ["TRT01A", "SAFFL"])
def test_a_synthetic_treatment_or_population_flag_counts(
    make: Make, tmp_path: Path, variable: str
) -> None:
    lines = ADSL.splitlines()
    changed = [
        line.replace("raw_dm.SUBJECT", "raw_dm.WEIGHT") if f" {variable}:" in line else line
        for line in lines
    ]
    assert changed != lines
    (tmp_path / "adam/adsl.yaml").write_text("\n".join(changed))
    assert make(EVENTS)[0]["synthetic"] is True


@pytest.mark.parametrize("parameters", ["adae, population", "adae"])
def test_a_synthetic_subject_of_the_population_counts(
    make: Make, tmp_path: Path, parameters: str
) -> None:
    _write(open_study(tmp_path), synthetic=True)
    only = "Listing(adae.loc[adae['AEDECOD'] == 'Fever'], ['AEDECOD'])"
    result, _ = make(f"{OUTPUTS}\ndef t_1({parameters}):\n    return {only}\n")
    assert result["synthetic"] is ("population" in parameters)


def test_same_input_same_bytes(make: Make, tmp_path: Path) -> None:
    files = [tmp_path / "build/tlf" / name for name in ("t-1.json", "t-1.lineage.parquet")]
    make(EVENTS)
    first = [file.read_bytes() for file in files]
    make(EVENTS)
    assert [file.read_bytes() for file in files] == first


CELL = 'computed("{label}", {{"{column}": {values}}}, "{display}")'


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("1", "returned int, not a Table, Listing or Figure"),
        ('Listing(adsl, ["AGEU"])', "no column 'AGEU'"),
        ('Listing(adsl.assign(X=1), ["X"])', "column X has no label"),
        ("Table(stack(ROW, ROW), population)", "several rows have the key 'age'"),
        ("Table(OTHER, population)", "results belong to no column: 'Z'"),
        ("Table(ROW, population, stub=())", "more labels than stub heads: 'age'"),
        ("Table(WRONG, population)", "> row 'age' > column 'A' > display n_pct"),
        ('Figure("forest", {}, "", adsl)', "returned a Figure for T1"),
    ],
)
def test_errors_name_the_program(make: Make, returned: str, message: str) -> None:
    cells = {
        "ROW": CELL.format(label="age", column="A", values='{"n": 1}', display="n"),
        "OTHER": CELL.format(label="age", column="Z", values='{"n": 1}', display="n"),
        "WRONG": CELL.format(label="age", column="A", values='{"n": 1}', display="n_pct"),
    }
    for name, text in cells.items():
        returned = returned.replace(name, text)
    with pytest.raises(StudyError) as error:
        make(f"{OUTPUTS}{RESULTS}\ndef t_1(adsl, population):\n    return {returned}\n")
    assert error.value.where.startswith("tlf/t_1.py")
    assert message in str(error.value)


def test_only_a_figure_has_the_number_of_a_figure(make: Make) -> None:
    listing = f"{OUTPUTS}\ndef t_1(adsl):\n    return Listing(adsl, ['AGE'])\n"
    with pytest.raises(StudyError, match=r"returned a Listing for F1(.|\n)*with F in tlf/toc.yaml"):
        make(listing, number="F1")


def test_a_result_that_json_cannot_hold_is_named() -> None:
    with pytest.raises(StudyError, match="a result is a set"):
        plain({"x": {1, 2}}, "tlf/f_1.py")


def test_noise_of_binary_arithmetic_does_not_hide_a_tie() -> None:
    """The mean of -0.3, -0.1, 0.2 and 0.3 is 0.025, halfway between two printed numbers."""
    added_up = 0.024999999999999994
    result = plain({"mean": added_up, "sd": None}, "T1")
    assert result["mean"] == 0.025
    assert show("mean_sd", result, 1).split()[0] == "0.03"


def test_plain_values() -> None:
    value = {"a": [float("inf"), pd.NA, pd.NaT, True], 1: pd.Timestamp("2016-02-01"), "t": (1, "x")}
    assert plain(value, "T1") == {
        "a": [None, None, None, True],
        "1": "2016-02-01T00:00:00",
        "t": [1, "x"],
    }


def test_a_program_says_which_records_it_reads(make: Make) -> None:
    """The same results and record numbers as when the program chooses them itself."""
    chosen = f"""{OUTPUTS}{RESULTS}from pipeline.where import equals
FEVER = equals("AEDECOD", "Fever")

def t_1(population, adae=FEVER):
    return Table(count_values(adae, "AEDECOD", ["Headache", "Fever"], population), population)
"""
    inside = chosen.replace("adae=FEVER", "adae").replace("(adae,", "(adae.loc[FEVER],")
    found, behind = make(chosen)
    expected, expected_behind = make(inside)
    assert found == expected
    pd.testing.assert_frame_equal(behind, expected_behind)
    events = behind.loc[behind["dataset"] == "adae"]
    assert events[["column", "record"]].to_numpy().tolist() == [["B", 3], ["total", 3]]


def test_records_of_adsl_do_not_make_the_population_smaller(make: Make) -> None:
    result, _ = make(f"""{OUTPUTS}{RESULTS}from pipeline.where import always, at_least
OLDER = at_least("AGE", 50)

def t_1(population, adsl=OLDER):
    return Table(count_subjects(adsl, {{"Older": always()}}, population), population)
""")
    assert [column["n"] for column in result["columns"]] == [2, 1, 3]
    counts = {column: value for _, column, name, value in result["results"] if name == "n"}
    assert counts == {"A": 1, "B": 1, "total": 2}


@pytest.mark.parametrize(
    ("signature", "what"),
    [
        ("population, adae=None", "no condition on the records"),
        ("adae, population=flagged('SAFFL')", "no condition on the records"),
        ("population, adae=flagged('SAFL')", "reads 'SAFL', which ADAE does not have"),
    ],
)
def test_a_default_is_a_condition_on_a_dataset(make: Make, signature: str, what: str) -> None:
    program = f"from pipeline.where import flagged\ndef t_1({signature}): ...\n"
    with pytest.raises(StudyError, match=what):
        make(program)
