"""What each day of a month is expected to bring by the days before that month: level, weekday or holiday, payday.

A series of days is on a scale on which what drives it adds up. Every month is foretold by days before it alone, so that
what was missed in earlier months tells how far to trust the days of this one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from telcli.methods.damping import damped
from telcli.methods.robust_scale import MAD_EFFICIENCY, middle, spread

__all__ = ["HOLIDAY", "DayBaseline", "day_baseline"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
HOLIDAY = 7
"""Kind of a day that is off though it is no weekend; 0 to 6 are Monday to Sunday."""
_LEVEL, _AROUND = 28, 14
"""Days before a month that its level is of, and days on either side that a day is held against."""
_FEW = 3
"""Days of a kind, or months with a day of the month, from which on it has an effect of its own."""
_MONTHS = 2
"""Earlier months that must be foretold."""
_FAR, _FAR_SD = 0.98, 2.3263
"""Where tails are longer than a normal variable's, the spread is that which makes this share of misses usual."""


class DayBaseline(NamedTuple):
    """Expected value of each day, NaN where not told; sd of what is missed, and the degrees of freedom of that."""

    expected: Floats
    sd: float
    freedom: float


def day_baseline(
    values: Floats, kinds: Integers, months: Integers, places: Integers, least: float = 0.0
) -> DayBaseline | None:
    """Foretell the days of each month but the first ones; None where fewer than two earlier months can be.

    Parameters
    ----------
    values : array of shape (days,)
        Of consecutive days.
    kinds : array of shape (days,)
        0 to 6 for Monday to Sunday, 7 for holidays.
    months : array of shape (days,)
        Number of the month of each day, rising; the last month is judged.
    places : array of shape (days,)
        Day of the month, 1 to 31.
    least : float
        Least sd.

    >>> day = np.arange(28 * 6)
    >>> told = day_baseline((day % 7 < 5) * 2.0, day % 7, day // 28, day % 28 + 1, least=0.1)
    >>> told.expected[-7:].round(1).tolist(), told.sd
    ([2.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0], 0.1)
    """
    last = months == months[-1]
    if (~last).sum() < _LEVEL:
        return None
    effects = _effects(values[~last], kinds[~last])[kinds]
    plain = values - effects
    expected = np.full(values.shape, np.nan)
    for month in np.unique(months):
        begin = int(np.argmax(months == month))
        if begin >= _LEVEL:
            here = months == month
            expected[here] = float(np.median(plain[begin - _LEVEL : begin])) + effects[here]
    if len(np.unique(months[np.isfinite(expected) & ~last])) < _MONTHS:
        return None
    expected += _paydays((values - expected)[~last], places[~last])[places]
    missed = (values - expected)[~last]
    missed = missed[np.isfinite(missed)]
    sd = max(float(spread(missed)), float(np.quantile(np.abs(missed), _FAR)) / _FAR_SD, least)
    return DayBaseline(expected, sd, MAD_EFFICIENCY * missed.size)


def _effects(values: Floats, kinds: Integers) -> Floats:
    """By kind how far its days are from those around them; a kind of few days is taken for a Sunday."""
    found = np.zeros(HOLIDAY + 1)
    for _ in range(2):
        held = np.concatenate([np.full(_AROUND, np.nan), values - found[kinds], np.full(_AROUND, np.nan)])
        around = middle(np.lib.stride_tricks.sliding_window_view(held, 2 * _AROUND + 1))
        off = values - around
        told = [off[kinds == kind] for kind in range(HOLIDAY + 1)]
        found = np.array([np.median(each) if len(each) >= _FEW else np.nan for each in told])
        found = np.where(np.isfinite(found), found, np.nan_to_num(found[6]))
    return found


def _paydays(missed: Floats, places: Integers) -> Floats:
    """By day of the month, 0 to 31, what is missed on it month after month, less what may be chance."""
    found, errors = np.full(32, np.nan), np.full(32, np.nan)
    wide = float(spread(missed))
    for place in range(1, 32):
        here = missed[(places == place) & np.isfinite(missed)]
        if len(here) >= _FEW:
            found[place], errors[place] = float(np.median(here)), 1.2533 * wide / np.sqrt(len(here))
    told: Floats = np.nan_to_num(damped(found, errors))
    return told
