"""Key accounts: who is watched, what they did month by month, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.month_index import add_months
from telcli.settings import MonitorSettings
from telcli.settings.capacities import capacities
from telcli.stages import Inputs
from telcli.stages.monitor_days import calendar_for
from telcli.stages.monitor_gaps import withheld
from telcli.stages.monitor_judge import judge
from telcli.stages.monitor_panel import METRICS, Panel, Part, series_matrix

__all__ = ["accounts_part"]

_COLUMNS = {
    "revenue": "revenue",
    "minutes": "call_minutes",
    "data": "data_mb",
    "lines": "numbers_held",
    "paid": "paid",
    "complaints": "complaints",
}
"""Metric of an account: its column of customer_months."""
_BACK = 36
"""Months looked back on, at most."""
_GONE = 12
"""Months for which who left is watched still: by then nothing is what is expected."""


@dataclass(frozen=True)
class Accounts:
    """`rows`: kind, entity, month, metrics; `about`: kind, entity, worth, manager_id, branch; `members` of each."""

    rows: pl.DataFrame
    about: pl.DataFrame
    members: pl.DataFrame
    months: tuple[date, ...]


def accounts_of(tables: Mapping[str, pl.LazyFrame], as_of: date, settings: MonitorSettings) -> Accounts:
    """Customers of class key, those of the highest revenue in the twelve months before, and groups of customers.

    Whoever left in the last twelve months is among them: losing an account is what is watched for most, and a month may
    have passed without a look.
    """
    months = tables["customer_months"].filter(pl.col("month").is_between(add_months(as_of, -_BACK), as_of))
    columns = ["customer_id", "month", *(pl.col(column).alias(name) for name, column in _COLUMNS.items())]
    members = _members(tables["customers"], months, as_of, settings)
    rows = months.join(members.select("customer_id").unique().lazy(), on="customer_id", how="semi")
    held = rows.select(columns).collect().sort("customer_id", "month")
    held = _with_absence(held, as_of)
    sums = [pl.col(name).sum().alias(name) for name in _COLUMNS]
    known = [pl.col(name).is_not_null().any().alias(f"_{name}") for name in _COLUMNS]
    joined = members.join(held, on="customer_id").sort("entity", "month", "customer_id")
    folded = joined.group_by("kind", "entity", "month", maintain_order=True).agg(*sums, *known)
    folded = folded.with_columns(pl.when(f"_{name}").then(name).alias(name) for name in _COLUMNS)
    span = tuple(sorted(set(folded["month"]) | {as_of}))
    return Accounts(folded, _about(tables, members, held, as_of, settings), members, span)


def _members(customers: pl.LazyFrame, months: pl.LazyFrame, as_of: date, settings: MonitorSettings) -> pl.DataFrame:
    """Which customers each entity is of: kind, entity, customer_id."""
    there = months.filter(pl.col("month") >= add_months(as_of, -_GONE)).select("customer_id").unique()
    last = pl.col("month").is_between(add_months(as_of, -12), add_months(as_of, -1))
    revenue = months.filter(last).group_by("customer_id").agg(before=pl.col("revenue").sort_by("month").sum())
    people = customers.select("customer_id", "customer_class", "group_id").join(there, on="customer_id", how="semi")
    rows = people.join(revenue, on="customer_id", how="left").collect().sort("customer_id")
    first = rows.filter(pl.col("before") > 0).sort("before", "customer_id", descending=[True, False])
    chosen = pl.concat([rows.filter(customer_class="key"), first.head(settings.top_accounts)]).unique("customer_id")
    single = chosen.select(kind=pl.lit("account"), entity="customer_id", customer_id="customer_id")
    grouped = rows.drop_nulls("group_id").with_columns(
        size=pl.len().over("group_id"), sum=pl.col("before").sum().over("group_id")
    )
    ranks = grouped.filter(pl.col("size") > 1).select("group_id", "sum").unique("group_id")
    ranks = ranks.sort("sum", "group_id", descending=[True, False]).head(settings.top_accounts)
    groups = grouped.join(ranks, on="group_id", how="semi")
    several = groups.select(kind=pl.lit("group"), entity="group_id", customer_id="customer_id")
    return pl.concat([single, several]).sort("kind", "entity", "customer_id")


def _with_absence(held: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows of nothing from their last month on for those who have none in this, where that knew something."""
    before = held.filter(pl.col("month") < as_of).group_by("customer_id", maintain_order=True).last()
    gone = before.join(held.filter(month=as_of), on="customer_id", how="anti")
    since = pl.date_ranges(pl.col("month").dt.offset_by("1mo"), pl.lit(as_of), "1mo")
    nothing = (
        gone.with_columns(month=since)
        .explode("month")
        .with_columns(pl.when(pl.col(name).is_not_null()).then(0.0).alias(name) for name in _COLUMNS)
    )
    return pl.concat([held, nothing.select(held.columns)]).sort("customer_id", "month")


def _about(
    tables: Mapping[str, pl.LazyFrame],
    members: pl.DataFrame,
    held: pl.DataFrame,
    as_of: date,
    settings: MonitorSettings,
) -> pl.DataFrame:
    """What an entity is worth over the months that a change is taken to last, and who looks after it.

    Its retention value where value-scores are known of all its customers, else margin_share of its usual revenue.
    """
    usual = held.filter(pl.col("month") < as_of).group_by("customer_id", maintain_order=True)
    assumed = usual.agg(
        pl.col("revenue").tail(12).median().clip(lower_bound=0.0) * settings.margin_share * settings.loss_months
    )
    people = members.join(assumed.rename({"revenue": "worth"}), on="customer_id", how="left")
    scores = tables.get("value_scores")
    if scores is not None:
        told = scores.select("customer_id", "retention_value").collect()
        people = people.join(told, on="customer_id", how="left")
        people = people.with_columns(worth=pl.coalesce(pl.col("retention_value").clip(lower_bound=0.0), "worth"))
    who = tables["customers"].select("customer_id", "manager_id", "branch").collect()
    people = people.join(who, on="customer_id", how="left").sort("kind", "entity", "customer_id")
    one = [pl.col(name).drop_nulls().mode().sort().first().alias(name) for name in ("manager_id", "branch")]
    return people.group_by("kind", "entity", maintain_order=True).agg(pl.col("worth").sum(), *one)


def account_panels(accounts: Accounts, settings: MonitorSettings, without: frozenset[str]) -> Iterator[Panel]:
    """A panel per kind and metric of which anything is known, but for those metrics that are withheld."""
    weights = capacities(settings.loss_weights) or {}
    for kind in ("account", "group"):
        mine = accounts.rows.filter(kind=kind)
        entities = mine["entity"].unique().sort().to_list()
        for name in _COLUMNS:
            rows = mine.select("entity", "month", name).drop_nulls(name)
            if not entities or rows.is_empty() or name in without:
                continue
            values = series_matrix(rows.rows(), entities, accounts.months)
            peers = settings.peers == "on"
            yield Panel(
                kind=kind,
                metric=METRICS[name],
                entities=entities,
                months=accounts.months,
                values=values,
                family=kind,
                least=(settings.least_amount, settings.least_change),
                share=weights.get(name, 0) / 100.0,
                peers=peers,
            )


def accounts_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """Key accounts and groups, judged."""
    accounts = accounts_of(inputs.tables, inputs.as_of or date.min, settings)
    calendar = calendar_for(inputs, settings)
    judged = tuple(judge(panel, settings, calendar) for panel in account_panels(accounts, settings, withheld(inputs)))
    return Part(judged=judged, about=accounts.about, members=accounts.members)
