"""T14.2.5: rank correlation of age and of time to recurrence with overall survival."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import Column
from pipeline.tlf.results import computed, stack
from pipeline.tlf.statistics import spearman
from pipeline.where import equals

COLUMNS = (
    Column("n", ("Subjects",), display="n"),
    Column("rho", ("Spearman", "rho"), display="value"),
    Column("p", ("p-value [1]",), display="p_value"),
)
BASELINE = {
    "AGE": "Age (years)",
    "TTRD": "Time from transplantation to recurrence (days)",
}


def t_14_2_5_spearman(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "OS")])

    def correlation(variable, label):
        found = spearman(survival[variable], survival["AVAL"])
        cells = {"n": {"n": found.n}, "rho": {"value": found.rho}, "p": {"p": found.p}}
        return computed(label, cells, "value", behind=survival, digits=3)

    return Table(
        stack(*(correlation(variable, label) for variable, label in BASELINE.items())),
        stub=("Baseline variable",),
        columns=COLUMNS,
    )
