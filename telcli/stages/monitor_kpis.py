"""KPIs of the whole base and by branch, region, class or segment: those telcli knows, and the operator's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.features.month_index import add_months
from telcli.settings import MonitorSettings
from telcli.settings.capacities import capacities
from telcli.settings.names_in import names_in
from telcli.stages import Inputs
from telcli.stages.monitor_days import calendar_for
from telcli.stages.monitor_gaps import withheld
from telcli.stages.monitor_judge import judge
from telcli.stages.monitor_panel import METRICS, Judged, Metric, Panel, Part, series_matrix
from telcli.tables import contract

__all__ = ["kpis_part", "levels_of", "placed", "sizes_of"]

_BACK = 36
_ALL = "all"
_LEVELS = ("all", "branch", "region", "customer_class", "segment")
_DAILY = ("usage", "payments", "contacts")
"""Tables whose rows come day by day."""
_SIDES = {"down": -1, "up": 1, "both": 0}


@dataclass(frozen=True)
class _Kpi:
    """What is added up of which table (null where nothing is known of it), by what, and when a change of it matters."""

    metric: Metric
    table: str
    value: pl.Expr
    by: tuple[str, ...]
    least: tuple[float, float]


def kpis_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """Every KPI of every level, judged; groups of fewer than `small_cell` customers are left out and counted."""
    as_of = inputs.as_of or date.min
    base = _base(inputs.tables, as_of)
    kpis = [*_known(settings), *_own(inputs.choices.get("kpis", {}), inputs.tables, settings)]
    without = withheld(inputs)
    kpis = [kpi for kpi in kpis if not {kpi.metric.name, kpi.table} & without]
    levels = sorted({level for kpi in kpis for level in kpi.by}, key=_LEVELS.index)
    folded = {level: _folded(kpis, base, inputs.tables, level, as_of) for level in levels}
    sizes = {level: _sizes(held["customer_months"]) for level, held in folded.items()}
    small = sum(int((size["customers"] < settings.small_cell).sum()) for size in sizes.values())
    judged: list[Judged] = []
    calendar = calendar_for(inputs, settings)
    for at, kpi in enumerate(kpis):
        for level in kpi.by:
            large = sizes[level].filter(pl.col("customers") >= settings.small_cell)
            rows = folded[level][kpi.table].select("entity", "month", value=f"{at}").drop_nulls("value")
            rows = rows.join(large, on="entity", how="semi", maintain_order="left")
            judged += [judge(panel, settings, calendar) for panel in _panels(kpi, level, rows, settings)]
    held = [_about(folded[level]["customer_months"], settings) for level in levels]
    about = pl.concat(held) if held else None
    notices = (Notice("kpi-small", "{count} groups of fewer than {least} customers are not watched.",
                      {"count": small, "least": settings.small_cell}),) if small else ()  # fmt: skip
    return Part(judged=tuple(judged), about=about, notices=notices)


def _folded(
    kpis: Sequence[_Kpi], base: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], level: str, as_of: date
) -> dict[str, pl.DataFrame]:
    """By table all KPIs of a level in one pass, by their places; of customer_months also `customers` and `revenue`."""
    found = {}
    for table in dict.fromkeys(["customer_months", *(kpi.table for kpi in kpis)]):
        own = table == "customer_months"
        values = {f"{at}": kpi.value for at, kpi in enumerate(kpis) if kpi.table == table and level in kpi.by}
        more = {"customers": pl.col("customer_id").n_unique(), "revenue": pl.col("revenue").sum()} if own else {}
        if values or own:
            rows = placed(base if own else _facts(tables, table, as_of), tables, level)
            ordered = rows.sort("entity", "month", "customer_id").group_by("entity", "month", maintain_order=True)
            found[table] = ordered.agg(**values, **more).collect()
    return found


def _base(tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    return tables["customer_months"].filter(pl.col("month").is_between(add_months(as_of, -_BACK), as_of))


def _facts(tables: Mapping[str, pl.LazyFrame], table: str, as_of: date) -> pl.LazyFrame:
    """A table of facts with the month of each row, up to the as-of month."""
    return (
        tables[table]
        .with_columns(month=contract(table).month())
        .filter(pl.col("month").is_between(add_months(as_of, -_BACK), as_of))
    )


def _known(settings: MonitorSettings) -> Iterator[_Kpi]:
    """The KPIs that telcli knows, of customer_months."""
    by = levels_of(settings)
    sums = {
        "revenue": pl.col("revenue").sum(),
        "active": pl.col("active").sum().cast(pl.Float64),
        "new": (pl.col("tenure_months") == 0).sum().cast(pl.Float64),
        "left": pl.col("left").sum().cast(pl.Float64),
        "complaints": pl.col("complaints").sum(),
        "arrears": pl.col("arrears").sum(),
        "minutes": pl.col("call_minutes").sum(),
        "data": pl.col("data_mb").sum(),
    }
    needs = {"active": None, "new": "tenure_months", "left": None, "minutes": "call_minutes", "data": "data_mb"}
    for name, value in sums.items():
        column = needs.get(name, name)
        told = value if column is None else pl.when(pl.col(column).is_not_null().any()).then(value)
        least = (settings.kpi_least_amount, settings.kpi_least_change)
        yield _Kpi(METRICS[name], "customer_months", told, (_ALL, *by), least)


def _own(
    own: Mapping[str, Mapping[str, Any]], tables: Mapping[str, pl.LazyFrame], settings: MonitorSettings
) -> Iterator[_Kpi]:
    """The operator's own, of ``[monitor.kpis.NAME]``."""
    for name, said in own.items():
        table = said.get("table", "customer_months")
        if table not in tables:
            raise MissingInputError(
                "kpi-table", "[monitor.kpis.{name}] is of the table {table}, which is not there.",
                hint="Ingest it, or leave that KPI out.", name=name, table=table,
            )  # fmt: skip
        column, how = said.get("column", ""), said.get("how", "sum")
        have = tables[table].collect_schema()
        if how != "count" and (column not in have or not (have[column].is_numeric() or have[column] == pl.Boolean)):
            raise UsageError(
                "kpi-column", "[monitor.kpis.{name}]: {table} has no column of numbers called {column}.",
                hint="See: telcli show {table} --schema", name=name, table=table, column=column or '""',
            )  # fmt: skip
        by = (said["by"],) if isinstance(said.get("by"), str) else tuple(said.get("by", ()))
        _check_levels(by, f"kpis.{name}")
        unit = said.get("unit", "share" if how == "share" else "count" if how == "count" else "use")
        scale = "root" if how == "count" else "log"
        daily = bool(said.get("days", table in _DAILY and how in ("sum", "count")))
        metric = Metric(name, unit, _SIDES[said.get("direction", "down")], scale,
                        (said.get("en", name), said.get("zh", said.get("en", name))), daily=daily)  # fmt: skip
        value = pl.col(column).cast(pl.Float64) if column else pl.lit(1.0)
        count = value.count() if column else pl.len()
        folded = {"sum": value.sum(), "mean": value.mean(), "share": (value > 0).mean(), "count": count}[how]
        known = pl.when(value.is_not_null().any()).then(folded.cast(pl.Float64))
        least = (float(said.get("least_amount", 0.0)), float(said.get("least_change", settings.kpi_least_change)))
        yield _Kpi(metric, table, known, (_ALL, *(level for level in by if level != _ALL)), least)


