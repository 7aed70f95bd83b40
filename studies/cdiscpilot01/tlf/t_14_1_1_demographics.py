"""T14.1.1: age, sex, race, body measures, education and disease at baseline, by arm."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_values, stack, summarize

NUMBERS = {
    "Age (years)": ("AGE", 0),
    "Weight (kg)": ("WEIGHTBL", 1),
    "Height (cm)": ("HEIGHTBL", 1),
    "Body mass index (kg/m2)": ("BMIBL", 1),
    "Education (years)": ("EDUCLVL", 0),
    "Mini-Mental State (total)": ("MMSETOT", 0),
    "Duration of disease (months)": ("DURDIS", 1),
}
GROUPS = {
    "Age group, n (%)": ("AGEGR1", ["<65", "65-80", ">80"]),
    "Sex, n (%)": ("SEX", ["F", "M"]),
    "BMI group, n (%)": ("BMIBLGR1", ["<25", "25-<30", ">=30"]),
}


def t_14_1_1_demographics(adsl, population, ct):
    groups = GROUPS | {"Race, n (%)": ("RACE", ct["RACE"].values)}
    return Table(
        stack(
            *(
                stack(summarize(adsl, variable, population, digits=digits), under=label)
                for label, (variable, digits) in NUMBERS.items()
            ),
            *(
                stack(count_values(adsl, variable, values, population), under=label)
                for label, (variable, values) in groups.items()
            ),
        ),
        population,
        stub=("Characteristic",),
    )
