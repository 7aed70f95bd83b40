"""Figures: their data, the words for them, and what stands on the picture."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.tlf.figure_data import (
    Box,
    ForestRow,
    RatioAxis,
    TimeAxes,
    flow_chart_alt,
    flow_chart_data,
    forest_alt,
    forest_data,
    kaplan_meier_alt,
    kaplan_meier_data,
)
from pipeline.tlf.figure_page import LOOKS, Page, one_line
from pipeline.tlf.figures import DRAWERS, draw
from pipeline.tlf.survival import kaplan_meier

TRIAL = pd.read_csv(Path(__file__).parents[1] / "reference/trial.csv")
AXES = TimeAxes("Time from first infusion", "months", (0, 12, 24, 36, 120), "Overall survival")
BOXES = {
    "top": [Box("Screened", 24), Box("Treated", 18)],
    "excluded": Box("Excluded", 6, ("Criteria not met",)),
    "arms": [Box("Group A", 3, ("5E9 x4",)), Box("Group B", 15)],
    "analysed": [Box("Analysed", 18)],
}


def curve(rows: pd.DataFrame):
    return kaplan_meier(rows["time"] / 30.4375, rows["event"])


def by_group(**more: Any) -> dict[str, Any]:
    groups = [(f"Group {name}", curve(rows)) for name, rows in TRIAL.groupby("group")]
    return kaplan_meier_data(groups, AXES, notes=["Log-rank p = 0.0357"], **more)


def cox_rows() -> list[ForestRow]:
    return [
        ForestRow("Treatment group"),
        ForestRow("Group A", text="Reference"),
        ForestRow("Group D v A", 0.0747, 0.0084, 0.6655, 0.0201),
        ForestRow("Age", 1.0205, 0.9645, 1.0797, 0.00001),
    ]


FIGURES = {
    "kaplan_meier": by_group(),
    "forest": forest_data(cox_rows(), RatioAxis("Hazard ratio for death", digits=3)),
    "flow_chart": flow_chart_data(**BOXES),
}


def drawn(kind: str, data: dict[str, Any]):
    """The matplotlib figure that `draw` would save."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.3), dpi=100)
    FigureCanvasAgg(figure)
    DRAWERS[kind](Page(figure), json.loads(json.dumps(data)))
    figure.draw_without_rendering()
    return figure


def texts(figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def curves(figure) -> list[Any]:
    lines = figure.axes[0].get_lines()
    return [line for line in lines if line.get_drawstyle() == "steps-post"]


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", FIGURES)
def test_a_picture_is_a_png_9_inches_wide_and_the_same_twice(kind):
    result = {"id": "F1", "kind": "figure", "figure": kind, "data": FIGURES[kind]}
    picture = draw(result)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20], "big") == 9 * 200
    assert b"Software" not in picture
    assert draw(json.loads(json.dumps(result))) == picture


def test_settings_of_the_machine_do_not_show():
    """A user's matplotlibrc or an earlier plot changes nothing, and nothing of ours stays."""
    import matplotlib

    result = {"figure": "forest", "data": FIGURES["forest"]}
    picture = draw(result)
    with matplotlib.rc_context({"font.size": 30, "axes.edgecolor": "red", "xtick.direction": "in"}):
        assert draw(result) == picture
        assert matplotlib.rcParams["font.size"] == 30


def test_an_unknown_kind_stops():
    with pytest.raises(StudyError, match="F9: unknown kind 'pie'") as caught:
        draw({"id": "F9", "figure": "pie", "data": {}})
    assert "flow_chart" in caught.value.fix


def test_text_is_drawn_as_it_is():
    """Dollar signs and tags are no mark-up, line breaks are blanks."""
    box = Box("A $x_1$ <b> & \\alpha\n\x07end", 1)
    figure = drawn("flow_chart", flow_chart_data([box], None, [box]))
    assert texts(figure).count("A $x_1$ <b> & \\alpha end (n\u00a0=\u00a01)") == 2
    no_formula = Box("$\\nosuchcommand{$", 1)
    assert draw({"figure": "flow_chart", "data": flow_chart_data([no_formula], None, [box])})


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\nb", "a b"), ("  a \t b ", "a b"), ("a\x00b", "a b"), ("\u00e9 \u2264", "\u00e9 \u2264")],
)
def test_one_line(text, shown):
    assert one_line(text) == shown


