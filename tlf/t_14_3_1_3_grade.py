"""T14.3.1.3: related treatment-emergent adverse events by maximum CTCAE grade and group."""

from pipeline.tlf.nested import count_nested_worst, count_worst
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import stack
from pipeline.where import all_of, at_least, equals, flagged

RELATED = all_of(flagged("TRTEMFL"), equals("AREL", "RELATED"))
GRADES = {
    "1": equals("ATOXGRN", 1),
    "2": equals("ATOXGRN", 2),
    ">=3": at_least("ATOXGRN", 3),
}


def t_14_3_1_3_grade(adae, population):
    related = adae.loc[RELATED]
    terms = ("AEBODSYS", "AEDECOD")
    return Table(
        stack(
            count_worst(related, "Any related TEAE [2]", "ATOXGRN", GRADES, population),
            count_nested_worst(related, terms, "ATOXGRN", GRADES, population),
        ),
        population,
        stub=("System Organ Class\n  Preferred Term", "Max grade [1]"),
    )
