"""T14.3.1.9: treatment not completed, infusions delayed, and what the article says of causes."""

from pipeline.days import whole_date
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import computed, count_subjects, stack
from pipeline.where import above, equals, not_

STOPPED = {"Did not complete the planned infusions": not_(equals("EOTSTT", "COMPLETED"))}
NOT_PUBLISHED = {"total": {"text": "Not published"}}


def t_14_3_1_9_discontinuation(adsl, ex, population, study):
    interval = study.settings.integer("infusion_interval_days")
    given = ex.assign(_date=whole_date(ex["EXSTDTC"])).sort_values(["USUBJID", "_date"])
    given = given.assign(GAP=given.groupby("USUBJID")["_date"].diff().dt.days)
    late = {"Any infusion more than 3 days late [1]": above("GAP", interval + 3)}
    return Table(
        stack(
            count_subjects(adsl, STOPPED, population),
            count_subjects(given, late, population),
            computed("TEAE leading to delay of an infusion", NOT_PUBLISHED, "text"),
            computed("TEAE leading to discontinuation", NOT_PUBLISHED, "text"),
        ),
        population,
        stub=("Treatment",),
    )
