"""T14.2.3: best overall response, objective response and disease control, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, count_subjects, measured, stack
from pipeline.tlf.statistics import clopper_pearson
from pipeline.where import equals, flagged, is_in

RESPONSES = {
    "Complete response (CR)": equals("AVALC", "CR"),
    "Partial response (PR)": equals("AVALC", "PR"),
    "Stable disease (SD)": is_in("AVALC", ["SD", "NON-CR/NON-PD"]),
    "Progressive disease (PD)": equals("AVALC", "PD"),
    "Not evaluable (NE)": equals("AVALC", "NE"),
}
RATES = {"Objective response (CR or PR)": "OBJRESP", "Disease control (CR, PR or SD)": "DISCTL"}


def t_14_2_3_best_response(adrs, adeff, population):
    def share(label, answers):
        row = Row(f"{label.lower()} rate", ("% (95% CI) [3]",), 1, "pct_ci")
        return measured(
            row,
            answers,
            population,
            lambda part: clopper_pearson(int(part["AVAL"].sum()), len(part))._asdict(),
        )

    def parameter(code, unconfirmed=""):
        best = adrs.loc[equals("PARAMCD", code)]
        parts = [count_subjects(best, RESPONSES, population)]
        for label, rate in RATES.items():
            answers = adeff.loc[equals("PARAMCD", rate + unconfirmed)]
            parts += [count_subjects(answers, {label: flagged("AVALC")}, population)]
            parts += [share(label, answers)]
        return stack(*parts)

    return Table(
        stack(
            stack(parameter("CBOR"), under="Best overall response, confirmed [1]"),
            stack(parameter("BOR", "U"), under="Best overall response, not confirmed [2]"),
        ),
        population,
        stub=("Response, n (%)",),
    )
