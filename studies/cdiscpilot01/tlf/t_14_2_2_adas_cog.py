"""T14.2.2: the ADAS-Cog (11) total and its change from baseline by visit and arm."""

from pipeline.tlf.by_visit import summarize_by_visit
from pipeline.tlf.outputs import Table
from pipeline.where import all_of, equals, flagged

TOTALS = all_of(equals("PARAMCD", "ACTOT"), flagged("ANL01FL"))


def t_14_2_2_adas_cog(population, adadas=TOTALS):
    return Table(summarize_by_visit(adadas, population), population, stub=("Visit",))
