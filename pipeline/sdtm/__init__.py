"""Verbs for SDTM programs: from collected fields to SDTM variables."""
