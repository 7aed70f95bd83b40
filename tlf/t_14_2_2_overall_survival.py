"""T14.2.2: overall survival by group: events, median, rates, log-rank, and the sensitivity OSS1."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.tlf.time_to_event import log_rank_row, median_time, survival_rates
from pipeline.where import at_least, equals

STATUS = {"Died": equals("CNSR", 0), "Censored": at_least("CNSR", 1)}


def t_14_2_2_overall_survival(adtte, population):
    def survival(paramcd, heading):
        times = population.of(adtte.loc[equals("PARAMCD", paramcd)])
        return stack(
            count_subjects(times, STATUS, population),
            median_time("Median (95% CI), months [2]", times, population),
            survival_rates("Survival at {} months, % (95% CI)", (6, 12, 24), times, population),
            log_rank_row("Log-rank p-value [4]", times),
            under=heading,
        )

    return Table(
        stack(survival("OS", "Overall survival [1]"), survival("OSS1", "Sensitivity analysis [3]")),
        population,
        stub=("Overall survival",),
    )
