"""Bands of age and tenure that customers are told apart by."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = ["AGES", "TENURE", "banded", "spans"]

TENURE = (3, 12, 24, 36, 60)
"""Upper ends of bands of tenure, in months."""
AGES = (17, 24, 34, 44, 54, 64)
"""Upper ends of bands of age, in years."""


def spans(bounds: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the bands between bounds.

    >>> spans((3, 12))
    ('0-3', '4-12', '13+')
    """
    starts = (0, *(bound + 1 for bound in bounds))
    ends = (f"{low}-{high}" for low, high in zip(starts, bounds, strict=False))
    return (*ends, f"{starts[-1]}+")


def banded(value: pl.Expr, bounds: Sequence[float], names: Sequence[str]) -> pl.Expr:
    """The name of the band that a value is in; bounds belong to the band below."""
    found = pl.lit(names[-1])
    for bound, name in zip(reversed(bounds), reversed(names[:-1]), strict=True):
        found = pl.when(value <= bound).then(pl.lit(name)).otherwise(found)
    return pl.when(value.is_not_null()).then(found)
