"""What a campaign earns as it reaches further down the list.

Each customer counts with a value and costs of its own (Oskarsdottir, Baesens, Vanthienen 2018, "Profit-based model
selection for customer retention using individual customer lifetime values", Big Data 6), not with the mean of all, and
customers stand in the order of the saving expected of contacting them, not of their risk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods.costs import CostMatrix

__all__ = ["ProfitCurve", "break_even", "profit_curve"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ProfitCurve:
    """A row per share of customers contacted, best first; `best` and `even` are shares (0..1) of all customers.

    At `best` the profit of the tested customers was highest, up to `even` it was not below 0: both in hindsight, on the
    customers that they are picked on, so others bring less at `best` on average.
    """

    rows: list[dict[str, float | int | None]]
    best: float
    even: float


def profit_curve(y: ArrayLike, p: ArrayLike, costs: CostMatrix, steps: int = 20) -> ProfitCurve:
    """Profit in currency of contacting the best 0, 1, ... of so many parts of customers whose outcome is known.

    Profit is what contacting them saved against contacting nobody; its 95% interval is that of resampled customers,
    `1.96 sqrt(sum of x^2 - (sum of x)^2 / n)` over the profits x of those contacted. `expected_profit` is what the
    chances said, `random_profit` what as many customers drawn blindly would have brought on average, and `threshold`
    the least saving expected of one who is contacted.

    >>> costs = CostMatrix.of(4, fp=1.0, fn=5.0)
    >>> found = profit_curve([1, 0, 1, 0], [0.9, 0.6, 0.3, 0.1], costs, steps=4)
    >>> [row["profit"] for row in found.rows], found.best
    ([0.0, 5.0, 4.0, 9.0, 8.0], 0.75)
    """
    left, saving = np.asarray(y, dtype=np.float64), costs.expected_saving(p)
    n = left.size
    order = np.argsort(-saving, kind="stable")
    profit = (costs.each(left, np.zeros(n)) - costs.each(left, np.ones(n)))[order]
    total, squares = _sums(profit), _sums(np.square(profit))
    expected, gone = _sums(saving[order]), _sums(left[order])
    error = np.sqrt(np.maximum(squares - np.square(total) / max(n, 1), 0.0))
    rows: list[dict[str, float | int | None]] = []
    for step in range(steps + 1):
        k = round(n * step / steps)
        rows.append(
            {
                "percent": round(100 * step / steps),
                "contacted": k,
                "threshold": float(saving[order[k - 1]]) if k else None,
                "churners": int(gone[k]),
                "churners_share": float(gone[k] / gone[-1]) if gone[-1] else None,
                "profit": float(total[k]),
                "profit_low": float(total[k] - 1.96 * error[k]),
                "profit_high": float(total[k] + 1.96 * error[k]),
                "expected_profit": float(expected[k]),
                "random_profit": float(total[-1] * k / max(n, 1)),
            }
        )
    return ProfitCurve(rows, int(np.argmax(total)) / max(n, 1), _last_even(total) / max(n, 1))


def break_even(saving: ArrayLike) -> int:
    """How many customers may be contacted, best first, before the savings expected of all are used up.

    >>> break_even([3.0, 1.0, -2.0, -5.0])
    3
    """
    return _last_even(_sums(np.sort(np.asarray(saving, dtype=np.float64))[::-1]))


def _sums(values: Floats) -> Floats:
    """Sums of the first 0, 1, 2, ... values."""
    return np.concatenate([[0.0], np.cumsum(values)])


def _last_even(total: Floats) -> int:
    """The last place at which a running sum is not below 0."""
    return int(np.flatnonzero(total >= 0)[-1])
