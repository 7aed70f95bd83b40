"""T14.1.3: days of treatment, average daily and cumulative dose by arm."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import stack, summarize

DOSES = {
    "Duration of treatment (days)": ("TRTDURD", 0),
    "Average daily dose (mg)": ("AVGDD", 1),
    "Cumulative dose (mg)": ("CUMDOSE", 0),
}


def t_14_1_3_exposure(adsl, population):
    return Table(
        stack(
            *(
                stack(summarize(adsl, variable, population, digits=digits), under=label)
                for label, (variable, digits) in DOSES.items()
            )
        ),
        population,
        stub=("Exposure",),
    )
