"""The datasets of a built study as a dict, for tests that change them."""

from __future__ import annotations

import pandas as pd

from pipeline.batches import WHOLE
from pipeline.checks.built import Built
from pipeline.datasets import all_datasets
from pipeline.study import StudyFolder


def built_data(folder: StudyFolder) -> dict[str, pd.DataFrame]:
    """Every dataset by CDISC name, rows numbered from 0 as in any frame."""
    built = Built(folder, {dataset.name: dataset for dataset in all_datasets(folder).values()})
    return {name: frame.reset_index(drop=True) for name, frame in built.batch(WHOLE).items()}
