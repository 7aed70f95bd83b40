"""T14.1.8: subjects with protocol deviations, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, count_values, stack
from pipeline.where import equals, flagged

CRITERION = equals("DVDECOD", "ELIGIBILITY CRITERION NOT MET")


def t_14_1_8_deviations(adsl, dv, population):
    terms = sorted(dv["DVTERM"].unique())
    return Table(
        stack(
            count_subjects(adsl, {"Any protocol deviation": flagged("PDVFL")}, population),
            stack(
                count_subjects(dv, {"Any": CRITERION}, population),
                count_values(dv.loc[CRITERION], "DVTERM", terms, population),
                under="Eligibility criterion not met",
            ),
        ),
        population,
        stub=("Protocol deviation, n (%) [1]",),
    )
