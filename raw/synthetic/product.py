"""Release tests of the infused lots, with mean purity per patient placed for the published rho.

With n patients and no ties rho is 1 - 6 D / (n^3 - n), D being the sum of squared differences of
ranks; the ranks of purity are exchanged in pairs until D is the whole even number nearest to the
published rho.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


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
    time = survival(dates)
    ranks = time.rank().to_numpy()
    n = len(ranks)
    wanted = round((1 - float(plan["rho"]["os"])) * (n**3 - n) / 12) * 2
    placed = placed_ranks(ranks, wanted, rng)
    low, high = map(float, plan["purity"])
    return dict(zip(time.index, low + (high - low) * (placed - 1) / (n - 1), strict=True))


def survival(dates: dict[str, pd.DataFrame]) -> pd.Series:
    """Days from the first infusion to the last contact or death, by patient."""
    first = dates["ex"].groupby("patient")["EX_DAT"].min()
    last = dates["su"].groupby("patient")["SU_DAT"].max()
    return (last - first).dt.days.sort_index()


def placed_ranks(ranks: np.ndarray, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Ranks 1..n whose squared differences from `ranks` sum to `wanted`."""
    placed = rng.permutation(len(ranks)) + 1.0
    distance = int(((placed - ranks) ** 2).sum())
    while distance != wanted:
        i, j = rng.choice(len(ranks), 2, replace=False)
        moved = placed.copy()
        moved[[i, j]] = placed[[j, i]]
        now = int(((moved - ranks) ** 2).sum())
        if abs(now - wanted) <= abs(distance - wanted) or rng.random() < 0.05:
            placed, distance = moved, now
    return placed
