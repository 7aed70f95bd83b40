"""T14.3.1.8: dose-limiting toxicity among the subjects who can be evaluated for it, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import Row, count_records, count_subjects, measured, stack
from pipeline.tlf.statistics import clopper_pearson
from pipeline.where import flagged

EVALUATED = {"Subjects evaluable": flagged("DLTEVLFL")}
LIMITING = {"Subjects with DLT [1]": flagged("DLTFL")}
EVENTS = {"DLTs": flagged("DLTFL")}
RATE = Row("percentage", ("% (95% CI) [2]",), 0, "pct_ci")


def t_14_3_1_8_dlt(adsl, adae, population):
    affected = adae.loc[flagged("DLTFL")]["USUBJID"]
    subjects = adsl.assign(AFFECTED=adsl["USUBJID"].isin(affected))

    def rate(part):
        return clopper_pearson(int(part["AFFECTED"].sum()), len(part))._asdict()

    return Table(
        stack(
            count_subjects(adsl, EVALUATED, population, display="n"),
            count_subjects(adae, LIMITING, population),
            count_records(adae, EVENTS, population),
            measured(RATE, subjects.loc[flagged("DLTEVLFL")], population, rate),
        ),
        population,
        stub=("Dose-limiting toxicity",),
    )
