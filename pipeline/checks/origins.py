"""The CRF lines behind many dataset records at once."""

from __future__ import annotations

import pandas as pd

from pipeline.datasets import all_datasets, lineage_path, read_lineage
from pipeline.errors import listed
from pipeline.study import StudyFolder

MOST_LINES = 3
ORIGIN_COLUMNS = ["dataset", "record", "file", "line"]


def crf_lines(folder: StudyFolder, records: pd.DataFrame) -> pd.DataFrame:
    """(dataset, record, file, line) for each dataset record (columns dataset, record).

    `dataset` is the CDISC name. The lines of the nearest form come first; a dataset without a
    lineage file (trial design) has none.
    """
    steps = records[["dataset", "record"]].drop_duplicates()
    steps = steps.assign(source=steps["dataset"].str.lower(), at=steps["record"])
    reached = []
    seen = steps.iloc[:0]
    while len(steps):
        step = _one_back(folder, steps)
        raw = step["source"].str.startswith("raw_")
        reached.append(step.loc[raw])
        seen = pd.concat([seen, steps])
        new = step.loc[~raw].drop_duplicates()
        known = pd.MultiIndex.from_frame(seen)
        steps = new.loc[~pd.MultiIndex.from_frame(new).isin(known)]
    return _lines(folder, reached)


def _one_back(folder: StudyFolder, steps: pd.DataFrame) -> pd.DataFrame:
    """One step towards the CRF: the sources of the records (source, at), origin kept."""
    specified = all_datasets(folder)
    parts = [steps.iloc[:0]]
    for name, part in steps.groupby("source"):
        dataset = specified.get(str(name))
        path = folder.path / lineage_path(str(name), dataset.layer) if dataset else None
        if path is None or not path.exists():
            continue
        lineage = read_lineage(folder, str(name), part["at"].unique())
        lineage = lineage[["record", "source", "source_record"]].rename(
            columns={"record": "at", "source": "source_to", "source_record": "to"}
        )
        found = part.merge(lineage, how="left", on="at", validate="many_to_many")
        found = found.dropna(subset=["to"]).astype({"to": "int64"})
        found = found.drop(columns=["source", "at"])
        parts.append(found.rename(columns={"source_to": "source", "to": "at"}))
    return pd.concat(parts, ignore_index=True)


def _lines(folder: StudyFolder, reached: list[pd.DataFrame]) -> pd.DataFrame:
    """The raw records reached, with the files they stand in."""
    if not reached:
        return pd.DataFrame({name: [] for name in ORIGIN_COLUMNS})
    found = pd.concat(reached, ignore_index=True)
    files = {f"raw_{name}": f"raw/{form.file}" for name, form in folder.forms.items()}
    named = found.assign(file=found["source"].map(files), line=found["at"])
    return named[ORIGIN_COLUMNS].drop_duplicates(ignore_index=True)


Places = dict[str, list[int]]


def crf_places(folder: StudyFolder, records: pd.DataFrame) -> dict[tuple[str, int], Places]:
    """(dataset, record) -> CRF extract -> lines, the nearest extract first."""
    lines = crf_lines(folder, records)
    places: dict[tuple[str, int], Places] = {}
    for dataset, record, file, line in zip(*(lines[c] for c in ORIGIN_COLUMNS), strict=True):
        places.setdefault((dataset, record), {}).setdefault(file, []).append(line)
    return places


def place_in_words(file: str, lines: list[int]) -> str:
    """One extract and its lines: raw/ex.csv lines 34, 35, 36 and 13 more."""
    word = "line" if len(lines) == 1 else "lines"
    return f"{file} {word} {listed(sorted(lines), MOST_LINES)}"


def without_crf(folder: StudyFolder) -> str:
    """Why a record has no line of the CRF behind it, in words."""
    if folder.forms:
        return "No line of a CRF extract is behind this record."
    return "This study begins at SDTM: no CRF extract is behind its records."
