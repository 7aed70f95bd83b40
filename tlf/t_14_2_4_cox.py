"""T14.2.4: overall survival by group, age and time to recurrence in one Cox model."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import Column
from pipeline.tlf.results import computed, stack
from pipeline.tlf.survival import cox, wald
from pipeline.where import equals

COLUMNS = (
    Column("hr", ("Hazard ratio", "(95% CI)"), display="estimate_ci"),
    Column("p", ("p-value [2]",), display="p_value"),
)


def t_14_2_4_cox(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "OS")])
    survival = survival.assign(DIED=survival["CNSR"] == 0, GROUP=survival["_column"])
    groups = [arm.key for arm in population.arms]
    model = cox(survival, "AVAL", "DIED", {"GROUP": groups, "AGE": (), "TTRD": ()})
    labels = {
        "AGE": "Age (per year)",
        "TTRD": "Time from transplantation to recurrence (per day)",
    }

    def term(found):
        label = labels.get(found.variable, f"Group {found.level} v {found.reference}")
        ratio = {"estimate": found.hr, "lower": found.lower, "upper": found.upper}
        cells = {"hr": ratio, "p": {"p": found.p}}
        return computed(label, cells, "estimate_ci", behind=survival, digits=3)

    omnibus = {"p": {"p": wald(model, "GROUP").p}}
    return Table(
        stack(
            *(term(found) for found in model.terms),
            computed("All groups (omnibus) [2]", omnibus, "p_value", behind=survival),
        ),
        stub=("Term [1]",),
        columns=COLUMNS,
    )
