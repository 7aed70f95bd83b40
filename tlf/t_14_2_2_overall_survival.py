"""T14.2.2: overall survival by group: events, median, rates, log-rank, and the sensitivity OSS1."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import TOTAL
from pipeline.tlf.results import Row, computed, count_subjects, measured, stack
from pipeline.tlf.survival import kaplan_meier, log_rank, quantile, survival_at
from pipeline.where import at_least, equals

STATUS = {"Died": equals("CNSR", 0), "Censored": at_least("CNSR", 1)}
MEDIAN = Row("median", ("Median (95% CI), months [2]",), 0, "median_ci", 1)
RATES = {
    Row(f"rate {months}", (f"Survival at {months} months, % (95% CI)",), 0, "pct_ci"): months
    for months in (6, 12, 24)
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


def survival(rows, population):
    test = log_rank(rows["AVALM"], rows["CNSR"] == 0, rows["_column"])
    return stack(
        count_subjects(rows, STATUS, population),
        measured(MEDIAN, rows, population, median),
        *(measured(row, rows, population, rate(months)) for row, months in RATES.items()),
        computed("Log-rank p-value [4]", {TOTAL: {"p": test.p}}, "p_value", behind=rows),
    )


def t_14_2_2_overall_survival(adtte, population):
    def parameter(code):
        return survival(population.of(adtte.loc[equals("PARAMCD", code)]), population)

    return Table(
        stack(
            stack(parameter("OS"), under="Overall survival [1]"),
            stack(parameter("OSS1"), under="Sensitivity analysis [3]"),
        ),
        population,
        stub=("Overall survival",),
    )
