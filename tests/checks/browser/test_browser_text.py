"""Text of the data is text in every page; Data Docs are styled without a network."""

from __future__ import annotations

import pandas as pd
from looking import report
from spoiled_study import FORMULA, SCRIPT, SUBJECT

from pipeline.checks.asking import Suite
from pipeline.checks.data_docs import write_data_docs
from pipeline.checks.parameters import Variable
from pipeline.checks.records import numbered
from pipeline.checks.rules import Rule
from pipeline.checks.suites import run_suite, suite_of
from pipeline.checks.tally import tallied
from pipeline.study import open_study


def test_text_of_the_data_is_text_in_every_page(page, spoiled):
    page.goto(report(spoiled))
    page.select_option("#f-rule", "DATE-ORDER")
    page.select_option("#f-dataset", "AE")
    page.locator("button.open").click()
    page.locator("tr.opened dl.record").first.wait_for()
    assert SCRIPT in page.locator("tr.opened").inner_text()
    page.goto(report(spoiled, f"subjects/{SUBJECT}.html"))
    page.get_by_label("Text contains").fill("headache")
    page.locator("tr.event button.open").first.click()
    assert SCRIPT in page.locator("tr.opened").inner_text()
    page.get_by_label("Text contains").fill("")
    page.get_by_label("only those with findings").check()
    closed = page.locator("tr.event button.open[aria-expanded=false]")
    while closed.count():
        closed.first.click()
    assert FORMULA in page.locator("#events").inner_text()
    assert page.title().startswith(SUBJECT)
    for name in ("index", "validations/AE", "expectations/AE"):
        page.goto(report(spoiled, f"data_docs/{name}.html"))
        assert "spoiled" not in page.title()


def test_data_docs_show_text_of_the_data_as_text(page, spoiled, tmp_path):
    said = f"{SCRIPT} is <b>said</b> of $AETERM"
    rule = Rule(
        id="R1",
        dataset="AE",
        says=said,
        why="",
        severity="error",
        source="",
        check="date_order",
        parameters={"start": Variable("AESTDTC"), "end": Variable("AEENDTC")},
    )
    dates = {"AESTDTC": ["2016-02-02"], "AEENDTC": ["2016-02-01"]}
    frame = numbered(pd.DataFrame({"USUBJID": [SCRIPT], "AESEQ": [1], **dates}))
    run = run_suite({"AE": frame}, "AE", [rule])
    tally = tallied(run.checked[0], ["USUBJID", "AESEQ"], frame, frame, {"AE": frame})
    asked = suite_of("AE", [rule], frame)
    suite = Suite("AE", list(frame.columns), asked, [tally], [("R1", "", False)])
    write_data_docs(open_study(spoiled).study, [suite], tmp_path)
    for folder, texts in (("expectations", [said]), ("validations", [said, f"USUBJID = {SCRIPT}"])):
        page.goto((tmp_path / folder / "AE.html").as_uri())
        assert "spoiled" not in page.title()
        shown = page.locator("body").inner_text()
        assert [text for text in texts if text not in shown] == []


def test_data_docs_are_styled_without_a_network(page, spoiled):
    page.goto(report(spoiled, "data_docs/index.html"))
    page.locator("table tbody tr").first.wait_for()
    assert page.evaluate("typeof jQuery.fn.bootstrapTable") == "function"
    card = page.locator(".ge-index-page-site-name-title .alert")
    assert card.evaluate("(box) => getComputedStyle(box).borderRadius") != "0px"
    page.goto(report(spoiled, "data_docs/validations/AE.html"))
    assert "rows fail: USUBJID = DEMO-7-1001" in page.locator("body").inner_text()
