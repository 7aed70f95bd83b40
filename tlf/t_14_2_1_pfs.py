"""T14.2.1: progression-free survival by group: events, median, rates and log-rank test."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import TOTAL
from pipeline.tlf.results import Row, computed, count_subjects, measured, stack
from pipeline.tlf.survival import kaplan_meier, log_rank, quantile, survival_at
from pipeline.where import at_least, equals

STATUS = {
    "Progressed or died": equals("CNSR", 0),
    "Progressed": equals("PFSRULE", 1),
    "Died without progression": equals("PFSRULE", 2),
    "Censored": at_least("CNSR", 1),
}
MEDIAN = Row("median", ("Median (95% CI), months [2]",), 0, "median_ci", 1)
RATES = {
    Row(f"rate {months}", (f"Rate at {months} months, % (95% CI)",), 0, "pct_ci"): months
    for months in (3, 6, 12)
}


def curve_of(part):
    return kaplan_meier(part["AVALM"], part["CNSR"] == 0, transform="log")


def median(part):
    return quantile(curve_of(part))._asdict()


def rate(months):
    def at(part):
        found = survival_at(curve_of(part), months)
        names = {"pct": found.estimate, "lower": found.lower, "upper": found.upper}
        return {name: None if value is None else 100 * value for name, value in names.items()}

    return at


def t_14_2_1_pfs(adtte, population):
    times = population.of(adtte.loc[equals("PARAMCD", "PFS")])
    test = log_rank(times["AVALM"], times["CNSR"] == 0, times["_column"])
    return Table(
        stack(
            count_subjects(times, STATUS, population),
            measured(MEDIAN, times, population, median),
            *(measured(row, times, population, rate(months)) for row, months in RATES.items()),
            computed("Log-rank p-value [3]", {TOTAL: {"p": test.p}}, "p_value", behind=times),
        ),
        population,
        stub=("Progression-free survival [1]",),
    )
