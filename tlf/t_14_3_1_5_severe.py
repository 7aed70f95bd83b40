"""T14.3.1.5: treatment-emergent adverse events of grade 3 or more, by class, term and group."""

from pipeline.tlf.nested import count_nested
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import all_of, always, at_least, flagged

SEVERE = all_of(flagged("TRTEMFL"), at_least("ATOXGRN", 3))


def t_14_3_1_5_severe(adae, population):
    severe = adae.loc[SEVERE]
    return Table(
        stack(
            count_subjects(severe, {"Any TEAE of grade 3 or more": always()}, population),
            count_nested(severe, "AEBODSYS", "AEDECOD", population),
        ),
        population,
        stub=("System Organ Class\n  Preferred Term [1]",),
    )
