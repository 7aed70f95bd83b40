"""T1.3: best overall response by arm, confirmed and not."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import equals

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")


def t_1_3_response(adrs, population):
    def best(code):
        rows = adrs.loc[equals("PARAMCD", code)]
        conditions = {response: equals("AVALC", response) for response in RESPONSES}
        return count_subjects(rows, conditions, population)

    return Table(
        stack(stack(best("CBOR"), under="Confirmed"), stack(best("BOR"), under="Not confirmed")),
        population,
        stub=("Best Overall Response, n (%)",),
    )
