"""define.xml says what the data are: checked against transport files, schema, style and by hand."""

from __future__ import annotations

import copy
import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from lxml import etree

from pipeline.datasets import all_datasets
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, read_frame, write_frame
from pipeline.package.acrf import acrf_pages
from pipeline.package.define import write_define
from pipeline.package.define_check import check_references
from pipeline.package.define_documents import Documents
from pipeline.package.define_oids import item_oid, part
from pipeline.package.define_shapes import Shape, date_type, value_shape, variable_shape
from pipeline.package.define_standards import SYSTEM_VERSION, read_standards
from pipeline.package.define_xml import (
    described,
    find_all,
    qualified,
    read_xml,
    write_html,
    xml_bytes,
)
from pipeline.spec import Variable
from pipeline.study import open_study

ROOT = Path(__file__).parents[2]
STYLESHEET = ROOT / "pipeline/package/define2-1.xsl"
LAYERS = ("sdtm", "adam")
SCHEMAS = {"sdtm": "define/2.1/define2-1-0.xsd", "adam": "arm/1.0-define2.1/arm1-0-0.xsd"}


@pytest.fixture(scope="module")
def defines(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Layer -> define.xml of the reference study with all documents."""
    prepare_pandas()
    folder = open_study(built)
    target = tmp_path_factory.mktemp("defines")
    documents = {
        "sdtm": Documents(crf_pages=acrf_pages(folder), guides={"Guide": "csdrg.pdf"}),
        "adam": Documents(
            guides={"Guide": "adrg.pdf", "Methods": "methods.pdf"},
            methods="methods.pdf",
            programs="../programs/",
            outputs="tlf/",
        ),
    }
    for layer in LAYERS:
        write_define(folder, layer, target / layer / "define.xml", documents[layer])
    return {layer: target / layer / "define.xml" for layer in LAYERS}


@pytest.fixture(scope="module")
def mini_defines(built_mini: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Layer -> define.xml of the mini study without further documents."""
    prepare_pandas()
    target = tmp_path_factory.mktemp("mini")
    for layer in LAYERS:
        write_define(open_study(built_mini), layer, target / layer / "define.xml")
    return {layer: target / layer / "define.xml" for layer in LAYERS}


def by_oid(root, tag: str) -> dict:
    """The elements of one name by their identifier."""
    return {found.get("OID"): found for found in find_all(root, tag)}


def attribute(found, name: str):
    return found.get(qualified(name, attribute=True))


def text_of(found) -> str:
    """The description of an element."""
    return next(iter(find_all(found, "TranslatedText"))).text


def origins(item) -> list[tuple[str, str | None]]:
    return [(o.get("Type"), o.get("Source")) for o in find_all(item, "def:Origin")]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("study", ["defines", "mini_defines"])
def test_valid_against_the_official_schema(layer: str, study: str, request) -> None:
    schemas = pytest.importorskip("odmlib.schemas", reason="odmlib carries the CDISC schemas")
    schema = etree.XMLSchema(etree.parse(Path(schemas.__file__).parent / SCHEMAS[layer]))
    document = etree.parse(request.getfixturevalue(study)[layer])
    assert schema.validate(document), schema.error_log


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("study", ["defines", "mini_defines"])
def test_every_reference_resolves_and_every_definition_is_used(layer, study, request) -> None:
    assert check_references(read_xml(request.getfixturevalue(study)[layer])) == []


@pytest.mark.parametrize(
    ("tag", "fault"),
    [
        ("ItemDef", "resolves to no ItemDef"),
        ("CodeList", "resolves to no CodeList"),
        ("MethodDef", "resolves to no MethodDef"),
        ("def:ValueListDef", "resolves to no def:ValueListDef"),
        ("def:WhereClauseDef", "resolves to no def:WhereClauseDef"),
        ("def:CommentDef", "resolves to no def:CommentDef"),
        ("def:Standard", "resolves to no def:Standard"),
        ("def:leaf", "resolves to no def:leaf"),
        ("ItemRef", "ItemDef IT.TA.STUDYID is not referred to"),
    ],
)
def test_check_finds_what_is_missing(defines, tag: str, fault: str) -> None:
    root = read_xml(defines["sdtm"])
    first = next(iter(f for f in find_all(root, tag) if tag != "ItemRef" or _of_group(f)))
    first.getparent().remove(first)
    assert any(fault in found for found in check_references(root))


def _of_group(found) -> bool:
    return found.getparent().tag == qualified("ItemGroupDef")


def test_check_finds_what_is_defined_twice(defines) -> None:
    root = read_xml(defines["sdtm"])
    item = next(iter(find_all(root, "ItemDef")))
    item.addnext(copy.deepcopy(item))
    assert check_references(root) == [f"{item.get('OID')} is defined 2 times"]


@pytest.mark.parametrize("layer", LAYERS)
def test_datasets_variables_labels_and_lengths_are_those_of_the_files(
    built: Path, defines, layer: str
) -> None:
    root = read_xml(defines[layer])
    items = by_oid(root, "ItemDef")
    described_datasets = {}
    for group in find_all(root, "ItemGroupDef"):
        refs = [items[ref.get("ItemOID")] for ref in find_all(group, "ItemRef")]
        described_datasets[group.get("Name")] = {
            i.get("Name"): (text_of(i), i.get("Length") if i.get("DataType") == "text" else None)
            for i in refs
        }
        _, file = pyreadstat.read_xport(built / f"build/xpt/{group.get('Name').lower()}.xpt")
        assert file.file_label == text_of(group)
        stored = {
            name: (label, str(file.variable_storage_width[name]))
            for name, label in zip(file.column_names, file.column_labels, strict=True)
        }
        mine = described_datasets[group.get("Name")]
        assert list(mine) == list(stored)
        for name, (label, length) in mine.items():
            assert label == stored[name][0], name
            assert length in (None, stored[name][1]), name
    specified = {d.name for d in all_datasets(open_study(built)).values() if d.layer == layer}
    assert set(described_datasets) == specified


@pytest.mark.parametrize("layer", LAYERS)
def test_parse_and_write_again_is_identical(defines, layer: str) -> None:
    path = defines[layer]
    assert xml_bytes(read_xml(path)) == path.read_bytes()


def test_a_second_run_gives_the_same_bytes(built_mini: Path, mini_defines, tmp_path: Path) -> None:
    for layer in LAYERS:
        write_define(open_study(built_mini), layer, tmp_path / "define.xml")
        assert (tmp_path / "define.xml").read_bytes() == mini_defines[layer].read_bytes()


@pytest.mark.parametrize("layer", LAYERS)
def test_stylesheet_shows_every_dataset(defines, layer: str, tmp_path: Path) -> None:
    write_html(defines[layer], STYLESHEET, tmp_path / "define.html")
    page = (tmp_path / "define.html").read_text(encoding="utf-8")
    for group in find_all(read_xml(defines[layer]), "ItemGroupDef"):
        assert f"{group.get('Name').lower()}.xpt" in page
    assert "define2-1.xsl" in defines[layer].read_text(encoding="utf-8")[:200]


def test_the_page_shows_text_as_text_and_its_stylesheet_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "d.xml").write_text("<a>&lt;script&gt;alert(1)&lt;/script&gt;</a>")
    head = '<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform">'
    sheet = tmp_path / "d.xsl"
    sheet.write_text(
        f'{head}<x:output method="html"/><x:template match="/"><p><x:value-of '
        'select="a"/></p></x:template></x:stylesheet>'
    )
    write_html(tmp_path / "d.xml", sheet, tmp_path / "d.html")
    assert "<script>" not in (tmp_path / "d.html").read_text()
    other = (tmp_path / "other.xml").as_uri()
    (tmp_path / "other.xml").write_text("<secret/>")
    sheet.write_text(
        f'{head}<x:template match="/"><x:copy-of select="document(\'{other}\')"/>'
        "</x:template></x:stylesheet>"
    )
    with pytest.raises(etree.XSLTApplyError):
        write_html(tmp_path / "d.xml", sheet, tmp_path / "e.html")


