"""Where margin comes from: by what was sold and who sold it, and by how long customers have been here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.margin import whole_tenure
from telcli.features.margin_parts import Rates, parts
from telcli.features.month_index import YEAR, add_months, index_at
from telcli.features.touches import held_at_end
from telcli.tables import contract

__all__ = ["cohort_rows", "offer_rows"]

EARLY_DAYS = 180
SOLD_MONTHS = 24
"""Lines sold in so many months, the last six left out, tell how many ended early."""
_OFFERS = {
    **dict.fromkeys(("kind", "item"), pl.String()),
    **dict.fromkeys(("customers", "lines"), pl.Int64()),
    **dict.fromkeys(("margin", "margin_per_customer", "margin_share", "loss_maker_share"), pl.Float64()),
    "lines_sold": pl.Int64(),
    "early_end_share": pl.Float64(),
}
_KINDS = (("sales-channel", "channel_id"), ("plan", "plan_id"))


def offer_rows(margins: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.DataFrame:
    """value_offers: each sales channel, plan and product of lines that live, and the margin of those who hold it.

    A customer's margin is parted evenly among her live lines, so that channels add up to the margin of all who have a
    line, and plans too; a product takes the whole part of its line, so that products overlap.

    Parameters
    ----------
    margins : polars.DataFrame
        ``customer_id`` and ``margin`` of the last 12 months, in money, of customers valued.
    tables : mapping
        subscriptions and products, where there are some.
    as_of : date
        The snapshot's month.
    """
    frames = [pl.DataFrame(schema=_OFFERS)]
    if "subscriptions" in tables:
        lines = contract("subscriptions").conform(tables["subscriptions"]).collect(engine="streaming")
        live = _parted(lines.filter(held_at_end("activated_on", "ended_on", as_of)), margins)
        for kind, column in _KINDS:
            sold = _ended_early(lines.with_columns(item=column), as_of)
            frames.append(_counted(live.with_columns(item=column), margins, kind).join(sold, on="item", how="left"))
        if "products" in tables:
            held = contract("products").conform(tables["products"]).collect(engine="streaming")
            held = held.filter(held_at_end("started_on", "ended_on", as_of))
            held = held.select("subscription_id", item="product_id").unique()
            taken = held.join(live, on="subscription_id")
            frames.append(_counted(taken, margins, "product").with_columns(lines_sold=None, early_end_share=None))
    found = [frame.select(pl.col(name).cast(to) for name, to in _OFFERS.items()) for frame in frames]
    return pl.concat(found).sort("kind", "item").with_columns(as_of=pl.lit(as_of))


def _parted(live: pl.DataFrame, margins: pl.DataFrame) -> pl.DataFrame:
    """Live lines of customers valued, each with its part of the customer's margin, in ten-thousandths."""
    both = live.join(margins, on="customer_id")
    return both.with_columns(part=units(pl.col("margin") / pl.len().over("customer_id")))


def _counted(live: pl.DataFrame, margins: pl.DataFrame, kind: str) -> pl.DataFrame:
    whole = float(margins["margin"].sum())
    by_customer = live.drop_nulls("item").group_by("item", "customer_id").agg(
        lines=pl.len(), part=pl.col("part").sum(), loses=(pl.col("margin") < 0).any()
    )  # fmt: skip
    found = by_customer.group_by("item").agg(
        customers=pl.len(), lines=pl.col("lines").sum(), loss_maker_share=pl.col("loses").sum() / pl.len(),
        margin=amount(pl.col("part").sum()),
    )  # fmt: skip
    return found.with_columns(
        kind=pl.lit(kind),
        margin_per_customer=(pl.col("margin") / pl.col("customers")).round(4),
        margin_share=(pl.col("margin") / whole).round(6) if whole > 0 else pl.lit(None, dtype=pl.Float64),
    )


def _ended_early(lines: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Of lines sold in the months that can tell, the share that ended within EARLY_DAYS, moves within left out."""
    first, last = add_months(as_of, 1 - SOLD_MONTHS), add_months(as_of, -5)
    sold = lines.drop_nulls("item").filter(pl.col("activated_on").is_between(first, last, closed="left"))
    stay = (pl.col("ended_on") - pl.col("activated_on")).dt.total_days()
    went = pl.col("end_reason").fill_null("unknown") != "internal"
    early = went & (stay <= EARLY_DAYS) & (pl.col("ended_on") < add_months(as_of, 1))
    counted = sold.group_by("item").agg(lines_sold=pl.len(), early=early.fill_null(value=False).sum())
    return counted.select("item", "lines_sold", early_end_share=pl.col("early") / pl.col("lines_sold"))


def cohort_rows(frame: pl.LazyFrame, source: str, rates: Rates, as_of: date) -> pl.DataFrame:
    """value_cohorts: what a month of a customer brings, by year of joining and year of the stay.

    Months of customers who were there and whose revenue is known count; debts grown old do not, being told by two
    months. It shows whether customers bring more the longer they stay, among those who do stay.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months up to the snapshot.
    source : str
        The column of revenue.
    rates : Rates
        What is taken off it.
    as_of : date
        The snapshot's month.
    """
    made = parts(source, rates, frame.collect_schema().names())
    joined = index_at(pl.col("month")) - pl.col("tenure")
    rows = frame.filter(pl.col("active") & pl.col(source).is_not_null()).with_columns(whole_tenure()).filter(
        pl.col("tenure") >= 0
    )  # fmt: skip
    cells = rows.group_by(cohort_year=(joined // YEAR).cast(pl.Int64), tenure_year=pl.col("tenure") // YEAR + 1).agg(
        customer_months=pl.len().cast(pl.Int64),
        revenue=units(pl.col(source)).sum(),
        margin=units(pl.col(source) - pl.sum_horizontal(made.values())).sum(),
    )
    found = cells.sort("cohort_year", "tenure_year").collect(engine="streaming")
    a_month = (amount(pl.col(name)) / pl.col("customer_months") for name in ("revenue", "margin"))
    return found.select(
        "cohort_year", "tenure_year", "customer_months",
        **{f"{name}_a_month": each.round(4) for name, each in zip(("revenue", "margin"), a_month, strict=True)},
    ).with_columns(as_of=pl.lit(as_of))  # fmt: skip
