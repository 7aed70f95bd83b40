"""Dose-limiting toxicity as the protocol defines it, worked out again from ADAE."""

BLOOD = "Blood and lymphatic system disorders"
CELLS = r"(?:neutrophil|platelet|lymphocyte|white blood cell)s?\b.*creased|haemoglobin increased"
WINDOW = 7


def dose_limiting(adae):
    """True where the flag is not what grade, relation and onset say."""
    grade = adae["AETOXGR"].astype("float64")
    cells = adae["AEDECOD"].str.contains(CELLS, case=False).fillna(False).astype(bool)
    haematological = (adae["AEBODSYS"] == BLOOD) | cells
    severe = (grade >= 4) | (~haematological & (grade >= 3))
    limiting = severe & (adae["AREL"] == "RELATED") & adae["AEINFDY"].between(0, WINDOW)
    return limiting != (adae["DLTFL"] == "Y")
