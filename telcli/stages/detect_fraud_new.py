"""Subscription fraud: new customers who use much and never pay, or who share papers or a device with old debts."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from telcli.stages.detect_fraud_found import HITS, Found, Ground, nothing, scored, signs_of

__all__ = ["new_customers"]

_OLD = {90: ("arrears_91_180", "arrears_181_365", "arrears_over_365"), 180: ("arrears_181_365", "arrears_over_365")}
_MOST_TIED = 50
"""Customers of one certificate or device beyond whom it ties nobody to anybody: one that stands for none."""


def new_customers(ground: Ground) -> Found:
    """Suspect customers whose oldest live line is `new_days` old at most, where `signs` of four signs hold.

    Of customers without a live line, those that ended in the month count: who was shut off is suspected no less.

    Charges and use valued at the settings' rates of `use_money` or more and `use_times` the median of new customers;
    nothing paid though something is owed; certificate, device or account shared with a customer with debts older than
    `debt_days` or who was shut off, or she was such a customer herself before; more than `lines` live lines on the
    certificate. One of the first two must be there: whom somebody is tied to is no fault of hers.
    """
    rule, settings = ground.rules["subscription"], ground.settings
    rows = _new(ground, rule["new_days"])
    if rows is None or not rows.height:
        return nothing("subscription")
    rows = rows.join(_used(ground, rows), on="customer_id", how="left", maintain_order="left")
    rows = rows.join(_tied(ground, rows, rule["debt_days"]), on="customer_id", how="left", maintain_order="left")
    rows = rows.join(_lines(ground), on="customer_id", how="left", maintain_order="left")
    middle = rows["use"].median()
    limit = max(rule["use_money"], rule["use_times"] * (float(middle) if isinstance(middle, int | float) else 0.0))
    facts = {
        "high-use": (pl.col("use") >= limit, pl.col("use"), limit),
        "never-paid": ((pl.col("paid") <= 0) & (pl.col("owed") > 0), pl.col("owed"), None),
        "linked-debt": (pl.col("tied") >= 1, pl.col("tied"), 1.0),
        "many-lines": (pl.col("lines") > rule["lines"], pl.col("lines"), rule["lines"]),
    }
    hold = pl.sum_horizontal(holds.fill_null(value=False) for holds, *_ in facts.values())
    first = (facts["high-use"][0] | facts["never-paid"][0]).fill_null(value=False)
    score = scored([(holds, value / (bound or 1.0)) for holds, value, bound in facts.values()])
    ahead = pl.col("use") / pl.col("age").clip(lower_bound=1) * settings.horizon_days
    hits = rows.filter(hold >= rule["signs"], first).with_columns(
        subject_id="customer_id", score=score, last_day=pl.lit(ground.last), days=pl.col("age").cast(pl.Int64)
    )
    unpaid = pl.max_horizontal(pl.col("use").fill_null(0.0) - pl.col("paid").fill_null(0.0), pl.col("owed"), 0.0)
    loss = unpaid + pl.col("subsidy") + pl.col("score") * ahead.fill_null(0.0)
    made = hits.with_columns(loss=loss).sort("subject_id")
    return Found("subscription", "customer", made.select(HITS.names()), signs_of(made, facts))


def _new(ground: Ground, most_days: float) -> pl.DataFrame | None:
    """Customers all of whose live lines are new, with the day of the first: who was shut off may be there anew.

    Of who has none, the lines that ended in the month.
    """
    live = pl.col("ended_on").is_null()
    alone = ~live.any().over("customer_id") & (pl.col("ended_on") >= ground.as_of)
    lines = ground.lines.filter(pl.col("activated_on").is_not_null()).filter(live | alone)
    found = lines.group_by("customer_id").agg(
        first_day=pl.col("activated_on").min(), subsidy=pl.col("subsidy").fill_null(0.0).sum()
    )
    since = ground.last - timedelta(days=int(most_days))
    fresh = found.filter(pl.col("first_day") >= since, pl.col("first_day") <= ground.last)
    age = (pl.lit(ground.last) - pl.col("first_day")).dt.total_days() + 1
    return fresh.with_columns(age=age).sort("customer_id")


def _used(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    """What each used and was charged since, in money, what was paid of it, and what is owed."""
    have = ground.months.collect_schema().names()
    zero = pl.lit(0.0)
    minutes = pl.col("call_minutes") if "call_minutes" in have else zero
    volume = pl.col("data_mb") if "data_mb" in have else zero
    valued = (
        minutes.fill_null(0.0) * ground.settings.minute_rate + volume.fill_null(0.0) / 1024 * ground.settings.gb_rate
    )
    billed = pl.col("revenue").fill_null(0.0) if "revenue" in have else zero
    told = [
        pl.col(name) if name in have else pl.lit(None, dtype=pl.Float64).alias(name) for name in ("paid", "arrears")
    ]
    wanted = rows.lazy().select("customer_id", "first_day")
    months = ground.months.select("customer_id", "month", *told, valued=valued, billed=billed)
    mine = months.join(wanted, on="customer_id", how="inner").filter(
        pl.col("month") >= pl.col("first_day").dt.month_start()
    )
    found = mine.group_by("customer_id").agg(
        use=pl.max_horizontal(pl.col("valued").sum(), pl.col("billed").sum()),
        paid=pl.when(pl.col("paid").is_not_null().any()).then(pl.col("paid").sum()),
        owed=pl.col("arrears").sort_by("month").last(),
    )
    return found.collect(engine="streaming").sort("customer_id")


def _indebted(ground: Ground, debt_days: float) -> pl.DataFrame:
    """Customers with debts older than that in any month, or one of whose lines was shut off."""
    have = ground.months.collect_schema().names()
    old = [name for name in _OLD[90 if debt_days < 180 else 180] if name in have]
    shut = _shut(ground).select("customer_id")
    if not old:
        return shut.unique()
    owes = pl.sum_horizontal(pl.col(name).fill_null(0.0) for name in old) > 0
    owing = ground.months.filter(owes).select("customer_id").unique().collect(engine="streaming")
    return pl.concat([owing, shut]).unique().sort("customer_id")


def _shut(ground: Ground) -> pl.DataFrame:
    """Lines that were shut off by the last day looked at: of those without a day nobody knows when."""
    return ground.lines.filter(pl.col("end_reason") == "involuntary", pl.col("ended_on") <= ground.last)


def _tied(ground: Ground, rows: pl.DataFrame, debt_days: float) -> pl.DataFrame:
    """How many customers with such debts each is tied to by certificate, device or account."""
    ties = [
        ground.people.select("customer_id", tie=pl.format("certificate {}", "certificate_h")),
        ground.lines.select("customer_id", tie=pl.format("device {}", "device_h")),
        ground.lines.select("customer_id", tie=pl.format("account {}", "account_id")),
    ]
    tied = pl.concat(ties).drop_nulls().unique()
    tied = tied.filter(pl.len().over("tie").is_between(2, _MOST_TIED))
    owes = _indebted(ground, debt_days)
    owing = tied.join(owes, on="customer_id", how="semi")
    both = tied.join(owing.rename({"customer_id": "other"}), on="tie", how="inner").select("customer_id", "other")
    apart = both.filter(pl.col("other") != pl.col("customer_id"))
    again = _indebted_before(ground, rows, owes).select("customer_id", other="customer_id")
    return (
        pl.concat([apart, again])
        .group_by("customer_id")
        .agg(tied=pl.col("other").n_unique().cast(pl.Float64))
        .sort("customer_id")
    )


def _indebted_before(ground: Ground, rows: pl.DataFrame, owes: pl.DataFrame) -> pl.DataFrame:
    """Customers with such debts who had an older line that was shut off: ingest knows them again by their papers."""
    shut = _shut(ground).join(rows.select("customer_id", "first_day"), on="customer_id", how="inner")
    older = shut.filter(pl.col("activated_on").is_null() | (pl.col("activated_on") < pl.col("first_day")))
    return owes.join(older, on="customer_id", how="semi")


def _lines(ground: Ground) -> pl.DataFrame:
    """Live lines on the certificate of each customer; of a person only: firms hold as many as they need."""
    live = ground.lines.filter(pl.col("ended_on").is_null()).group_by("customer_id").agg(held=pl.len())
    people = ground.people.filter(
        pl.col("certificate_h").is_not_null(), pl.col("customer_class").fill_null("public") == "public"
    )
    found = people.join(live, on="customer_id", how="inner")
    lines = pl.col("held").sum().over("certificate_h").cast(pl.Float64)
    return found.select("customer_id", lines=lines)
