"""T14.3.6.1: vital signs before the infusion by visit and group."""

from pipeline.tlf.by_visit import summarize_by_visit
from pipeline.tlf.outputs import Table
from pipeline.where import all_of, equals, flagged, not_


def t_14_3_6_1_vital_signs(advs, population):
    before = advs.loc[all_of(flagged("ANL01FL"), not_(equals("ATPT", "AFTER INFUSION")))]
    return Table(
        summarize_by_visit(before, population, digits={"TEMP": 1}),
        population,
        stub=("Vital sign\n  Visit",),
    )