def test_stylesheet_has_its_licence() -> None:
    assert "MIT License" in STYLESHEET.with_name("define2-1.xsl.LICENSE").read_text("utf-8")


@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        ("IT.AE.AETERM", [("Collected", "Investigator")]),
        ("IT.AE.AESTDY", [("Derived", "Sponsor")]),
        ("IT.AE.DOMAIN", [("Assigned", "Sponsor")]),
        ("IT.AE.STUDYID", [("Protocol", "Sponsor")]),
        ("IT.AE.AELLT", [("Not Available", None)]),
        ("IT.DM.RFICDTC", [("Assigned", "Sponsor")]),  # the date of consent is synthetic
        ("IT.DS.DSSTDTC", [("Collected", "Investigator"), ("Assigned", "Sponsor")]),
        ("IT.SUPPAE.QVAL", []),  # at the value level
        ("IT.SUPPAE.QVAL.AEINFN", [("Collected", "Investigator")]),
        ("IT.SUPPAE.QVAL.AEDLT", [("Derived", "Sponsor")]),
    ],
)
def test_origin_type_and_source(defines, oid: str, expected: list) -> None:
    assert origins(by_oid(read_xml(defines["sdtm"]), "ItemDef")[oid]) == expected


def test_predecessor_names_the_variable_it_was_copied_from(defines) -> None:
    items = by_oid(read_xml(defines["adam"]), "ItemDef")
    for oid, expected in (
        ("IT.ADAE.AETERM", "AE.AETERM"),
        ("IT.ADAE.ADOSE", "EX.EXDOSE"),  # and not what it `uses`
        ("IT.ADCM.CMTRT", "CM.CMTRT, PR.PRTRT"),
    ):
        (origin,) = find_all(items[oid], "def:Origin")
        assert (origin.get("Type"), text_of(origin)) == ("Predecessor", expected)


