"""The bills and payments of all months, which say what is owed and what settled it.

They are looked through from the beginning whichever months are wanted: payments settle the oldest bills first, of
whatever age, and what was paid ahead counts until it is used up. It takes few of their columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from telcli.features.ageing import aged
from telcli.features.bucketed import Bucketed, laid_out
from telcli.features.contract import ahead
from telcli.features.counting import counting
from telcli.features.money import billed, due, kept, paid
from telcli.features.settling import settling
from telcli.features.span import Span

__all__ = ["Debts", "debts"]


@dataclass(frozen=True)
class Debts:
    """Payments that stand, and the bills and payments that count (see `counting`); None where a table is lacking."""

    found: Bucketed
    span: Span
    stood: pl.LazyFrame | None
    owed: pl.LazyFrame | None = None
    cash: pl.LazyFrame | None = None

    def paid(self, since: int) -> list[pl.LazyFrame]:
        """One row per customer and month with a payment, from `since` on: `cash` and `own` (see `money.paid`)."""
        if self.stood is None:
            return []
        rows = paid(self.stood).filter(pl.col("at") >= since)
        return [rows.group_by("who", "at").agg(pl.col("cash", "own").sum())]

    def told(self, since: int) -> list[pl.LazyFrame]:
        """What is owed at the end of each month from `since` on, and what was settled in it."""
        if self.owed is None or self.cash is None:
            return []
        moved = pl.concat(due(self.owed, self.cash), how="diagonal")
        settled = settling(self.owed, self.cash).filter(pl.col("at") >= since)
        return [
            aged(moved, self.found.folk, self.span, since),
            settled.group_by("who", "at").agg(pl.col("days", "bills").sum()),
        ]


def debts(found: Bucketed, span: Span, due_months: int) -> Debts:
    """Find the bills and payments that count."""
    if "payments" not in found.subjects:
        return Debts(found, span, None)
    stood = laid_out(kept(found.subjects["payments"], found.folk, span))
    if "bills" not in found.subjects:
        return Debts(found, span, stood)
    sent = billed(found.subjects["bills"], due_months).select("who", "at", "net", "falls", "due_on")
    free = None if found.states is None else laid_out(ahead(found.states, span))
    owed, cash = (laid_out(rows) for rows in counting(laid_out(sent), stood, found.folk, free, span))
    return Debts(found, span, stood, owed, cash)
