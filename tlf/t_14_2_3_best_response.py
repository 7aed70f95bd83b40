"""T14.2.3: best overall response, objective response and disease control, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, count_subjects, measured, stack
from pipeline.tlf.statistics import clopper_pearson
from pipeline.where import equals, is_in

RESPONSES = {
    "Complete response (CR)": equals("AVALC", "CR"),
    "Partial response (PR)": equals("AVALC", "PR"),
    "Stable disease (SD)": is_in("AVALC", ["SD", "NON-CR/NON-PD"]),
    "Progressive disease (PD)": equals("AVALC", "PD"),
    "Not evaluable (NE)": equals("AVALC", "NE"),
}
RATES = {
    "Objective response (CR or PR)": is_in("AVALC", ["CR", "PR"]),
    "Disease control (CR, PR or SD)": is_in("AVALC", ["CR", "PR", "SD", "NON-CR/NON-PD"]),
}


def t_14_2_3_best_response(adrs, adsl, population):
    def share(label, responders):
        row = Row(f"{label.lower()} rate", ("% (95% CI) [3]",), 1, "pct_ci")
        subjects = adsl.assign(RESPONDED=adsl["USUBJID"].isin(responders))
        return measured(
            row,
            subjects,
            population,
            lambda part: clopper_pearson(int(part["RESPONDED"].sum()), len(part))._asdict(),
        )

    def parameter(code):
        best = adrs.loc[equals("PARAMCD", code)]
        rates = [
            stack(
                count_subjects(best, {label: condition}, population),
                share(label, best.loc[condition]["USUBJID"]),
            )
            for label, condition in RATES.items()
        ]
        return stack(count_subjects(best, RESPONSES, population), *rates)

    return Table(
        stack(
            stack(parameter("CBOR"), under="Best overall response, confirmed [1]"),
            stack(parameter("BOR"), under="Best overall response, not confirmed [2]"),
        ),
        population,
        stub=("Response, n (%)",),
    )
