"""T14.1.3: who the subjects are and how their disease stands at baseline, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, count_values, stack, summarize
from pipeline.where import equals, flagged

SEX = {"Male": equals("SEX", "M"), "Female": equals("SEX", "F")}
ECOG = {"0": equals("ECOGBL", 0), "1": equals("ECOGBL", 1)}
LOCATION = {
    "Liver": flagged("LIVERFL"),
    "Lung": flagged("LUNGFL"),
    "Liver and lung": flagged("LIVERFL", "LUNGFL"),
}
MILAN = {"Exceeded": equals("MILANBL", "OUT"), "Met": equals("MILANBL", "IN")}
SKEWED = {"n": "n", "Median (min, max)": "median_range"}
PRIOR = {"Yes": flagged("PRTRTFL"), "No": equals("PRTRTFL", "N")}


def t_14_1_3_demographics(adsl, population):
    def counts(rows):
        return count_subjects(adsl, rows, population)

    stages = sorted(adsl["BCLCBL"].dropna().unique())
    return Table(
        stack(
            stack(summarize(adsl, "AGE", population), under="Age (years)"),
            stack(counts(SEX), under="Sex, n (%)"),
            stack(counts(ECOG), under="ECOG performance status, n (%)"),
            stack(count_values(adsl, "BCLCBL", stages, population), under="BCLC stage, n (%)"),
            stack(counts(MILAN), under="Milan criteria, n (%)"),
            stack(
                summarize(adsl, "AFPBL", population, SKEWED, digits=2),
                under="Alpha fetoprotein (ng/mL) [1]",
            ),
            stack(
                summarize(adsl, "TTRD", population),
                under="Days from transplantation to recurrence",
            ),
            stack(counts(LOCATION), under="Location of recurrence, n (%)"),
            stack(counts(PRIOR), under="Prior anti-carcinoma treatment, n (%)"),
        ),
        population,
        stub=("Characteristic",),
    )
