"""Dose-limiting toxicity as the protocol defines it, worked out again from ADAE."""

HAEMATOLOGICAL = ["Blood and lymphatic system disorders", "Investigations"]
WINDOW = 7


def dose_limiting(adae):
    """True where the flag is not what grade, relation and onset say."""
    grade = adae["AETOXGR"].astype("float64")
    blood = adae["AEBODSYS"].isin(HAEMATOLOGICAL)
    severe = (grade >= 4) | (~blood & (grade >= 3))
    limiting = severe & (adae["AREL"] == "RELATED") & adae["AEINFDY"].between(0, WINDOW)
    return limiting != (adae["DLTFL"] == "Y")
