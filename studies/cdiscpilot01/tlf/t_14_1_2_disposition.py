"""T14.1.2: how the study ended for each subject, and why it was discontinued."""

from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, count_values, stack
from pipeline.where import equals, flagged

STATUS = {
    "Completed week 8": flagged("COMP8FL"),
    "Completed week 16": flagged("COMP16FL"),
    "Completed week 24": flagged("COMP24FL"),
    "Completed the study": equals("EOSSTT", "COMPLETED"),
    "Discontinued": equals("EOSSTT", "DISCONTINUED"),
}


def t_14_1_2_disposition(adsl, population, ct):
    reasons = [term.decode for term in ct["DCDECOD"].terms if term.decode]
    return Table(
        stack(
            count_subjects(adsl, STATUS, population),
            stack(
                count_values(adsl, "DCSREAS", [*reasons, "I/E Not Met"], population),
                under="Reason for discontinuation, n (%)",
            ),
        ),
        population,
        stub=("Status",),
    )
