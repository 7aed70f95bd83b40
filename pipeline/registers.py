"""Registers keep --SEQ stable: a record has the same number in every later data cut.

A build writes build/sdtm/NAME.register.csv; `python -m pipeline freeze` copies it to
sdtm/registers/NAME.csv, which is committed with the data cut it belongs to.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from pipeline.batches import WHOLE, Batch
from pipeline.distinct import among
from pipeline.errors import StudyError
from pipeline.frames import replace_text
from pipeline.lineage import KEY, row_columns
from pipeline.spec import Dataset

COLUMNS = ["USUBJID", "record", "number"]


def register_path(dataset: Dataset) -> str | None:
    """Where the committed register of a dataset stands in the study; None when it has no --SEQ."""
    if dataset.layer != "sdtm" or dataset.scope == "study" or not _sequence(dataset):
        return None
    return f"sdtm/registers/{dataset.name.lower()}.csv"


def built_path(dataset: Dataset) -> str:
    """Where a build writes the register."""
    return f"build/sdtm/{dataset.name.lower()}.register.csv"


def keep_numbers(
    frame: pd.DataFrame, dataset: Dataset, study: Path, batch: Batch = WHOLE
) -> pd.DataFrame:
    """`frame` with the --SEQ of the committed register, and the register of this build written.

    New records continue after the highest number the subject ever had, in the order the program
    gave them; numbers of deleted records are not given again.
    """
    committed = register_path(dataset)
    if committed is None:
        return frame
    name = _sequence(dataset)
    identity = _identity(frame, dataset)
    known = _read(study / committed)
    if known is not None and batch.of > 1:
        known = known.loc[among(known["USUBJID"], frame["USUBJID"])]
    numbers = _numbers(frame, name, identity, known) if known is not None else frame[name]
    made = pd.DataFrame({"USUBJID": frame["USUBJID"], "record": identity, "number": numbers})
    former = known if known is not None else made.iloc[:0]
    gone = former.loc[~among(former["record"], identity)]
    register = pd.concat([made, gone]).sort_values(["USUBJID", "number"], kind="stable")
    replace_text(
        study / batch.part(built_path(dataset)),
        register[COLUMNS].to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL),
    )
    return frame.assign(**{name: numbers.astype("int64")})


def freeze(study: Path) -> list[str]:
    """Copy the registers of the last build to sdtm/registers/; the names of the datasets."""
    built = sorted((study / "build/sdtm").glob("*.register.csv"))
    if not built:
        raise StudyError("build/sdtm", "there is no register to keep", "run make sdtm first")
    target = study / "sdtm/registers"
    target.mkdir(exist_ok=True)
    for path in built:
        files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        texts = [file.read_text(encoding="utf-8") for file in files]
        rest = [text.split("\n", 1)[1] for text in texts[1:]]
        replace_text(target / path.name.replace(".register", ""), "".join([texts[0], *rest]))
    return [path.name.removesuffix(".register.csv").upper() for path in built]


def _sequence(dataset: Dataset) -> str:
    """The name of the --SEQ variable, empty when the dataset has none."""
    name = f"{dataset.name}SEQ"
    return name if name in dataset.names else ""


def _identity(frame: pd.DataFrame, dataset: Dataset) -> pd.Series:
    """What tells the records of a dataset apart in every cut.

    The identity of the raw record, then --TESTCD (several results come from one record), then a
    number where records are still alike. Without a raw record: the subject and the element.
    """
    parts = [KEY, f"{dataset.name}TESTCD", "ETCD"]
    present = [frame[name].astype("str") for name in parts if name in frame.columns]
    if not present:
        present = [frame[name].astype("str") for name in row_columns(frame)]
    identity = frame["USUBJID"].astype("str")
    for part in present:
        identity = identity + "|" + part
    again = frame.groupby([frame["USUBJID"], identity]).cumcount()
    return identity.where(again == 0, identity + "|" + (again + 1).astype("str"))


def _numbers(frame: pd.DataFrame, name: str, identity: pd.Series, known: pd.DataFrame) -> pd.Series:
    """The number of each record: the registered one, or the next of its subject."""
    kept = identity.map(known.set_index("record")["number"])
    highest = frame["USUBJID"].map(known.groupby("USUBJID")["number"].max()).fillna(0)
    new = frame.loc[kept.isna()].sort_values(["USUBJID", name], kind="stable")
    place = new.groupby("USUBJID").cumcount() + 1
    return kept.fillna(highest + place.reindex(frame.index)).astype("int64")


def _read(path: Path) -> pd.DataFrame | None:
    """The committed register, None when there is none."""
    if not path.exists():
        return None
    try:
        return pd.read_csv(
            path, dtype={"USUBJID": str, "record": str, "number": "int64"}, usecols=COLUMNS
        )
    except ValueError as error:
        raise StudyError(
            str(path),
            f"no register of sequence numbers ({error})",
            "restore it from version control, or delete it to number anew",
        ) from None
