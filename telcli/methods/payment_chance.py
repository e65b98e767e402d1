"""The chance that a customer does not pay in time: a calibrated model, used where it beats the age of the debt.

The plain rule beside it is the share of customers with debts of the same age who did not pay, drawn towards that of all
by one customer's weight; both are measured on customers or months that neither has seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from telcli.methods import churn_metrics as m
from telcli.methods.calibration_error import calibration_error
from telcli.methods.churn_folds import stratified_folds, usable_folds
from telcli.methods.churn_intervals import churn_intervals
from telcli.methods.churn_model import SMALL_CHURNERS, SMALL_ROWS, ChurnModel

__all__ = ["METHODS", "Chances", "Measured", "age_rates", "better", "foretold", "measured"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
METHODS = ("model", "bucket", "base")


@dataclass(frozen=True)
class Chances:
    """What each method foretold of rows that it had not seen, by name; `late` is what came.

    `before` is the same of the month before, by which to choose; None where these themselves are all there is to.
    """

    late: Ints
    found: dict[str, Floats]
    way: str
    before: Chances | None = None


@dataclass(frozen=True)
class Measured:
    """One method's figures; NaN where there is nothing to tell, as an AUC of one class."""

    rows: int
    late: int
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    log_loss: float
    ece: float
    ece_chance: float
    slope: float


def age_rates(age: ArrayLike, late: ArrayLike, ages: int) -> Floats:
    """The share not paid in time by age of the oldest debt, of shape (ages,), each drawn towards all by one row.

    >>> age_rates([0, 0, 0, 1], [0, 0, 1, 1], 3).round(3).tolist()
    [0.375, 0.75, 0.5]
    """
    place, bad = np.asarray(age, dtype=np.int64), np.asarray(late, dtype=np.float64)
    every = float(bad.mean()) if bad.size else 0.5
    count = np.bincount(place, minlength=ages).astype(np.float64)
    found: Floats = (np.bincount(place, bad, minlength=ages) + every) / (count + 1.0)
    return found


def foretold(
    X: ArrayLike,
    age: ArrayLike,
    late: ArrayLike,
    month: ArrayLike,
    groups: ArrayLike,
    *,
    ages: int,
    seed: int,
    seconds: float,
    known: ArrayLike | None = None,
) -> tuple[Chances, ChurnModel | None]:
    """What was foretold of the last month by those before it; with nothing before, of each fifth by the others.

    Where two months or more are before it, what was foretold of the one before the last comes along: to choose by that
    leaves the last month to measure what was chosen. The model of the last month is weighed as that one was.

    Parameters
    ----------
    X, age, late, month, groups : arrays
        One row per customer and month: features (gaps are NaN), age of the oldest debt (0..ages - 1), the label, the
        month, and the customer.
    ages : int
        How many ages there are.
    seed : int
        Of folds.
    seconds : float
        What fitting may cost, see `ChurnModel`.
    known : array or None
        The month by whose end each label is known; a month is foretold by labels alone that were known by its end.
        None: those of all months before it.

    Returns
    -------
    The chances, and the model that foretold the last month; None where there were too few rows for one.
    """
    matrix, place, bad = np.asarray(X, dtype=np.float32), np.asarray(age), np.asarray(late).astype(np.int64)
    months, whose = np.asarray(month), np.asarray(groups)
    since = months if known is None else np.asarray(known)

    def earlier(month: int) -> NDArray[np.bool_]:
        return (months < month) & (since <= month)

    def told(learn: NDArray[np.bool_], test: NDArray[np.bool_], model: ChurnModel | None) -> dict[str, Floats]:
        rates = age_rates(place[learn], bad[learn], ages)
        found = {"bucket": rates[place[test]], "base": np.full(int(test.sum()), bad[learn].mean())}
        return found if model is None else found | {"model": model.predict_proba(matrix[test])[:, 1]}

    last, old = months == months.max(), earlier(months.max())
    if not old.any():
        return _crossed(matrix[last], place[last], bad[last], whose[last], ages, seed, seconds), None
    chosen, before = months == months[~last].max(), earlier(months[~last].max())
    first = _fitted(matrix[before], bad[before], whose[before], seed, seconds)
    choice = None if first is None else Chances(bad[chosen], told(before, chosen, first), "out-of-time")
    model = _fitted(matrix[old], bad[old], whose[old], seed, seconds, first)
    return Chances(bad[last], told(old, last, model), "out-of-time", choice), model


