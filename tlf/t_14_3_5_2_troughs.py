"""T14.3.5.2: tacrolimus and sirolimus troughs by visit and group, and troughs out of range."""

from pipeline.tlf.by_visit import summarize_by_visit
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import all_of, equals, is_in

OUTSIDE = is_in("ANRIND", ["LOW", "HIGH"])


def t_14_3_5_2_troughs(adpc, population):
    names = adpc.sort_values("PARAMN")["PARAM"].unique()
    outside = {f"{name} [1]": all_of(equals("PARAM", name), OUTSIDE) for name in names}
    return Table(
        stack(
            stack(
                count_subjects(adpc, outside, population),
                under="Subjects with any trough outside the range",
            ),
            summarize_by_visit(adpc, population, digits=1),
        ),
        population,
        stub=("Drug\n  Visit",),
    )
