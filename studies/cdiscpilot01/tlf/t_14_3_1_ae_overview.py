"""T14.3.1: subjects with each kind of treatment-emergent adverse event, by arm."""

from pipeline.tlf.comparison import compare_counts, p_value_columns
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects
from pipeline.where import always, equals, flagged, is_in, present

ROWS = {
    "Any TEAE": always(),
    "Any TEAE possibly or probably related": is_in("AEREL", ["POSSIBLE", "PROBABLE"]),
    "Any severe TEAE": equals("AESEV", "SEVERE"),
    "Any serious TEAE": flagged("AESER"),
    "Any TEAE with fatal outcome": equals("AEOUT", "FATAL"),
    "Any dermatologic TEAE": present("CQ01NAM"),
}
PAIRS = {"p_low": ("Pbo", "Xan_Lo"), "p_high": ("Pbo", "Xan_Hi")}
HEADS = {"p_low": ("p", "Low Dose"), "p_high": ("p", "High Dose")}


def t_14_3_1_ae_overview(adae, population):
    counts = count_subjects(adae.loc[flagged("TRTEMFL")], ROWS, population)
    return Table(
        compare_counts(counts, PAIRS),
        columns=(*population.columns, *p_value_columns(HEADS)),
        stub=("Subjects with at least one",),
    )
