"""T14.2.7: release tests of the infused lots, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.rates import count_rates
from pipeline.tlf.results import count_records, stack, summarize
from pipeline.where import always, equals, flagged, present

DIGITS = {"PUR": 1, "TCELL": 1, "VIAB": 1, "ENDO": 2}
LOTS = {"Lots tested [1]": equals("PARAMCD", "PUR")}


def t_14_2_7_product(adcp, population):
    mine = population.of(adcp)
    columns = {arm.key: equals("_column", arm.key) for arm in population.arms}
    columns[population.columns[-1].key] = always()

    def released(code):
        tests = mine.loc[equals("PARAMCD", code)].loc[present("CRIT1FL")]
        text = tests["CRIT1"].iloc[0] if len(tests) else ""
        row = {f"{text}, lots/lots tested": always()}
        return count_rates(tests.loc[flagged("CRIT1FL")], tests, row, columns) if text else stack()

    def parameter(code):
        tests = adcp.loc[equals("PARAMCD", code)]
        numbers = (
            summarize(tests, "AVAL", population, digits=DIGITS[code]) if code in DIGITS else stack()
        )
        return stack(numbers, released(code), under=tests["PARAM"].iloc[0])

    codes = adcp.loc[present("LOT")].sort_values("PARAMN")["PARAMCD"].unique()
    return Table(
        stack(count_records(adcp, LOTS, population), *(parameter(code) for code in codes)),
        population,
        stub=("Release test",),
    )
