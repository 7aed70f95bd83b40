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
PRIOR = {"Yes": flagged("PRTRTFL"), "No": equals("PRTRTFL", "N")}


def t_14_1_3_demographics(adsl, population):
    def counts(rows):
        return count_subjects(adsl, rows, population)

    def values(variable):
        return count_values(adsl, variable, sorted(adsl[variable].dropna().unique()), population)

    return Table(
        stack(
            stack(summarize(adsl, "AGE", population), under="Age (years)"),
            stack(counts(SEX), under="Sex, n (%)"),
            stack(counts(ECOG), under="ECOG performance status, n (%)"),
            stack(values("BCLCBL"), under="BCLC stage, n (%)"),
            stack(values("MILANBL"), under="Milan criteria, n (%)"),
            stack(
                summarize(adsl, "AFPBL", population, digits=2),
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
