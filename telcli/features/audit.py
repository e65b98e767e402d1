"""What was counted while customer_months was made, and what in the data the analyst should know of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features.exact import UNITS, units
from telcli.features.gaps import gaps
from telcli.features.month_index import index_at, month_at
from telcli.features.span import USE, Span
from telcli.features.use import CALLING, DATA, DAYS
from telcli.tables.month_names import THIN, named_months

__all__ = ["COUNTED", "Tally", "doubts"]

LOST = 0.001
"""Billed money outside customer_months is told from this share on."""


COUNTED = ("customer_id", "left", "numbers_held", "revenue", "paid", "contacts", "months_since_use")
"""Columns of customer_months that are counted."""


@dataclass
class Tally:
    """Counts over finished buckets of customer_months."""

    customers: int = 0
    rows: int = 0
    left: int = 0
    early: int = 0
    unlined: int = 0
    factless: int = 0
    revenue: int = 0
    billed: int = 0

    def add(self, months: pl.DataFrame) -> None:
        """Count one bucket of whole customers."""
        customer = pl.col("customer_id")
        fact = (
            (pl.col("revenue").fill_null(0.0) != 0)
            | (pl.col("months_since_use") == 0).fill_null(value=False)
            | (pl.col("paid").fill_null(0.0) != 0)
            | (pl.col("contacts").fill_null(0.0) > 0)
        )
        found = months.select(
            customers=customer.n_unique(),
            rows=pl.len(),
            left=pl.col("left").sum(),
            lined=customer.filter(pl.col("numbers_held").is_not_null()).n_unique(),
            told=customer.filter(fact).n_unique(),
            blank=customer.filter(pl.col("numbers_held").is_null()).n_unique(),
            revenue=units(pl.col("revenue")).sum(),
            billed=pl.col("revenue").count(),
        ).row(0, named=True)
        self.customers += found["customers"]
        self.rows += found["rows"]
        self.left += found["left"]
        self.unlined += found["customers"] - found["lined"]
        self.early += found["blank"] - (found["customers"] - found["lined"])
        self.factless += found["customers"] - found["told"]
        self.revenue += found["revenue"]
        self.billed += found["billed"]

    def counts(self) -> dict[str, Any]:
        """The metrics that scripts read; revenue is None where nothing was billed."""
        revenue = self.revenue / UNITS if self.billed else None
        return {"customers": self.customers, "rows": self.rows, "left": self.left, "revenue": revenue}


def doubts(
    tables: Mapping[str, pl.LazyFrame], found: pl.DataFrame, span: Span, tally: Tally, *, customers: int
) -> list[Notice]:
    """Say what of the data did not become customer months as one would expect."""
    return [
        *_about_months(found, span),
        *_about_use(found, span),
        *gaps(tables, span, customers),
        *_about_customers(tables, span, tally, customers),
        *_about_money(tables, span, tally),
    ]


def _about_months(found: pl.DataFrame, span: Span) -> Iterator[Notice]:
    monthly = {"bills": "revenue", "usage": "usage"}
    for table, feature in monthly.items():
        rows = dict(found.filter(pl.col("feature") == feature).select("at", "rows").iter_rows())
        if not rows:
            continue
        older = sorted(at for at in rows if at < span.first)
        if older:
            yield Notice(
                "months-cut",
                "{table} has {months} months before {first}, which are not used; see max_months.",
                {"table": table, "months": len(older), "first": f"{month_at(span.first):%Y-%m}"},
            )
        absent = [at for at in range(span.first, span.last + 1) if at not in rows]
        if absent:
            yield Notice(
                "months-absent",
                "{table} has no rows in {months}; what it tells is not known there.",
                {"table": table, "months": named_months([month_at(at) for at in absent])},
            )
        now, before = rows.get(span.last, 0), rows.get(span.last - 1, 0)
        if span.last > span.first and now and now < THIN * before:
            yield Notice(
                "month-thin",
                "{table} has {rows} rows in the last month {month}, after {before} in the month before: it may not "
                "be complete, and every customer would seem to use less.",
                {"table": table, "rows": now, "before": before, "month": f"{month_at(span.last):%Y-%m}"},
            )


def _about_use(found: pl.DataFrame, span: Span) -> Iterator[Notice]:
    """Where the last month's use is of one kind alone, nobody is known to use nothing."""
    known = set(found.filter(pl.col("at") == span.last)["feature"].to_list())
    if "usage" in known and DAYS not in known and not (DATA in known and known.intersection(CALLING)):
        yield Notice(
            "use-half-known",
            "Of use only {columns} is known in {month}: that nobody calls or uses data shows in active_days, or in "
            "call_minutes and data_mb together. months_since_use is not known of who has none, and nobody is dormant.",
            {
                "columns": ", ".join(name for name in USE if name in known) or "-",
                "month": f"{month_at(span.last):%Y-%m}",
            },
        )


