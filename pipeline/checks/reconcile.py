"""The balance of raw records: every one is mapped to SDTM, or excluded with a reason."""

from __future__ import annotations

import pandas as pd

from pipeline.datasets import all_datasets, read_lineage
from pipeline.errors import StudyError, listed, raise_all
from pipeline.frames import read_frame, replace_text
from pipeline.study import StudyFolder

BALANCE_COLUMNS = ["form", "records", "mapped", "excluded", "set_aside", "unaccounted"]


def reconcile(folder: StudyFolder) -> None:
    """Write build/validation/balance.csv and exclusions.csv; StudyError if it does not close.

    A record counts as mapped when it stands behind an SDTM record, as excluded when a program
    excluded it, as set aside when the intake did; the first that applies counts.
    """
    records = read_frame(folder.path / "build/raw/records.parquet")
    accounts = account(records, raw_lineage(folder))
    report = folder.path / "build/validation"
    replace_text(report / "balance.csv", balance(accounts).to_csv(index=False, lineterminator="\n"))
    left_out = accounts.loc[accounts["state"].isin(["excluded", "set_aside"])]
    replace_text(
        report / "exclusions.csv",
        left_out[["form", "line", "subject", "state", "reason"]].to_csv(
            index=False, lineterminator="\n"
        ),
    )
    raise_all(_unaccounted(accounts, folder))


def raw_lineage(folder: StudyFolder) -> pd.DataFrame:
    """The lineage of all SDTM datasets that leads to raw forms: dataset, form, line, reason."""
    parts = [
        read_lineage(folder, name).assign(dataset=name)
        for name, dataset in all_datasets(folder).items()
        if dataset.layer == "sdtm"
    ]
    lineage = pd.concat(parts, ignore_index=True)
    lineage = lineage.loc[lineage["source"].str.startswith("raw_")]
    return lineage.assign(
        form=lineage["source"].str.removeprefix("raw_"), line=lineage["source_record"]
    )


def account(records: pd.DataFrame, lineage: pd.DataFrame) -> pd.DataFrame:
    """`records` (form, line, subject, reason) with the state of each and the reason."""
    reached = lineage.loc[lineage["record"] > 0, ["form", "line"]].drop_duplicates()
    dropped = lineage.loc[lineage["record"] == 0, ["form", "line", "reason"]]
    dropped = dropped.drop_duplicates(["form", "line"]).rename(columns={"reason": "because"})
    found = records.merge(
        reached.assign(mapped=True), how="left", on=["form", "line"], validate="one_to_one"
    ).merge(dropped, how="left", on=["form", "line"], validate="one_to_one")
    state = pd.Series("unaccounted", index=found.index, dtype="str")
    state = state.mask(found["reason"].notna(), "set_aside")
    state = state.mask(found["because"].notna(), "excluded")
    state = state.mask(found["mapped"].notna(), "mapped")
    reason = found["because"].where(found["because"].notna(), found["reason"])
    return found.assign(state=state, reason=reason).drop(columns=["mapped", "because"])


def balance(accounts: pd.DataFrame) -> pd.DataFrame:
    """One row per form: how many records there are and where they went."""
    counts = accounts.groupby(["form", "state"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=BALANCE_COLUMNS[2:], fill_value=0)
    counts.insert(0, "records", counts.sum(axis=1))
    return counts.reset_index()[BALANCE_COLUMNS]


def _unaccounted(accounts: pd.DataFrame, folder: StudyFolder) -> list[StudyError]:
    """One error per form with records that went nowhere."""
    lost = accounts.loc[accounts["state"] == "unaccounted"]
    errors = []
    for form, rows in lost.groupby("form"):
        lines = listed(rows["line"].tolist())
        errors.append(
            StudyError(
                f"raw/{folder.forms[str(form)].file}",
                f"{len(rows)} records reach no SDTM dataset (lines {lines})",
                "map them in a program of sdtm/, or leave them out with exclude(..., because=...)",
            )
        )
    return errors
