"""What is seen of customers before they leave, as few levels: complaints, arrears, faults, falling or no use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.margin import PAY_MODES
from telcli.features.month_states import month_states
from telcli.methods.landmarks import Watched

__all__ = ["DESIGN", "EFFECTS", "LONGEST", "NO_SIGNS", "known_signs", "watched"]

LONGEST = 36
"""Months that are looked at, the latest."""


@dataclass(frozen=True)
class Sign:
    """One sign, whose level is the number of bounds that the lowest known of its columns reaches, 0 the usual one.

    Parameters
    ----------
    name : as in the table survival_effects.
    columns : of customer_months, as known at the end of the month; null is level 0.
    bounds : from the mildest on; rising, or falling where less is the sign.
    levels : what each level above 0 is called.
    """

    name: str
    columns: tuple[str, ...]
    bounds: tuple[float, ...]
    levels: tuple[str, ...]

    def level(self, have: Sequence[str]) -> pl.Expr:
        """0, 1, ... for each row; 0 where no column of it is there."""
        known = [name for name in self.columns if name in have]
        if not known:
            return pl.lit(0)
        value = pl.min_horizontal(known)
        falls = self.bounds[0] < 0
        met = (value <= bound if falls else value >= bound for bound in self.bounds)
        return pl.sum_horizontal(each.fill_null(value=False).cast(pl.Int16) for each in met)


_SIGNS = (
    Sign("complaints in 3 months", ("complaints_sum_3",), (1, 2), ("1", "2 or more")),
    Sign("months overdue", ("months_overdue",), (1, 3), ("1 to 2", "3 or more")),
    Sign("faults this month", ("faults",), (1,), ("1 or more",)),
    Sign("charges beyond the bundle", ("over_bundle_fee",), (0.01,), ("some",)),
    Sign("months without use", ("months_since_use",), (1, 2), ("1", "2 or more")),
    Sign("use in 3 months", ("call_minutes_change_3", "data_mb_change_3"), (-0.2, -0.5), ("fell 20%", "fell 50%")),
)
_PAYING = ("unknown", PAY_MODES[1])
_WAY = "way of paying"
_COUNTS = (*(len(sign.levels) + 1 for sign in _SIGNS), len(_PAYING) + 1)
EFFECTS = (*((sign.name, level) for sign in _SIGNS for level in sign.levels), *((_WAY, way) for way in _PAYING))
"""Sign and level of each covariate: against the usual level of that sign, and against postpaid."""


def _design() -> NDArray[np.float64]:
    rows = []
    for levels in product(*(range(count) for count in _COUNTS)):
        rows.append(
            [float(level == at) for level, count in zip(levels, _COUNTS, strict=True) for at in range(1, count)]
        )
    return np.array(rows)


DESIGN = _design()
"""Array of shape (patterns, covariates), 0 or 1: every pattern of levels, in the order of their codes."""
NO_SIGNS = DESIGN * [float(name == _WAY) for name, _ in EFFECTS]
"""The same without signs: the way of paying alone."""


def known_signs(frame: pl.LazyFrame) -> bool:
    """Whether customer_months tells of any sign."""
    have = frame.collect_schema().names()
    return any(name in have for sign in _SIGNS for name in sign.columns)


def watched(frame: pl.LazyFrame, months: Sequence[date], ids: pl.Series, group: NDArray[np.int64]) -> Watched:
    """Who was there, with which signs, who left, by customer (in the order of `ids`) and month.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months.
    months : sequence of date
        Become the columns; LONGEST or fewer.
    ids : polars.Series
        All customers.
    group : array of shape (customers,)
        Place of the way of paying in PAY_MODES; -1 where not known.
    """
    have = frame.collect_schema().names()
    code = pl.lit(0, dtype=pl.Int16)
    for sign, count in zip(_SIGNS, _COUNTS, strict=False):
        code = code * count + sign.level(have)
    states, codes, joined = month_states(frame, months, ids, code)
    # The way of paying is the last digit of the pattern: postpaid 0, not known 1, prepaid 2.
    paying = np.array([1, 0, 2], dtype=np.int16)[group + 1]
    return Watched(states, codes * np.int16(_COUNTS[-1]) + paying[:, None], joined)
