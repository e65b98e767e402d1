"""Part of assess-credit: the bills and payments that count, whose they are, and what is known of customers beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from telcli.errors import MissingInputError, Notice
from telcli.features.bucketed import bucketed
from telcli.features.debts import Debts, debts
from telcli.features.month_index import end_of_month, index_at, month_index
from telcli.features.receivable_flows import told_gone
from telcli.features.receivable_sources import Sources, sources
from telcli.features.receivables import Receivables, receivables
from telcli.features.survey import evidence, span_of
from telcli.settings import AssessCreditSettings, CustomerMonthsSettings
from telcli.settings.dunning_steps import WRITE_OFF, dunning_steps
from telcli.stages import Inputs
from telcli.stages.telling import Telling

__all__ = ["Booked", "Ground", "booked", "ground_of", "lent"]

_SOURCES = ("customers", "subscriptions", "subscription_history", "bills", "payments", "usage", "contacts")


@dataclass
class Ground(Telling):
    """One run.

    Parameters
    ----------
    at, first : the as-of month, and the first month with a bill that counts, as indices.
    end : the last day of the as-of month: the day that debts are looked at.
    folk : who, customer_id, begin, last (month as a customer), sorted by who; of all who were ever billed or paid.
    silent : those of bills and payments that have no row of the as-of month.
    """

    inputs: Inputs
    settings: AssessCreditSettings
    as_of: date
    at: int
    first: int
    end: date
    book: Receivables
    folk: pl.DataFrame
    steps: tuple[tuple[str, int], ...]
    sources: Sources
    silent: tuple[str, ...] = ()
    notices: list[Notice] = field(default_factory=list)

    @property
    def write_off_days(self) -> int | None:
        """Days past due after which debts of who left are written off; None where they never are."""
        return dict(self.steps).get(WRITE_OFF)

    @cached_property
    def paid_in(self) -> frozenset[int]:
        """Months (indices) with any payment: of others it is not known who paid, rather than that nobody did."""
        months = self.inputs.tables["payments"].select(index_at(pl.col("paid_at")).unique()).collect()
        return frozenset(months.to_series().drop_nulls().to_list())

    @cached_property
    def open_now(self) -> pl.DataFrame:
        """Those at the end of the as-of month."""
        return self.open_bills(self.at)

    def open_bills(self, at: int) -> pl.DataFrame:
        """Open bills at the end of a month with age and whether they are written off, see `told_gone`."""
        return told_gone(self.book, at, self.folk, self.write_off_days)


@dataclass(frozen=True)
class Booked:
    """Bills and payments that count, and whose they are: `folk` as in `Ground`."""

    book: Receivables
    folk: pl.DataFrame
    owing: Debts


def ground_of(inputs: Inputs, settings: AssessCreditSettings, as_of: date) -> Ground:
    """Take all bills and payments up to the month in hand.

    Raises
    ------
    MissingInputError
        No bill of the month or before counts: nothing was billed to be paid afterwards.
    UsageError
        The steps of dunning are none.
    """
    steps = dunning_steps(settings.steps)
    tables = {name: inputs.tables[name] for name in _SOURCES if name in inputs.tables}
    due_months, max_months = lent(inputs)
    span = span_of(evidence(tables), as_of, max_months=max_months)
    if span and not span.covered.get("paid"):
        raise _nothing_paid(as_of)
    made = booked(tables, settings, as_of, due_months, max_months)
    if made is None:
        raise _nothing(as_of)
    book, folk = made.book, made.folk
    first = int(book.bills["at"].to_numpy().min())
    end = end_of_month(as_of)
    at, told = month_index(as_of), sources(made.owing, due_months)
    ground = Ground(inputs, settings, as_of, at, first, end, book, folk, steps, told, _silent(inputs, at))
    _tell_silent(ground)
    return ground


def lent(inputs: Inputs) -> tuple[int, int]:
    """Settings of customer-months that say which bills count: when they fall due, and how far back."""
    usual = CustomerMonthsSettings()
    due_months, max_months = (inputs.choices.get(name, getattr(usual, name)) for name in ("due_months", "max_months"))
    return due_months, max_months


def booked(
    tables: Mapping[str, pl.LazyFrame], settings: AssessCreditSettings, as_of: date, due_months: int, max_months: int
) -> Booked | None:
    """Bills and payments that count up to a month, and whose they are; None where nothing was billed to be paid."""
    span = span_of(evidence(tables), as_of, max_months=max_months)
    found = bucketed(tables, span) if span else None
    owing = debts(found, span, due_months) if found and span else None
    if found is None or owing is None or owing.owed is None or owing.cash is None:
        return None
    book = receivables(owing.owed, owing.cash, settings.credit_days)
    if book.bills.is_empty():
        return None
    seen = pl.concat([book.bills.select("who"), book.paid.select("who")]).unique()
    folk = found.folk.select("who", "customer_id", "begin", last="end").collect()
    return Booked(book, folk.join(seen, on="who", how="semi").sort("who"), owing)


def _silent(inputs: Inputs, at: int) -> tuple[str, ...]:
    """Those of bills and payments without a row of a month: what they would tell is not known."""
    of = {"bills": pl.col("month"), "payments": pl.col("paid_at")}
    counts = {name: inputs.tables[name].filter(index_at(day) == at).select(pl.len()) for name, day in of.items()}
    return tuple(name for name, rows in counts.items() if not rows.collect().item())


def _tell_silent(ground: Ground) -> None:
    month = f"{ground.as_of:%Y-%m}"
    if "bills" in ground.silent:
        ground.tell(
            "credit-month-unbilled",
            "bills: no rows of {month}, so that what is open is of earlier bills alone; no share of it is told. Ingest "
            "that month's bills, or look at an earlier month (--as-of).",
            month=month,
        )
    if "payments" in ground.silent:
        ground.tell(
            "credit-month-unpaid",
            "payments: no rows of {month}, so that all that was paid in it is missing: debts, ages and steps are at "
            "most what is told. Ingest that month's payments, or look at an earlier month (--as-of).",
            month=month,
        )


def _nothing(as_of: date) -> MissingInputError:
    return MissingInputError(
        "credit-nothing-billed",
        "Up to {month} there is no bill to be paid afterwards, so there is nothing to owe.",
        hint="Ingest bills and payments (invoices with the day they were settled give both): telcli ingest FILES",
        month=f"{as_of:%Y-%m}",
    )


def _nothing_paid(as_of: date) -> MissingInputError:
    return MissingInputError(
        "credit-nothing-paid",
        "Up to {month} there is no payment, so nothing tells what of the bills is open.",
        hint="Ingest payments too: telcli ingest FILES",
        month=f"{as_of:%Y-%m}",
    )
