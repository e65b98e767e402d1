"""Make behaviour columns comparable before distances are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

__all__ = ["BehaviourPreparation", "Fate", "restored"]

_NORMAL_IQR = 1.3489795003921634  # interquartile range of a standard normal
_CORRELATION_ROWS = 100_000
_CHUNK = 65_536


@dataclass(frozen=True)
class Fate:
    """What becomes of one column.

    `kind` is ``linear``, ``log``, ``signed-log``, ``mostly-one-value`` or ``dropped``; `reason` says why a column was
    dropped (``missing``, ``constant``, ``duplicate``). A kept value v is filled with `fill` when missing, clipped to
    [`low`, `high`], taken relative to `unit` (and through the logarithm), then centred and scaled.
    """

    kind: str
    reason: str = ""
    missing: float = 0.0
    fill: float = 0.0
    low: float = 0.0
    high: float = 0.0
    unit: float = 1.0
    centre: float = 0.0
    scale: float = 1.0
    like: int = -1


class BehaviourPreparation(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fill, winsorise, take logarithms of skewed columns, scale robustly, drop what adds nothing.

    Each step is free of units: MB or GB give the same result, because a logarithm is taken of the value over
    a quantile of its own, log1p(v / lower decile of v > 0). Order of steps:

    1. more than `max_missing` missing: dropped; other gaps take the median.
    2. winsorised at the `winsor` and 1 - `winsor` quantiles.
    3. at least half of the rows share one value (zero-inflated use, one line held): 0 for that value and 1 for the
       median of the others, logarithmic where the shared value is 0. The variance stays below that of a free
       column, so that a rare event cannot make a cluster alone.
    4. otherwise skewness above `skew`: log1p, or arcsinh(v / median of |v|) where values are negative.
    5. (v - median) / (IQR / 1.349), the standard deviation where the IQR is 0.
    6. |r| > `max_correlation` with an earlier kept column: dropped. Put the columns that matter first.

    Parameters
    ----------
    winsor, max_missing, max_correlation : shares, 0..1.
    skew : sample skewness above which a logarithm is taken.

    Attributes
    ----------
    fates_ : one `Fate` per input column.  kept_ : indices of the columns that `transform` returns.

    >>> data = [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]]
    >>> fitted = BehaviourPreparation().fit(data)
    >>> [fate.kind for fate in fitted.fates_], fitted.transform(data).shape
    (['linear', 'dropped'], (4, 1))
    """

    def __init__(
        self, winsor: float = 0.005, max_missing: float = 0.5, max_correlation: float = 0.9, skew: float = 1.0
    ) -> None:
        self.winsor = winsor
        self.max_missing = max_missing
        self.max_correlation = max_correlation
        self.skew = skew

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn every column's fate from rows x columns floats, NaN where missing; infinities count as missing."""
        matrix = _as_floats(X)
        self.n_features_in_ = matrix.shape[1]
        self.fates_ = [self._fate(matrix[:, column]) for column in range(matrix.shape[1])]
        self.kept_ = [column for column, fate in enumerate(self.fates_) if fate.kind != "dropped"]
        self._drop_duplicates(matrix)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """Rows x kept columns, float32, no NaN."""
        matrix = _as_floats(X)
        if matrix.shape[1] != self.n_features_in_:
            raise ValueError(f"fitted on {self.n_features_in_} columns, given {matrix.shape[1]}")
        result = np.empty((len(matrix), len(self.kept_)), dtype=np.float32)
        for place, column in enumerate(self.kept_):
            for start in range(0, len(matrix), _CHUNK):
                rows = slice(start, start + _CHUNK)
                result[rows, place] = _apply(self.fates_[column], matrix[rows, column])
        return result

    def describe(self, names: Sequence[str]) -> dict[str, Any]:
        """What was done to each named column, JSON-able."""
        fates = dict(zip(names, self.fates_, strict=True))
        return {
            "used": [
                {"column": name, "treatment": fate.kind, "missing_share": round(fate.missing, 6)}
                for name, fate in fates.items()
                if fate.kind != "dropped"
            ],
            "dropped": [
                {
                    "column": name,
                    "reason": fate.reason,
                    "like": names[fate.like] if fate.like >= 0 else None,
                    "missing_share": round(fate.missing, 6),
                }
                for name, fate in fates.items()
                if fate.kind == "dropped"
            ],
            "winsorised_at": [self.winsor, 1 - self.winsor],
            "max_missing": self.max_missing,
            "max_correlation": self.max_correlation,
            "filled_with": "median",
            "scaled_by": "IQR / 1.349",
        }

    def _fate(self, column: NDArray[np.float64]) -> Fate:
        seen = column[np.isfinite(column)]
        missing = 1.0 - len(seen) / len(column) if len(column) else 1.0
        if missing > self.max_missing or not len(seen):
            return Fate("dropped", "missing", missing)
        low, high = (float(end) for end in np.quantile(seen, [self.winsor, 1 - self.winsor]))
        fill = float(np.quantile(seen, 0.5, method="lower"))
        if not low < high:
            return Fate("dropped", "constant", missing)
        clipped = np.clip(seen, low, high)
        if np.mean(seen == fill) >= 0.5:
            return _mostly_one_value(clipped, missing, fill, low, high)
        kind = "linear"
        if _skewness(clipped) > self.skew:
            kind = "log" if low >= 0 else "signed-log"
        sizes = np.abs(clipped[clipped != 0])
        unit = float(np.quantile(sizes, 0.1 if kind == "log" else 0.5))
        draft = Fate(kind, "", missing, fill, low, high, unit)
        values = _apply(draft, clipped)
        lower, centre, upper = np.quantile(values, [0.25, 0.5, 0.75])
        spread, deviation = float(upper - lower) / _NORMAL_IQR, float(values.std())
        scale = spread if spread > 0.1 * deviation else deviation
        return Fate(kind, "", missing, fill, low, high, unit, float(centre), scale)

    def _drop_duplicates(self, matrix: NDArray[np.float64]) -> None:
        if len(self.kept_) < 2:
            return
        step = -(-len(matrix) // _CORRELATION_ROWS)
        related = np.abs(np.atleast_2d(np.corrcoef(self.transform(matrix[::step]).astype(np.float64), rowvar=False)))
        chosen: list[int] = []
        for place, column in enumerate(self.kept_):
            twin = next((other for other in chosen if related[place, other] > self.max_correlation), None)
            if twin is None:
                chosen.append(place)
            else:
                missing = self.fates_[column].missing
                self.fates_[column] = Fate("dropped", "duplicate", missing, like=self.kept_[twin])
        self.kept_ = [self.kept_[place] for place in chosen]


def restored(fates: Sequence[Fate]) -> BehaviourPreparation:
    """The preparation that was fitted to these fates, one per column, ready to transform other rows.

    >>> fitted = BehaviourPreparation().fit([[1.0], [2.0], [4.0], [9.0]])
    >>> bool((restored(fitted.fates_).transform([[3.0]]) == fitted.transform([[3.0]])).all())
    True
    """
    found = BehaviourPreparation()
    found.n_features_in_ = len(fates)
    found.fates_ = list(fates)
    found.kept_ = [column for column, fate in enumerate(fates) if fate.kind != "dropped"]
    return found


def _mostly_one_value(clipped: NDArray[np.float64], missing: float, usual: float, low: float, high: float) -> Fate:
    others = np.abs(clipped[clipped != usual] - usual)
    unit = float(np.median(others))
    scale = float(np.log(2.0)) if usual == 0 and low >= 0 else 1.0
    return Fate("mostly-one-value", "", missing, usual, low, high, unit, usual, scale)


def _apply(fate: Fate, column: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.clip(np.where(np.isfinite(column), column, fate.fill), fate.low, fate.high)
    if fate.kind == "mostly-one-value":
        away = (values - fate.centre) / fate.unit
        return np.log1p(away) / fate.scale if fate.centre == 0 and fate.low >= 0 else away
    if fate.kind == "log":
        values = np.log1p(values / fate.unit)
    elif fate.kind == "signed-log":
        values = np.arcsinh(values / fate.unit)
    return (values - fate.centre) / fate.scale


def _skewness(values: NDArray[np.float64]) -> float:
    away = values - values.mean()
    deviation = away.std()
    return float(np.mean((away / deviation) ** 3)) if deviation > 0 else 0.0


def _as_floats(X: ArrayLike) -> NDArray[np.float64]:
    matrix = np.asarray(X, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError("rows x columns are needed")
    return matrix
