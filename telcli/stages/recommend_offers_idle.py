"""Products and lines that are held and were never used: whom to help first, and what that may keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features.cold_use import Cold, cold_use
from telcli.features.month_index import add_months
from telcli.stages.recommend_offers_ground import Ground, Part, no_offers, offered
from telcli.tables import contract

__all__ = ["by_use"]

_KEY = ("subscription_id", "product_id", "line")
_WHY = {
    True: (
        "The line has had no use for {months} months, since it was taken.",
        "号码开通后已有 {months} 个月没有使用。",
    ),
    False: (
        "{product} has had no use for {months} months, since it was taken.",
        "{product} 订购后已有 {months} 个月没有使用。",
    ),
}


def by_use(ground: Ground) -> Part:
    """The list of what is held and not used, and offers to begin using it."""
    if "subscriptions" not in ground.tables:
        return _nothing()
    months = ground.settings.idle_months
    found = cold_use(ground.tables, ground.as_of, months)
    here = ground.people.select("customer_id", "left_alone")
    rows = found.rows.join(here, on="customer_id", maintain_order="left")
    given_up = _given_up(ground)
    worded = _worded(rows)
    fee = pl.col("monthly_fee").fill_null(-1.0)
    ordered = worded.sort(
        [fee, "months", "customer_id", "subscription_id", "product_id"], descending=[True, True, False, False, False]
    )
    numbered = ordered.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    table = numbered.drop("left_alone").sort("customer_id", "subscription_id", "product_id")
    return Part(
        _offers(ground, numbered, given_up["extra"]),
        {"unused_products": table},
        {
            "unused": table.height,
            "customers": table["customer_id"].n_unique(),
            "monthly_fees": round(float(table["monthly_fee"].fill_null(0.0).sum()), 2),
            "not_judged": found.unknown,
            "given_up": given_up,
        },
        tuple(_notices(found)),
    )


def _nothing() -> Part:
    table = contract("unused_products").schema.create_empty().drop("as_of")
    said = Notice("offers-no-lines", "No lines are known, so none can be said to be unused.", {})
    return Part(no_offers(), {"unused_products": table}, {}, (said,))


def _worded(rows: pl.DataFrame) -> pl.DataFrame:
    words = [
        tuple(text.format(months=months, product=product) for text in _WHY[line])
        for product, months, line in rows.select("product_id", "months", "line").iter_rows()
    ]
    return rows.with_columns(
        pl.Series("why", [one for one, _ in words], dtype=pl.String),
        pl.Series("why_zh", [other for _, other in words], dtype=pl.String),
    )


def _given_up(ground: Ground) -> dict[str, Any]:
    """How much more often what was unused `rule_months` ago has been given up since than what was used.

    It is what beginning to use it could save at the most: who does not use a thing may give it up for other reasons.
    """
    back = ground.settings.rule_months
    before = cold_use(ground.tables, add_months(ground.as_of, -back), ground.settings.idle_months)
    ends = _ends(ground)
    judged = before.judged.join(before.rows.select(*_KEY, unused=pl.lit(value=True)), on=_KEY, how="left")
    told = judged.join(ends, on=_KEY, how="left")
    after = add_months(ground.as_of, 1)
    by = told.group_by(pl.col("unused").fill_null(value=False)).agg(
        held=pl.len(), ended=(pl.col("ended") < after).fill_null(value=False).sum()
    )
    found = {bool(unused): (int(held), int(ended)) for unused, held, ended in by.iter_rows()}
    (cold, cold_ended), (warm, warm_ended) = found.get(True, (0, 0)), found.get(False, (0, 0))
    least = ground.settings.least_customers
    enough = cold >= least and warm >= least
    extra = max(cold_ended / cold - warm_ended / warm, 0.0) if enough else None
    return {
        "unused": cold,
        "unused_ended": cold_ended,
        "used": warm,
        "used_ended": warm_ended,
        "extra": None if extra is None else round(extra, 6),
    }


def _ends(ground: Ground) -> pl.DataFrame:
    """When each line and product ended; the latest of one taken again."""
    lines = contract("subscriptions").conform(ground.tables["subscriptions"])
    own = lines.select(
        "subscription_id",
        product_id=pl.col("service_type").fill_null("other"),
        line=pl.lit(value=True),
        ended=pl.col("ended_on"),
    )
    parts = [own.collect(engine="streaming")]
    if "products" in ground.tables:
        rows = contract("products").conform(ground.tables["products"])
        later = pl.when(pl.col("ended_on").null_count() == 0).then(pl.col("ended_on").max())
        held = rows.group_by("subscription_id", "product_id").agg(ended=later)
        parts.append(
            held.select("subscription_id", "product_id", pl.lit(value=False).alias("line"), "ended").collect(
                engine="streaming"
            )
        )
    return pl.concat(parts)


def _offers(ground: Ground, rows: pl.DataFrame, extra: float | None) -> pl.DataFrame:
    """What is unused, to be used: where it costs something each month; one offer for a customer and product."""
    if not extra:
        return no_offers()
    paid = rows.filter(~pl.col("left_alone"), pl.col("monthly_fee") > 0).unique(
        ("customer_id", "product_id"), keep="first", maintain_order=True
    )
    margin = (pl.col("monthly_fee") * ground.months_margin).round(4)
    told = paid.with_columns(
        kind=pl.lit("cold-use"),
        purpose=pl.lit("activation"),
        chance=pl.lit(extra),
        expected_margin=margin,
        score=(margin * extra).round(4),
        rule=pl.lit(None, pl.Int64),
    )
    return offered(told)


def _notices(found: Cold) -> Iterator[Notice]:
    if found.silent_services:
        yield Notice(
            "offers-silent-services",
            "Nobody's use of these kinds of service is told, so their lines are not judged: {services}.",
            {"services": ", ".join(found.silent_services)},
        )
