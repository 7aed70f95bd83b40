"""T14.1.1: the planned regimen of each group, with the number of subjects treated."""

from pipeline.merge import derive_vars_merged
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, beside, computed, measured, stack
from pipeline.where import equals, present

DOSE = Row("planned cumulative dose", ("Planned cumulative dose (1E9 cells) [1]",), 0, "value")


def planned_dose(part):
    return {"value": part["AVAL"].max() / 1e9 if len(part) else None}


def t_14_1_1_design(ta, tv, te, adex, population):
    def by_arm(label, frame, display, value):
        return beside(
            *(
                computed(label, {arm: value(part)}, display, behind=part)
                for arm, part in frame.groupby("ARMCD")
            )
        )

    treatment = derive_vars_merged(
        ta.loc[equals("EPOCH", "TREATMENT")], te, by="ETCD", new_vars=["TEDUR"]
    )
    infusions = tv.loc[present("ARMCD", "VISITDY")]
    columns = population.without_total()
    return Table(
        stack(
            by_arm(
                "Regimen [1]", treatment, "text", lambda part: {"text": part["ELEMENT"].iloc[0]}
            ),
            by_arm("Planned infusions", infusions, "n", lambda part: {"n": len(part)}),
            by_arm(
                "Days between infusions",
                infusions,
                "value",
                lambda part: {"value": part["VISITDY"].sort_values().diff().median()},
            ),
            measured(DOSE, adex.loc[equals("PARAMCD", "PDOSE")], columns, planned_dose),
            by_arm(
                "Planned duration (days) [2]",
                treatment,
                "value",
                lambda part: {"value": float(part["TEDUR"].iloc[0].strip("PD"))},
            ),
        ),
        columns,
        stub=("Design",),
    )