def _crossed(
    matrix: NDArray[np.float32],
    place: Ints,
    bad: Ints,
    whose: NDArray[np.generic],
    ages: int,
    seed: int,
    seconds: float,
) -> Chances:
    """Of each fold of customers by the others."""
    fold = stratified_folds(bad, usable_folds(bad, 5, whose), seed, whose)
    found = {name: np.full(bad.size, np.nan) for name in METHODS}
    for number in range(int(fold.max()) + 1):
        held = fold == number
        model = _fitted(matrix[~held], bad[~held], whose[~held], seed, seconds)
        found["bucket"][held] = age_rates(place[~held], bad[~held], ages)[place[held]]
        found["base"][held] = bad[~held].mean()
        if model is not None:
            found["model"][held] = model.predict_proba(matrix[held])[:, 1]
    return Chances(bad, {name: p for name, p in found.items() if not np.isnan(p).any()}, "cross-validation")


def _fitted(
    matrix: NDArray[np.float32],
    bad: Ints,
    whose: NDArray[np.generic],
    seed: int,
    seconds: float,
    like: ChurnModel | None = None,
) -> ChurnModel | None:
    if bad.size < SMALL_ROWS or min(bad.sum(), (1 - bad).sum()) < SMALL_CHURNERS:
        return None
    return ChurnModel(seed=seed, seconds=seconds).fit(matrix, bad, groups=whose, like=like)


def better(chances: Chances) -> bool:
    """Whether the model does better than the age of the debt, and is as true.

    It is asked of the month before the one measured, where that is there: what is measured then chose nothing.
    Its log-loss is lower by more than one standard error of the difference, its Brier score not higher by more than
    that, and its calibration error is, for all that chance leaves open (95%), no larger than that of the age.

    >>> better(Chances(np.array([0, 1]), {"bucket": np.array([0.5, 0.5])}, "out-of-time"))
    False
    """
    if "model" not in chances.found:
        return False
    asked = chances.before or chances
    y = asked.late.astype(np.float64)
    age, model = asked.found["bucket"], asked.found["model"]
    gain = m.point_log_loss(y, age) - m.point_log_loss(y, model)
    worse = np.square(model - y) - np.square(age - y)
    true = calibration_error(y, model).low <= calibration_error(y, age).found
    return bool(gain.mean() > _error(gain) and worse.mean() <= _error(worse) and true)


def _error(each: Floats) -> float:
    return float(each.std(ddof=1) / np.sqrt(each.size))


def measured(late: ArrayLike, p: ArrayLike, seed: int = 0) -> Measured:
    """How well chances ranked, and how true they were, on rows not seen.

    >>> found = measured([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9])
    >>> found.auc, round(found.brier, 4)
    (0.75, 0.1675)
    """
    y, chance = np.asarray(late, dtype=np.float64), np.asarray(p, dtype=np.float64)
    two = 0 < y.sum() < y.size
    ranges = churn_intervals(y, chance, seed=seed) if two and np.ptp(chance) > 0 else {}
    error = calibration_error(y, chance, seed=seed)
    low, high = ranges.get("auc", (np.nan, np.nan))
    return Measured(
        int(y.size),
        int(y.sum()),
        m.auc(y, chance) if two else float("nan"),
        float(low),
        float(high),
        m.brier(y, chance),
        m.log_loss(y, chance),
        error.found,
        error.chance,
        m.calibration_line(y, chance)[1] if two else float("nan"),
    )
