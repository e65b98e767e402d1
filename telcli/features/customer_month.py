"""From a bucket of whole customers to their months: the one function that makes customer_months, wherever it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from telcli.features.ageing import ARREARS, exempt
from telcli.features.bucketed import Bucketed, bucketed, contracts, laid_out
from telcli.features.calling import called
from telcli.features.calling import known as calls_known
from telcli.features.campaigns import reached, received
from telcli.features.contract import HELD, tenure
from telcli.features.debts import Debts, debts
from telcli.features.exact import DECIMALS, amount
from telcli.features.history import LEVELS, REACH, history
from telcli.features.last_times import last_times
from telcli.features.money import billed
from telcli.features.month_index import date_at, index_at
from telcli.features.people import grid, later
from telcli.features.presence import presence
from telcli.features.products import taken
from telcli.features.runs import months_since, running
from telcli.features.service import told, waiting
from telcli.features.span import BUNDLE, KINDS, USE, Span
from telcli.features.use import some_use, told_of_use, usage, used
from telcli.features.versions import CHANGES
from telcli.tables.month_calls import CALLS
from telcli.tables.month_history import PAST
from telcli.tables.months import FACTS, FEATURES

__all__ = ["SOURCES", "customer_months"]

_FACTS = ("bills", "usage", "call_months", "payments", "contacts", "campaigns")
SOURCES = ("customers", "subscriptions", "subscription_history", "products", *_FACTS)
"""The tables that a customer's months are made of."""

_MONEY = ("revenue", "discount", *KINDS)
_SERVICE = ("contacts", "complaints", "faults", "repeats")
_HAPPENED = {
    "payment": "paid",
    "contact": "contacts",
    "complaint": "complaints",
    "campaign": "campaigns_received",
}
_LASTING = ("used", *_HAPPENED.values())
_MONTHS = 1 << 17
"""More than there are months in any year of a date."""
_LIVED: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys((*HELD, *USE, *BUNDLE, *CHANGES, "extra", "bundle_lines"), pl.Float64),
    **dict.fromkeys(("cash", "own"), pl.Int64),
    **dict.fromkeys(("prepaid", "quit", "began", "has_use"), pl.Boolean),
    "lines": pl.UInt32,
}
_JOINED: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys((*_MONEY, *ARREARS, *_SERVICE, "reopened", "beyond", *CALLS), pl.Float64),
    **dict.fromkeys(("discount_share", "rating", "lowest_rating", "hours_to_close", "oldest_open_days"), pl.Float64),
    **dict.fromkeys(("campaigns_received", "campaigns_accepted", "campaign_cost"), pl.Float64),
    **dict.fromkeys(("days", "bills", "change", "products"), pl.Int64),
    **dict.fromkeys(("has_bill", "has_contact", "has_campaign", "has_call"), pl.Boolean),
}
"""What the subjects add to the grid; null where a subject is not there."""


def customer_months(
    bucket: Mapping[str, pl.LazyFrame],
    span: Span,
    *,
    prepaid_inactive_days: int = 90,
    due_months: int = 1,
    since: int = 0,
) -> pl.LazyFrame:
    """One row per customer and month, as the contract of customer_months says, sorted by customer and month.

    Pure and deterministic: the rows depend neither on the order of the input rows nor on how customers are bucketed. A
    row depends on its month and earlier ones alone; see `presence` for the one exception, `left` in the last month.

    Parameters
    ----------
    bucket
        Subject tables by name, with all rows of the customers in `customers` (rows of others do not matter).
        Every table but customers may be absent. Where `since` is not the first month, customer_months as it stands,
        the `LEVELS` of `REACH` months before (see `history`): they are not made again.
    span
        The months, and what the sources speak of, found over all customers (`survey.span_of`).
    prepaid_inactive_days
        A customer with prepaid lines alone leaves after so long without a sign of life; counted in whole months,
        rounded up from 30 days.
    due_months
        Months from the month billed to the month in which a bill without a `due_on` falls due.
    since
        The first month that is wanted, as an index; the rows of later ones are the same whatever it is. Of use, calls,
        bills and campaigns before it little is looked at, of bills and payments what `debts` says.

    >>> from datetime import date
    >>> customers = pl.LazyFrame({"customer_id": ["a"], "joined_on": [date(2024, 4, 16)]})
    >>> at = 2024 * 12 + 4
    >>> customer_months({"customers": customers}, Span(at, at + 1)).select("month", "tenure_months").collect().rows()
    [(datetime.date(2024, 5, 1), 0.5), (datetime.date(2024, 6, 1), 1.5)]
    """
    since, silent = max(since, span.first), math.ceil(prepaid_inactive_days / 30)
    found = bucketed(bucket, span)
    owing = debts(found, span, due_months)
    signed = _signed(found, owing, span, max(since - silent - 1, span.first))
    begun = _begun(presence(signed, span, silent), found, owing, span, since)
    rows = _monthly(_assembled(begun, _told(found, owing, span, since, due_months), _JOINED), span)
    masked = rows.with_columns(pl.when("kept").then(pl.col(name)).alias(name) for name in FEATURES if name not in PAST)
    kept = _looking_back(masked, found, span, since).filter("kept")
    return kept.with_columns(month=date_at(pl.col("at"))).select(
        *FACTS, *(pl.col(name).cast(pl.Float64) for name in FEATURES)
    )


