"""What the customer was billed, what was paid, and what is owed.

    revenue = sum(amount - discount)      over the kinds of the month; the kind `total`, where given, stands for all
    owed[t] = sum of what fell due up to t - sum of what was paid up to t
    arrears[t] = max(owed[t], 0)          what is paid ahead is carried: owed may be negative

A bill falls due in the month of its `due_on`; where that is not given, `due_months` after the month billed. What was
owed before the history began is not known and counts as nothing. Who holds prepaid lines alone owes nothing.
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import index_at
from telcli.features.span import Span

__all__ = ["arrears", "billed", "due", "paid"]


def billed(bills: pl.LazyFrame, due_months: int) -> pl.LazyFrame:
    """One row per customer and month with a bill: revenue, discount, recurring_fee, `beyond` (the bundle).

    Where only a total was billed, its parts are null. `net` is revenue in exact units, `falls` the month in which it
    falls due. The discount is that of the total where that has one, else of the parts.
    """
    kind, gross, less = pl.col("kind"), units(pl.col("amount")), units(pl.col("discount")).fill_null(0)
    is_total = kind == "total"
    rows = bills.select(
        "who",
        is_total.alias("is_total"),
        at=index_at(pl.col("month")),
        falls=index_at(pl.col("due_on")),
        net_total=pl.when(is_total).then(gross - less),
        net_parts=pl.when(~is_total).then(gross - less),
        less_total=pl.when(is_total).then(less),
        told=is_total & pl.col("discount").is_not_null(),
        less_parts=pl.when(~is_total).then(less),
        recurring=pl.when(kind == "recurring").then(gross),
        beyond=pl.when(kind == "over-bundle").then(gross),
    )
    sums = pl.col("net_total", "net_parts", "less_total", "less_parts", "recurring", "beyond").sum()
    sent = rows.group_by("who", "at").agg(
        sums,
        pl.col("falls").max(),
        pl.col("told").any(),
        whole=pl.col("is_total").any(),
        parted=(~pl.col("is_total")).any(),
    )
    net = pl.when("whole").then("net_total").otherwise("net_parts")
    return sent.select(
        *("who", "at"),
        has_bill=pl.lit(value=True),
        net=net,
        falls=pl.max_horizontal(pl.col("falls").fill_null(pl.col("at") + due_months), "at"),
        revenue=amount(net),
        discount=amount(pl.when("told").then("less_total").otherwise("less_parts")),
        recurring_fee=pl.when("parted").then(amount(pl.col("recurring"))),
        beyond=pl.when("parted").then(amount(pl.col("beyond"))),
    )


def due(sent: pl.LazyFrame) -> pl.LazyFrame:
    """One row per customer and month in which something falls due: `due`, in exact units."""
    return sent.group_by("who", at="falls").agg(due=pl.col("net").sum())


def paid(payments: pl.LazyFrame, folk: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """One row per customer and month with a payment: paid, and `cash`, in exact units.

    Payments that were taken back do not count. What was paid within the history but before the customer's first month
    (a deposit) is `cash` of that month, but not `paid` in it.
    """
    kept = payments.filter(~pl.col("reversed").fill_null(value=False)).join(folk.select("who", "begin"), on="who")
    dated = kept.select("who", "begin", at=index_at(pl.col("paid_at")), cash=units(pl.col("amount")))
    rows = dated.filter(pl.col("at") >= span.first)
    early = pl.col("at") < pl.col("begin")
    return (
        rows.select("who", at=pl.max_horizontal("at", "begin"), cash="cash", own=pl.when(~early).then("cash"))
        .group_by("who", "at")
        .agg(pl.col("cash").sum(), paid=amount(pl.col("own").sum()))
    )


def arrears(span: Span) -> pl.Expr:
    """What is owed at the end of each month, over the complete grid of a customer with columns due, cash, prepaid.

    Known from the first month with payments on; bills that fell due before it are left out.
    """
    counted = pl.when(span.knows("paid")).then(pl.col("due").fill_null(0))
    owed = (counted.fill_null(0) - pl.col("cash").fill_null(0)).cum_sum().over("who")
    debt = pl.when(pl.col("prepaid").fill_null(value=False)).then(0).otherwise(owed).clip(lower_bound=0)
    return pl.when(span.knows("paid") & span.knows("revenue")).then(amount(debt)).alias("arrears")
