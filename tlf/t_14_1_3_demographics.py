"""T14.1.3: who the subjects are and how their disease stands at baseline, by group."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack, summarize
from pipeline.where import equals, flagged

SEX = {"Male": equals("SEX", "M"), "Female": equals("SEX", "F")}
LOCATION = {
    "Liver": flagged("LIVERFL"),
    "Lung": flagged("LUNGFL"),
    "Liver and lung": flagged("LIVERFL", "LUNGFL"),
}
MILAN = {"Exceeded": equals("MILANBL", "OUT"), "Met": equals("MILANBL", "IN")}
SKEWED = {"Median (min, max)": "median_range"}
PRIOR = {"Yes": flagged("PRTRTFL"), "No": equals("PRTRTFL", "N")}


def t_14_1_3_demographics(adsl, population):
    def counts(rows):
        return count_subjects(adsl, rows, population)

    def values(variable):
        found = sorted(adsl[variable].dropna().unique())
        return counts({str(value).removesuffix(".0"): equals(variable, value) for value in found})

    return Table(
        stack(
            stack(summarize(adsl, "AGE", population), under="Age (years)"),
            stack(counts(SEX), under="Sex, n (%)"),
            stack(values("ECOGBL"), under="ECOG performance status, n (%)"),
            stack(values("BCLCBL"), under="BCLC stage, n (%)"),
            stack(counts(MILAN), under="Milan criteria, n (%)"),
            stack(
                summarize(adsl, "AFPBL", population, SKEWED, digits=2),
                under="Alpha fetoprotein (ng/mL) [1]",
            ),
            stack(
                summarize(adsl, "TTRD", population),
                under="Days from transplantation to recurrence [2]",
            ),
            stack(counts(LOCATION), under="Location of recurrence, n (%)"),
            stack(counts(PRIOR), under="Prior anti-carcinoma treatment, n (%)"),
        ),
        population,
        stub=("Characteristic",),
    )
