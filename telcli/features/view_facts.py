"""What the business views judge customers by, side by side: one row per customer of the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from telcli.features.earnings import earnings
from telcli.features.margin_parts import Rates
from telcli.features.month_index import month_at, month_index
from telcli.features.ranges import of_customers
from telcli.features.touches import asked, paid, sold
from telcli.features.use_level import nothing_used
from telcli.tables import contract

__all__ = ["view_facts"]

_NOW = (
    *("tenure_months", "services_held", "numbers_held", "complaints_sum_6", "months_in_arrears_6", "months_since_use"),
    *("call_minutes", "data_mb"),
)
_YEAR_DAYS = 365


def view_facts(
    tables: Mapping[str, pl.LazyFrame],
    people: pl.DataFrame,
    as_of: date,
    settings: Any,
    rates: Rates,
) -> pl.DataFrame:
    """The rows of `people` in their order with what else is known of them; what its source lacks is null.

    `tables` are customer_months and customers, and subscriptions, payments and contacts where there are some; `people`
    has customer_id, revenue, consumption_tier, lifecycle_stage and lifecycle_reason; `settings` are those of segment,
    `rates` what margin goes by.
    """
    months = contract("customer_months").conform(tables["customer_months"])
    earned = earnings(
        months,
        as_of,
        rates=rates,
        mean_months=settings.margin_months,
        losing_months=settings.exit_months,
        losing_at=settings.exit_margin,
    )
    words = (settings.online_channels, settings.offline_channels)
    frame = people
    for part in (_present(months, as_of), earned, _lately(months, as_of, settings.without_months)):
        frame = frame.hstack(of_customers(part, people["customer_id"]))
    if "subscriptions" in tables:
        frame = _joined(frame, sold(tables["subscriptions"], as_of, *words))
    frame = _joined(frame, _customers(tables["customers"]))
    frame = _paying(frame, tables, as_of, words)
    frame = _asking(frame, tables, as_of, words)
    return frame.with_columns(_gap(frame, name, kind) for name, kind in _LINES.items()).with_columns(
        pl.when(pl.col("group_id").is_not_null()).then(pl.len().over("group_id")).alias("group_customers"),
        touches=pl.sum_horizontal("paid_touches", "made_touches", ignore_nulls=True),
        touches_online=pl.sum_horizontal("paid_online", "made_online", ignore_nulls=True),
    )


_LINES: Mapping[str, Any] = {"prepaid": pl.Boolean, "leased": pl.Boolean, "bought_online": pl.Boolean}


def _joined(frame: pl.DataFrame, part: pl.LazyFrame) -> pl.DataFrame:
    """Only the customers of the snapshot are kept of the part."""
    found = part.join(frame.lazy().select("customer_id"), on="customer_id", how="semi").collect(engine="streaming")
    return frame.join(found, on="customer_id", how="left", maintain_order="left")


def _present(months: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    now = months.filter(pl.col("month") == as_of)
    return now.select("customer_id", *_NOW, "revenue_change_6", nothing_used().alias("uses_nothing"))


def _lately(months: pl.LazyFrame, as_of: date, without: int) -> pl.LazyFrame:
    """Days of use in 3 months, offers taken up in 12, and of the last `without` months those in which nothing was used.

    Days and offers are null where no month tells. Whole numbers, so that they add.
    """
    index = month_index(as_of)
    window = months.filter(pl.col("month").is_between(month_at(index - 11), as_of))
    days = pl.when(pl.col("month") >= month_at(index - 2)).then(pl.col("active_days").round())
    offers = pl.col("campaigns_accepted").round()
    return window.group_by("customer_id").agg(
        use_days=pl.when(days.count() > 0).then(days.sum()),
        accepted=pl.when(offers.count() > 0).then(offers.sum()),
        nothing_months=pl.when(pl.col("month") >= month_at(index - without + 1)).then(nothing_used()).sum(),
    )


def _customers(customers: pl.LazyFrame) -> pl.LazyFrame:
    frame = contract("customers").conform(customers)
    return frame.select("customer_id", "group_id", "star_level", "churned", told_class="customer_class")


def _paying(
    frame: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date, words: tuple[str, str]
) -> pl.DataFrame:
    """Who paid nothing in a year where others did has paid a year ago at best, in no channel."""
    if "payments" not in tables:
        return frame.with_columns(_nothing("payment_days", "top_ups", "paid_touches", "paid_online"))
    found = _joined(frame, paid(tables["payments"], as_of, *words))
    if not found["payment_days"].count():
        return found
    counts = pl.col("top_ups", "paid_touches", "paid_online").fill_null(0)
    found = found.with_columns(pl.col("payment_days").fill_null(_YEAR_DAYS), counts)
    return _unless_silent(found, "paid_touches", "paid_online")


def _asking(
    frame: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date, words: tuple[str, str]
) -> pl.DataFrame:
    if "contacts" not in tables:
        return frame.with_columns(_nothing("asked", "made_touches", "made_online"))
    found = _joined(frame, asked(tables["contacts"], as_of, *words))
    found = found.with_columns(pl.col("asked", "made_touches", "made_online").fill_null(0))
    return _unless_silent(found, "made_touches", "made_online")


def _unless_silent(frame: pl.DataFrame, touches: str, online: str) -> pl.DataFrame:
    """Counts by channel are not known where no row of anybody names a channel."""
    return frame if frame[touches].sum() else frame.with_columns(_nothing(touches, online))


def _nothing(*names: str) -> list[pl.Expr]:
    return [pl.lit(None, dtype=pl.Int64).alias(name) for name in names]


def _gap(frame: pl.DataFrame, name: str, kind: Any) -> pl.Expr:
    return pl.col(name) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)
