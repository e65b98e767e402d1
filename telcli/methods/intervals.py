"""How an interval stands beside its figure in metrics and tables."""

from __future__ import annotations

__all__ = ["Z95", "ends"]

Z95 = 1.959963984540054
"""Standard errors from the middle of a normal interval of 95% to either end."""


def ends(name: str, found: float, low: float, high: float) -> dict[str, float]:
    """The ends of a figure's interval by name, moved out to the figure where resamples all lie on one side of it.

    >>> ends("auc", 0.8, 0.7, 0.75)
    {'auc_low': 0.7, 'auc_high': 0.8}
    """
    return {f"{name}_low": min(low, found), f"{name}_high": max(high, found)}
