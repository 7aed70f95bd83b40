"""The report by keyboard alone."""

from __future__ import annotations

import pytest
from looking import report, tab_to
from spoiled_study import SUBJECT


def test_the_keyboard_is_enough_from_a_finding_to_its_subject_and_back(page, spoiled):
    page.goto(report(spoiled))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    page.keyboard.press("Enter")
    tab_to(page, "#f-text")
    page.keyboard.type("18-jan")  # no finding says so, the record behind one does
    assert page.locator("#shown").inner_text() == "No finding meets the filters."
    page.keyboard.press("Control+A")
    page.keyboard.type("AEENDTC = 2016-01-18")
    tab_to(page, "button.open")
    page.keyboard.press("Enter")
    page.locator("tr.opened dl.record").first.wait_for()
    tab_to(page, "tr.opened a[href^=subjects]")
    page.keyboard.press("Enter")
    page.locator("tr.target").wait_for()
    assert page.url.split("#")[0].endswith(f"subjects/{SUBJECT}.html")
    focused = "document.activeElement.closest('tr').classList.contains('target')"
    assert page.evaluate(focused)  # the record of the finding has the focus
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    tab_to(page, "tr.target a[href*='#finding=']")
    page.keyboard.press("Enter")
    page.locator("tr.opened dl.record").first.wait_for()
    assert page.url.split("#")[0].endswith("index.html")
    back = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert back == f"open finding: error, AE, DATE-ORDER, subject {SUBJECT}"
    page.keyboard.press("Enter")
    assert page.locator("tr.opened").count() == 0


@pytest.mark.parametrize("name", ["index.html", f"subjects/{SUBJECT}.html"])
def test_every_control_has_a_name(page, spoiled, name):
    page.goto(report(spoiled, name))
    unnamed = page.evaluate(
        """[...document.querySelectorAll('input, select, button')].filter((control) =>
           !control.labels?.length && !control.textContent.trim()
           && !control.getAttribute('aria-label')).length"""
    )
    assert unnamed == 0


def test_escape_closes_a_finding_and_gives_the_focus_back(page, spoiled):
    page.goto(report(spoiled))
    page.select_option("#f-rule", "DQ1.1")
    page.locator("button.open").focus()
    page.keyboard.press("Enter")
    page.locator("tr.opened dl.record").first.wait_for()
    page.locator("tr.opened a").first.focus()
    page.keyboard.press("Escape")
    assert page.locator("tr.opened").count() == 0
    assert page.evaluate("document.activeElement.matches('button.open')")
