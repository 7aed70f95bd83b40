"""Planned visits: VISITNUM of the visit names that the CRF carries."""

from __future__ import annotations

import pandas as pd

from pipeline.errors import StudyError, listed
from pipeline.study import Study


def derive_vars_visit(frame: pd.DataFrame, field: str, study: Study) -> pd.DataFrame:
    """`frame` with VISIT and VISITNUM from the visit name in `field`.

    The visits and their numbers stand in sdtm/trial_design.yaml > visits. StudyError for a visit
    that is not planned there.
    """
    visits = study.trial_design.block("visits")
    numbers = {name: visits.block(name).number("number") for name in visits}
    names = frame[field].str.strip().str.upper()
    unknown = sorted(set(names.dropna()) - set(numbers))
    if unknown:
        raise StudyError(
            f"visit in field {field}",
            f"{listed(unknown)} is not planned in sdtm/trial_design.yaml > visits",
            "add the visit, or correct its name on the CRF",
        )
    return frame.assign(VISIT=names, VISITNUM=names.map(numbers))
