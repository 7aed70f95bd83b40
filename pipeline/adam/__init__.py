"""Verbs for ADaM programs: from SDTM to analysis datasets."""
