"""T14.3.1.2: subjects with treatment-emergent adverse events, by class and term and group."""

from pipeline.tlf.nested import count_nested
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import always, flagged


def t_14_3_1_2_soc_pt(adae, population):
    emergent = adae.loc[flagged("TRTEMFL")]
    return Table(
        stack(
            count_subjects(emergent, {"Any TEAE": always()}, population),
            count_nested(emergent, "AEBODSYS", "AEDECOD", population),
        ),
        population,
        stub=("System Organ Class\n  Preferred Term [1]",),
    )
