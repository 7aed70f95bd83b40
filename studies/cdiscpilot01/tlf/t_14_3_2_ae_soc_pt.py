"""T14.3.2: subjects with treatment-emergent adverse events by class, term and arm."""

from pipeline.tlf.comparison import compare_counts, p_value_columns
from pipeline.tlf.nested import count_nested
from pipeline.tlf.outputs import Table
from pipeline.tlf.results import count_subjects, stack
from pipeline.where import always, flagged

PAIRS = {"p_low": ("Pbo", "Xan_Lo"), "p_high": ("Pbo", "Xan_Hi")}
HEADS = {"p_low": ("p", "Low Dose"), "p_high": ("p", "High Dose")}


def t_14_3_2_ae_soc_pt(adae, population):
    emergent = adae.loc[flagged("TRTEMFL")]
    counts = stack(
        count_subjects(emergent, {"Any TEAE": always()}, population),
        count_nested(emergent, "AEBODSYS", "AEDECOD", population),
    )
    return Table(
        compare_counts(counts, PAIRS),
        columns=(*population.columns, *p_value_columns(HEADS)),
        stub=("System Organ Class\n  Preferred Term",),
    )
