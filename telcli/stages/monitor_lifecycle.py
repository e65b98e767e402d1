"""Tables lifecycle_moves and lifecycle_warnings: who moves into decline and dormancy, and whether more than usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.features.lifecycle import LifecycleRules
from telcli.features.lifecycle_moves import BAD, SETTLED, monthly_moves
from telcli.features.month_index import add_months
from telcli.methods.event_rates import dispersion, expected_range, rise_chance
from telcli.methods.rates import found_among
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor_gaps import withheld
from telcli.stages.monitor_moved import moved_rows
from telcli.stages.monitor_panel import Part
from telcli.stages.monitor_warnings import warning_rows, worth_of
from telcli.tables import contract

__all__ = ["Lifecycle", "lifecycle_of", "lifecycle_part"]

_SMALL = 10
_KEY = ["dimension", "level", "was", "now"]
_FEW_MONTHS = 3
"""Months before that must be known of a group, to tell what is usual of it."""


@dataclass(frozen=True)
class Lifecycle:
    """Tables lifecycle_moves and lifecycle_warnings without their month, figures, and what is to be said."""

    moves: pl.DataFrame
    warnings: pl.DataFrame
    metrics: Mapping[str, Any]
    alerts: pl.DataFrame | None = None
    notices: tuple[Notice, ...] = ()


def lifecycle_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """What monitor watches of stages of life; `choices` hold as ``lifecycle`` what segment takes them to be."""
    as_of = inputs.as_of or date.min
    if "lifecycle" in withheld(inputs):
        return Part()
    life = lifecycle_of(inputs.tables, as_of, settings, LifecycleRules(**inputs.choices.get("lifecycle", {})))
    made = {"lifecycle_moves": life.moves, "lifecycle_warnings": life.warnings}
    tables = {
        name: frame.with_columns(as_of=pl.lit(as_of)).select([column.name for column in contract(name).columns()])
        for name, frame in made.items()
    }
    return Part(
        rows=life.alerts, tables=tables, metrics={"lifecycle": life.metrics}, notices=life.notices,
        looked=life.moves.height,
    )  # fmt: skip


def lifecycle_of(
    tables: Mapping[str, pl.LazyFrame], as_of: date, settings: MonitorSettings, rules: LifecycleRules
) -> Lifecycle:
    """Moves of the month by group, held against those of the months before.

    Parameters
    ----------
    tables : mapping
        customer_months and customers; segments of this month and those before, value_scores, churn_scores where there
        are some.
    as_of : date
        The month.
    settings : MonitorSettings
        Those that begin with ``lifecycle_``, and how worth is told.
    rules : LifecycleRules
        What the stages of life are, as segment has them.
    """
    tables = {**tables, **{name: contract(name).conform(tables[name]) for name in ("customer_months", "customers")}}
    months = tables["customer_months"]
    first = months.select(pl.col("month").min()).collect().item()
    moves = monthly_moves(months, first, as_of, settings.lifecycle_months, rules)
    people = _grouped(moves, tables)
    rows = _tested(_counted(people), as_of, settings)
    warned = warning_rows(tables, moves, as_of, settings)
    movers = people.filter(pl.col("month") == as_of, pl.col("was") != pl.col("now"))
    alerts = moved_rows(rows, _staked(movers, warned, worth_of(tables, as_of, settings)))
    earlier = moves.filter(pl.col("month") < as_of)["month"].n_unique()
    return Lifecycle(rows, warned, _metrics(rows, warned), alerts, tuple(_notices(earlier, moves, as_of)))


def _staked(movers: pl.DataFrame, warned: pl.DataFrame, worth: pl.LazyFrame) -> pl.DataFrame:
    """Who moved, with what is at stake: the value at risk of who is warned of, the whole worth of who left."""
    told = movers.join(warned.select("customer_id", "value_at_risk"), on="customer_id", how="left")
    told = told.join(worth.collect(), on="customer_id", how="left")
    return told.with_columns(stake=pl.when(pl.col("now") == "churned").then("worth").otherwise("value_at_risk"))


def _grouped(moves: pl.DataFrame, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Moves with what customers are told apart by; the segment is that of the last snapshot before the move."""
    names = ("customer_class", "region", "branch")
    people = tables["customers"].select("customer_id", *names).collect()
    with_people = moves.join(people, on="customer_id", how="left", maintain_order="left")
    segments = tables.get("segments")
    if segments is None:
        return with_people.with_columns(segment=pl.lit(None, pl.String))
    told = segments.select("customer_id", since="as_of", segment="segment_name").collect().sort("since")
    before = with_people.with_columns(was_month=pl.col("month").dt.offset_by("-1mo")).sort("was_month")
    joined = before.join_asof(
        told, left_on="was_month", right_on="since", by="customer_id", strategy="backward", check_sortedness=False
    )
    # where nobody was put in a segment before, those of the snapshot itself tell of its month alone
    now = told.filter(pl.col("since") == told["since"].max()).select("customer_id", today="segment")
    latest = joined.join(now, on="customer_id", how="left").with_columns(
        segment=pl.when(pl.col("month") == pl.col("month").max())
        .then(pl.coalesce("segment", "today"))
        .otherwise("segment")
    )
    return latest.drop("today", "since", "was_month").sort("month", "customer_id")


