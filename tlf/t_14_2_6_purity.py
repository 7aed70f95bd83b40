"""T14.2.6: rank correlation of the mean purity of a subject's products with survival times."""

from pipeline.merge import derive_vars_merged
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
TIMES = {"OS": "Overall survival (days)", "PFS": "Progression-free survival (days)"}


def t_14_2_6_purity(adcp, adtte, population):
    purity = adcp.loc[equals("PARAMCD", "MPUR")]
    survival = population.of(adtte).pipe(derive_vars_merged, purity, "USUBJID", {"PURITY": "AVAL"})

    def correlation(parameter, label):
        rows = survival.loc[equals("PARAMCD", parameter)]
        found = spearman(rows["PURITY"], rows["AVAL"])
        cells = {"n": {"n": found.n}, "rho": {"value": found.rho}, "p": {"p": found.p}}
        return computed(label, cells, "value", behind=rows, digits=3)

    known = [code for code in TIMES if equals("PARAMCD", code)(survival).any()]
    return Table(
        stack(*(correlation(code, TIMES[code]) for code in known)),
        stub=("Mean purity (CD56+CD3-) of the subject's lots with",),
        columns=COLUMNS,
    )