def test_importing_the_data_does_not_import_matplotlib():
    code = "import sys, pipeline.tlf.figures; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---------------------------------------------------------------- Kaplan-Meier


def test_kaplan_meier_data_are_plain_and_unrounded():
    data = by_group()
    assert json.loads(json.dumps(data)) == data
    first = data["groups"][0]
    assert (first["label"], first["n"], first["events"]) == ("Group A", 3, 3)
    assert first["times"] == pytest.approx([172 / 30.4375, 385 / 30.4375, 430 / 30.4375])
    assert first["survival"] == pytest.approx([2 / 3, 1 / 3, 0])
    assert first["median"]["estimate"] == pytest.approx(385 / 30.4375)
    assert first["median"]["upper"] is None
    assert first["at_risk"] == [3, 2, 0, 0, 0]
    assert data["groups"][3]["at_risk"] == [4, 4, 2, 1, 0]


def test_curves_are_the_steps_of_the_data():
    lines = curves(drawn("kaplan_meier", by_group()))
    assert len(lines) == 4
    assert lines[0].get_xdata()[0] == 0
    assert lines[0].get_ydata() == pytest.approx([1, 2 / 3, 1 / 3, 0])


def test_a_cross_stands_on_the_curve_at_each_censoring():
    """Only the subject of group D followed up for 3514 days is censored: S = 1/4."""
    figure = drawn("kaplan_meier", by_group())
    crosses = [
        point
        for line in figure.axes[0].get_lines()
        if line.get_marker() == "+"
        for point in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]
    assert crosses == [pytest.approx((3514 / 30.4375, 0.25))]


def test_groups_differ_in_dash_marker_and_grey():
    assert len({str(look.dash) for look in LOOKS}) == len({look.marker for look in LOOKS}) == 6
    lines = curves(drawn("kaplan_meier", by_group()))
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 4
    assert len({line.get_marker() for line in lines}) == 4
    greys = sorted(
        sum(
            weight * int(look.colour[at : at + 2], 16)
            for weight, at in ((0.3, 1), (0.59, 3), (0.11, 5))
        )
        for look in LOOKS[:4]
    )
    assert min(b - a for a, b in pairwise(greys)) > 20


def test_numbers_at_risk_stand_below_their_ticks():
    figure = drawn("kaplan_meier", by_group())
    plot, canvas = figure.axes
    ticks = [plot.transData.transform((tick, 0))[0] for tick in AXES.ticks]
    numbers = [text for text in canvas.texts if text.get_text().isdigit()]
    rows: dict[float, list[Any]] = {}
    for text in numbers:
        rows.setdefault(text.get_position()[1], []).append(text)
    assert [[text.get_text() for text in row] for row in rows.values()] == [
        ["3", "2", "0", "0", "0"],
        ["5", "3", "0", "0", "0"],
        ["6", "4", "2", "1", "0"],
        ["4", "4", "2", "1", "0"],
    ]
    for row in rows.values():
        for text, tick in zip(row, ticks, strict=True):
            box = text.get_window_extent()
            assert (box.x0 + box.x1) / 2 == pytest.approx(tick, abs=1.5)
            assert box.y0 >= 0
            assert box.y1 < plot.get_window_extent().y0


def test_numbers_at_risk_of_many_subjects_stand_beside_the_line_of_their_group():
    many = TRIAL.loc[TRIAL.index.repeat(1_400)]
    groups = [("All", curve(many)), ("Few", curve(TRIAL))]
    canvas = drawn("kaplan_meier", kaplan_meier_data(groups, AXES)).axes[-1]
    (first,) = (text for text in canvas.texts if text.get_text() == "25200")
    numbers, line = first.get_window_extent(), canvas.get_lines()[0].get_window_extent()
    (label,) = (text for text in canvas.texts if text.get_text() == "All")
    assert label.get_window_extent().x1 < line.x0
    assert line.x1 < numbers.x0


