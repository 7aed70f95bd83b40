"""T14.2.8: overall survival counted from the recurrence, by group: events and median."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.tlf.time_to_event import median_time
from pipeline.where import at_least, equals

STATUS = {"Died": equals("CNSR", 0), "Censored": at_least("CNSR", 1)}


def t_14_2_8_os_recurrence(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "OSREC")])
    return Table(
        stack(
            count_subjects(times, STATUS, population),
            median_time("Median (95% CI), months [2]", times, population),
        ),
        population,
        stub=("Overall survival after recurrence [1]",),
    )
