"""T14.2.1: progression-free survival by group: events, median, rates and log-rank test."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.tlf.time_to_event import log_rank_row, median_time, survival_rates
from pipeline.where import at_least, equals

STATUS = {
    "Progressed or died": equals("CNSR", 0),
    "Progressed": equals("PFSRULE", 1),
    "Died without progression": equals("PFSRULE", 2),
    "Censored": at_least("CNSR", 1),
}


def t_14_2_1_pfs(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "PFS")])
    return Table(
        stack(
            count_subjects(times, STATUS, population),
            median_time("Median (95% CI), months [2]", times, population),
            survival_rates("Rate at {} months, % (95% CI)", (3, 6, 12), times, population),
            log_rank_row("Log-rank p-value [3]", times),
        ),
        population,
        stub=("Progression-free survival [1]",),
    )