def test_the_legend_tells_events_median_and_notes():
    legend = drawn("kaplan_meier", by_group()).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        "Group A: 3/3 events, median 12.6 months",
        "Group B: 5/5 events, median 16.1 months",
        "Group C: 6/6 events, median 17.7 months",
        "Group D: 3/4 events, median 26.5 months",
        "Censored",
        "Log-rank p = 0.0357",
    ]


def legend_box(figure):
    plot = figure.axes[0]
    return plot.get_legend().get_window_extent().transformed(plot.transAxes.inverted())


def test_the_legend_leaves_the_curves_free():
    """Falling curves: upper right. A curve that stays up: lower left. No free corner: above."""
    falling = legend_box(drawn("kaplan_meier", by_group()))
    assert falling.x0 > 0.4
    assert falling.y0 > 0.5
    high = curve(pd.DataFrame({"time": [3000.0, 3600], "event": [1, 0]}))
    up = legend_box(drawn("kaplan_meier", kaplan_meier_data([("High", high)], AXES)))
    assert up.x1 < 0.6
    assert up.y1 < 0.5
    low = curve(pd.DataFrame({"time": [1.0, 3600], "event": [1, 1]}).loc[[0] * 9 + [1]])
    figure = drawn("kaplan_meier", kaplan_meier_data([("High", high), ("Low", low)], AXES))
    above = legend_box(figure)
    assert above.y0 > 1
    top = figure.axes[0].get_legend().get_window_extent().y1
    assert top <= figure.get_size_inches()[1] * figure.dpi


def test_long_labels_wrap_and_stay_left_of_the_numbers():
    label = "Group with a name that is far too long for one line of the table"
    figure = drawn("kaplan_meier", kaplan_meier_data([(label, curve(TRIAL))], AXES))
    canvas = figure.axes[-1]
    first = next(text for text in canvas.texts if text.get_text() == "18").get_window_extent()
    lines = [text for text in canvas.texts if text.get_text() in label]
    assert len(lines) > 1
    assert " ".join(text.get_text() for text in lines) == label
    assert all(text.get_window_extent().x1 < first.x0 for text in lines)


def test_the_band_is_that_of_the_curve():
    """Greenwood, log transform; the last limits go on to the last time."""
    figure = drawn("kaplan_meier", kaplan_meier_data([("All", curve(TRIAL))], AXES, band=True))
    (band,) = figure.axes[0].collections
    (path,) = band.get_paths()
    lower = [value for value in curve(TRIAL).lower if value is not None]
    assert path.vertices[:, 1].min() == pytest.approx(min(lower))
    assert path.vertices[:, 0].max() == pytest.approx(3514 / 30.4375)
    assert not drawn("kaplan_meier", by_group()).axes[0].collections


def test_a_group_without_subjects_is_drawn():
    none = kaplan_meier(TRIAL["time"].head(0), TRIAL["event"].head(0))
    data = kaplan_meier_data([("All", curve(TRIAL)), ("None", none)], AXES, band=True)
    assert data["groups"][1]["at_risk"] == [0, 0, 0, 0, 0]
    labels = drawn("kaplan_meier", data).axes[0].get_legend().get_texts()
    assert labels[1].get_text() == "None: 0/0 events, median NE"
    assert "None: 0 subjects, 0 events, median not reached." in kaplan_meier_alt(data)


@pytest.mark.parametrize(
    ("time", "label"),
    [
        ("Time from first infusion", "Time from first infusion (months)"),
        ("Months from first infusion", "Months from first infusion"),
    ],
)
def test_the_axis_names_the_unit_once(time, label):
    data = kaplan_meier_data([("All", curve(TRIAL))], TimeAxes(time, "months", AXES.ticks))
    assert drawn("kaplan_meier", data).axes[0].get_xlabel() == label


def test_the_line_at_one_half_can_be_left_out():
    with_line, without = (drawn("kaplan_meier", by_group(median=m)) for m in (True, False))
    flat = [0.5, 0.5]
    assert sum(list(line.get_ydata()) == flat for line in with_line.axes[0].get_lines()) == 1
    assert sum(list(line.get_ydata()) == flat for line in without.axes[0].get_lines()) == 0


