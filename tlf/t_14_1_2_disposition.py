"""T14.1.2: who was screened, allocated and treated, and how treatment and follow-up ended."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import all_of, always, equals, flagged, not_, present

SCREENING = {
    "Screened": always(),
    "Screening failures [2]": equals("ARMNRS", "SCREEN FAILURE"),
}
ALLOCATED = {
    "Allocated": present("TRT01P"),
    "Treated": flagged("SAFFL"),
    "Completed treatment": equals("EOTSTT", "COMPLETED"),
    "Died": flagged("DTHFL"),
    "Alive at data cut-off": all_of(flagged("SAFFL"), not_(flagged("DTHFL"))),
}


def t_14_1_2_disposition(adsl, population):
    allocated = population.where(present("TRT01P"))
    return Table(
        stack(
            count_subjects(adsl, SCREENING, population.total_only()),
            count_subjects(adsl, ALLOCATED, allocated),
        ),
        population,
        stub=("Status [1]",),
    )