def _counted(moves: pl.DataFrame) -> pl.DataFrame:
    """Customers by dimension, level, way and month, and how many were in the stage before."""
    parts = []
    for name in ("all", "customer_class", "region", "branch", "segment"):
        level = pl.lit("all") if name == "all" else pl.col(name)
        cut = moves.with_columns(dimension=pl.lit(name), level=level).drop_nulls("level")
        ways = cut.group_by(*_KEY, "month").agg(customers=pl.len().cast(pl.Int64))
        whole = cut.group_by("dimension", "level", "was", "month").agg(of=pl.len().cast(pl.Int64))
        cells = ways.select(_KEY).unique()
        bad = whole.select("dimension", "level", "was").unique().join(pl.DataFrame({"now": list(BAD)}), how="cross")
        cells = pl.concat([cells, bad.filter(pl.col("was") != pl.col("now"))]).unique()
        grid = cells.join(whole, on=["dimension", "level", "was"])
        parts.append(grid.join(ways, on=[*_KEY, "month"], how="left").with_columns(pl.col("customers").fill_null(0)))
    return pl.concat(parts).sort(*_KEY, "month")


def _tested(counted: pl.DataFrame, as_of: date, settings: MonitorSettings) -> pl.DataFrame:
    """The ways of the month, each with what is usual of it."""
    now = counted.filter(pl.col("month") == as_of).drop("month")
    past = counted.filter(pl.col("month") < as_of).group_by(_KEY).agg(
        months=pl.len().cast(pl.Int64), before=pl.col("customers").sum(), of_before=pl.col("of").sum()
    )  # fmt: skip
    rows = (
        now.join(past, on=_KEY, how="left")
        .sort(_KEY)
        .with_columns(pl.col("months", "before", "of_before").fill_null(0))
    )
    x, e = rows["customers"].to_numpy().astype(float), rows["of"].to_numpy().astype(float)
    y, f = rows["before"].to_numpy().astype(float), rows["of_before"].to_numpy().astype(float)
    worse = rows.select(pl.col("now").is_in(BAD) & (pl.col("was") != pl.col("now"))).to_series().to_numpy()
    spread = np.ones(rows.height)
    spread[worse] = _spread(counted.filter(pl.col("month") < as_of), rows.filter(worse))
    enough = rows["months"].to_numpy() >= _FEW_MONTHS
    f = np.where(enough, f, 0.0)
    low, high = expected_range(e, y, f, spread)
    chance = np.where(worse, rise_chance(x, e, y, f, spread), np.nan)
    among = np.full(len(x), np.nan)
    whole = (rows["dimension"] == "all").to_numpy()
    for which in (whole, ~whole):
        looked = which & np.isfinite(chance) & (x + y >= settings.lifecycle_least)
        among[looked] = found_among(chance[looked])
    beyond = np.nan_to_num(among, nan=1.0) <= settings.fdr
    told = rows.with_columns(
        small=pl.col("of") < _SMALL,
        share=pl.when(pl.col("of") > 0).then(pl.col("customers") / pl.col("of")),
        usual_share=pl.when((pl.col("months") >= _FEW_MONTHS) & (pl.col("of_before") > 0)).then(
            pl.col("before") / pl.col("of_before")
        ),
        low=pl.Series(low).fill_nan(None),
        high=pl.Series(high).fill_nan(None),
        chance=pl.Series(chance).fill_nan(None),
        chance_among=pl.Series(among).fill_nan(None),
        beyond=pl.Series(beyond & (x >= settings.lifecycle_least)),
    )
    told = told.with_columns(beyond=pl.when(pl.col("chance").is_not_null()).then("beyond"))
    return told.filter((pl.col("customers") > 0) | (pl.col("before") > 0)).rename(
        {"was": "from_stage", "now": "to_stage"}
    )


def _spread(past: pl.DataFrame, rows: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """By how much each way's counts vary more than chance from month to month; 1 where no month before is known."""
    if past.is_empty() or rows.is_empty():
        return np.ones(rows.height)
    months = sorted(past["month"].unique())
    grid = rows.select(_KEY).join(pl.DataFrame({"month": months}, schema={"month": pl.Date}), how="cross")
    full = grid.join(past, on=[*_KEY, "month"], how="left", maintain_order="left")
    shape = (rows.height, len(months))
    found = [full[name].fill_null(0).to_numpy().astype(float).reshape(shape) for name in ("customers", "of")]
    return dispersion(found[0], found[1])


def _metrics(rows: pl.DataFrame, warned: pl.DataFrame) -> dict[str, Any]:
    whole = rows.filter(pl.col("dimension") == "all", pl.col("from_stage") != pl.col("to_stage"))
    usual = whole.with_columns(usual=pl.col("usual_share") * pl.col("of"))
    found: dict[str, Any] = {}
    for stage in BAD:
        into = usual.filter(pl.col("to_stage") == stage)
        known = into.height and into["usual"].null_count() == 0
        found[f"into_{stage}"] = int(into["customers"].sum())
        found[f"usual_{stage}"] = round(float(into["usual"].sum()), 2) if known else None
    return {
        **found,
        "beyond": rows.filter(pl.col("beyond").fill_null(value=False)).height,
        "beyond_all": whole.filter(pl.col("beyond").fill_null(value=False)).height,
        "warnings": warned.height,
        "value_at_risk": round(float(warned["value_at_risk"].sum()), 2),
    }


def _notices(earlier: int, moves: pl.DataFrame, as_of: date) -> Iterator[Notice]:
    if not moves.filter(pl.col("month") == as_of).height:
        yield Notice(
            "lifecycle-no-month",
            "Nobody is known in {month} and in the month before, so that no move between stages of life is seen.",
            {"month": f"{as_of:%Y-%m}", "before": f"{add_months(as_of, -1):%Y-%m}"},
        )
    elif earlier < _FEW_MONTHS:
        yield Notice(
            "lifecycle-short",
            "Moves between stages of life are known of {count} earlier months ({needed} are needed, after {settled} "
            "that stages rest on): what is usual is not told.",
            {"count": earlier, "needed": _FEW_MONTHS, "settled": SETTLED},
        )