def test_synthetic_values_are_commented(defines) -> None:
    root = read_xml(defines["sdtm"])
    comments = {oid: text_of(found) for oid, found in by_oid(root, "def:CommentDef").items()}
    expected = "Holds synthetic values: CRF field CONSENT_DAT (form dm)."
    assert comments["COM.DM.RFICDTC"] == expected
    assert comments["COM.SE.SESTDTC"] == "Made of synthetic values: DM.RFICDTC."


def test_collected_values_point_to_their_page(built: Path, defines) -> None:
    pages = acrf_pages(open_study(built))
    items = by_oid(read_xml(defines["sdtm"]), "ItemDef")
    for oid, place in (
        ("IT.AE.AETERM", ("ae", "AE_TERM")),
        ("IT.FA.FAORRES.DAYSLT", ("mh", "REC_DAYS")),
        ("IT.FA.FAORRES.MILAN", ("st", "MILAN")),
        ("IT.FA.FAORRES.FUMON", ("su", "SU_FUM")),
    ):
        (ref,) = find_all(items[oid], "def:PDFPageRef")
        assert ref.get("PageRefs") == str(pages[place]), oid


def test_value_level_of_a_result(defines) -> None:
    root = read_xml(defines["sdtm"])
    items, wheres = by_oid(root, "ItemDef"), by_oid(root, "def:WhereClauseDef")
    refs = list(find_all(by_oid(root, "def:ValueListDef")["VL.FA.FASTRESC"], "ItemRef"))
    shapes = {}
    for ref in refs:
        item = items[ref.get("ItemOID")]
        (where,) = find_all(ref, "def:WhereClauseRef")
        (check,) = find_all(wheres[where.get("WhereClauseOID")], "RangeCheck")
        assert attribute(check, "def:ItemOID") == "IT.FA.FATESTCD"
        shapes[check[0].text] = (item.get("DataType"), text_of(item))
    assert shapes == {
        "DAYSLT": ("integer", "Days From Liver Transplantation"),
        "FUMON": ("float", "Follow-up After Treatment Period"),
        "LOC": ("text", "Location of Recurrence"),
        "MILAN": ("text", "Milan Criteria"),
    }
    (codelist,) = find_all(items["IT.FA.FASTRESC.MILAN"], "CodeListRef")
    assert codelist.get("CodeListOID") == "CL.MILAN"  # that of the CRF field


def test_codelists_have_the_used_terms_with_their_codes(defines) -> None:
    codelists = by_oid(read_xml(defines["sdtm"]), "CodeList")

    def terms(oid: str) -> dict[str, str | None]:
        found = [
            *find_all(codelists[oid], "CodeListItem"),
            *find_all(codelists[oid], "EnumeratedItem"),
        ]
        codes = {f.get("CodedValue"): list(find_all(f, "Alias")) for f in found}
        return {value: alias[0].get("Name") if alias else None for value, alias in codes.items()}

    assert terms("CL.NY") == {"Y": "C49488", "N": "C49487"}
    assert terms("CL.SEX") == {"M": "C20197", "U": "C17998"}  # no woman, six not known
    assert attribute(codelists["CL.NY"], "def:StandardOID") == "STD.CT.SDTM"
    assert attribute(codelists["CL.AEREL"], "def:IsNonStandard") == "Yes"
    (external,) = find_all(codelists["CL.MedDRA"], "ExternalCodeList")
    assert (external.get("Dictionary"), external.get("Version")) == ("MedDRA", "21.1")


