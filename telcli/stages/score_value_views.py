"""Where margin comes from: by what was sold and who sold it, and by how long customers have been here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from telcli.features.exact import amount, units
from telcli.features.margin import whole_tenure
from telcli.features.margin_parts import Rates, parts
from telcli.features.month_index import YEAR, add_months, index_at
from telcli.features.sales_costs import line_costs
from telcli.features.touches import held_at_end
from telcli.settings import ScoreValueSettings
from telcli.tables import contract

__all__ = ["cohort_rows", "offer_rows"]

EARLY_DAYS = 180
SOLD_MONTHS = 24
"""Lines sold in so many months, the last six left out, tell how many ended early."""
_OFFERS = {
    **dict.fromkeys(("kind", "item"), pl.String()),
    **dict.fromkeys(("customers", "lines"), pl.Int64()),
    **dict.fromkeys(("margin", "margin_per_customer", "margin_share", "loss_maker_share"), pl.Float64()),
    "sales_costs": pl.Float64(),
    "lines_sold": pl.Int64(),
    "early_end_share": pl.Float64(),
    "left_customers": pl.Int64(),
    "lost_sales_costs": pl.Float64(),
}
_OF_LINES = ("sales_costs", "lines_sold", "early_end_share", "left_customers", "lost_sales_costs")
"""What is told of channels and plans, of which a line has one, and not of products."""
_OF_COSTS = (
    *("customer_id", "subscription_id", "activated_on", "ended_on", "end_reason", "contract_end"),
    *("commission", "subsidy", "channel_id", "plan_id"),
)
_KINDS = (("sales-channel", "channel_id"), ("plan", "plan_id"))


def offer_rows(
    margins: pl.DataFrame,
    left: pl.Series,
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
    settings: ScoreValueSettings,
) -> pl.DataFrame:
    """value_offers: each sales channel, plan and product, and the margin of those who hold it.

    Commission, clawback and subsidy of a line, live or ended, count for its own channel and plan. What a customer
    brings before them is parted evenly among her live lines. So channels add up to the margin of all who have a live
    line, and plans too; a product takes the whole of its line, so that products overlap.

    Parameters
    ----------
    margins : polars.DataFrame
        ``customer_id`` and ``margin`` of the last 12 months, in money, of customers valued.
    left : polars.Series
        Ids of customers who were here in these months and are not now: what their lines cost is told apart.
    tables : mapping
        subscriptions and products, where there are some.
    as_of : date
        The snapshot's month.
    settings : ScoreValueSettings
        How commissions are taken back and subsidies are spread.
    """
    frames = [pl.DataFrame(schema=_OFFERS)]
    if "subscriptions" in tables:
        lines = _costed(contract("subscriptions").conform(tables["subscriptions"]), as_of, settings)
        parted = _parted(lines, margins)
        gone = lines.filter(pl.col("customer_id").is_in(left.implode()), _held_in_year(as_of))
        for kind, column in _KINDS:
            counted = _counted(parted.with_columns(item=column), margins, kind)
            lost = gone.drop_nulls(column).group_by(item=column).agg(
                left_customers=pl.col("customer_id").n_unique(), lost_sales_costs=amount(pl.col("cost").sum())
            )  # fmt: skip
            both = counted.join(lost, on="item", how="full", coalesce=True).with_columns(
                pl.col("customers", "lines", "left_customers").fill_null(0),
                pl.col("margin", "sales_costs", "lost_sales_costs").fill_null(0.0),
                kind=pl.lit(kind),
            )
            sold = _ended_early(lines.with_columns(item=column), as_of)
            frames.append(both.join(sold, on="item", how="left"))
        if "products" in tables:
            held = contract("products").conform(tables["products"]).collect(engine="streaming")
            held = held.filter(held_at_end("started_on", "ended_on", as_of))
            held = held.select("subscription_id", item="product_id").unique()
            taken = held.join(parted.filter("live"), on="subscription_id")
            frames.append(_counted(taken, margins, "product").with_columns(**dict.fromkeys(_OF_LINES)))
    found = [frame.select(pl.col(name).cast(to) for name, to in _OFFERS.items()) for frame in frames]
    return pl.concat(found).sort("kind", "item").with_columns(as_of=pl.lit(as_of))


def _costed(lines: pl.LazyFrame, as_of: date, settings: ScoreValueSettings) -> pl.DataFrame:
    """Lines, each with whether it lives and its `cost`: what its sale counts for in the year, in ten-thousandths."""
    numbered = lines.select(_OF_COSTS).with_row_index("_line")
    spread, back = settings.subsidy_months, settings.clawback_months
    costs = line_costs(numbered, as_of, YEAR, subsidy_months=spread, clawback_months=back)
    costs = costs.select("_line", cost=pl.col("commission") + pl.col("subsidy"))
    told = numbered.join(costs, on="_line", how="left", maintain_order="left").drop("_line")
    live = held_at_end("activated_on", "ended_on", as_of)
    told = told.with_columns(pl.col("cost").fill_null(0), live=live)
    return told.drop("commission", "subsidy", "contract_end").collect(engine="streaming")


def _held_in_year(as_of: date) -> pl.Expr:
    """Lines held in some month of the year."""
    begun = pl.col("activated_on").is_null() | (pl.col("activated_on") < add_months(as_of, 1))
    return begun & (pl.col("ended_on").is_null() | (pl.col("ended_on") >= add_months(as_of, 1 - YEAR)))


def _parted(lines: pl.DataFrame, margins: pl.DataFrame) -> pl.DataFrame:
    """Lines of customers valued, live or not for nothing, each with its part of the margin, in ten-thousandths."""
    both = lines.join(margins.with_row_index("who"), on="customer_id").drop("customer_id")
    before = units(pl.col("margin")) + pl.col("cost").sum().over("who")
    shared = (before / pl.col("live").sum().over("who")).round().cast(pl.Int64, strict=False)
    parted = both.with_columns(part=pl.when("live").then(shared).otherwise(0) - pl.col("cost"))
    return parted.filter(pl.col("live") | (pl.col("cost") != 0))


def _counted(lines: pl.DataFrame, margins: pl.DataFrame, kind: str) -> pl.DataFrame:
    whole = float(margins["margin"].sum())
    by_customer = lines.lazy().drop_nulls("item").group_by("item", "who").agg(
        pl.col("part", "cost").sum(), lines=pl.col("live").sum(), loses=(pl.col("margin") < 0).any()
    )  # fmt: skip
    found = by_customer.group_by("item").agg(
        customers=pl.len(), lines=pl.col("lines").sum(), loss_maker_share=pl.col("loses").sum() / pl.len(),
        margin=amount(pl.col("part").sum()), sales_costs=amount(pl.col("cost").sum()),
    ).collect(engine="streaming")  # fmt: skip
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
