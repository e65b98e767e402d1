"""Chance of leaving in each of the next months, by what was known of a customer at the outset (landmarks).

    logit h(k | t, x) = a_b(t + k) + x'c_b,    k = 1, 2, ... months after the landmark, b the band of months k is in

Every month a customer was there is a landmark: x is what was known then and kept as it was, t her tenure. What tells of
next month tells little of next year, so effects are fitted band by band and fade as the data say. Nothing is assumed of
what x becomes later. Customers enter at the tenure they were first seen at (left truncation) and are followed as far
as they were watched (censoring). Cells are tenure x pattern of covariates: fitting does not grow with customers.

Source: van Houwelingen (2007), "Dynamic prediction by landmarking in event history analysis", Scandinavian Journal of
Statistics 34; the hazard of each band is that of `hazard`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telcli.methods.hazard import HazardModel, fit_hazard
from telcli.methods.outlook import Outlook
from telcli.methods.staying import LEAVERS_NEEDED

__all__ = [
    "ABSENT",
    "BANDS",
    "GONE",
    "HERE",
    "Band",
    "Cells",
    "LandmarkHazard",
    "Watched",
    "counted",
    "fit_landmarks",
    "outcomes",
]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
ABSENT, HERE, GONE = 0, 1, 2
BANDS = ((1, 1), (2, 3), (4, 6), (7, 12))
"""Months after the landmark, from and to, that one set of effects is fitted for."""
RIDGE = 4.0
"""As if effects were known to be about 0 to within 1 / 2: an odds ratio of e is two standard deviations off."""
UNKNOWN = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Watched:
    """Customers month by month.

    Parameters
    ----------
    state : array of shape (customers, months)
        ABSENT, HERE, or GONE in the month of leaving.
    pattern : array of shape (customers, months)
        Row of the design, 0, 1, ..., or -1 where not known; looked at where HERE.
    joined : array of shape (customers,)
        Place of the month of joining among the months, negative where before the first; UNKNOWN where not known.
    """

    state: NDArray[np.int8]
    pattern: NDArray[np.int16]
    joined: Whole

    def tenure(self, month: int) -> Whole:
        """Whole months since joining in one month; -1 where not known or not there yet."""
        found: Whole = np.where((self.joined == UNKNOWN) | (self.joined > month), -1, month - self.joined)
        return found


@dataclass(frozen=True)
class Band:
    """One set of effects: for months `first` to `last` after the landmark; counts behind it by covariate level."""

    first: int
    last: int
    model: HazardModel
    at_risk: Array
    left: Array


@dataclass(frozen=True)
class LandmarkHazard:
    """Fitted effects by band, and the design: an array of shape (patterns, covariates)."""

    bands: tuple[Band, ...]
    design: Array

    def outlook(self, base: Outlook, tenure: Whole, pattern: Whole) -> Outlook:
        """What is expected of customers by tenure and pattern; `base` serves after the last band, and without tenure.

        Parameters
        ----------
        base : Outlook
            Of the same customers without covariates, as far as is to be looked ahead.
        tenure, pattern : arrays of shape (customers,)
            Whole months, negative where not known; row of the design.
        """
        held, wide = np.where(tenure < 0, 0, tenure + 1), len(self.design)
        mark = np.where(tenure < 0, 0, pattern)
        _, first, kind = np.unique(
            (base.kind * (held.max(initial=0) + 1) + held) * wide + mark, return_index=True, return_inverse=True
        )
        plain, since = base.kind[first], tenure[first]
        hazard = self.hazards(base.hazard()[plain], since, self.design[mark[first]])
        survival: Array = np.cumprod(1.0 - hazard, axis=1, dtype=np.float64)
        return Outlook(survival, base.tail[plain], kind.reshape(-1))

    def hazards(self, base: Array, tenure: Whole, covariates: Array) -> Array:
        """Chance of leaving in each month ahead of those here at its start, customers x months.

        Parameters
        ----------
        base : array of shape (customers, months)
            The same without covariates: it serves after the last band, and where tenure is negative (not known).
        tenure : array of shape (customers,)
            Whole months.
        covariates : array of shape (customers, covariates)
            Numbers on the scale of the design's.
        """
        found, known = base.copy(), tenure >= 0
        for band in self.bands:
            for month in range(band.first, min(band.last, found.shape[1]) + 1):
                found[known, month - 1] = band.model.hazard(tenure[known] + month, covariates[known])
        return found


@dataclass(frozen=True)
class Cells:
    """Customer-months at risk and leavings by band and cell; a cell is pattern x size + tenure.

    `at_risk` and `left` have the shape (bands, patterns x size).
    """

    at_risk: Array
    left: Array
    size: int


def fit_landmarks(cells: Cells, design: Array, least: float = 0.0) -> LandmarkHazard | None:
    """Fit the bands that leavers enough were seen in, the nearest first; None where the first has too few.

    A leaving is seen from several landmarks; within a band each counts in part, once in all, so that errors are those
    of so many leavings.

    Parameters
    ----------
    cells : Cells
        What `counted` gives.
    design : array of shape (patterns, covariates)
        Covariates of each pattern: 0 or 1 for levels. A column of zeros has no effect.
    least : float
        Customer-months a pool of tenures must hold.

    Examples
    --------
    >>> state = np.tile(np.array([[1, 1, 2], [1, 1, 1]], dtype=np.int8), (200, 1))
    >>> pattern = np.tile(np.array([[1, 1, 0], [0, 0, 0]], dtype=np.int16), (200, 1))
    >>> cells = counted(Watched(state, pattern, np.zeros(400, dtype=np.int64)), patterns=2, last=2)
    >>> found = fit_landmarks(cells, np.array([[0.0], [1.0]]))
    >>> bool(found.bands[0].model.coefficients[0] > 1.0)
    True
    """
    fitted, size = [], cells.size
    for place, (first, final) in enumerate(BANDS):
        gone, risk, part = cells.left[place], cells.at_risk[place], 1.0 / (final - first + 1)
        if not LEAVERS_NEEDED <= gone.sum() * part < risk.sum() * part:
            break
        seen = np.flatnonzero(risk)
        known = design[seen // size]
        model = fit_hazard(seen % size, risk[seen] * part, gone[seen] * part, known, least=least * part, ridge=RIDGE)
        fitted.append(Band(first, final, model, risk[seen] @ known, gone[seen] @ known))
    return LandmarkHazard(tuple(fitted), design) if fitted else None


def outcomes(watched: Watched, month: int, last: int) -> tuple[Whole, Whole]:
    """What became of customers after a month: the month of leaving (1, 2, ...; 0: not seen), and months watched.

    Who is neither here nor gone in a month is watched no longer, even if she comes back.

    >>> state = np.array([[1, 1, 2], [1, 0, 1], [1, 1, 1]], dtype=np.int8)
    >>> [each.tolist() for each in outcomes(Watched(state, state.astype(np.int16), np.zeros(3, dtype=np.int64)), 0, 2)]
    [[2, 0, 0], [2, 0, 2]]
    """
    left = np.zeros(len(watched.state), dtype=np.int64)
    seen, still = left.copy(), np.ones(len(left), dtype=bool)
    for ahead in range(1, last - month + 1):
        state = watched.state[:, month + ahead]
        still &= state != ABSENT
        seen[still] = ahead
        left[still & (state == GONE)] = ahead
        still &= state == HERE
    return left, seen


def counted(watched: Watched, patterns: int, last: int) -> Cells:
    """Count what months up to the one at place `last` tell, of a design of so many patterns."""
    size = last + int(max(0, -watched.joined.min(initial=0))) + BANDS[-1][1] + 2
    at_risk, left = (np.zeros((len(BANDS), patterns * size)) for _ in range(2))
    band_of = _bands_by_month()
    for month in range(last):
        told = (watched.tenure(month) >= 0) & (watched.pattern[:, month] >= 0)
        rows = np.flatnonzero((watched.state[:, month] == HERE) & told)
        cell = watched.pattern[rows, month].astype(np.int64) * size + month - watched.joined[rows]
        for ahead in range(1, min(len(band_of) - 1, last - month) + 1):
            state = watched.state[rows, month + ahead]
            here = state != ABSENT
            if not here.all():
                rows, cell, state = rows[here], cell[here], state[here]
            gone = state == GONE
            at_risk[band_of[ahead]] += np.bincount(cell + ahead, minlength=patterns * size)
            left[band_of[ahead]] += np.bincount(cell[gone] + ahead, minlength=patterns * size)
            if gone.any():
                rows, cell = rows[~gone], cell[~gone]
    return Cells(at_risk, left, size)


def _bands_by_month() -> Sequence[int]:
    return [0, *(place for place, (first, final) in enumerate(BANDS) for _ in range(first, final + 1))]
