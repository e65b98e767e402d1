"""All that was billed and paid up to a month, and what of it says nothing of what is owed.

    owed less paid ahead = billed - billed not counted - (paid - paid not counted)

`billed` and `paid` are sums of the tables as they came; what is not counted (see `telcli.features.counting`) are the
bills and payments among them, by customer and day, that are not among those that count.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from telcli.features.debts import Debts
from telcli.features.exact import units
from telcli.features.money import billed
from telcli.features.month_index import index_at

__all__ = ["Sources", "sources"]


@dataclass(frozen=True)
class Sources:
    """Sums in exact units: bills less credit notes, payments that were not taken back, and those that were."""

    billed: int
    billed_not_counted: int
    paid: int
    paid_not_counted: int
    reversed: int

    @property
    def net(self) -> int:
        """What must be owed, less what is paid ahead."""
        return self.billed - self.billed_not_counted - self.paid + self.paid_not_counted


def sources(owing: Debts, due_months: int) -> Sources:
    """Add up the bills and payments of the tables up to the last month of the span, and those that do not count."""
    if owing.owed is None or owing.cash is None:
        return Sources(0, 0, 0, 0, 0)
    subjects, last = owing.found.subjects, owing.span.last
    sent = billed(subjects["bills"], due_months).filter(pl.col("at") <= last).select("who", "at", "net").collect()
    apart = sent.lazy().join(owing.owed, on=["who", "at"], how="anti").collect()
    day = pl.col("paid_at").dt.date()
    back = pl.col("reversed").fill_null(value=False)
    money = subjects["payments"].select("who", day=day, back=back, cash=units(pl.col("amount")))
    known = money.filter(index_at(pl.col("day")) <= last).collect()
    stood = known.filter(~pl.col("back"))
    beside = stood.lazy().join(owing.cash, on=["who", "day"], how="anti").collect()
    return Sources(
        int(sent["net"].sum()),
        int(apart["net"].sum()),
        int(stood["cash"].sum()),
        int(beside["cash"].sum()),
        int(known.filter("back")["cash"].sum()),
    )