def test_datasets_state_keys_class_and_structure(defines) -> None:
    groups = by_oid(read_xml(defines["sdtm"]), "ItemGroupDef")
    ae = groups["IG.AE"]
    sequence = {
        int(ref.get("KeySequence")): ref.get("ItemOID")
        for ref in find_all(ae, "ItemRef")
        if ref.get("KeySequence")
    }
    assert [sequence[n] for n in sorted(sequence)] == [
        f"IT.AE.{name}" for name in ("STUDYID", "USUBJID", "AEDECOD", "AESTDTC", "AESEQ")
    ]
    assert [f.get("Name") for f in find_all(ae, "def:Class")] == ["EVENTS"]
    assert (groups["IG.DM"].get("Repeating"), ae.get("Repeating")) == ("No", "Yes")
    assert (groups["IG.TA"].get("IsReferenceData"), ae.get("IsReferenceData")) == ("Yes", "No")
    assert groups["IG.SUPPAE"].get("Domain") == "AE"


def test_variable_without_a_value_says_so(defines) -> None:
    refs = {r.get("ItemOID"): r for r in find_all(read_xml(defines["sdtm"]), "ItemRef")}
    assert attribute(refs["IT.AE.AELLT"], "def:HasNoData") == "Yes"
    assert attribute(refs["IT.AE.AETERM"], "def:HasNoData") is None


def test_derived_variables_have_a_method(defines) -> None:
    for path in defines.values():
        root = read_xml(path)
        derived = {
            oid
            for oid, item in by_oid(root, "ItemDef").items()
            if ("Derived", "Sponsor") in origins(item)
        }
        refs = [r for r in find_all(root, "ItemRef") if r.get("ItemOID") in derived]
        assert [r.get("ItemOID") for r in refs if not r.get("MethodOID")] == []


def test_analysis_results_of_overall_survival(defines) -> None:
    root = read_xml(defines["adam"])
    (display,) = [d for d in find_all(root, "arm:ResultDisplay") if d.get("Name") == "Table 14.2.2"]
    (result,) = find_all(display, "arm:AnalysisResult")
    assert result.get("ParameterOID") == "IT.ADTTE.PARAMCD"
    assert result.get("AnalysisReason") == "SPECIFIED IN SAP"
    assert result.get("AnalysisPurpose") == "SECONDARY OUTCOME MEASURE"
    (said,) = find_all(result, "arm:Documentation")
    assert [ref.get("leafID") for ref in find_all(said, "def:DocumentRef")] == ["LF.methods_2E_pdf"]
    used = {
        d.get("ItemGroupOID"): [v.get("ItemOID") for v in find_all(d, "arm:AnalysisVariable")]
        for d in find_all(result, "arm:AnalysisDataset")
    }
    assert set(used) == {"IG.ADSL", "IG.ADTTE"}
    assert {"IT.ADTTE.AVALM", "IT.ADTTE.CNSR", "IT.ADTTE.FASFL"} <= set(used["IG.ADTTE"])
    assert "IT.ADSL.TRT01A" in used["IG.ADSL"]
    where = by_oid(root, "def:WhereClauseDef")["WC.ADTTE.FASFL.Y.PARAMCD.OS.OSS1"]
    checks = [(c.get("Comparator"), [v.text for v in c]) for c in find_all(where, "RangeCheck")]
    assert checks == [("EQ", ["Y"]), ("IN", ["OS", "OSS1"])]
    (code,) = find_all(result, "arm:Code")
    program = ROOT / "tlf/t_14_2_2_overall_survival.py"
    assert code.text == program.read_text(encoding="utf-8").rstrip()


