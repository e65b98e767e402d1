"""What is known of one segment: the material of its name, its profile and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["DISTINCT", "NOTABLE", "Difference", "Habit", "Portrait"]

DISTINCT, NOTABLE = 0.5, 0.25
"""Standard deviations from which a difference names a segment, and from which it is told at all."""
_SLIGHT_RATIO, _SLIGHT_SHARE, _SLIGHT_CHANGE, _SLIGHT_STEP = 1.1, 0.05, 0.03, 0.5
"""Up to here a difference is slight, however rare: of a mean, a share of members, a change, a change by number."""
_MOST_MEMBERS, _FEW_MEMBERS = 0.6, 0.1
"""Shares of members from which a tier names a segment, and up to which a tier is as good as absent from it."""
_LARGE = 0.75
"""Share of all customers from which a segment of every tier is the average itself."""
_MOST_OF_ROOM = 0.8
"""Share of the members that could be in the high tier, where they cannot be so many, from which it names a segment."""


@dataclass(frozen=True)
class Difference:
    """How one number of a segment differs from all: `effect` in standard deviations, `mean` in the column's unit.

    For a trend `mean` is the change of the total. `used` is the share above zero where zero is usual, else None.
    `middle` is the median of members, `held` the share of them above the median of all, where the effect is above 0, or
    at most at it; None where not measured.
    """

    column: str
    effect: float
    mean: float
    overall: float
    used: float | None = None
    used_overall: float | None = None
    middle: float | None = None
    held: float | None = None

    @property
    def slight(self) -> bool:
        """Whether a reader would call both numbers the same, though few customers may differ so much.

        >>> Difference("active_days", 0.6, 27.0, 25.0).slight, Difference("data_mb", 0.6, 9.0, 4.0).slight
        (True, False)
        """
        apart = abs(self.mean - self.overall)
        if self.column == "active_days_change_3":
            return apart < _SLIGHT_STEP
        if "_change_" in self.column:
            return apart < _SLIGHT_CHANGE
        if self.used is not None and self.used_overall is not None:
            return abs(self.used - self.used_overall) < _SLIGHT_SHARE
        return 0 < self.overall / _SLIGHT_RATIO < self.mean < self.overall * _SLIGHT_RATIO


@dataclass(frozen=True)
class Habit:
    """A value more frequent in a segment than among all; shares of those whose value is known."""

    column: str
    value: str
    share: float
    overall: float


@dataclass(frozen=True)
class Portrait:
    """What is known of one segment; differences and habits come with the greatest first, tiers as shares."""

    value_index: float | None
    differences: tuple[Difference, ...] = ()
    habits: tuple[Habit, ...] = ()
    churn_rate: float | None = None
    churn_overall: float | None = None
    tiers: Mapping[str, float] | None = None
    high_room: float = 1.0
    """The share of members that can be in the high tier: less than 1 where the segment is larger than that tier."""
    customer_share: float = 0.0
    """The share of all customers that the segment holds."""

    @property
    def spending(self) -> str:
        """What the name says of spending: a tier that at least 60% of members are in, else between tiers or mixed.

        By `level` alone where the tiers of members are not known. Where the segment is so much larger than the high
        tier that 60% is out of reach or nearly so, 80% of the members that could be in it will do. Between tiers: a
        mean revenue from 1.2 times that of all and at most 10% in the low tier is upper, one below that of all and at
        most 10% in the high tier is lower. Three in four customers who are mixed are the average by their number.

        >>> Portrait(1.1, tiers={"high": 0.3, "mid": 0.4, "low": 0.3}).spending
        'mixed'
        >>> Portrait(1.9, tiers={"high": 0.48, "mid": 0.5, "low": 0.02}, high_room=0.5).spending
        'top'
        """
        if not self.level or self.tiers is None:
            return self.level
        if self._fills_high_tier(self.tiers):
            return self.level
        for tier in ("high", "low", "mid"):
            if self.tiers[tier] >= _MOST_MEMBERS:
                return "top" if tier == "high" and self.level == "top" else tier
        if self.level in ("top", "high") and self.tiers["low"] <= _FEW_MEMBERS:
            return "upper"
        if self.value_index is not None and self.value_index < 1 and self.tiers["high"] <= _FEW_MEMBERS:
            return "lower"
        return "average" if self.customer_share >= _LARGE else "mixed"

    def _fills_high_tier(self, tiers: Mapping[str, float]) -> bool:
        """Whether it takes the high tier nearly up, hardly has anybody in the low one, and pays accordingly."""
        most = tiers["high"] >= min(_MOST_MEMBERS, _MOST_OF_ROOM * self.high_room)
        return self.level in ("top", "high") and most and tiers["low"] <= _FEW_MEMBERS

    @property
    def level(self) -> str:
        """Revenue per customer: top from 1.5 x the mean, high from 1.2, low to 0.8; empty when not known."""
        if self.value_index is None:
            return ""
        if self.value_index >= 1.5:
            return "top"
        return "high" if self.value_index >= 1.2 else "low" if self.value_index <= 0.8 else "mid"
