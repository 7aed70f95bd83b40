"""T14.3.2.1: deaths and their causes by group; causes are not published."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import Condition, all_of, equals, flagged, not_

DIED = flagged("DTHFL")
SOON = Condition(
    ("DTHDT", "TRTEDT"), lambda frame: (frame["DTHDT"] - frame["TRTEDT"]).dt.days <= 30
)
DEATHS = {
    "Died": DIED,
    "within 30 days of the last infusion": all_of(DIED, SOON),
    "later": all_of(DIED, not_(SOON)),
}


def t_14_3_2_1_deaths(adsl, population):
    found = sorted(adsl["DTHCAUS"].dropna().unique())
    causes = {cause.capitalize(): equals("DTHCAUS", cause) for cause in found}
    return Table(
        stack(
            count_subjects(adsl, DEATHS, population),
            stack(count_subjects(adsl, causes, population), under="Cause of death"),
        ),
        population,
        stub=("Deaths [1]",),
    )
