"""What was watched: satisfaction, complaints, arrears, alerts, suspected fraud, and who moves into decline; what may be
shown of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import Figures, hidden
from telcli.tables.by_size import by_size

__all__ = [
    "ageing_rows",
    "alert_rows",
    "fraud_rows",
    "item_rows",
    "put_watch",
    "satisfied_rows",
    "topic_rows",
    "warned_rows",
]

_MOST = 12
_INDEX = ("index", "index_low", "index_high", "respondents", "nps", "nps_low", "nps_high")
_ITEM = ("importance", "performance", "performance_low", "performance_high", "gap", "respondents")
_TOPIC = ("contacts", "customers", "rate", "rate_low", "rate_high", "usual_rate", "change")


def watch_blocks(tables: Mapping[str, pl.LazyFrame], least: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of what the watching stages found, by section, of those that ran for the month."""
    return {
        section: rows(tables[table].collect(engine="streaming"), least)
        for section, table, rows, _ in _BLOCKS
        if table in tables
    }


def put_watch(figures: Figures, blocks: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Put what `watch_blocks` found."""
    for section, _, _, texts in _BLOCKS:
        figures.block(section, blocks.get(section, ()), texts)


def satisfied_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """The index of all, then of groups that enough answered in, the least satisfied first within what they are by."""
    kept = table.filter(~pl.col("withheld") & (pl.col("respondents") >= least) & pl.col("index").is_not_null())
    ranked = kept.sort((pl.col("by") != "all"), "by", "index", "group")
    return [{"by": row["by"], "group": row["group"], **_some(row, _INDEX)} for row in ranked.to_dicts()]


def item_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Items asked of a single matter: how much each moves satisfaction, and how it does."""
    kept = table.filter(pl.col("role").is_null() & ~pl.col("withheld") & (pl.col("respondents") >= least))
    ranked = kept.filter(pl.col("importance").is_not_null()).sort("importance", "item", descending=[True, False])
    return [
        {"item": row["item"], "quadrant": row["quadrant"] or "", "sure": float(bool(row["sure"])), **_some(row, _ITEM)}
        for row in ranked.head(_MOST).to_dicts()
    ]


def topic_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """What customers complained of in the month, the most customers first; of few the topic alone is told."""
    month = table.filter(
        (pl.col("month") == pl.col("as_of")) & (pl.col("kind") == "complaint") & (pl.col("topic") != "all")
    )
    coding = "taxonomy" if (month["coding"] == "taxonomy").any() else "source"
    kept = month.filter(pl.col("coding") == coding).sort("customers", "topic", descending=[True, False]).to_dicts()
    gone = hidden([row["customers"] for row in kept], least)
    rows: list[dict[str, Any]] = []
    for row, few in zip(kept, gone, strict=True):
        if few:
            continue
        told = {"topic": row["topic_name"] or row["topic"], "topic_zh": row["topic_name_zh"] or row["topic"]}
        rows.append({**told, **_some(row, _TOPIC), "emerging": float(bool(row["emerging"]))})
    return rows[:_MOST]


def ageing_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """What all customers together owe by age, the youngest first, without those of few."""
    days = pl.col("bucket").str.extract(r"^(\d+)").cast(pl.Int64)  # null of what is written off or paid ahead
    rows = table.filter((pl.col("dimension") == "all") & days.is_not_null()).sort(days).to_dicts()
    gone = hidden([row["customers"] or 0 for row in rows], least)
    return [
        {"bucket": row["bucket"], **({"small": 1.0} if few else _some(row, ("customers", "balance", "share")))}
        for row, few in zip(rows, gone, strict=True)
    ]


def late_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """What is past due of all ages together, where enough customers owe it."""
    whole = table.filter((pl.col("dimension") == "all") & pl.col("bucket").str.contains(r"^[1-9]"))
    many = any((people or 0) >= least for people in whole["customers"])  # a customer may owe at several ages
    return [{"late": float(whole["balance"].sort().sum())}] if many else []


def alert_rows(table: pl.DataFrame, _: int) -> list[dict[str, Any]]:
    """What is off now, in the order of the money that it is expected to cost."""
    now = table.filter(pl.col("state").is_in(["new", "continuing"]) & (pl.col("kind") != "pipeline")).sort("rank")
    names = ("observed", "expected", "change", "expected_loss", "months")
    return [
        {
            "kind": row["kind"],
            "entity": row["entity"],
            "state": row["state"],
            "why": row["why"],
            "why_zh": row["why_zh"],
        }
        | _some(row, names)
        for row in now.head(_MOST).to_dicts()
    ]


def fraud_rows(table: pl.DataFrame, _: int) -> list[dict[str, Any]]:
    """Open cases of suspected fraud by pattern: how many, new ones among them, and what they are expected to cost."""
    still = table.filter(pl.col("status").fill_null("new") != "closed")
    by = still.group_by("pattern").agg(
        cases=pl.len().cast(pl.Float64),
        new=(pl.col("status").fill_null("new") == "new").sum().cast(pl.Float64),
        expected_loss=pl.col("expected_loss").pipe(by_size).sum(),
    )
    return by.sort("expected_loss", "pattern", descending=[True, False]).to_dicts()


def warned_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Who moved into decline or dormancy this month: from which stage to which, and what is at risk with them."""
    ways = table.group_by("from_stage", "to_stage").agg(
        customers=pl.len().cast(pl.Int64),
        worth=pl.col("worth").pipe(by_size).sum(),
        value_at_risk=pl.col("value_at_risk").pipe(by_size).sum(),
    )
    rows = ways.sort("customers", "from_stage", "to_stage", descending=[True, False, False]).to_dicts()
    gone = hidden([row["customers"] for row in rows], least)
    if all(gone):
        return []
    return [
        {"from_stage": row["from_stage"], "to_stage": row["to_stage"]}
        | ({"small": 1.0} if few else _some(row, ("customers", "worth", "value_at_risk")))
        for row, few in zip(rows, gone, strict=True)
    ]


def _some(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


_BLOCKS: tuple[tuple[str, str, Callable[[pl.DataFrame, int], list[dict[str, Any]]], tuple[str, ...]], ...] = (
    ("satisfied", "satisfaction_index", satisfied_rows, ("by", "group")),
    ("items", "satisfaction_items", item_rows, ("item", "quadrant")),
    ("topics", "complaint_topics", topic_rows, ("topic",)),
    ("ageing", "credit_ageing", ageing_rows, ("bucket",)),
    ("late", "credit_ageing", late_rows, ()),
    ("alerts", "alerts", alert_rows, ("kind", "entity", "state", "why")),
    ("fraud", "fraud_cases", fraud_rows, ("pattern",)),
    ("warned", "lifecycle_warnings", warned_rows, ("from_stage", "to_stage")),
)
