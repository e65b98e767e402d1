"""Bootstrap intervals of the churn metrics, vectorised: customers are resampled as counts per score, never as rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.errors import DataError
from telcli.methods import churn_metrics as m
from telcli.methods.campaign import Campaign
from telcli.methods.profit import empc_of, empc_perfect, mpc_of, roc_hulls

__all__ = ["churn_intervals", "lift_intervals"]

Floats = NDArray[np.float64]
_GROUPS = 2000


def churn_intervals(
    y: ArrayLike,
    p: ArrayLike,
    campaign: Campaign | None = None,
    *,
    rounds: int = 200,
    seed: int = 0,
    short: bool = False,
) -> dict[str, tuple[float, float]]:
    """95% percentile intervals of `auc`, `pr_auc`, `log_loss`, `brier`, `top_decile_lift`,
    `calibration_intercept`, `calibration_slope` (not where the probabilities do not vary), `mpc`, `empc`, `empc_share`.

    Scores are gathered into at most 2,000 groups of neighbours, so the cost does not grow with the customers.
    A resample without churners is drawn again as one churner. Without a campaign there is no profit,
    and where its acceptance is certain no EMPC. `short` leaves out all but `auc`, `log_loss` and
    `brier`, the cheap ones.

    >>> low, high = churn_intervals([0, 1] * 50, [0.2, 0.7] * 50)["auc"]
    >>> low == high == 1.0
    True
    """
    cells = _Cells.of(y, p)
    stayed, gone = cells.resample(rounds, seed)
    rows = (stayed + gone).sum(axis=1)
    draws = {"auc": m.rank_auc(stayed, gone)}
    if not short:
        draws["pr_auc"] = m.rank_precision(stayed, gone)
        draws["top_decile_lift"] = m.rank_lift(stayed, gone, 0.1)
    draws["log_loss"] = (stayed @ cells.log_stayed + gone @ cells.log_left) / rows
    draws["brier"] = (stayed @ np.square(cells.p) + gone @ np.square(1 - cells.p)) / rows
    if not short:
        draws["calibration_intercept"], draws["calibration_slope"] = m.calibration_lines(stayed, gone, cells.p)
    if campaign is not None and campaign.pays:
        draws |= _profits(cells, stayed, gone, campaign)
    known = {name: found[np.isfinite(found)] for name, found in draws.items()}
    return {name: _interval(found) for name, found in known.items() if found.size}


def lift_intervals(y: ArrayLike, p: ArrayLike, *, rounds: int = 200, seed: int = 0) -> list[tuple[float, float]]:
    """95% percentile interval of the lift of each tenth of risk, riskiest first; ties at their expected value.

    >>> found = lift_intervals([1] * 20 + [0] * 80, [0.9] * 20 + [0.1] * 80)
    >>> found[0][0] > 3, found[9]
    (True, (0.0, 0.0))
    """
    cells = _Cells.of(y, p)
    stayed, gone = cells.resample(rounds, seed)
    sizes = m.tenths(int(cells.stayed.sum() + cells.left.sum()))
    # A resample to which a customer was added has one more than the tenths hold; its last tenth goes without.
    ends = [m.rank_captured(stayed, gone, np.full(rounds, float(end))) for end in np.cumsum(sizes)]
    captured = np.diff(np.stack(ends), axis=0, prepend=0.0)
    base = gone.sum(axis=1) / (stayed + gone).sum(axis=1)
    return [_interval(found / size / base) for found, size in zip(captured, sizes, strict=True)]


@dataclass(frozen=True)
class _Cells:
    """Stayers and churners per group of scores, riskiest first; `p` is the group's mean probability."""

    p: Floats
    stayed: Floats
    left: Floats
    log_stayed: Floats
    log_left: Floats

    @staticmethod
    def of(given: ArrayLike, chance: ArrayLike) -> _Cells:
        y, p = np.asarray(given, dtype=np.float64), np.asarray(chance, dtype=np.float64)
        if not 0 < y.sum() < y.size:
            raise DataError("one-class", "There must be both churners and stayers to measure a model.")
        scores, group = np.unique(-p, return_inverse=True)
        if scores.size > _GROUPS:
            edges = np.quantile(-p, np.arange(1, _GROUPS) / _GROUPS)
            _, group = np.unique(np.searchsorted(edges, -p, side="left"), return_inverse=True)
        size, gone = np.bincount(group).astype(np.float64), np.bincount(group, y).astype(np.float64)
        mean = np.clip(np.bincount(group, p) / size, 0.0, 1.0)
        one = np.ones_like(mean)
        return _Cells(
            mean,
            size - gone,
            gone,
            m.point_log_loss(0 * one, mean),
            m.point_log_loss(one, mean),
        )

    def resample(self, rounds: int, seed: int) -> tuple[Floats, Floats]:
        counts = np.concatenate([self.stayed, self.left])
        drawn = np.random.default_rng(seed).multinomial(int(counts.sum()), counts / counts.sum(), size=rounds)
        stayed, gone = drawn[:, : self.p.size].astype(np.float64), drawn[:, self.p.size :].astype(np.float64)
        stayed[stayed.sum(axis=1) == 0, int(np.argmax(self.stayed))] = 1.0
        gone[gone.sum(axis=1) == 0, int(np.argmax(self.left))] = 1.0
        return stayed, gone


def _profits(cells: _Cells, stayed: Floats, gone: Floats, campaign: Campaign) -> dict[str, Floats]:
    """MPC, and where it has a meaning EMPC and its share of the perfect model's (NaN where that earns nothing)."""
    y = np.concatenate([np.zeros(cells.p.size), np.ones(cells.p.size)])
    p = np.concatenate([cells.p, cells.p])
    shared = {"value": campaign.value, "offer": campaign.offer, "contact": campaign.contact}
    beta = {"alpha": campaign.alpha, "beta": campaign.beta}
    weights = np.concatenate([stayed, gone], axis=1)
    hulls = roc_hulls(y, p, weights)
    most = [mpc_of(hull, accept=campaign.accept, **shared).profit for hull in hulls]
    if not campaign.open:
        return {"mpc": np.array(most)}
    expected = [empc_of(hull, **beta, **shared).profit for hull in hulls]
    rates = (gone.sum(axis=1) / weights.sum(axis=1)).tolist()
    best = np.array([empc_perfect(rate, **beta, **shared) for rate in rates])
    share = np.divide(expected, best, out=np.full(best.size, np.nan), where=best > 0)
    return {"mpc": np.array(most), "empc": np.array(expected), "empc_share": share}


def _interval(draws: Floats) -> tuple[float, float]:
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)
