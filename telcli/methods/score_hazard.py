"""When customers leave, by a score of how likely they are to: a hazard month by month that fades to that of tenure.

    logit h(k | t, z) = a_b(t + k) + c_b z,    k = 1, 2, ... months ahead, z the log-odds of the score, standardised

Landmarks (see `landmarks`) whose one covariate is the score of then. A score tells much of the next months and little
of the next year: c_b is fitted band by band. After the bands, and of customers whose tenure is not known, life tables
serve, so that in the long run a customer leaves as others of her tenure do.

`matched` then makes the months of the outcome window say exactly what the churn model says of them.

Source: van Houwelingen and Putter (2012), Dynamic Prediction in Clinical Survival Analysis, chapters 7 and 8: landmark
models on a prognostic index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from telcli.methods.landmarks import LandmarkHazard, Watched, counted, fit_landmarks
from telcli.methods.outlook import Outlook

__all__ = ["ScoreHazard", "fit_score_hazard", "matched"]

Array = NDArray[np.float64]
BINS = 25
"""Bins of the score that cells are made of, of as many landmarks each; prediction goes by the score itself."""
FAR = 4.0
"""Scores further from the mean than so many standard deviations count as that far."""
_EDGE = 1e-9
_NOBODY = 1e-12


@dataclass(frozen=True)
class ScoreHazard:
    """A fitted hazard by score.

    Parameters
    ----------
    landmarks : effects of the score by band of months; None where too few left to tell any.
    centre, spread : mean and standard deviation of the log-odds that were learned from.
    """

    landmarks: LandmarkHazard | None
    centre: float
    spread: float

    def hazards(self, base: Outlook, tenure: NDArray[np.int64], chance: ArrayLike) -> Array:
        """Chance of leaving in each month ahead of those here at its start, customers x months.

        Parameters
        ----------
        base : Outlook
            Of the same customers by tenure alone, as far as is to be looked ahead.
        tenure : array of shape (customers,)
            Whole months; negative where not known.
        chance : array of shape (customers,)
            The score: probability of leaving, 0..1.
        """
        plain = base.hazard()[base.kind]
        if self.landmarks is None:
            return plain
        return self.landmarks.hazards(plain, tenure, self._standard(chance)[:, None])

    def _standard(self, chance: ArrayLike) -> Array:
        return np.clip((_log_odds(chance) - self.centre) / self.spread, -FAR, FAR)


def fit_score_hazard(
    state: NDArray[np.int8], joined: NDArray[np.int64], chance: Array, last: int, least: float = 0.0
) -> ScoreHazard:
    """Fit to what became of customers after the months they were scored in, up to the month at place `last`.

    Parameters
    ----------
    state, joined : arrays of shape (customers, months) and (customers,)
        As in `landmarks.Watched`.
    chance : array of shape (customers, months)
        Score of then, by a model that had not seen the customer, 0..1; NaN where she was not scored.
    last : int
        Place of the last month that is known.
    least : float
        Customer-months a pool of tenures must hold.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> chance = np.column_stack([rng.uniform(0.02, 0.6, 4000), np.full(4000, np.nan)])
    >>> gone = rng.random(4000) < chance[:, 0]
    >>> state = np.column_stack([np.ones(4000), np.where(gone, 2, 1)]).astype(np.int8)
    >>> model = fit_score_hazard(state, np.zeros(4000, dtype=np.int64), chance, last=1)
    >>> base = Outlook(np.array([[0.7, 0.5]]), np.array([0.3]), np.zeros(2, dtype=np.int64))
    >>> model.hazards(base, np.zeros(2, dtype=np.int64), [0.1, 0.5]).round(1).tolist()
    [[0.1, 0.3], [0.5, 0.3]]
    """
    scored = ~np.isnan(chance)
    values = _log_odds(chance[scored])
    centre = float(values.mean()) if values.size else 0.0
    spread = (float(values.std()) if values.size else 0.0) or 1.0
    bare = ScoreHazard(None, centre, spread)
    if not values.size:
        return bare
    known = bare._standard(chance[scored])
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
    place = np.searchsorted(edges, known, side="right")
    size = np.bincount(place, minlength=edges.size + 1)
    means = np.bincount(place, known, edges.size + 1) / np.maximum(size, 1)
    pattern = np.full(state.shape, -1, dtype=np.int16)
    pattern[scored] = place
    cells = counted(Watched(state, pattern, joined), edges.size + 1, last)
    return ScoreHazard(fit_landmarks(cells, means[:, None], least), centre, spread)


def matched(hazard: Array, chance: ArrayLike, gap: int, outcome: int, *, lead: bool = False) -> Array:
    """The same hazards, months of the outcome window scaled so that they come to the chance of leaving within it.

    Of who is still here after the gap, `1 - prod(1 - h)` over the window is `chance` then. Cumulative hazards of the
    window are multiplied by one number per customer, which keeps when in it she may leave.

    Parameters
    ----------
    hazard : array of shape (customers, months)
        0..1; `gap + outcome` months or more.
    chance : array of shape (customers,)
        Probability of leaving within the window, 0..1.
    gap, outcome : int
        Months before the window and of the window.
    lead : bool
        Multiply those of the gap too: for hazards by tenure alone, which tell nothing of who is at risk now.

    >>> matched(np.array([[0.1, 0.1, 0.1, 0.02]]), [0.36], gap=1, outcome=2).round(4).tolist()
    [[0.1, 0.2, 0.2, 0.02]]
    """
    wanted = -np.log1p(-np.clip(np.asarray(chance, dtype=np.float64), 0.0, 1.0 - 1e-12))
    near = gap + outcome
    still = -np.log1p(-np.clip(hazard[:, :near], 0.0, 1.0 - 1e-12))
    had = still[:, gap:].sum(axis=1)
    told = had > _NOBODY
    scale = np.divide(wanted, had, out=np.zeros_like(wanted), where=told)[:, None]
    first = 0 if lead else gap
    # Where life tables say that nobody leaves, the months share evenly what the model says.
    even = (wanted / outcome)[:, None]
    found = hazard.copy()
    found[:, first:near] = -np.expm1(-np.where(told[:, None], still[:, first:] * scale, even))
    return found


def _log_odds(chance: ArrayLike) -> Array:
    found: Array = logit(np.clip(np.asarray(chance, dtype=np.float64), _EDGE, 1.0 - _EDGE))
    return found
