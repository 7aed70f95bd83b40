"""T14.3.1.4: subjects with related treatment-emergent adverse events, and the events, by group."""

from pipeline.tlf.nested import count_nested, event_counts
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, counted, stack
from pipeline.where import all_of, equals, flagged

RELATED = all_of(flagged("TRTEMFL"), equals("AREL", "RELATED"))
ANY = Row("any related teae", ("Any related TEAE [2]",), 0, "n_pct_events")


def t_14_3_1_4_related(adae, population):
    related = adae.loc[RELATED]
    return Table(
        stack(
            counted(population.of(related), ANY, population, event_counts),
            count_nested(related, "AEBODSYS", "AEDECOD", population, display="n_pct_events"),
        ),
        population,
        stub=("System Organ Class\n  Preferred Term, n (%) [events] [1]",),
    )
