"""The pipeline itself: rows that came in, how late, what was refused, columns that drift, results out of date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.month_index import add_months
from telcli.methods.drift import beyond_chance, bin_counts, quantile_edges
from telcli.methods.rates import wilson
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor_gaps import BACK, MOMENTS, counted_of, withheld
from telcli.stages.monitor_judge import judge
from telcli.stages.monitor_panel import Metric, Panel, Part, series_matrix

__all__ = ["pipeline_part"]

_ROWS = Metric("rows", "count", 0, "log", ("rows that came in", "入库行数"))
_LAG = Metric("lag-days", "count", 1, "root", ("days from the last fact to the end of the month", "数据滞后天数"))
_COLUMNS = (
    *("revenue", "plan_fee", "discount_share", "paid", "arrears", "numbers_held", "services_held"),
    *("call_minutes", "data_mb", "texts", "active_days", "contacts"),
)
_AGAINST_LIMITS = ("rejects", "psi")
_HABIT = 3
"""A source that delivered for so many months running is expected to go on; so long it is told as missing."""


def pipeline_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """Volume and lateness against earlier months; rejects, drift and stale results against limits."""
    as_of = inputs.as_of or date.min
    panels = _panels(counted_of(inputs), as_of, settings)
    judged = tuple(judge(panel, settings) for panel in panels)
    ready = [
        *_refused(inputs.tables, settings),
        *_drifted(inputs.tables["customer_months"], as_of, settings, withheld(inputs)),
        *_missing(inputs.choices.get("deliveries", {}), as_of),
        *_stale(inputs.choices.get("stale", ())),
    ]
    rows = pl.DataFrame(ready, infer_schema_length=None).with_columns(kind=pl.lit("pipeline")) if ready else None
    return Part(judged=judged, rows=rows, looked=1)


def _panels(counted: Mapping[str, pl.DataFrame], as_of: date, settings: MonitorSettings) -> Iterator[Panel]:
    """Rows a month by table; and for facts with a day how many days before the end of the month they stop."""
    if not counted:
        return
    months = [add_months(as_of, -ago) for ago in range(BACK, -1, -1)]
    first = min(month for frame in counted.values() for month in frame["month"])
    months = [month for month in months if month >= first]
    for metric, column, names in ((_ROWS, "rows", list(counted)), (_LAG, "lag", sorted(set(MOMENTS) & set(counted)))):
        told = [(name, *row) for name in names for row in counted[name].select("month", column).iter_rows()]
        values = series_matrix(told, names, months)
        if metric is _ROWS:
            values[:, -1] = np.nan_to_num(values[:, -1])
        if names:
            least = (0.0, settings.pipeline_least)
            yield Panel(
                "pipeline", metric, names, months, values, family=f"pipeline {metric.name}", least=least, share=None
            )


def _row(
    entity: str, metric: str, seen: float, limit: float, en: str, zh: str, p: float | None = None
) -> dict[str, Any]:
    """An alert against a limit."""
    figures = {"observed": seen, "expected": limit, "change": seen / limit - 1.0 if limit else None, "p_value": p}
    figures |= {"low": 0.0, "high": limit} if metric in _AGAINST_LIMITS else {}
    return {"entity": entity, "metric": metric, "unit": "share", **figures, "methods": "limit", "why": en, "why_zh": zh}


def _refused(tables: Mapping[str, pl.LazyFrame], settings: MonitorSettings) -> Iterator[dict[str, Any]]:
    """Sources of which more rows were refused than `reject_limit`, and not by chance."""
    if "rejects" not in tables or "source_quality" not in tables:
        return
    read = tables["source_quality"].filter(pl.col("column") == "*").group_by("source").agg(pl.col("rows").max())
    lost = tables["rejects"].drop_nulls("source").group_by("source").agg(lost=pl.col("line").n_unique())
    for row in read.join(lost, on="source").collect().sort("source").to_dicts():
        share = min(row["lost"] / row["rows"], 1.0) if row["rows"] else 1.0
        low = float(wilson(min(row["lost"], row["rows"]), row["rows"])[0]) if row["rows"] else 1.0
        if low > settings.reject_limit:
            en = f"{share:.1%} of the rows of {row['source']} were refused: {row['lost']:,} of {row['rows']:,}"
            zh = f"{row['source']} 有{share:.1%}的行被拒绝：{row['rows']:,} 行中的 {row['lost']:,} 行"
            yield _row(row["source"], "rejects", share, settings.reject_limit, en, zh)


def _drifted(
    months: pl.LazyFrame, as_of: date, settings: MonitorSettings, withheld: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """Columns of customer_months whose distribution shifted from the month before (PSI), beyond chance."""
    have = months.collect_schema()
    names = [name for name in _COLUMNS if name in have and name not in withheld]
    pair = [months.filter(pl.col("month") == month).select(names).collect() for month in (add_months(as_of, -1), as_of)]
    if not names or min(frame.height for frame in pair) < settings.small_cell:
        return
    for name in names:
        before, now = (frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for frame in pair)
        edges = quantile_edges(before)
        found = beyond_chance(bin_counts(before, edges), bin_counts(now, edges), among=len(names))
        if found.real and found.psi >= settings.psi_limit:
            en = f"{name} is distributed otherwise than in the month before: PSI {found.psi:.2f}"
            zh = f"{name} 的分布与上月不同：PSI {found.psi:.2f}"
            yield _row(name, "psi", found.psi, settings.psi_limit, en, zh, found.p_value)


def _missing(deliveries: Mapping[str, Sequence[str]], as_of: date) -> Iterator[dict[str, Any]]:
    """Sources that delivered for the last months running and not for this one."""
    for source, told in sorted(deliveries.items()):
        months = {month for month in map(date.fromisoformat, told) if month <= as_of}
        last = max(months, default=as_of)
        if add_months(as_of, -_HABIT) <= last < as_of and {add_months(last, -ago) for ago in range(_HABIT)} <= months:
            en = f"{source} delivered nothing for {as_of:%Y-%m}; last it did for {last:%Y-%m}"
            zh = f"{source} 没有送来{as_of:%Y-%m}的数据；最近一次为{last:%Y-%m}"
            yield _row(source, "not-delivered", 0.0, 1.0, en, zh)


def _stale(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Stages whose results are out of date."""
    for name in sorted(names):
        yield _row(
            name, "stale", 1.0, 0.0, f"the results of telcli {name} are out of date", f"telcli {name} 的结果已过期"
        )