def test_words_for_kaplan_meier():
    data = kaplan_meier_data([("All subjects", curve(TRIAL))], AXES)
    assert kaplan_meier_alt(data) == (
        "Kaplan-Meier curve: overall survival by time from first infusion. All subjects: "
        "18 subjects, 17 events, median 17.7 (12.6, 24.2) months with 95% confidence interval."
    )
    assert kaplan_meier_alt(by_group()).endswith("interval. Log-rank p = 0.0357.")


@pytest.mark.parametrize("ticks", [(0,), (0, 12, 6), (6, 12), (0, 12, 12)])
def test_ticks_ascend_from_zero(ticks):
    with pytest.raises(StudyError, match="ticks do not ascend from 0"):
        kaplan_meier_data([("All", curve(TRIAL))], TimeAxes("Time", "months", ticks))


def test_a_plot_without_groups_stops():
    with pytest.raises(StudyError, match="no group"):
        kaplan_meier_data([], AXES)


# ---------------------------------------------------------------- forest


@pytest.mark.parametrize(
    ("rows", "limits", "ticks"),
    [
        ([ForestRow("x", 1.2, 0.8, 1.9)], [0.5, 2], [0.5, 1, 2]),
        ([ForestRow("x", 0.7, 0.3, 1.6)], [0.2, 2], [0.2, 0.5, 1, 2]),
        ([ForestRow("x", 3, 1.1, 14)], [0.5, 20], [0.5, 1, 2, 5, 10, 20]),
        (cox_rows(), [0.01, 2], [0.01, 0.1, 1]),
        ([ForestRow("x", 9, 0.0001, 1e9)], [0.01, 100], [0.01, 0.1, 1, 10, 100]),
        ([ForestRow("x", 1, None, None)], [0.5, 2], [0.5, 1, 2]),
    ],
)
def test_the_axis_spans_the_intervals(rows, limits, ticks):
    data = forest_data(rows, RatioAxis())
    assert (data["limits"], data["ticks"]) == (limits, ticks)


def test_a_forest_prints_labels_ratios_and_p():
    shown = texts(drawn("forest", FIGURES["forest"]))
    assert shown[:3] == ["", "HR (95% CI)", "p-value"]
    assert shown[3:] == [
        *["Treatment group", "", ""],
        *["Group A", "Reference", ""],
        *["Group D v A", "0.075 (0.008, 0.666)", "0.0201"],
        *["Age", "1.021 (0.965, 1.080)", "<.0001"],
    ]


def test_an_arrow_stands_where_the_interval_leaves_the_axis():
    figure = drawn("forest", FIGURES["forest"])
    lines = figure.axes[1].get_lines()
    assert [
        (line.get_xdata()[0], line.get_ydata()[0]) for line in lines if line.get_marker() == "<"
    ] == [(0.01, 1.5)]
    assert not [line for line in lines if line.get_marker() == ">"]
    squares = [line.get_xdata()[0] for line in lines if line.get_marker() == "s"]
    assert squares == [0.0747, 1.0205]
    open_end = forest_data([ForestRow("x", 0.7, 0.6, None)], RatioAxis())
    arrows = [line.get_marker() for line in drawn("forest", open_end).axes[1].get_lines()]
    assert (">" in arrows, "<" in arrows) == (True, False)


def test_an_estimate_off_the_axis_has_no_square():
    data = forest_data([ForestRow("x", 5, 3, 8)], RatioAxis(limits=(0.5, 2)))
    markers = [line.get_marker() for line in drawn("forest", data).axes[1].get_lines()]
    assert "s" not in markers


def test_the_sides_of_one_are_named():
    axis = RatioAxis(favours=("Favours NK cells", "Favours control"))
    shown = texts(drawn("forest", forest_data(cox_rows(), axis)))
    assert "\u2190 Favours NK cells" in shown
    assert "Favours control \u2192" in shown
    assert not [text for text in texts(drawn("forest", FIGURES["forest"])) if "\u2190" in text]