def _signed(found: Bucketed, owing: Debts, span: Span, first: int) -> pl.LazyFrame:
    """The grid from the month `first` on with lines, payments and use: what tells who is still a customer."""
    parts = [*contracts(found, span, first), *owing.paid(first)]
    if "usage" in found.subjects:
        parts += [usage(found.since("usage", "month", first))]
    rows = _assembled(grid(later(found.folk, first)), parts, _LIVED).with_columns(used=used(span))
    return rows.with_columns(acts=pl.col("used") | (pl.col("cash") > 0).fill_null(value=False))


def _told(found: Bucketed, owing: Debts, span: Span, since: int, due_months: int) -> list[pl.LazyFrame]:
    """What was billed, owed, said, offered and taken, one row per customer and month of which there is something.

    Contacts are looked at from the first on: one may be open for years. What was opened or taken before the month
    `since` counts from there, as what is older than a customer's first month does.
    """
    subjects, folk, parts = found.subjects, later(found.folk, since).cache(), owing.told(since)
    if "bills" in subjects:
        parts += [billed(found.since("bills", "month", since), due_months).drop("net", "falls", "due_on")]
    if "call_months" in subjects:
        parts += [called(found.since("call_months", "month", since))]
    if "contacts" in subjects:
        parts += [told(subjects["contacts"], folk), waiting(subjects["contacts"], span, since)]
    if "campaigns" in subjects:
        parts += [received(found.since("campaigns", "contacted_on", since))]
    if "products" in found.bucket and found.held is not None:
        parts += [taken(found.bucket["products"], found.held, folk)]
    return parts


def _begun(rows: pl.LazyFrame, found: Bucketed, owing: Debts, span: Span, since: int) -> pl.LazyFrame:
    """The grid from `since` on, `pos` counted from there, with the month in which things last happened before."""
    begin = pl.max_horizontal("begin", pl.lit(since, pl.Int32))
    begun = rows.filter(pl.col("at") >= since).with_columns(pos=pl.col("at") - begin)
    happened = _happened(found, owing) if since > span.first else {}
    never = (pl.lit(None, pl.Int32).alias(f"last_{name}") for name in _LASTING if name not in happened)
    last = last_times(happened, found.folk, since)
    return begun.join(last, on="who", how="left", maintain_order="left").with_columns(never)


def _happened(found: Bucketed, owing: Debts) -> dict[str, pl.LazyFrame]:
    """Customers and months in which things happened, by the feature that tells of them."""
    subjects, at = found.subjects, {}
    if "usage" in subjects:
        at["used"] = usage(subjects["usage"]).filter(some_use())
    for paid in owing.paid(0):
        at["paid"] = paid.filter(pl.col("own") > 0)
    if "contacts" in subjects:
        at["contacts"] = subjects["contacts"].with_columns(at=index_at(pl.col("opened_at")))
        at["complaints"] = at["contacts"].filter(pl.col("kind") == "complaint")
    if "campaigns" in subjects:
        at["campaigns_received"] = reached(subjects["campaigns"]).with_columns(at=index_at(pl.col("contacted_on")))
    return at


