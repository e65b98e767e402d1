"""The figures that the report's further pictures and findings are drawn of, by section."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from telcli.figures import quality
from telcli.figures.arrears_months import late_months
from telcli.figures.base import Figures
from telcli.figures.risk_pictures import calibration_rows, level_rows, lift_rows, rate_rows
from telcli.figures.segment_pictures import migration, trait_rows
from telcli.figures.source_pictures import missed_rows, refused_rules, source_rows
from telcli.figures.watched_series import WATCHED_TEXTS, account_rows, base_rows

__all__ = ["picture_blocks", "put_pictures"]

_ACCOUNTS = 6
_EVERY_RULE = 10_000
_TEXTS = {
    "churn_rates": ("month",),
    "lift": ("tenths",),
    "calibration": (),
    "segment_traits": ("trait", "name"),
    "migration": ("before",),
    "watched_months": WATCHED_TEXTS,
    "late_months": ("month",),
    "source_shares": ("source", "table"),
    "refused_rules": ("rule",),
}
"""Sections that are put down, and which of their metrics are texts; other blocks are for findings alone."""
Named = Callable[[str], tuple[str, str]]
Blocks = dict[str, list[dict[str, Any]]]


def picture_blocks(
    tables: Mapping[str, pl.LazyFrame],
    metrics: Mapping[str, Any],
    months: Sequence[Mapping[str, Any]],
    segments: Sequence[Mapping[str, Any]],
    least: int,
    most: int,
    named: Named,
) -> Blocks:
    """Rows by section; a section without its table is not there.

    Parameters
    ----------
    tables : mapping of str to pl.LazyFrame
        Results of the month.
    metrics : mapping
        What earlier stages recorded, by stage.
    months, segments : sequences of rows
        As `customers.monthly` and `segments.segment_rows` give them.
    least, most : int
        The smallest group that is shown; how many single customers may be listed.
    named : callable
        What a column is called, in English and Chinese.
    """
    held = {name: table for name, table in tables.items() if name in _READ}
    return {
        **_of_risk(held, metrics, months, least),
        **_of_segments(held, segments, least, named),
        **_of_watching(held, least, most),
        **_of_sources(held, metrics),
    }


def put_pictures(figures: Figures, blocks: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Put what `picture_blocks` found."""
    for section, texts in _TEXTS.items():
        figures.block(section, blocks.get(section, ()), texts)


_READ = (
    *("churn_lift", "churn_calibration", "segment_centres", "segment_moves", "monitor_series", "alerts"),
    *("credit_rolls", "credit_ageing", "source_quality", "rejects"),
)


def _of_risk(
    tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any], months: Sequence[Mapping[str, Any]], least: int
) -> Blocks:
    found: Blocks = {"churn_rates": rate_rows(months, least)}
    if "churn_lift" in tables:
        found["lift"] = lift_rows(tables["churn_lift"].collect(), least)
    if "churn_calibration" in tables:
        found["calibration"] = calibration_rows(tables["churn_calibration"].collect(), least, found.get("lift", ()))
    return {**found, "level": level_rows(metrics.get("predict-churn") or {}, least)}


def _of_segments(
    tables: Mapping[str, pl.LazyFrame], segments: Sequence[Mapping[str, Any]], least: int, named: Named
) -> Blocks:
    found: Blocks = {}
    if segments and "segment_centres" in tables:
        found["segment_traits"] = trait_rows(tables["segment_centres"].collect(), segments, named)
    if segments and "segment_moves" in tables:
        found["migration"] = migration(tables["segment_moves"].collect(), segments, least)
    return found


def _of_watching(tables: Mapping[str, pl.LazyFrame], least: int, most: int) -> Blocks:
    found: Blocks = {}
    alerts = tables["alerts"].collect() if "alerts" in tables else None
    if "monitor_series" in tables:
        series = tables["monitor_series"].filter(pl.col("kind").is_in(["kpi", "account"])).collect(engine="streaming")
        found["watched_months"] = base_rows(series, alerts, least) + account_rows(series, alerts, min(most, _ACCOUNTS))
    if "credit_rolls" in tables:
        ageing = tables["credit_ageing"].collect() if "credit_ageing" in tables else None
        found["late_months"] = late_months(tables["credit_rolls"].collect(), ageing, least)
    return found if alerts is None else {**found, "data_missed": missed_rows(alerts)}


def _of_sources(tables: Mapping[str, pl.LazyFrame], metrics: Mapping[str, Any]) -> Blocks:
    found: Blocks = {}
    if "rejects" in tables:
        found["refused_rules"] = refused_rules(quality.refusals(tables["rejects"], _EVERY_RULE))
    if "source_quality" in tables:
        lost = (
            tables["rejects"].group_by("source").agg(lines=pl.col("line").n_unique()) if "rejects" in tables else None
        )
        read = quality.sources(metrics.get("ingest") or {})
        found["source_shares"] = source_rows(
            tables["source_quality"].collect(), read, None if lost is None else lost.collect(engine="streaming")
        )
    return found
