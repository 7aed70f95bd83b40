"""The table of findings in a real browser: filter, sort, open, follow to the subject."""

from __future__ import annotations

import pytest
from looking import report, rows
from spoiled_study import SUBJECT


def test_findings_are_filtered_and_sorted(page, spoiled):
    page.goto(report(spoiled))
    everything = rows(page)
    assert everything > 5
    page.select_option("#f-rule", "DQ1.1")
    assert rows(page) == 1
    assert page.locator("#shown").inner_text().startswith(f"1 of {everything} findings")
    page.get_by_role("button", name="Show all", exact=True).click()
    page.select_option("#f-severity", "warning")
    assert page.locator("tr.finding code", has_text="AD027").count() == 1
    page.get_by_role("button", name="Show all", exact=True).click()
    page.get_by_label("Subject or text contains").fill("9999")
    assert rows(page) == 1
    page.get_by_role("button", name="Show all", exact=True).click()
    page.select_option("#f-site", "01")
    assert 0 < rows(page) < everything
    page.get_by_label("Subject or text contains").fill("no such text")
    assert page.locator("#shown").inner_text() == "No finding meets the filters."
    page.get_by_role("button", name="Show all", exact=True).click()
    page.get_by_role("button", name="Rule", exact=True).click()
    names = page.locator("tr.finding td[data-label=Rule]").all_inner_texts()
    assert names == sorted(names)
    page.get_by_role("button", name="Rule", exact=True).click()
    turned = page.locator("tr.finding td[data-label=Rule]").all_inner_texts()
    assert turned == sorted(names, reverse=True)
    assert page.locator("th[data-sort=rule]").get_attribute("aria-sort") == "descending"


def test_a_rule_of_the_overview_leads_to_its_findings(page, spoiled):
    page.goto(report(spoiled))
    page.locator("#by-rule + .wide a", has_text="DQ1.1").click()
    page.wait_for_function("document.querySelectorAll('tr.finding').length === 1")
    assert page.locator("#f-rule").input_value() == "DQ1.1"


def test_a_finding_opens_to_rule_record_and_crf_line_and_leads_to_the_subject(page, spoiled):
    page.goto(report(spoiled))
    page.select_option("#f-rule", "DATE-ORDER")
    page.select_option("#f-dataset", "AE")
    page.locator("button.open").click()
    opened = page.locator("tr.opened")
    opened.locator("dl.record").first.wait_for()
    said = opened.inner_text()
    for text in ("Why it matters", "What to do", "AESTDTC", "raw/events.csv line 2", "18-JAN-2016"):
        assert text in said
    marked = opened.locator(".marked dt code").all_inner_texts()
    assert {"AEENDTC", "AESTDTC", "BEGAN", "ENDED"} <= set(marked)
    assert "VERBATIM" not in marked

    opened.get_by_role("link", name=f"Everything about subject {SUBJECT}").click()
    page.locator("tr.target").wait_for()
    assert page.url.split("#")[0].endswith(f"subjects/{SUBJECT}.html")
    assert "Headache" in page.locator("tr.target").inner_text()
    assert "18-JAN-2016" in page.locator("tr.opened").inner_text()
    assert page.locator("#chart rect.found").count() >= 1

    page.locator("tr.target").get_by_role("link", name="DATE-ORDER").click()
    page.locator("tr.opened dl.record").first.wait_for()
    assert "#finding=" in page.url
    assert "aria-expanded" in page.locator("button.open[aria-expanded=true]").evaluate(
        "(button) => button.outerHTML"
    )


@pytest.mark.parametrize("name", ["index.html", f"subjects/{SUBJECT}.html"])
def test_a_narrow_window_needs_no_sideways_scrolling(page, spoiled, name):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(report(spoiled, name))
    page.locator("button.open").first.click()
    page.locator("tr.opened dl.record").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_list_of_rules_is_filtered_by_dataset_status_and_text(page, spoiled):
    page.goto(report(spoiled))
    seen = page.locator("#rules tbody tr:visible")
    everything = seen.count()
    page.select_option("#r-status", "failed")
    assert 3 < seen.count() < 20
    page.select_option("#r-dataset", "ADAE")
    assert {text.split()[0] for text in seen.all_inner_texts()} == {"ADAE"}
    page.get_by_label("Rule or text contains").fill("date-ORDER")
    assert seen.count() == 1
    assert page.locator("#rules-shown").inner_text() == "1 rule"
    page.get_by_label("Rule or text contains").fill("no such rule")
    assert page.locator("#rules-shown").inner_text() == "0 rules"
    page.get_by_label("Rule or text contains").fill("")
    page.select_option("#r-dataset", "")
    page.select_option("#r-status", "")
    assert seen.count() == everything > 100
