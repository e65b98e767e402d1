"""What all parts of an evaluation share: the run, the window in which leaving counts, what the analyst should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features.month_index import add_months
from telcli.settings import EvaluateRetentionSettings
from telcli.stages import Inputs
from telcli.stages.telling import Telling

__all__ = ["SHOWN", "Study", "named"]

SHOWN = 3
"""Campaigns named in one sentence."""
_WORK, _FEWEST = 100_000_000, 60
"""Customers resampled in all for one set of bands, and the fewest resamples: of a million customers 100 will do."""


@dataclass
class Study(Telling):
    """One evaluation.

    `months` are those from the snapshot of a plan to the end of its outcome window, both of predict-churn, and `late`
    the last months whose leavers may not all be known; `value_months` and `customer_value` make the worth of customers
    of past campaigns, who have none in a plan.
    """

    inputs: Inputs
    settings: EvaluateRetentionSettings
    as_of: date
    notices: list[Notice] = field(default_factory=list)

    @property
    def months(self) -> int:
        """Months after the snapshot in which leaving counts."""
        return int(self._given("gap_months", 1)) + int(self._given("outcome_months", 2))

    def told(self, plan: date) -> date:
        """The month at whose end the plan of a month can be evaluated."""
        return add_months(plan, self.months + int(self._given("late_months", 0)))

    @property
    def latest(self) -> date:
        """The last snapshot month whose window is over."""
        return add_months(self.as_of, -self.months - int(self._given("late_months", 0)))

    @property
    def value_months(self) -> float:
        """Months of revenue that a customer is worth."""
        return float(self._given("value_months", 12.0))

    @property
    def customer_value(self) -> float:
        """What a customer of unknown revenue is worth."""
        return float(self._given("customer_value", 200.0))

    def draws(self, customers: int) -> int:
        """Resamples of so many customers."""
        return min(self.settings.draws, max(_WORK // customers, _FEWEST))

    def table(self, name: str) -> pl.LazyFrame | None:
        """A table it may read, None where there is none."""
        return self.inputs.tables.get(name)

    def _given(self, name: str, usual: float) -> Any:
        return self.inputs.choices.get("churn", {}).get(name, usual)


def named(campaigns: Sequence[str]) -> str:
    """Campaigns by name, the first few of many.

    >>> named(["b", "a"]), named(list("edcba"))
    ('a, b', 'a, b, c, ... (5)')
    """
    found = sorted(campaigns)
    return ", ".join(found if len(found) <= SHOWN else [*found[:SHOWN], f"... ({len(found)})"])
