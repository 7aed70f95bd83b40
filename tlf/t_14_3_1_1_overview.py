"""T14.3.1.1: subjects with each kind of treatment-emergent adverse event, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_records, count_subjects, stack
from pipeline.where import all_of, at_least, equals, flagged

RELATED = equals("AREL", "RELATED")
SEVERE = at_least("ATOXGRN", 3)
SUBJECTS = {
    "Any TEAE": flagged("TRTEMFL"),
    "Any related TEAE [1]": RELATED,
    "Any TEAE of grade 3 or more": SEVERE,
    "Any related TEAE of grade 3 or more": all_of(RELATED, SEVERE),
    "Any event of special interest": flagged("AESIFL"),
    "Any dose-limiting toxicity": flagged("DLTFL"),
}
EVENTS = {
    "TEAEs": flagged("TRTEMFL"),
    "Related TEAEs [1]": RELATED,
    "Related TEAEs of grade 1": all_of(RELATED, equals("ATOXGRN", 1)),
    "Related TEAEs of grade 2": all_of(RELATED, equals("ATOXGRN", 2)),
}


def t_14_3_1_1_overview(adae, population):
    emergent = adae.loc[flagged("TRTEMFL")]
    return Table(
        stack(
            stack(
                count_subjects(emergent, SUBJECTS, population),
                under="Subjects with at least one",
            ),
            stack(
                count_records(emergent, EVENTS, population),
                under="Number of events",
            ),
        ),
        population,
        stub=("Events",),
    )