def _assembled(
    rows: pl.LazyFrame, parts: list[pl.LazyFrame], kinds: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.LazyFrame:
    """The rows with everything that the subjects say; null where a subject is not there."""
    have: set[str] = set()
    rows = rows.with_columns(_spot())
    for part in parts:
        told = part.select(_spot(), pl.exclude("who", "at"))
        rows = rows.join(told, on="_spot", how="left", maintain_order="left")
        have |= set(part.collect_schema()) if kinds else set()
    lacking = (pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in have)
    return rows.drop("_spot").with_columns(lacking)


def _spot() -> pl.Expr:
    """Customer and month as one number: it is joined on in less than half the time that the two take."""
    return (pl.col("who").cast(pl.Int64) * _MONTHS + pl.col("at")).alias("_spot")


def _looking_back(rows: pl.LazyFrame, found: Bucketed, span: Span, since: int) -> pl.LazyFrame:
    """Add `PAST`. What months before `since` were like stands in customer_months; where there is none, in no month."""
    if since == span.first:
        return history(rows, span)
    codes, rows = found.folk.select("customer_id", "who"), laid_out(rows)
    before = found.bucket["customer_months"].join(codes, on="customer_id").with_columns(at=index_at(pl.col("month")))
    levels = pl.concat(part.select("who", "at", *LEVELS) for part in (before, rows))
    known = _assembled(grid(later(found.folk, since - REACH)), [levels], {})
    told = history(known, span).filter(pl.col("at") >= since)
    return _assembled(rows, [told.select("who", "at", *PAST)], {})


def _monthly(rows: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Add the features of single months."""
    beyond = pl.when(pl.col("beyond") > 0).then("beyond").otherwise(pl.coalesce("extra", "beyond"))
    stocks = rows.with_columns(
        *(span.known(name, "has_bill") for name in _MONEY),
        *(span.known(name, "has_use") for name in (*USE, *BUNDLE)),
        *(span.known(name, "has_contact") for name in _SERVICE),
        *calls_known(span),
        *(_counted(name, "plan_changes", span) for name in CHANGES),
        *(_counted(name, "campaigns", span) for name in ("campaigns_received", "campaigns_accepted")),
        *(_held(name, span) for name in ("bundle_lines", "sub_cards")),
        tenure(),
        span.known("campaign_cost", "has_campaign"),
        paid=pl.when(span.knows("paid")).then(amount(pl.col("own").fill_null(0))),
        over_bundle_fee=beyond,
        has_fee=pl.coalesce("has_bill", "has_use"),
        reopened=pl.when(span.knows("unresolved")).then(span.known("reopened", "has_contact")),
        oldest_open_days=pl.when(span.knows("unresolved")).then(pl.col("oldest_open_days").fill_null(0.0)),
        products_held=pl.when(span.knows("products_held")).then(running(pl.col("products"))),
        unresolved=pl.when(span.knows("unresolved")).then(running(pl.col("change"))),
        days_to_pay=pl.when(pl.col("bills") > 0).then(pl.col("days") / pl.col("bills")),
    )
    net = (pl.col("revenue") - pl.col("campaign_cost")).round(DECIMALS)
    seen = stocks.with_columns(*exempt(), span.known("over_bundle_fee", "has_fee"), revenue_less_campaigns=net)
    return _dated(seen, span)


def _counted(name: str, source: str, span: Span) -> pl.Expr:
    """How often something happened, where the source speaks of the month."""
    return pl.when(span.knows(source)).then(pl.col(name).fill_null(0.0)).alias(name)


def _held(name: str, span: Span) -> pl.Expr:
    """How many of the lines held are so, where there are lines and any is ever so."""
    return pl.when(span.knows(name), pl.col("lines").is_not_null()).then(pl.col(name).fill_null(0.0)).alias(name)


def _dated(rows: pl.LazyFrame, span: Span) -> pl.LazyFrame:
    """Add since when; where no use was ever seen, it is the months since the first one, that one included."""
    ever = pl.col("at") - pl.max_horizontal("start", pl.lit(span.first, pl.Int32)) + 1
    return rows.with_columns(
        months_since_use=pl.when(pl.col("used").is_not_null(), told_of_use()).then(
            pl.coalesce(_since_last(pl.col("used"), "used"), ever)
        ),
        **{
            f"months_since_{what}": pl.when(pl.col(name).is_not_null()).then(_since_last(pl.col(name) > 0, name))
            for what, name in _HAPPENED.items()
        },
    )


def _since_last(happened: pl.Expr, name: str) -> pl.Expr:
    return months_since(happened, pl.col(f"last_{name}"))
