"""T14.3.6.2: temperature after the infusion by visit and group, and subjects with fever."""

from pipeline.tlf.by_visit import summarize_by_visit
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_records, count_subjects, stack
from pipeline.where import all_of, equals, flagged

AFTER = all_of(equals("PARAMCD", "TEMP"), equals("ATPT", "AFTER INFUSION"), flagged("ANL01FL"))
FEVER = flagged("CRIT1FL")


def t_14_3_6_2_temperature(advs, population):
    after = advs.loc[AFTER]
    return Table(
        stack(
            count_subjects(after, {"Subjects with any fever [1]": FEVER}, population),
            count_records(after, {"Infusions followed by fever [1]": FEVER}, population),
            summarize_by_visit(after, population, digits=1),
        ),
        population,
        stub=("Temperature after infusion\n  Visit",),
    )
