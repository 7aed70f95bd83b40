"""T14.3.4.3: subjects by worst CTCAE grade on treatment, in both directions."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import keyed, stack
from pipeline.tlf.toxicity_tables import count_grades
from pipeline.where import flagged

HIGH = {"term": "ATOXDSCH", "grade": "ATOXGRH"}
LOW = {"term": "ATOXDSCL", "grade": "ATOXGRL"}


def t_14_3_4_3_worst_grade(adlb, population):
    high = count_grades(adlb.loc[flagged("ANL02FL")], HIGH, population)
    low = count_grades(adlb.loc[flagged("ANL03FL")], LOW, population)
    return Table(
        stack(keyed(high, "high"), keyed(low, "low")),
        population,
        stub=("Parameter: CTCAE term\n  Worst grade [1]",),
    )
