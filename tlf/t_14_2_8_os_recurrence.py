"""T14.2.8: overall survival counted from the recurrence, by group: events and median."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, count_subjects, measured, stack
from pipeline.tlf.survival import kaplan_meier, quantile
from pipeline.where import at_least, equals

STATUS = {"Died": equals("CNSR", 0), "Censored": at_least("CNSR", 1)}
MEDIAN = Row("median", ("Median (95% CI), months [2]",), 0, "median_ci", 1)


def median(part):
    return quantile(kaplan_meier(part["AVALM"], part["CNSR"] == 0, transform="log"))._asdict()


def t_14_2_8_os_recurrence(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "OSREC")])
    return Table(
        stack(
            count_subjects(times, STATUS, population),
            measured(MEDIAN, times, population, median),
        ),
        population,
        stub=("Overall survival after recurrence [1]",),
    )
