"""How likely chance alone deals a group as many of a kind."""

from __future__ import annotations

__all__ = ["chance_of_as_many"]


def chance_of_as_many(found: int, drawn: int, marked: int, of: int) -> float:
    """The probability (0..1) that `drawn` of `of` things, drawn blindly, hold `found` or more of the `marked` ones.

    The upper tail of the hypergeometric distribution, sum over k >= found of C(marked, k) C(of - marked, drawn - k) /
    C(of, drawn): Fisher's exact test, one-sided (R. A. Fisher, Statistical Methods for Research Workers, 1934).

    >>> round(chance_of_as_many(3, 4, 4, 8), 4)
    0.2429
    """
    from scipy.stats import hypergeom  # costly to load, and needed by few

    return float(hypergeom.sf(found - 1, of, marked, drawn))
