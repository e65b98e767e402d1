"""Which months there are, and which of them each source speaks of.

The one thing a bucket of customers cannot know by itself: whether nobody has a row in a month because nothing
happened or because that month was never delivered. It is found once, over all customers, and handed to every bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

__all__ = ["BUNDLE", "KINDS", "USE", "Span"]

USE = ("call_minutes", "calls_out", "calls_in", "texts", "data_mb", "roaming_minutes", "active_days")
"""Features taken from monthly usage as they are, which say that there was use."""

BUNDLE = ("voice_saturation", "data_saturation", "over_bundle_times")
"""Features taken from monthly usage as they are: how full the bundle was."""

KINDS = {
    "recurring_fee": "recurring",
    "billed_voice": "voice",
    "billed_data": "data",
    "billed_text": "text",
    "billed_value_added": "value-added",
    "billed_one_time": "one-time",
    "billed_penalty": "penalty",
    "billed_other": "other",
}
"""Features made of bills of one kind, and the kind."""


@dataclass(frozen=True)
class Span:
    """The months of the history, as month indices (see `month_index`).

    Parameters
    ----------
    first, last : the first and the last month.
    covered : by feature, the months of which its source speaks; in other months the feature is not known (null).
        A feature that is not named is never known.
    snapshot : one flat table, a row per customer: everyone is a customer in the only month, a missing value
        is unknown rather than 0, and there is no history.
    """

    first: int
    last: int
    covered: Mapping[str, frozenset[int]] = field(default_factory=dict)
    snapshot: bool = False

    def knows(self, feature: str) -> pl.Expr:
        """Whether the feature is known in the month `at` of a row."""
        months = self.covered.get(feature, frozenset())
        if months.issuperset(range(self.first, self.last + 1)):
            return pl.lit(value=True)
        return pl.col("at").is_in(sorted(months)) if months else pl.lit(value=False)

    def known(self, feature: str, row: str) -> pl.Expr:
        """The feature: null where it is not known, 0 where its source speaks of the month but not of the customer.

        `row` names a column that is null where the source has no row of the customer in that month.
        """
        absent = None if self.snapshot else 0.0
        value = pl.when(pl.col(row).is_null()).then(pl.lit(absent, pl.Float64)).otherwise(pl.col(feature))
        return pl.when(self.knows(feature)).then(value).alias(feature)
