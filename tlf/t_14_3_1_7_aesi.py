"""T14.3.1.7: adverse events of special interest; a term nobody had stays as a zero row."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import TOTAL, Column
from pipeline.tlf.results import beside, computed, count_subjects, stack
from pipeline.tlf.statistics import clopper_pearson
from pipeline.where import equals, flagged, is_in

INTERVAL = Column("ci", ("Total %", "(95% CI) [1]"), display="pct_ci")


def t_14_3_1_7_aesi(adae, population, study):
    emergent = population.of(adae.loc[flagged("TRTEMFL")])
    terms = list(study.settings["special_interest"])
    rows = {"Any event of special interest": is_in("AEDECOD", terms)}
    rows |= {term: equals("AEDECOD", term) for term in terms}

    def interval(label, condition):
        affected = emergent.loc[condition]
        limits = clopper_pearson(affected["USUBJID"].nunique(), population.count(TOTAL))
        return computed(label, {"ci": limits._asdict()}, "pct_ci", behind=affected)

    return Table(
        beside(
            count_subjects(emergent, rows, population),
            stack(*(interval(label, condition) for label, condition in rows.items())),
        ),
        population,
        stub=("Preferred Term",),
        columns=(*population.columns, INTERVAL),
    )
