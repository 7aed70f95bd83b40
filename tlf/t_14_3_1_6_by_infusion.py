"""T14.3.1.6: related adverse events per infusion given, by infusion number and dose level."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import TOTAL, Column
from pipeline.tlf.rates import count_rates
from pipeline.tlf.results import stack
from pipeline.where import all_of, always, at_least, equals, flagged

DOSES = {
    "5e9": (("5E9 cells",), equals("ADOSE", 5e9)),
    "1e10": (("1E10 cells",), equals("ADOSE", 1e10)),
    TOTAL: (("Total",), always()),
}
RELATED = all_of(flagged("TRTEMFL"), equals("AREL", "RELATED"))
GIVEN = all_of(equals("PARAMCD", "DOSE"), at_least("AVAL", 1))


def t_14_3_1_6_by_infusion(adae, adex, population):
    events = population.of(adae.loc[RELATED])
    infusions = population.of(adex.loc[GIVEN]).assign(
        ADOSE=lambda rows: rows["AVAL"], AEINFN=lambda rows: rows["AVISITN"]
    )
    numbers = {
        f"Infusion {number:.0f}": equals("AEINFN", number)
        for number in sorted(infusions["AEINFN"].unique())
    }
    levels = {key: condition for key, (_, condition) in DOSES.items()}
    columns = [
        Column(key, head, infusions.loc[condition]["USUBJID"].nunique())
        for key, (head, condition) in DOSES.items()
    ]
    return Table(
        stack(
            count_rates(events, infusions, {"All infusions": always()}, levels),
            stack(
                count_rates(events, infusions, numbers, levels),
                under="By infusion number",
            ),
        ),
        stub=("Events / infusions [1]",),
        columns=tuple(columns),
    )
