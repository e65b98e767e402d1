"""How many of some spans of time run at the same moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["most_at_once"]


def most_at_once(begin: ArrayLike, end: ArrayLike) -> int:
    """The most spans that share a moment; one that ends when another begins does not share it.

    Parameters
    ----------
    begin, end : arrays of shape (spans,)
        In the same unit, in any order of the spans; a span without length shares no moment.

    Returns
    -------
    int
        From 0 to the number of spans.

    >>> most_at_once([0, 10, 20, 30], [15, 25, 30, 40]), most_at_once([5], [5])
    (2, 0)
    """
    begins, ends = np.asarray(begin, dtype=np.float64), np.asarray(end, dtype=np.float64)
    long = ends > begins
    begins, ends = np.sort(begins[long]), np.sort(ends[long])
    running = np.arange(1, len(begins) + 1) - np.searchsorted(ends, begins, side="right")
    return int(running.max(initial=0))
