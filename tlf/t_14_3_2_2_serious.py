"""T14.3.2.2: serious adverse events; the article does not say which events were serious."""

from pipeline.tlf.nested import count_nested
from pipeline.tlf.outputs import Table
from pipeline.where import equals

NOT_PUBLISHED = "Not published: the article does not say which events were serious."


def t_14_3_2_2_serious(adae, population):
    serious = adae.loc[equals("AESER", "Y")] if "AESER" in adae.columns else adae.iloc[:0]
    return Table(
        count_nested(serious, "AEBODSYS", "AEDECOD", population),
        population,
        stub=("System Organ Class\n  Preferred Term",),
        empty=NOT_PUBLISHED,
    )
