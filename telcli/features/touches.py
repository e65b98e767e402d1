"""How customers pay and get in touch: through which channels, how lately, how often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl

from telcli.features.month_index import month_at, month_index
from telcli.features.online import online_channel
from telcli.tables import contract

__all__ = ["asked", "held_at_end", "live_lines", "money_came", "paid", "payment_channel", "sold"]

_YEAR, _HALF, _TOP_UPS = 12, 6, timedelta(days=90)
_ASKED = ("enquiry", "request")


def paid(payments: pl.LazyFrame, as_of: date, words: str, without: str = "") -> pl.LazyFrame:
    """One row per customer who paid in the last 12 months: payment_days, top_ups, paid_touches, paid_online.

    Days from the last payment to the end of the snapshot month; payments in 90 days; payments in 6 months whose channel
    (else method) is known, and those of them through an online one. What was taken back or is not above 0 is none.

    >>> payments = pl.LazyFrame({"payment_id": ["1", "2"], "customer_id": ["a", "a"], "amount": [9.0, 9.0],
    ...     "paid_at": [datetime(2024, 6, 30, 9), datetime(2024, 1, 1)], "channel": ["app", None]})
    >>> paid(payments, date(2024, 6, 1), "app").collect().rows()
    [('a', 0, 1, 1, 1)]
    """
    end, at = _end(as_of), pl.col("paid_at")
    frame = contract("payments").conform(payments)
    window = frame.filter(money_came() & at.is_between(_start(as_of, _YEAR), end, closed="left"))
    half = at >= _start(as_of, _HALF)
    through = online_channel(payment_channel(), words, without)
    return window.group_by("customer_id").agg(
        payment_days=((pl.lit(end) - at.max()).dt.total_days()),
        top_ups=(at >= end - _TOP_UPS).sum().cast(pl.Int64),
        paid_touches=(half & through.is_not_null()).sum().cast(pl.Int64),
        paid_online=(half & through).sum().cast(pl.Int64),
    )


def money_came() -> pl.Expr:
    """Which payments brought money: what was taken back or is not above 0 did not.

    >>> payments = pl.DataFrame({"amount": [9.0, 9.0, -9.0, None], "reversed": [None, True, False, False]})
    >>> payments.select(money_came().fill_null(value=False))["amount"].to_list()
    [True, False, False, False]
    """
    return (pl.col("amount") > 0) & ~pl.col("reversed").fill_null(value=False)


def payment_channel() -> pl.Expr:
    """Where a payment was made: its channel, else its method, as systems tell one or the other.

    >>> payments = pl.DataFrame({"channel": ["app", None], "method": ["card", "direct debit"]})
    >>> payments.select(payment_channel())["channel"].to_list()
    ['app', 'direct debit']
    """
    return pl.coalesce("channel", "method")


def asked(contacts: pl.LazyFrame, as_of: date, words: str, without: str = "") -> pl.LazyFrame:
    """One row per customer in touch in the last 6 months: asked (enquiries and requests), made_touches, made_online.

    >>> contacts = pl.LazyFrame({"contact_id": ["1"], "customer_id": ["a"], "opened_at": [datetime(2024, 6, 2)],
    ...     "channel": ["网厅"], "kind": ["enquiry"]})
    >>> asked(contacts, date(2024, 6, 1), "网厅").collect().rows()
    [('a', 1, 1, 1)]
    """
    window = contract("contacts").conform(contacts)
    window = window.filter(pl.col("opened_at").is_between(_start(as_of, _HALF), _end(as_of), closed="left"))
    through = online_channel(pl.col("channel"), words, without)
    return window.group_by("customer_id").agg(
        asked=pl.col("kind").is_in(_ASKED).sum().cast(pl.Int64),
        made_touches=through.is_not_null().sum().cast(pl.Int64),
        made_online=through.sum().cast(pl.Int64),
    )


def sold(subscriptions: pl.LazyFrame, as_of: date, words: str, without: str = "") -> pl.LazyFrame:
    """One row per customer with a line that lives at the end of the month: prepaid, leased, bought_online.

    Whether every line is prepaid of those that say, any is a leased line, any was bought online.

    >>> lines = pl.LazyFrame({"subscription_id": ["1"], "customer_id": ["a"], "pay_mode": ["prepaid"],
    ...     "service_type": ["mobile"], "channel_id": ["网厅"]})
    >>> sold(lines, date(2024, 6, 1), "网厅").collect().rows()
    [('a', True, False, True)]
    """
    live = live_lines(subscriptions, as_of)
    flags: Mapping[str, pl.Expr] = {
        "prepaid": pl.col("pay_mode") == "prepaid",
        "leased": pl.col("service_type") == "leased-line",
        "bought_online": online_channel(pl.col("channel_id"), words, without),
    }
    known = {name: flag.is_not_null().any() for name, flag in flags.items()}
    held = {"prepaid": flags["prepaid"].all(), **{name: flags[name].any() for name in ("leased", "bought_online")}}
    return live.group_by("customer_id").agg(pl.when(known[name]).then(held[name]).alias(name) for name in flags)


def live_lines(subscriptions: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The lines that live at the end of the month.

    >>> lines = pl.LazyFrame({"subscription_id": ["1", "2"], "customer_id": ["a", "b"],
    ...     "ended_on": [date(2024, 6, 30), date(2024, 7, 1)]})
    >>> live_lines(lines, date(2024, 6, 1)).collect()["subscription_id"].to_list()
    ['2']
    """
    return contract("subscriptions").conform(subscriptions).filter(held_at_end("activated_on", "ended_on", as_of))


def held_at_end(since: str, until: str, as_of: date) -> pl.Expr:
    """Whether something is held at the end of the month, by the days it began and ended; null days lie far away.

    >>> lines = pl.DataFrame({"since": [date(2024, 6, 30), date(2024, 7, 1), None], "until": [None, None, None]},
    ...     schema_overrides={"until": pl.Date})
    >>> lines.select(held_at_end("since", "until", date(2024, 6, 1)))["since"].to_list()
    [True, False, True]
    """
    after = _end(as_of).date()
    begun = pl.col(since).is_null() | (pl.col(since) < after)
    return begun & (pl.col(until).is_null() | (pl.col(until) >= after))


def _start(as_of: date, months: int) -> datetime:
    """The moment a window of months that ends with the snapshot month begins."""
    return datetime.combine(month_at(month_index(as_of) + 1 - months), datetime.min.time())


def _end(as_of: date) -> datetime:
    """The first moment after the snapshot month."""
    return datetime.combine(month_at(month_index(as_of) + 1), datetime.min.time())
