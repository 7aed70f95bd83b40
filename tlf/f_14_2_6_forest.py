"""F14.2.6: hazard ratios for death of the Cox model of Table 14.2.4."""

from pipeline.tlf.figure_data import ForestRow, RatioAxis, forest_alt, forest_data
from pipeline.tlf.outputs import Figure
from pipeline.tlf.survival import cox
from pipeline.where import equals

LABELS = {"AGE": "Age (per year)", "TTRD": "Time to recurrence (per day)"}


def f_14_2_6_forest(adtte, population):
    survival = population.of(adtte.loc[equals("PARAMCD", "OS")])
    survival = survival.assign(DIED=survival["CNSR"] == 0, GROUP=survival["_column"])
    groups = [arm.key for arm in population.arms]
    model = cox(survival, "AVAL", "DIED", {"GROUP": groups, "AGE": (), "TTRD": ()})

    def row(term):
        label = LABELS.get(term.variable, f"Group {term.level} v {term.reference}")
        return ForestRow(label, term.hr, term.lower, term.upper, term.p)

    data = forest_data(
        [row(term) for term in model.terms],
        RatioAxis("Hazard ratio for death", favours=("Lower risk", "Higher risk"), digits=3),
    )
    return Figure("forest", data, forest_alt(data), behind=survival)