def levels_of(settings: MonitorSettings) -> tuple[str, ...]:
    """The levels that the settings name beside the whole."""
    by = tuple(names_in(settings.kpi_by))
    _check_levels(by, "kpi_by")
    return tuple(name for name in by if name != _ALL)


def _check_levels(by: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(by) - set(_LEVELS))
    if unknown:
        raise UsageError(
            "kpi-level", "[monitor] {where} names {given}: KPIs can be told by {known}.",
            hint='Write it as: {where} = "branch, segment"', where=where,
            given=", ".join(unknown), known=", ".join(_LEVELS),
        )  # fmt: skip


def placed(rows: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], level: str) -> pl.LazyFrame:
    """Rows with the entity that each belongs to; those that belong to none are left out.

    A segment is that of the month, as the snapshots up to it have it: who is in it today was elsewhere then.
    """
    if level == _ALL:
        return rows.with_columns(entity=pl.lit(_ALL))
    if level == "segment":
        if "segments" not in tables:
            return rows.with_columns(entity=pl.lit(None, dtype=pl.String)).filter(pl.col("entity").is_not_null())
        named = tables["segments"].select(
            "customer_id", month="as_of", entity=pl.lit("segment=") + pl.col("segment_name")
        )
        return rows.join(named, on=["customer_id", "month"], how="inner")
    place = tables["customers"].select("customer_id", entity=pl.lit(f"{level}=") + pl.col(level))
    return rows.join(place, on="customer_id", how="inner").filter(pl.col("entity").is_not_null())


def sizes_of(rows: pl.LazyFrame) -> pl.DataFrame:
    """Customers of each entity in its usual month."""
    each = rows.group_by("entity", "month").agg(customers=pl.col("customer_id").n_unique())
    return each.group_by("entity").agg(pl.col("customers").median()).collect().sort("entity")


def _sizes(months: pl.DataFrame) -> pl.DataFrame:
    """Customers of each entity in its usual month."""
    return months.group_by("entity", maintain_order=True).agg(pl.col("customers").median())


def _panels(kpi: _Kpi, level: str, found: pl.DataFrame, settings: MonitorSettings) -> Iterator[Panel]:
    """The panel of a KPI at one level; none where nothing is known of it."""
    if found.is_empty():
        return
    months = sorted(set(found["month"]))
    entities = sorted(set(found["entity"]))
    values = series_matrix(found.rows(), entities, months)
    values = np.where(np.isnan(values) & (kpi.metric.scale == "root"), 0.0, values)
    weights = capacities(settings.loss_weights) or {}
    share = weights.get(kpi.metric.name)
    each = np.ones(len(entities)) if kpi.metric.name == "arrears" else None
    yield Panel(
        kind="kpi",
        metric=kpi.metric,
        entities=entities,
        months=months,
        values=values,
        family=f"kpi {level}",
        least=kpi.least,
        share=None if share is None else share / 100.0,
        each=each,
    )


def _about(months: pl.DataFrame, settings: MonitorSettings) -> pl.DataFrame:
    """What the customers of an entity bring in the months that a change is taken to last."""
    usual = months.group_by("entity", maintain_order=True).agg(worth=pl.col("revenue").tail(12).median())
    times = settings.margin_share * settings.loss_months
    none = pl.lit(None, dtype=pl.String)
    return usual.select(
        pl.lit("kpi").alias("kind"), "entity", pl.col("worth").clip(lower_bound=0.0) * times,
        manager_id=none, branch=none,
    )  # fmt: skip
