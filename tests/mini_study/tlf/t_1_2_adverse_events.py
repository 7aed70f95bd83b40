"""T1.2: subjects with adverse events on treatment, by class and term and arm."""

from pipeline.tlf.nested import count_nested
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import always, flagged


def t_1_2_adverse_events(adae, population):
    emergent = adae.loc[flagged("TRTEMFL")]
    return Table(
        stack(
            count_subjects(emergent, {"Any event": always()}, population),
            count_nested(emergent, "AEBODSYS", "AEDECOD", population),
        ),
        population,
        stub=("System Organ Class\n  Preferred Term",),
    )
