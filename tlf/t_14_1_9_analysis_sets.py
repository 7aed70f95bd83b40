"""T14.1.9: subjects in each analysis set, and who is not, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import all_of, flagged, not_, present

SETS = {
    "Safety": flagged("SAFFL"),
    "Full analysis set": flagged("FASFL"),
    "DLT evaluable": flagged("DLTEVLFL"),
}
ALLOCATED = present("TRT01P")
EXCLUDED = {
    f"Allocated but not in: {name.lower()}": all_of(ALLOCATED, not_(condition))
    for name, condition in SETS.items()
}


def t_14_1_9_analysis_sets(adsl, population):
    allocated = population.where(ALLOCATED)
    return Table(
        stack(
            count_subjects(adsl, {"Screened": flagged("SCRNFL")}, population.total_only()),
            count_subjects(adsl, SETS | EXCLUDED, allocated),
        ),
        population,
        stub=("Analysis set, n (%) [1]",),
    )
