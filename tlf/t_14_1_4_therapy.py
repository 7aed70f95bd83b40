"""T14.1.4: subjects with each prior and concomitant drug or procedure, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import always, equals

CATEGORIES = {
    "PRIOR ANTI-CARCINOMA THERAPY": "Prior anti-carcinoma therapy [1]",
    "CONCOMITANT ANTI-CARCINOMA THERAPY": "Concomitant anti-carcinoma therapy [2]",
    "CONCOMITANT IMMUNOSUPPRESSIVE THERAPY": "Concomitant immunosuppressive therapy [2]",
}


def t_14_1_4_therapy(adcm, population):
    def by_term(category):
        given = adcm.loc[equals("CMCAT", category)]
        users = population.of(given).groupby("CMDECOD")["USUBJID"].nunique()
        terms = users.reset_index().sort_values(["USUBJID", "CMDECOD"], ascending=[False, True])
        rows = {term.capitalize(): equals("CMDECOD", term) for term in terms["CMDECOD"]}
        return count_subjects(given, {"Any": always()} | rows, population)

    return Table(
        stack(*(stack(by_term(category), under=label) for category, label in CATEGORIES.items())),
        population,
        stub=("Therapy, n (%)",),
    )
