"""Something that is taken up and given up month by month: the chance of holding it later."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["changed"]

Array = NDArray[np.float64]


def changed(there: ArrayLike, back: ArrayLike, months: int) -> Array:
    """The chance of being in the other one of two states after so many months, by the chances to go there and back.

    p_t = a / (a + b) (1 - (1 - a - b)^t): a Markov chain of two states with a, b the chances of a month. With a the
    chance of taking a product up and b that of giving it up it is the chance of holding it, of who does not hold it
    now; the other way round that of not holding it, of who does.

    Parameters
    ----------
    there, back : arrays of one shape
        a and b, 0..1.
    months : int
        t >= 0.

    Returns
    -------
    An array of that shape, 0..1; 0 where `there` is 0.

    Source: Kemeny and Snell, Finite Markov Chains (1960), chapter 4.

    >>> changed([0.1, 0.1, 0.0], [0.0, 0.3, 0.5], 2).round(4).tolist()
    [0.19, 0.16, 0.0]
    """
    to, fro = np.asarray(there, dtype=np.float64), np.asarray(back, dtype=np.float64)
    both = to + fro
    share = np.divide(to, both, out=np.zeros_like(both), where=both > 0)
    found: Array = share * (1.0 - (1.0 - both) ** months)
    return np.clip(found, 0.0, 1.0)
