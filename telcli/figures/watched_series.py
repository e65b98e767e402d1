"""What control charts are drawn of: what was seen by month beside what earlier months foretold, alerts marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

__all__ = ["WATCHED_TEXTS", "account_rows", "base_rows"]

WATCHED_TEXTS = ("key", "kind", "entity", "metric", "unit", "month")
_BASE = ("revenue", "active", "left", "new", "arrears", "complaints")
_COUNTED = ("active", "left", "new", "complaints")
_MONEY = ("revenue", "arrears", "paid")
_MONTHS = 24
_NOW = ("new", "continuing")
Rows = list[dict[str, Any]]


def base_rows(series: pl.DataFrame, alerts: pl.DataFrame | None, least: int) -> Rows:
    """Figures of all customers by month; counts of few customers are left out.

    `beyond` marks months outside the 95% interval of what was expected, `alert` those that an alert names now.
    """
    mine = series.filter((pl.col("kind") == "kpi") & (pl.col("entity") == "all") & pl.col("metric").is_in(_BASE))
    mine = mine.filter(~(pl.col("metric").is_in(_COUNTED) & pl.col("observed").is_between(0, least, closed="none")))
    return _rows(mine, alerts, [("kpi", "all", metric) for metric in _BASE])


def account_rows(series: pl.DataFrame, alerts: pl.DataFrame | None, most: int) -> Rows:
    """The accounts whose alerts of now are expected to cost most, each by the figure its dearest alert names.

    These are lists of single customers to be worked, under their numbers and as long as lists of customers may be
    (`most`); nothing else of them is told.
    """
    if alerts is None or most <= 0:
        return []
    now = alerts.filter((pl.col("kind") == "account") & pl.col("state").is_in(_NOW) & ~pl.col("acknowledged"))
    ranked = now.sort("expected_loss", "rank", descending=[True, False], nulls_last=True)
    first = ranked.unique("entity", keep="first", maintain_order=True).head(most)
    return _rows(series, alerts, [("account", entity, metric) for entity, metric in first["entity", "metric"].rows()])


def _rows(series: pl.DataFrame, alerts: pl.DataFrame | None, wanted: Sequence[tuple[str, str, str]]) -> Rows:
    off = set() if alerts is None else _named(alerts)
    rows: Rows = []
    for kind, entity, metric in wanted:
        same = (pl.col("kind") == kind) & (pl.col("entity") == entity) & (pl.col("metric") == metric)
        mine = series.filter(same).sort("month").tail(_MONTHS)
        if mine["expected"].count() == 0:
            continue
        about = {"key": f"{kind}|{entity}|{metric}", "kind": kind, "entity": entity, "metric": metric}
        about |= {"unit": "money" if metric in _MONEY else "count"}
        for row in mine.to_dicts():
            told = {name: row[name] for name in ("observed", "expected", "low", "high")}
            known = None not in (row["observed"], row["low"], row["high"])
            beyond = known and not row["low"] <= row["observed"] <= row["high"]
            alert = row["month"] == row["as_of"] and (kind, entity, metric) in off
            rows.append(
                about | {"month": f"{row['month']:%Y-%m}"} | told | {"beyond": float(beyond), "alert": float(alert)}
            )
    return rows


def _named(alerts: pl.DataFrame) -> set[tuple[str, str, str]]:
    now = alerts.filter(pl.col("state").is_in(_NOW))
    return set(now.select("kind", "entity", "metric").iter_rows())
