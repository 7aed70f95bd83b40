"""Great Expectations' own Data Docs of the suites, styled without a network.

The pages are those that Great Expectations renders; links to its content delivery networks become
links to files beside the pages, identifiers that differ in every run are numbered, and text from
data is escaped before it gets there (its templates print descriptions as they are).
"""

from __future__ import annotations

import datetime as dt
import html
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.checks.asking import Suite
from pipeline.checks.pages import TEMPLATES, replaced
from pipeline.checks.reach import STRUCTURE
from pipeline.checks.reported import in_words
from pipeline.checks.tally import Tally
from pipeline.frames import replace_text
from pipeline.study import Study

ASSETS = TEMPLATES / "data_docs"
IMAGES = ("logo-long.png", "favicon.ico")
NAMES = {  # what Great Expectations calls a file -> what stands beside the pages
    "bootstrap.min.js": "bootstrap.bundle.min.js",
    "jquery-3.7.1.min.js": "jquery.min.js",
    "bootstrap-table-filter-control.css": "bootstrap-table-filter-control.min.css",
    "all.min.css": "css/fontawesome.min.css",
}
LOADED = re.compile(
    r'<script[^>]*\bsrc="(?P<script>https?:[^"]+)"[^>]*></script>'
    r'|<link[^>]*\bhref="(?P<style>https?:[^"]+)"[^>]*>'
)
IMAGE = re.compile(r'(src|href)="[^"]*?(logo-long\.png|favicon\.ico)[^"]*"')
IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FOOTER = re.compile(r"<footer>.*?</footer>", re.DOTALL)
UP = re.compile(r'"(?:\.\./)+(index\.html|expectations/)')


