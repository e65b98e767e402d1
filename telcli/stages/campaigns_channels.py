"""Part of campaigns: what sales channels bring, by the customers they won lately."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from scipy.special import stdtrit

from telcli.features.exact import UNITS, amount, units
from telcli.features.margin_parts import Rates, old_debts, parts
from telcli.features.month_index import index_at, month_index
from telcli.features.sales_costs import line_costs
from telcli.methods.rates import apart_from_rest, found_among, wilson
from telcli.settings import CampaignsSettings
from telcli.tables import contract
from telcli.tables.campaign_results import EVERY, NO_CHANNEL

__all__ = ["channel_results"]

_APART = 0.05
_SUMS = (
    *("customer_months", "revenue", "margin", "commission", "clawed_back", "subsidy", "arrears", "bad_debt", "result"),
    *("observed", "left_early"),
)
_MONEY = ("revenue", "margin", "commission", "clawed_back", "subsidy", "arrears", "bad_debt", "result")


def channel_results(
    lines: pl.LazyFrame,
    months: pl.LazyFrame,
    as_of: date,
    *,
    settings: CampaignsSettings,
    rates: Rates,
    subsidy_months: int,
    clawback_months: int,
) -> pl.DataFrame:
    """The table channel_results: the customers whose first line was sold in the last `cohort_months`, by its channel.

    Who has a month before the first line is no new customer. Money counts from the first line up to the snapshot; a
    commission is what was paid for all lines of these customers in those months.
    """
    last = month_index(as_of)
    sold = lines.filter(pl.col("activated_on").is_not_null(), index_at(pl.col("activated_on")) <= last)
    ordered = sold.sort("activated_on", "subscription_id")
    first = ordered.group_by("customer_id").agg(
        channel=pl.col("channel_id").first().fill_null(NO_CHANNEL), joined=index_at(pl.col("activated_on").first())
    )
    cohort = first.filter(pl.col("joined") > last - settings.cohort_months).collect()
    if cohort.is_empty():
        return contract("channel_results").schema.create_empty()
    people = cohort.join(_months_of(cohort, months, as_of, rates), on="customer_id", how="left")
    new = people.filter(pl.col("seen_from").is_null() | (pl.col("seen_from") >= pl.col("joined")))
    costs = line_costs(
        sold, as_of, settings.cohort_months, subsidy_months=subsidy_months, clawback_months=clawback_months
    )
    paid = _paid(sold, costs, last - settings.cohort_months)
    whole = new.join(paid, on="customer_id", how="left").sort("customer_id")
    bad = (pl.col("old").fill_null(0) * rates.bad_debt_rate).round().cast(pl.Int64)
    rows = whole.with_columns(
        pl.col("commission", "clawed_back", "subsidy", "revenue", "margin", "customer_months").fill_null(0),
        bad_debt=bad,
        observed=(last - pl.col("joined") >= settings.early_months).cast(pl.Int64),
        left_early=(pl.col("left_at") - pl.col("joined") < settings.early_months).fill_null(value=False),
    ).with_columns(
        result=pl.col("margin") - pl.col("commission") + pl.col("clawed_back") - pl.col("subsidy") - pl.col("bad_debt"),
        left_early=(pl.col("left_early") & (pl.col("observed") > 0)).cast(pl.Int64),
    )
    return _told(rows, as_of)


def _months_of(cohort: pl.DataFrame, months: pl.LazyFrame, as_of: date, rates: Rates) -> pl.DataFrame:
    """Of each of these customers: months, revenue, margin, what is owed at the end, when she left; money in units."""
    columns = months.collect_schema().names()
    made = parts("revenue", rates, columns)
    owed = pl.col("arrears") if "arrears" in columns else pl.lit(None, pl.Float64)
    gone = pl.col("left") if "left" in columns else pl.lit(value=False)
    rows = months.filter(pl.col("month") <= as_of).join(cohort.lazy().select("customer_id", "joined"), on="customer_id")
    told = rows.select(
        *("customer_id", "joined"),
        at=index_at(pl.col("month")),
        revenue=units(pl.col("revenue")),
        margin=units(pl.col("revenue") - pl.sum_horizontal(made.values())),
        owed=units(owed),
        old=units(old_debts(columns)),
        gone=gone,
    )
    since = pl.col("at") >= pl.col("joined")
    newest = pl.col("at") == pl.col("at").max()
    each = told.group_by("customer_id").agg(
        seen_from=pl.col("at").min(),
        customer_months=since.sum().cast(pl.Int64),
        revenue=pl.col("revenue").filter(since).sum(),
        margin=pl.col("margin").filter(since).sum(),
        arrears=pl.col("owed").filter(newest).first(),
        old=pl.col("old").filter(newest).first(),
        left_at=pl.col("at").filter(pl.col("gone").fill_null(value=False)).max(),
    )
    return each.collect(engine="streaming")


def _paid(sold: pl.LazyFrame, costs: pl.LazyFrame, before: int) -> pl.DataFrame:
    """Commissions paid, those taken back, and subsidies used up, by customer, in units."""
    gross = (
        pl.when(index_at(pl.col("activated_on")) > before).then(units(pl.col("commission").fill_null(0.0))).otherwise(0)
    )
    paid = sold.group_by("customer_id").agg(commission=gross.sum())
    net = costs.group_by("customer_id").agg(net=pl.col("commission").sum(), subsidy=pl.col("subsidy").sum())
    both = paid.join(net, on="customer_id", how="left")
    back = (pl.col("commission") - pl.col("net")).clip(0)
    return both.select("customer_id", "commission", "subsidy", clawed_back=back).collect(engine="streaming")


def _told(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Sums by channel and of all, with rates and intervals."""
    both = pl.concat([rows, rows.with_columns(channel=pl.lit(EVERY))])
    found = both.group_by("channel").agg(
        *(pl.col(name).sum() for name in _SUMS if name != "arrears"),
        customers=pl.len().cast(pl.Int64),
        arrears=pl.when(pl.col("arrears").count() > 0).then(pl.col("arrears").sum()),
        spread=(pl.col("result") / UNITS).std(),
    )
    found = found.with_columns(amount(pl.col(name)).alias(name) for name in _MONEY)
    size = found["customers"].to_numpy()
    reach = np.where(size > 1, stdtrit(np.maximum(size - 1, 1), 0.975), np.nan) / np.sqrt(size)
    low, high = wilson(found["left_early"].to_numpy(), found["observed"].to_numpy())
    each, wide = pl.col("result") / pl.col("customers"), pl.col("spread") * pl.Series(reach)
    sales = pl.col("commission") - pl.col("clawed_back") + pl.col("subsidy")
    a_month = pl.col("margin") / pl.col("customer_months")
    told = found.with_columns(
        as_of=pl.lit(as_of),
        arrears_share=pl.when(pl.col("revenue") > 0).then(pl.col("arrears") / pl.col("revenue")),
        result_each=each,
        result_low=(each - wide).fill_nan(None),
        result_high=(each + wide).fill_nan(None),
        payback_months=pl.when(a_month > 0).then(sales / pl.col("customers") / a_month),
        early_rate=pl.when(pl.col("observed") > 0).then(pl.col("left_early") / pl.col("observed")),
        early_low=pl.Series(low).fill_nan(None),
        early_high=pl.Series(high).fill_nan(None),
        apart=_apart(found),
    )
    names = [one.name for one in contract("channel_results").columns()]
    return told.select(names).sort(pl.col("channel") != EVERY, -pl.col("customers"), "channel")


def _apart(found: pl.DataFrame) -> pl.Series:
    """Whether a channel's share of early leavers is apart from the rest, all channels with some observed compared."""
    each = (found["channel"] != EVERY) & (found["observed"] > 0)
    marked, of = (int(found.filter(each)[name].sum()) for name in ("left_early", "observed"))
    apart = np.full(found.height, None, dtype=object)
    at = np.flatnonzero(each.to_numpy())
    if at.size > 1:
        some = found[at.tolist()]
        chances = apart_from_rest(some["left_early"].to_numpy(), some["observed"].to_numpy(), marked, of)
        apart[at] = (found_among(chances) <= _APART).tolist()
    return pl.Series(apart.tolist(), dtype=pl.Boolean)
