"""T14.1.5: anti-carcinoma therapy beside the infusions, and whether the groups differ in it."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.population import Column
from pipeline.tlf.results import beside, computed, count_subjects, stack
from pipeline.tlf.statistics import fisher_exact
from pipeline.where import all_of, any_of, equals, flagged, is_in, not_

NAMED = {
    "TACE": equals("CMDECOD", "TRANSARTERIAL CHEMOEMBOLIZATION"),
    "TARE": equals("CMDECOD", "TRANSARTERIAL RADIOEMBOLIZATION"),
    "RFA": equals("CMDECOD", "RADIOFREQUENCY ABLATION"),
    "Sorafenib": equals("CMDECOD", "SORAFENIB"),
    "Apatinib": equals("CMDECOD", "APATINIB"),
    "Surgical intervention": equals("CQ01NAM", "SURGICAL INTERVENTION"),
    "Radiotherapy": equals("CMDECOD", "RADIOTHERAPY"),
}
THERAPIES = NAMED | {"Other drugs": not_(any_of(*NAMED.values()))}
CONCOMITANT = all_of(flagged("ONTRTFL"), is_in("CMCAT", ["CONCOMITANT ANTI-CARCINOMA THERAPY"]))
P_VALUE = Column("p", ("Fisher exact", "p-value [2]"), display="p_value")


def t_14_1_5_fisher(adcm, population):
    given = adcm.loc[CONCOMITANT]

    def balance(label, therapy):
        users = population.of(given.loc[therapy]).drop_duplicates("USUBJID")
        with_therapy = [int((users["_column"] == arm.key).sum()) for arm in population.arms]
        without = [arm.n - n for arm, n in zip(population.arms, with_therapy, strict=True)]
        p = fisher_exact([with_therapy, without])
        return computed(label, {"p": {"p": p}}, "p_value", behind=users)

    counts = count_subjects(given, THERAPIES, population)
    tests = stack(*(balance(label, therapy) for label, therapy in THERAPIES.items()))
    return Table(
        beside(counts, tests),
        population,
        stub=("Therapy [1]",),
        columns=(*population.columns, P_VALUE),
    )