def test_words_for_a_forest():
    assert forest_alt(FIGURES["forest"]) == (
        "Forest plot, Hazard ratio for death, with 95% confidence intervals. "
        "Group D v A: 0.075 (0.008, 0.666). Age: 1.021 (0.965, 1.080)."
    )


@pytest.mark.parametrize(
    ("rows", "axis", "says"),
    [
        ([], RatioAxis(), "no row"),
        ([ForestRow("x", -2.6, -4.8, -0.4)], RatioAxis(), "not positive"),
        (cox_rows(), RatioAxis(limits=(2, 4)), "limits 2 to 4"),
    ],
)
def test_a_forest_that_cannot_be_drawn_stops(rows, axis, says):
    with pytest.raises(StudyError, match=says):
        forest_data(rows, axis)


# ---------------------------------------------------------------- flow chart


def test_a_flow_chart_prints_every_box():
    shown = [
        text.replace("\u00a0", " ") for text in texts(drawn("flow_chart", FIGURES["flow_chart"]))
    ]
    assert [text for text in shown if text] == [
        "Screened (n = 24)",
        "Excluded (n = 6)",
        "Criteria not met",
        "Treated (n = 18)",
        "Group A (n = 3)",
        "5E9 x4",
        "Group B (n = 15)",
        "Analysed (n = 18)",
    ]


def arrows(figure) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Start and end of each arrow, in inches."""
    (canvas,) = figure.axes
    return [
        (tuple(text.xyann), tuple(text.xy))
        for text in canvas.texts
        if getattr(text, "arrow_patch", None)
    ]


def test_arrows_lead_from_each_row_to_the_next():
    """Screened to excluded and treated, the bar to two arms, a bar to the analysed."""
    found = arrows(drawn("flow_chart", FIGURES["flow_chart"]))
    sideways = [(start, end) for start, end in found if start[1] == end[1]]
    assert len(sideways) == 1
    assert sideways[0][0][0] == pytest.approx(4.5)
    downwards = [(start, end) for start, end in found if start[0] == end[0]]
    assert len(downwards) == 4
    assert all(start[1] > end[1] for start, end in downwards)


@pytest.mark.parametrize("lines", [1, 4, 14])
def test_boxes_stay_on_the_page_and_apart(lines):
    more = tuple(f"A reason of some length that may have to wrap: {n}" for n in range(lines))
    boxes = [Box(f"Group {name}", 10, more) for name in "ABCDE"]
    figure = drawn("flow_chart", flow_chart_data([Box("Screened", 60)], boxes[0], boxes, boxes))
    (canvas,) = figure.axes
    wide, high = figure.get_size_inches()
    frames = [patch.get_path().get_extents() for patch in canvas.patches]
    assert len(frames) == 12
    assert all(0 <= f.x0 < f.x1 <= wide and 0 <= f.y0 < f.y1 <= high for f in frames)
    apart = [
        a.x1 < b.x0 or b.x1 < a.x0 or a.y1 < b.y0 or b.y1 < a.y0
        for n, a in enumerate(frames)
        for b in frames[n + 1 :]
    ]
    assert all(apart)
    inches = canvas.transData.inverted()
    for text in (text for text in canvas.texts if text.get_text()):
        box = text.get_window_extent().transformed(inches)
        assert any(
            f.x0 <= box.x0 and box.x1 <= f.x1 and f.y0 <= box.y0 and box.y1 <= f.y1 for f in frames
        ), text.get_text()


def test_words_for_a_flow_chart():
    assert flow_chart_alt(FIGURES["flow_chart"]) == (
        "Flow of subjects. Screened (n = 24). Treated (n = 18). Excluded (n = 6) Criteria not met. "
        "Group A (n = 3) 5E9 x4. Group B (n = 15). Analysed (n = 18)."
    )


@pytest.mark.parametrize(
    "change", [{"top": []}, {"arms": []}, {"analysed": [Box("x")] * 3}], ids=str
)
def test_a_flow_chart_needs_its_boxes(change):
    with pytest.raises(StudyError, match="flow_chart figure"):
        flow_chart_data(**(BOXES | change))
