"""Release tests of the infused lots, with mean purity per patient placed for the published rho.

The ranks of the patients' mean purity are exchanged in pairs until both Spearman correlations print
as published.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

PRINTED = 0.0005  # a correlation this near prints as wanted with three decimals


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The form `pq`: one record per lot."""
    lots = dates["ex"].reset_index(drop=True)
    count = len(lots)
    mean = lots["patient"].map(mean_purity(plan, dates, rng))
    noise = pd.Series(rng.normal(0, float(plan["purity_spread"]), count)).clip(-2, 2)
    noise -= noise.groupby(lots["patient"]).transform("mean")
    drawn = {
        "PQ_VIAB": rng.uniform(*map(float, plan["viability"]), count),
        "PQ_PUR": mean + noise,
        "PQ_CD3": rng.uniform(*map(float, plan["t_cells"]), count),
    }
    form = pd.DataFrame(
        {
            "patient": lots["patient"],
            "PQ_LOT": lots["EX_LOT"],
            "PQ_DAT": lots["EX_DAT"] - pd.Timedelta(days=1),
            **{name: [f"{value:.1f}" for value in values] for name, values in drawn.items()},
            "PQ_STER": "Negative",
            "PQ_ENDO": [f"{v:.2f}" for v in rng.uniform(*map(float, plan["endotoxin"]), count)],
        }
    )
    return {"pq": form}


def mean_purity(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, float]:
    """Mean purity per patient, evenly spread, in the order that gives the published rho."""
    times = survival(dates)
    wanted = pd.Series(plan["rho"], dtype="float64").reindex(times.columns)
    placed = placed_ranks(times.rank(), wanted, rng)
    low, high = map(float, plan["purity"])
    values = low + (high - low) * (placed - 1) / (len(placed) - 1)
    return dict(zip(times.index, values, strict=True))


def survival(dates: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Days from the first infusion to the last contact or death (os) and to progression (pfs)."""
    first = dates["ex"].groupby("patient")["EX_DAT"].min()
    last = dates["su"].groupby("patient")["SU_DAT"].max()
    responses = dates["re"]
    progressed = responses.loc[responses["RE_OVRL"] == "PD"].groupby("patient")["RE_DAT"].min()
    ends = {"os": last, "pfs": progressed.reindex(last.index).fillna(last)}
    return pd.DataFrame({name: (end - first).dt.days for name, end in ends.items()}).sort_index()


def placed_ranks(ranks: pd.DataFrame, wanted: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Ranks 1..n whose correlation with each column of `ranks` prints as `wanted` (3 decimals)."""
    centred = (ranks - ranks.mean()).to_numpy()
    placed = rng.permutation(len(ranks)) + 1.0
    scale = np.sqrt((centred**2).sum(axis=0) * ((placed - placed.mean()) ** 2).sum())

    def distance(order: np.ndarray) -> float:
        rho = (order - order.mean()) @ centred / scale
        return float(np.abs(rho - wanted.to_numpy()).clip(min=PRINTED).sum())

    best = distance(placed)
    for _ in range(200_000):
        if best <= PRINTED * len(wanted) + 1e-9:
            return placed
        i, j = rng.integers(0, len(ranks), 2)
        moved = placed.copy()
        moved[[i, j]] = placed[[j, i]]
        now = distance(moved)
        if now < best or rng.random() < np.exp((best - now) / 0.003):
            placed, best = moved, now
    raise SystemExit("the published correlations of purity are not met; choose another seed")
