"""The timeline of a subject in a real browser: chosen, seen, legible in any window."""

from __future__ import annotations

from typing import Any

import pytest
from looking import report
from spoiled_study import SUBJECT


def test_the_timeline_is_chosen_by_dataset_and_text(page, spoiled):
    page.goto(report(spoiled, f"subjects/{SUBJECT}.html"))
    everything = page.locator("tr.event").count()
    assert page.locator("#chart svg").get_attribute("aria-label").startswith("Timeline of")
    page.get_by_label("only those with findings").check()
    found = page.locator("tr.event").count()
    assert 0 < found < everything
    page.get_by_label("only those with findings").uncheck()
    page.get_by_label("Text contains").fill("nausea")
    assert 0 <= page.locator("tr.event").count() < everything
    page.get_by_label("Text contains").fill("")
    page.locator("#datasets input").first.uncheck()
    assert page.locator("tr.event").count() < everything


def _crowded(page: Any) -> None:
    """Put results of one day on the timeline, of which the first, a urea, is too high."""
    page.evaluate(
        """(titles) => {
            const dataset = {name: "LB", label: "Laboratory Test Results", spans: false,
              class: "FINDINGS", layer: "sdtm"};
            const day = page.reference + 30;
            page.datasets.push(dataset);
            titles.forEach((title, number) => events.push({dataset: dataset, record: number,
              place: "LB:" + number, start: iso(day), end: "", first: day, last: day,
              title: title, detail: "", mark: number ? "" : "high", day: 31, findings: [],
              text: title}));
            drawTimeline(byId("chart"), [dataset], events.filter((e) => e.dataset === dataset),
              [day - 300, day + 300], {reference: page.reference, deaths: []}, () => {});
        }""",
        ["Urea", "Sodium", "Chloride", "Albumin"],
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_a_result_out_of_range_is_seen_on_the_timeline(page, spoiled, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report(spoiled, f"subjects/{SUBJECT}.html"))
    _crowded(page)
    names = page.locator("#chart text.soft:not(.date)")
    shown = names.evaluate_all("(all) => all.map((one) => one.firstChild.data)")
    assert shown == ["Laboratory Test Results", "Urea"]
    classes = page.locator("#chart rect").evaluate_all(
        """(marks) => marks.map((mark) => {
            mark.scrollIntoView();
            const at = mark.getBoundingClientRect();
            return document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2)
              .getAttribute("class");
        })"""
    )
    assert classes == ["dot out", "dot out"]  # all of the day in one mark, and urea alone


@pytest.mark.parametrize("width", [1280, 900, 360])
def test_texts_of_the_timeline_do_not_touch(page, spoiled, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report(spoiled, f"subjects/{SUBJECT}.html"))
    page.evaluate("_ => events.forEach((e) => { e.title = e.title.repeat(4).toUpperCase(); })")
    page.evaluate("setRange(true)")
    boxes = "(all) => all.map((one) => { const b = one.getBBox(); return [b.x, b.y, b.width]; })"
    dates = page.locator("#chart text.date").evaluate_all(boxes)
    assert len(dates) >= 2
    for (x, y, _), (before, row, wide) in zip(dates[2:], dates[:-2], strict=True):
        assert y != row or x > before + wide
    labels = page.locator("#chart text.soft:not(.date)").evaluate_all(boxes)
    first = min(x for x, _, _ in page.locator("#chart rect").evaluate_all(boxes))
    ends = max(x + wide for x, _, wide in labels)
    assert ends < first if width > 700 else ends < width  # narrow: labels have their own line
    wide = page.locator("#chart svg").evaluate("(svg) => svg.viewBox.baseVal.width")
    assert max(x + wide for x, _, wide in dates) <= wide
