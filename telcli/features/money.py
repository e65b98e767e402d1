"""What the customer was billed, and what falls due and is paid in which month.

    revenue        = sum(amount) - discount   over the kinds of the month; the kind `total`, where given, stands for all
    billed_<kind>  = sum(amount)              of one kind of charge, before discount
    discount_share = discount / sum(amount)   within 0..1; null where nothing was charged

All in currency, made of bills and payments. A bill falls due in the month of its `due_on`; where that is not given,
`due_months` after the month billed.
"""

from __future__ import annotations

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.month_index import index_at
from telcli.features.span import KINDS, Span

__all__ = ["billed", "due", "kept", "paid"]


def billed(bills: pl.LazyFrame, due_months: int) -> pl.LazyFrame:
    """One row per customer and month with a bill: revenue, discount and its share, `KINDS`, `beyond` (the bundle).

    Where only a total was billed, its parts are null. `net` is revenue in exact units, `falls` the month in which it
    falls due, `due_on` the day where it is told. The discount is that of the total where that has one, else of the
    parts; a total that is the parts less their discounts has it taken off already.
    """
    kind, gross, less = pl.col("kind"), units(pl.col("amount")), units(pl.col("discount")).fill_null(0)
    is_total = kind == "total"
    of_kind = {**KINDS, "beyond": "over-bundle"}
    rows = bills.select(
        *("who", "due_on"),
        is_total.alias("is_total"),
        at=index_at(pl.col("month")),
        gross_total=pl.when(is_total).then(gross),
        gross_parts=pl.when(~is_total).then(gross),
        less_total=pl.when(is_total).then(less),
        told=is_total & pl.col("discount").is_not_null(),
        less_parts=pl.when(~is_total).then(less),
        **{name: pl.when(kind == word).then(gross) for name, word in of_kind.items()},
    )
    sent = rows.group_by("who", "at").agg(
        pl.col("gross_total", "gross_parts", "less_total", "less_parts", *of_kind).sum(),
        pl.col("due_on").max(),
        pl.col("told").any(),
        whole=pl.col("is_total").any(),
        parted=(~pl.col("is_total")).any(),
    )
    off = pl.when("told").then("less_total").otherwise("less_parts")
    after = pl.col("parted") & ~pl.col("told") & (pl.col("gross_total") == pl.col("gross_parts") - off)
    charged = pl.when(pl.col("whole") & ~after).then("gross_total").otherwise("gross_parts")
    net = charged - off
    falls = index_at(pl.col("due_on")).fill_null(pl.col("at") + due_months)
    return sent.select(
        *("who", "at", "due_on"),
        has_bill=pl.lit(value=True),
        net=net,
        falls=pl.max_horizontal(falls, "at"),
        revenue=amount(net),
        discount=amount(off),
        discount_share=pl.when(charged > 0).then((off / charged).clip(0.0, 1.0)),
        **{name: pl.when("parted").then(amount(pl.col(name))) for name in of_kind},
    )


def due(owed: pl.LazyFrame, money: pl.LazyFrame) -> list[pl.LazyFrame]:
    """What falls due in which month and what pays for it, a row per bill or payment: `due`, `credit`, in exact units.

    `owed` and `money` are the bills and payments that count (see `counting`). A bill below nothing is `credit`.
    """
    net = pl.col("net")
    return [
        owed.select("who", at="falls", due=net.clip(lower_bound=0), credit=(-net).clip(lower_bound=0)),
        money.select("who", at=pl.max_horizontal("at", "begin"), credit="cash"),
    ]


def kept(payments: pl.LazyFrame, folk: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Payments within the history that were not taken back: who, begin, `day`, `at`, `cash` in exact units."""
    stood = payments.filter(~pl.col("reversed").fill_null(value=False)).join(folk.select("who", "begin"), on="who")
    day = pl.col("paid_at").dt.date()
    dated = stood.select("who", "begin", day=day, at=index_at(day), cash=units(pl.col("amount")))
    return dated.filter(pl.col("at") >= span.first)


def paid(money: pl.LazyFrame) -> pl.LazyFrame:
    """What was paid in which month, a row per payment: `cash`, and `own`, in exact units.

    What was paid within the history but before the customer's first month (a deposit) is `cash` of that month, but
    not the customer's `own` payment in it.
    """
    early = pl.col("at") < pl.col("begin")
    return money.select("who", at=pl.max_horizontal("at", "begin"), cash="cash", own=pl.when(~early).then("cash"))
