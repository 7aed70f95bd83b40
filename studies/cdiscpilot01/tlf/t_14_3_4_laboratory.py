"""T14.3.4: each chemistry parameter at baseline, at the end of treatment, and its worst grade."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, keyed, stack, summarize
from pipeline.where import any_of, at_least, between, equals, flagged

ROWS = {"n": "n", "Mean (SD)": "mean_sd"}
GRADES = {
    "Low, grade 1 or more, n (%)": at_least("ATOXGRLN", 1),
    "High, grade 1 or more, n (%)": at_least("ATOXGRHN", 1),
    "High, grade 3 or more, n (%)": at_least("ATOXGRHN", 3),
}
SHOWN = any_of(flagged("ABLFL"), equals("AVISIT", "End of Treatment"), *GRADES.values())


def t_14_3_4_laboratory(population, ct, adlbc=SHOWN):
    codes = ct["LBPARCD"]
    blocks = []
    for term in codes.terms:
        rows = adlbc.loc[equals("PARAMCD", term.value)]
        last = rows.loc[equals("AVISIT", "End of Treatment")]
        parts = [
            stack(
                summarize(rows.loc[flagged("ABLFL")], "AVAL", population, ROWS, 1), under="Baseline"
            ),
            stack(summarize(last, "AVAL", population, ROWS, 1), under="End of treatment"),
            stack(summarize(last, "CHG", population, ROWS, 1), under="Change from baseline"),
        ]
        treated = rows.loc[between("AVISITN", 2, 24)]
        graded = {
            label: condition
            for label, condition in GRADES.items()
            if rows[condition.columns[0]].notna().any()
        }
        if graded:
            parts.append(count_subjects(treated, graded, population))
        blocks.append(keyed(stack(stack(*parts), under=term.decode), term.value.lower()))
    return Table(stack(*blocks), population, stub=("Parameter",))
