"""RELREC: records and datasets that belong together (SDTMIG 3.4, section 8.2 and 8.3)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.merge import stacked

COLUMNS = ["STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID"]


def relate_datasets(study: str, relid: str, sides: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """The relation of whole datasets, one row each: domain -> (linking variable, ONE or MANY).

    The values of the linking variables are the same on all sides. USUBJID and IDVARVAL are empty.
    """
    return pd.DataFrame(
        [
            {"STUDYID": study, "RDOMAIN": domain, "IDVAR": variable, "RELTYPE": kind}
            for domain, (variable, kind) in sides.items()
        ]
    ).assign(USUBJID=None, IDVARVAL=None, RELID=relid)[COLUMNS]


def relate_records(
    left: pd.DataFrame, right: pd.DataFrame, links: Mapping[str, str], prefix: str
) -> pd.DataFrame:
    """The relations of single records by --SEQ: two rows per pair, joined by one RELID.

    Records belong together that have the same USUBJID and the same text in the linking variables:
    `links` maps one of `left` to one of `right`. RELID is the prefix and the number of the pair
    within the subject. A record without a partner has no row. The domain is read from DOMAIN.
    """
    sides = [_side(left, list(links)), _side(right, list(links.values()))]
    pairs = sides[0].merge(
        sides[1],
        how="left",
        on=["USUBJID", "_link"],
        suffixes=("_a", "_b"),
        validate="many_to_many",
    )
    pairs = pairs.loc[pairs["_link"].notna() & pairs["IDVARVAL_b"].notna()]
    pairs = pairs.sort_values(["USUBJID", "_order_a", "_order_b"], kind="stable")
    number = (pairs.groupby("USUBJID").cumcount() + 1).astype("str")
    pairs = pairs.assign(RELID=prefix + number)
    halves = [
        pd.DataFrame(
            {
                "STUDYID": pairs["STUDYID_a"],
                "RDOMAIN": pairs[f"RDOMAIN_{side}"],
                "USUBJID": pairs["USUBJID"],
                "IDVAR": pairs[f"RDOMAIN_{side}"] + "SEQ",
                "IDVARVAL": pairs[f"IDVARVAL_{side}"],
                "RELTYPE": None,
                "RELID": pairs["RELID"],
            }
        )
        for side in ("a", "b")
    ]
    return stacked(*halves)


def _side(frame: pd.DataFrame, links: list[str]) -> pd.DataFrame:
    """What RELREC says of the records of one domain, and the text that links them."""
    domain = str(frame["DOMAIN"].iloc[0]) if len(frame) else ""
    link = frame[links[0]].astype("str")
    for name in links[1:]:
        link = link + "|" + frame[name].astype("str")
    return pd.DataFrame(
        {
            "STUDYID": frame["STUDYID"],
            "USUBJID": frame["USUBJID"],
            "RDOMAIN": domain,
            "IDVARVAL": frame[f"{domain}SEQ"].astype("int64").astype("str") if domain else None,
            "_order": frame[f"{domain}SEQ"] if domain else 0,
            "_link": link.where(frame[links].notna().all(axis=1)),
        }
    )