def write_data_docs(study: Study, suites: Sequence[Suite], target: Path) -> None:
    """Write index.html, expectations/NAME.html and validations/NAME.html into `target`."""
    from great_expectations.render.renderer.page_renderer import (
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.renderer.site_index_page_renderer import SiteIndexPageRenderer
    from great_expectations.render.view import DefaultJinjaIndexPageView, DefaultJinjaPageView

    class Index(SiteIndexPageRenderer):
        """The index with times as they are, not in the zone of the computer."""

        @classmethod
        def _get_formatted_datetime(cls, _datetime: dt.datetime) -> str:
            """The time of a run."""
            return _datetime.strftime("%Y-%m-%d %H:%M:%S")

    view = DefaultJinjaPageView()
    with replaced(target) as beside:
        _copy_assets(beside / "static")
        for suite in suites:
            results = _results(suite, study)
            shown = view.render(
                ValidationResultsPageRenderer().render(results), show_how_to_buttons=False
            )
            _write(shown, beside / f"validations/{suite.dataset}.html", "../")
            page = ExpectationSuitePageRenderer().render(_suite(suite))
            _write(view.render(page), beside / f"expectations/{suite.dataset}.html", "../")
        index = Index().render(_index(study, suites))
        _write(DefaultJinjaIndexPageView().render(index), beside / "index.html", "")


def offline(page: str, up: str) -> str:
    """A page that loads nothing from the network; `up` leads from it to the folder of the site."""
    numbers: dict[str, str] = {}
    page = LOADED.sub(lambda found: _beside(found, up), page)
    page = IMAGE.sub(rf'\1="{up}static/\2"', page)
    page = IDENTIFIER.sub(lambda found: numbers.setdefault(found[0], str(len(numbers))), page)
    return UP.sub(rf'"{up}\1', FOOTER.sub("", page))


def _beside(found: re.Match[str], up: str) -> str:
    """A script or style from the network as one beside the page; nothing for one not needed."""
    address = found["script"] or found["style"]
    name = address.split("?")[0].rsplit("/", 1)[-1]
    name = NAMES.get(name, name)
    if not (ASSETS / name).is_file():
        return ""
    if found["script"]:
        return f'<script src="{up}static/{name}"></script>'
    return f'<link rel="stylesheet" href="{up}static/{name}">'


def _write(page: str, path: Path, up: str) -> None:
    """One page."""
    replace_text(path, offline(page, up))


def _copy_assets(target: Path) -> None:
    """The vendored files, and the images that Great Expectations brings along."""
    import great_expectations

    shutil.copytree(ASSETS, target)
    images = Path(great_expectations.__file__).parent / "render/view/static/images"
    for name in IMAGES:
        shutil.copyfile(images / name, target / name)


def _results(suite: Suite, study: Study) -> Any:
    """The results of a suite as Great Expectations renders them, with what was observed."""
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.core.run_identifier import RunIdentifier

    tallies = {tally.rule.id: tally for tally in suite.tallies}
    found = [
        ExpectationValidationResult(
            success=passed,
            expectation_config=_configuration(expectation.configuration),
            result=_observed(tallies[rule], variable, passed, suite.columns),
        )
        for expectation, (rule, variable, passed) in zip(
            suite.suite.expectations, suite.passed, strict=True
        )
    ]
    passed = sum(1 for result in found if result.success)
    return ExpectationSuiteValidationResult(
        success=passed == len(found),
        results=found,
        suite_name=suite.dataset,
        statistics={
            "evaluated_expectations": len(found),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(found) - passed,
            "success_percent": 100 * passed / len(found) if found else None,
        },
        meta={
            "run_id": RunIdentifier(study.id, _time(study)),
            "batch_spec": {"data_asset_name": suite.dataset},
        },
    )


def _suite(suite: Suite) -> Any:
    """The suite with texts that can be printed."""
    import great_expectations

    configured = [_configuration(item.configuration) for item in suite.suite.expectations]
    return great_expectations.ExpectationSuite(
        name=suite.dataset, expectations=[item.to_domain_obj() for item in configured]
    )


def _configuration(configuration: Any) -> Any:
    """A copy of an expectation's configuration whose description shows as text."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    return ExpectationConfiguration(
        type=configuration.type,
        kwargs=configuration.kwargs,
        meta=configuration.meta,
        description=html.escape(configuration.description or "").replace("$", "&#36;"),
        severity=configuration.severity,
    )


def _observed(tally: Tally, variable: str, passed: bool, columns: Sequence[str]) -> dict[str, Any]:
    """What was observed, in words: how many rows failed, and the keys of the first."""
    if tally.rule.check == STRUCTURE:
        return {"observed_value": list(columns)}
    blamed = variable if variable in tally.variables else ""
    records = tally.variables.get(blamed, 0)
    if tally.fault:
        text = f"not run: {tally.fault}"
    elif tally.detail:
        text = tally.detail
    elif passed:
        text = f"{tally.rows} rows, none fails"
    else:
        keys = "; ".join(map(in_words, tally.named.get(blamed, ())))
        text = f"{records} of {tally.rows} rows fail: {keys}"
    percent = 100 * records / tally.rows if tally.rows else 0
    return {"observed_value": html.escape(text), "unexpected_percent": percent}


def _time(study: Study) -> dt.datetime:
    """The time of a run, with its zone: without one it would be that of the computer."""
    return study.timestamp.replace(tzinfo=dt.UTC)


def _index(study: Study, suites: Sequence[Suite]) -> dict[str, Any]:
    """What the index of the site links to."""
    cutoff = study.cutoff.isoformat()
    return {
        "site_name": html.escape(study.id),
        "validations_links": [
            {
                "validation_success": all(passed for *_, passed in suite.passed),
                "run_time": _time(study),
                "run_name": f"data cut-off {cutoff}",
                "asset_name": suite.dataset,
                "batch_identifier": suite.dataset,
                "batch_spec": {"data_asset_name": suite.dataset},
                "expectation_suite_name": suite.dataset,
                "expectation_suite_filepath": f"expectations/{suite.dataset}.html",
                "filepath": f"validations/{suite.dataset}.html",
            }
            for suite in suites
        ],
        "expectations_links": [
            {
                "expectation_suite_name": suite.dataset,
                "filepath": f"expectations/{suite.dataset}.html",
            }
            for suite in suites
        ],
    }
