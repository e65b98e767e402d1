"""The total-cost table: what each way of choosing whom to contact cost on the same customers, and which to use.

All customers' costs are known under every method, so methods are compared customer by customer: their differences have
far narrower intervals than their totals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from telcli.methods.costs import CostMatrix
from telcli.methods.intervals import ends

__all__ = ["REFERENCE", "TotalCost", "block_draws", "total_cost_table"]

Floats = NDArray[np.float64]
REFERENCE = "model-bayes"
"""The method in use unless another is cheaper beyond chance."""
_BLOCKS = 500


@dataclass(frozen=True)
class TotalCost:
    """A row per method, the metrics of the comparison (JSON-able), and the method to use."""

    rows: list[dict[str, Any]]
    metrics: Mapping[str, Any]
    chosen: str


def total_cost_table(
    y: ArrayLike, costs: CostMatrix, acts: Mapping[str, NDArray[np.bool_]], *, rounds: int = 1000, seed: int = 0
) -> TotalCost:
    """Compare decisions, by name, on customers whose outcome is known; `acts` must hold REFERENCE, nobody, everybody.

    A row has the `cost` (in currency, of all customers together) with its 95% interval, the customers `contacted`, the
    `savings` against the better of contacting nobody and everybody, and by how much it is dearer than the method
    `chosen`: `diff`, with an interval of paired bootstrap. Savings are null where doing nothing costs nothing.

    Another method than REFERENCE is chosen only if it is the cheapest and cheaper beyond chance: at 2.5% shared among
    all others (Bonferroni), since the cheapest of many looks good on the customers it was picked on.

    >>> costs = CostMatrix.of(4, fp=[4, 1, 2, 2], fn=[1, 3, 3, 1])
    >>> acts = {"model-bayes": [0, 1, 0, 0], "nobody": [0] * 4, "everybody": [1] * 4}
    >>> found = total_cost_table([0, 1, 1, 0], costs, {name: np.array(act) > 0 for name, act in acts.items()})
    >>> found.chosen, found.metrics["total_cost"]["model-bayes"], found.metrics["savings"]
    ('model-bayes', 3.0, 0.5)
    """
    names = list(acts)
    each = np.column_stack([costs.each(y, acts[name]) for name in names])
    total = dict(zip(names, each.sum(axis=0).tolist(), strict=True))
    drawn = block_draws(each, rounds, seed)
    chosen = _chosen(names, each.sum(axis=0), drawn)
    against = names.index(chosen)
    blanket = np.minimum(drawn[:, names.index("nobody")], drawn[:, names.index("everybody")])
    least = min(total["nobody"], total["everybody"])
    rows = []
    for place, name in enumerate(names):
        saved = _savings(total[name], least, drawn[:, place], blanket)
        rows.append(
            {
                "method": name,
                "cost": total[name],
                **_bounds("cost", total[name], drawn[:, place]),
                "contacted": int(np.sum(acts[name])),
                "chosen": name == chosen,
                **saved,
                "diff": total[name] - total[chosen],
                **_bounds("diff", total[name] - total[chosen], drawn[:, place] - drawn[:, against]),
            }
        )
    used = next(row for row in rows if row["method"] == REFERENCE)
    metrics = {name: used[name] for name in ("savings", "savings_low", "savings_high")}
    return TotalCost(rows, {**metrics, "total_cost": total, "chosen_method": chosen}, chosen)


def block_draws(each: Floats, rounds: int, seed: int) -> Floats:
    """Totals of customers x methods under resampling, rounds x methods.

    Customers fall at random into at most 500 blocks, and blocks are resampled: the cost does not grow with customers.
    """
    rng = np.random.default_rng(seed)
    blocks = min(_BLOCKS, len(each))
    block = rng.permutation(len(each)) % blocks
    sums = np.column_stack([np.bincount(block, column, minlength=blocks) for column in each.T])
    times = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=rounds).astype(np.float64)
    drawn: Floats = times @ sums
    return drawn


def _chosen(names: list[str], total: Floats, drawn: Floats) -> str:
    """The reference, or the cheapest where that is cheaper beyond chance."""
    usual, best = names.index(REFERENCE), int(np.argmin(total))
    margin = float(ndtri(1.0 - 0.025 / max(len(names) - 1, 1))) * float((drawn[:, best] - drawn[:, usual]).std())
    saved = total[usual] - total[best]
    return names[best] if saved > margin + 1e-9 * abs(total[best]) else REFERENCE


def _savings(cost: float, least: float, drawn: Floats, blanket: Floats) -> dict[str, float | None]:
    if least <= 0:
        zero = 0.0 if cost == least == 0 else None
        return {"savings": zero, "savings_low": zero, "savings_high": zero}
    kept = blanket > 0
    saved = 1.0 - cost / least
    return {"savings": saved, **_bounds("savings", saved, 1.0 - drawn[kept] / blanket[kept])}


def _bounds(name: str, found: float, drawn: Floats) -> dict[str, float]:
    """The 95% percentile interval, which holds what was found."""
    low, high = np.quantile(drawn, [0.025, 0.975]) if drawn.size else (found, found)
    return ends(name, found, float(low), float(high))