def _about_customers(tables: Mapping[str, pl.LazyFrame], span: Span, tally: Tally, customers: int) -> Iterator[Notice]:
    if customers > tally.customers:
        yield Notice(
            "customers-without-months",
            "{customers} customers have no months: they left before {first}, joined after {last}, were silent "
            "throughout, or nothing is known of them.",
            {
                "customers": customers - tally.customers,
                "first": f"{month_at(span.first):%Y-%m}",
                "last": f"{month_at(span.last):%Y-%m}",
            },
        )
    if tally.factless and not span.snapshot:
        yield Notice(
            "customers-without-facts",
            "{customers} customers have months, but no bill, payment, use or contact in any.",
            {"customers": tally.factless},
        )
    if "subscriptions" in tables and not span.snapshot:
        yield from _about_lines(tables["subscriptions"], tally)


def _about_lines(lines: pl.LazyFrame, tally: Tally) -> Iterator[Notice]:
    if tally.unlined:
        yield Notice(
            "customers-without-lines",
            "{customers} customers are billed or use the network, but no line of theirs is known; they never leave.",
            {"customers": tally.unlined},
        )
    if tally.early:
        yield Notice(
            "facts-before-joining",
            "{customers} customers were billed or used the network before their first line; those months count.",
            {"customers": tally.early},
        )
    names = lines.collect_schema()
    if "status" not in names:
        return
    dateless = pl.col("ended_on").is_null() if "ended_on" in names else pl.lit(value=True)
    undated = lines.filter(pl.col("status") == "ended", dateless).select(pl.len()).collect().item()
    if undated:
        yield Notice(
            "lines-ended-undated",
            "{lines} lines have ended, nobody knows when; they count as never held.",
            {"lines": undated},
        )


def _about_money(tables: Mapping[str, pl.LazyFrame], span: Span, tally: Tally) -> Iterator[Notice]:
    """Reconcile revenue with the bills, where they hold either totals or parts.

    Where they hold both, which of them is revenue is decided for each customer and month: their sum is nobody's bill.
    """
    if "bills" not in tables:
        return
    bills = tables["bills"].filter(index_at(pl.col("month")).is_between(span.first, span.last))
    less = units(pl.col("discount")).fill_null(0) if "discount" in bills.collect_schema() else pl.lit(0)
    total = pl.col("kind") == "total"
    sums = bills.select(
        net=(units(pl.col("amount")) - less).sum(),
        gross=units(pl.col("amount")).abs().sum(),
        mixed=total.any() & ~total.all(),
    ).collect(engine="streaming")
    net, gross, mixed = sums.row(0)
    if not mixed and abs(net - tally.revenue) > LOST * gross:
        yield Notice(
            "bills-outside-months",
            "{amount:.2f} of {billed:.2f} billed is not in customer_months: of unknown customers, or after leaving.",
            {"amount": (net - tally.revenue) / UNITS, "billed": net / UNITS},
        )
