"""L16.2.7: every serious adverse event."""

from pipeline.tlf.outputs import Listing
from pipeline.where import flagged

COLUMNS = (
    *("USUBJID", "TRTA", "AGE", "SEX", "AEBODSYS", "AEDECOD", "ASTDT", "ASTDY", "ADURN"),
    *("AESEV", "AEREL", "AEOUT", "TRTEMFL"),
)


def l_16_2_7_serious(adae, population):
    return Listing(population.of(adae.loc[flagged("AESER")]), COLUMNS)
