"""T14.3.4.2: shift from the baseline grade to the worst grade on treatment, in both directions."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import keyed, stack
from pipeline.tlf.toxicity_tables import count_shifts
from pipeline.where import flagged

HIGH = {"term": "ATOXDSCH", "grade": "ATOXGRH", "baseline": "BTOXGRH"}
LOW = {"term": "ATOXDSCL", "grade": "ATOXGRL", "baseline": "BTOXGRL"}


def t_14_3_4_2_shift(adlb, population):
    high = count_shifts(adlb.loc[flagged("ANL02FL")], HIGH, population)
    low = count_shifts(adlb.loc[flagged("ANL03FL")], LOW, population)
    return Table(
        stack(keyed(high, "high"), keyed(low, "low")),
        population,
        stub=("Parameter: CTCAE term\n  Baseline grade", "Worst grade [1]"),
    )
