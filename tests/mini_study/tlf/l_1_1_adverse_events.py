"""L1.1: every adverse event."""

from pipeline.tlf.outputs import Listing

COLUMNS = ["USUBJID", "AETERM", "AEDECOD", "AESTDTC", "ASTDY", "ADURN", "AESEV", "AEREL", "TRTEMFL"]


def l_1_1_adverse_events(adae, population):
    return Listing(population.of(adae), COLUMNS)