def test_reason_and_purpose_are_those_of_the_plan(built_mini: Path, tmp_path: Path) -> None:
    study = shutil.copytree(built_mini, tmp_path / "study")
    toc = study / "tlf/toc.yaml"
    text = toc.read_text(encoding="utf-8")
    words = "  purpose: primary\n  reason: requested by agency\n"
    toc.write_text(text.replace("T1.1:\n", f"T1.1:\n{words}"), encoding="utf-8")
    write_define(open_study(study), "adam", tmp_path / "define.xml")
    found = {
        result.get("OID"): (result.get("AnalysisReason"), result.get("AnalysisPurpose"))
        for result in find_all(read_xml(tmp_path / "define.xml"), "arm:AnalysisResult")
    }
    assert found["AR.T1.1.1"] == ("REQUESTED BY REGULATORY AGENCY", "PRIMARY OUTCOME MEASURE")
    assert found["AR.T1.2.1"] == ("SPECIFIED IN SAP", "EXPLORATORY OUTCOME MEASURE")


def test_data_other_than_the_specification_is_an_error(built_mini: Path, tmp_path: Path) -> None:
    study = shutil.copytree(built_mini, tmp_path / "study")
    path = study / "build/sdtm/dm.parquet"
    write_frame(read_frame(path).drop(columns="SEX"), path)
    with pytest.raises(StudyError, match="differ in 'SEX'"):
        write_define(open_study(study), "sdtm", tmp_path / "define.xml")
    assert not (tmp_path / "define.xml").exists()


def test_text_of_the_study_is_escaped() -> None:
    text = "a < b & \"c\" > ]]> 'd'"
    assert text_of(etree.fromstring(xml_bytes(described(text)))) == text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], "date"),
        (["2020-01-31"], "date"),
        (["2020-01-31T10:00", "2020-02-01T10:00:30"], "datetime"),
        (["2020-01-31", "2020-01"], "partialDate"),
        (["2020", None], "partialDate"),
        (["2020-01-31T10:00", "2020-02"], "partialDatetime"),
        (["2020-01-31/2020-02-01"], "intervalDatetime"),
        (["--02-01"], "incompleteDatetime"),
    ],
)
def test_type_of_dates(values: list, expected: str) -> None:
    assert date_type(pd.Series(values, dtype="object")) == expected


@pytest.mark.parametrize(
    ("type_", "values", "expected"),
    [
        ("integer", [1, -12, None], Shape("integer", 3)),
        ("float", [1.5, 10.25], Shape("float", 5, 2)),
        ("float", [5e9], Shape("float", 10, 0)),
        ("float", [None], Shape("float", 1, 0)),
        ("text", ["ab"], Shape("text", 7)),  # as in the transport file
        ("date", [pd.Timestamp("2020-01-31")], Shape("integer", 5)),  # SAS day 21945
        ("duration", ["P3D"], Shape("durationDatetime")),
    ],
)
def test_shape_of_a_variable(type_: str, values: list, expected: Shape) -> None:
    prepare_pandas()
    series = pd.Series(values, dtype="float64" if type_ in ("integer", "float") else None)
    assert variable_shape(series, Variable("X", "X", type_), 7) == expected


@pytest.mark.parametrize(
    ("values", "coded", "expected"),
    [
        (["1", "20", None], False, Shape("integer", 2)),
        (["1", "20"], True, Shape("text", 2)),
        (["1", "2.25"], False, Shape("float", 4, 2)),
        (["001"], False, Shape("text", 3)),  # leading zeros are no number
        ([">2000", "5"], False, Shape("text", 5)),
        (["2020-01-31"], False, Shape("date")),
    ],
)
def test_shape_of_values(values: list, coded: bool, expected: Shape) -> None:
    prepare_pandas()
    assert value_shape(pd.Series(values), Variable("X", "X", "text"), coded) == expected


def test_identifiers_of_different_names_differ() -> None:
    names = ["A.B", "A_B", "A__B", "A_2E_B", "A B", "AB", "A-B"]
    assert len({part(name) for name in names}) == len(names)
    assert item_oid("A", "B.C") != item_oid("A", "B", "C")


def test_standards_of_a_study(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text("standards:\n  sdtm: {guide: '3.3', terminology: '2023-12-15'}\n", "utf-8")
    assert [(s.name, s.version) for s in read_standards(tmp_path, "sdtm")] == [
        ("SDTMIG", "3.3"),
        ("CDISC/NCI", "2023-12-15"),
    ]
    study.write_text("standards:\n  sdtm: {terminology: latest}\n", "utf-8")
    with pytest.raises(StudyError, match="'latest'"):
        read_standards(tmp_path, "sdtm")


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == SYSTEM_VERSION
