"""F14.1.1: the way of the subjects from screening to the analysis, as a CONSORT flow chart."""

from pipeline.tlf.figure_data import Box, flow_chart_alt, flow_chart_data
from pipeline.tlf.outputs import Figure
from pipeline.where import equals, flagged, not_, present


def f_14_1_1_flow(adsl, population):
    subjects = population.of(adsl)

    def count(rows, condition):
        return int(condition(rows).sum())

    def arm_box(arm):
        rows = subjects.loc[subjects["_column"] == arm.key]
        treated = f"Treated: {count(rows, flagged('SAFFL'))}"
        completed = f"Completed treatment: {count(rows, equals('EOTSTT', 'COMPLETED'))}"
        return Box(arm.head[0], len(rows), (*arm.head[1:], treated, completed))

    def analysed_box(arm):
        rows = subjects.loc[subjects["_column"] == arm.key].loc[flagged("SAFFL")]
        died = f"Died: {count(rows, flagged('DTHFL'))}"
        alive = f"Alive at cut-off: {count(rows, not_(flagged('DTHFL')))}"
        return Box("Analysed", count(rows, flagged("FASFL")), (died, alive))

    data = flow_chart_data(
        top=[
            Box("Screened", len(subjects)),
            Box("Allocated", count(subjects, present("TRT01P"))),
        ],
        excluded=Box("Screening failures", count(subjects, equals("ARMNRS", "SCREEN FAILURE"))),
        arms=[arm_box(arm) for arm in population.arms],
        analysed=[analysed_box(arm) for arm in population.arms],
    )
    return Figure("flow_chart", data, flow_chart_alt(data), behind=subjects)
