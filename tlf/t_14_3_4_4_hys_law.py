"""T14.3.4.4: liver tests against Hy's law, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import all_of, at_least, equals, flagged, is_in

TRANSAMINASES = is_in("PARAMCD", ["ALT", "AST"])


def t_14_3_4_4_hys_law(adlb, population):
    treated = adlb.loc[flagged("ONTRTFL")]

    def reached(name, tests, limits):
        rows = {f">= {limit} x ULN": all_of(tests, at_least("R2ANRHI", limit)) for limit in limits}
        return stack(count_subjects(treated, rows, population), under=name)

    candidate = {
        "Candidate for Hy's law [1]": all_of(equals("PARAMCD", "HYSLAW"), flagged("AVALC"))
    }
    return Table(
        stack(
            reached("ALT", equals("PARAMCD", "ALT"), (3, 5, 10)),
            reached("AST", equals("PARAMCD", "AST"), (3, 5, 10)),
            reached("ALT or AST", TRANSAMINASES, (3, 5, 10)),
            reached("Bilirubin", equals("PARAMCD", "BILI"), (1.5, 2)),
            reached("Alkaline phosphatase", equals("PARAMCD", "ALP"), (2,)),
            count_subjects(adlb, candidate, population),
        ),
        population,
        stub=("Highest value on treatment",),
    )
