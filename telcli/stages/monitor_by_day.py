"""Days of the as-of month: calls, contacts, payments and activations of each day, by weekday, holiday and payday."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from telcli.errors import Notice
from telcli.features.month_index import add_months, end_of_month, month_index
from telcli.features.working_days import Calendar
from telcli.methods.day_baseline import HOLIDAY, day_baseline
from telcli.methods.rates import found_among
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor_days import calendar_for
from telcli.stages.monitor_panel import Part
from telcli.tables import contract

__all__ = ["DAY_METRICS", "days_part"]

_BACK = 7
"""Months looked back on."""
_MIDWEEK = 2
"""What a day of a weekend that is worked is taken to be: a Wednesday."""
_NAMED = 5


@dataclass(frozen=True)
class _Daily:
    """Rows of a table by the day of a column; the side that is bad (-1: fewer)."""

    table: str
    moment: str
    side: int
    words: tuple[str, str]


DAY_METRICS: Mapping[str, _Daily] = {
    "calls-a-day": _Daily("calls", "started_at", -1, ("calls", "通话次数")),
    "contacts-a-day": _Daily("contacts", "opened_at", 1, ("contacts of the call centre", "客服接触量")),
    "payments-a-day": _Daily("payments", "paid_at", -1, ("payments and recharges", "缴费充值笔数")),
    "activations-a-day": _Daily("subscriptions", "activated_on", -1, ("activations", "新开通号码数")),
}
"""What is counted day by day."""


def days_part(inputs: Inputs, settings: MonitorSettings) -> Part:
    """Days of the month that are off beyond chance among all days of all series, and by `day_least_change` or more.

    One alert for each series, of its least likely day; table ``monitor_by_day`` has all of them.
    """
    as_of = inputs.as_of or date.min
    calendar = calendar_for(inputs, settings)
    frames, short = [], []
    for name, daily in DAY_METRICS.items():
        counts = _counts(inputs.tables, daily, as_of)
        if counts is None:
            continue
        told = _judged(name, daily, counts, as_of, calendar, settings)
        frames += [] if told is None else [told]
        short += [name] if told is None else []
    notices = tuple(_short(short)) if not frames else ()
    if not frames:
        return Part(notices=notices)
    days = _beyond(pl.concat(frames), settings)
    rows = [_row(frame) for frame in days.filter("off").partition_by("metric", maintain_order=True)]
    shaped = days.with_columns(as_of=pl.lit(as_of)).select([each.name for each in contract("monitor_by_day").columns()])
    figures = {"series": len(frames), "off": int(days["off"].sum()), "until": str(days["day"].max())}
    made = pl.DataFrame(rows, infer_schema_length=None).with_columns(kind=pl.lit("day")) if rows else None
    return Part(rows=made, tables={"monitor_by_day": shaped}, metrics={"days": figures}, looked=len(frames))


def _counts(tables: Mapping[str, pl.LazyFrame], daily: _Daily, as_of: date) -> pl.DataFrame | None:
    """Rows of each day, from the first day with some until the last whole one; None of a month without."""
    if daily.table not in tables:
        return None
    span = pl.col("day").is_between(add_months(as_of, -_BACK), end_of_month(as_of))
    days = tables[daily.table].select(day=pl.col(daily.moment).cast(pl.Date)).filter(span)
    counts = days.group_by("day").agg(rows=pl.len().cast(pl.Float64)).collect(engine="streaming").sort("day")
    if counts.is_empty() or counts["day"][-1] < as_of:
        return None
    last = counts["day"][-1]
    if last < end_of_month(as_of):
        last -= timedelta(days=1)  # an extract of the middle of a day
    grid = pl.DataFrame({"day": pl.date_range(counts["day"][0], last, eager=True)})
    found = grid.join(counts, on="day", how="left", maintain_order="left").with_columns(pl.col("rows").fill_null(0.0))
    return found if last >= as_of else None


def _judged(
    name: str, daily: _Daily, counts: pl.DataFrame, as_of: date, calendar: Calendar, settings: MonitorSettings
) -> pl.DataFrame | None:
    """The days of the month with what was expected of them; None where earlier days are too few."""
    days = counts["day"].to_list()
    kinds = np.array([_kind(day, calendar) for day in days])
    months = np.array([month_index(day.replace(day=1)) for day in days])
    places = np.array([day.day for day in days])
    seen = counts["rows"].to_numpy()
    base = day_baseline(_there(seen), kinds, months, places, least=1.0)
    here = months == month_index(as_of)
    if base is None or not np.isfinite(base.expected[here]).all():
        return None
    expected = base.expected[here]
    z = (_there(seen[here]) - expected) / base.sd
    wide = base.sd * float(stdtrit(base.freedom, 0.975))
    side = daily.side if settings.direction == "bad" else 0
    tail = stdtr(base.freedom, -np.abs(z) if side == 0 else -side * z)
    middle, low, high = (_back(expected + part) for part in (0.0, -wide, wide))
    return pl.DataFrame(
        {
            "day": np.array(days, dtype="datetime64[D]")[here],
            "observed": seen[here],
            "expected": middle,
            "low": low,
            "high": high,
            "z": z,
            "p_value": np.minimum(2.0 * tail, 1.0) if side == 0 else tail,
            "working": [calendar.worked(day) for day, now in zip(days, here, strict=True) if now],
        }
    ).with_columns(metric=pl.lit(name))


def _kind(day: date, calendar: Calendar) -> int:
    """Kind of a day, as day_baseline has it."""
    if day in calendar.holidays:
        return HOLIDAY
    return _MIDWEEK if day in calendar.working else day.weekday()


def _there(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 2.0 * np.sqrt(counts + 0.375)
    return found


def _back(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.maximum(np.square(np.maximum(values, 0.0) / 2.0) - 0.375, 0.0)
    return found


def _beyond(days: pl.DataFrame, settings: MonitorSettings) -> pl.DataFrame:
    """Days with `found_p`, their chance among all of them, and whether they are `off`."""
    told = days.sort("metric", "day").with_columns(
        found_p=pl.Series(found_among(days.sort("metric", "day")["p_value"]))
    )
    change = (pl.col("observed") - pl.col("expected")) / pl.max_horizontal("expected", pl.lit(1.0))
    told = told.with_columns(change=change)
    return told.with_columns(
        off=(pl.col("found_p") <= settings.fdr) & (pl.col("change").abs() >= settings.day_least_change)
    )


def _row(off: pl.DataFrame) -> dict[str, Any]:
    """The alert of a series, by its days that are off."""
    worst = off.sort("p_value", "day").row(0, named=True)
    daily = DAY_METRICS[worst["metric"]]
    way = ("below", "低") if worst["change"] < 0 else ("above", "高")
    share, day = f"{abs(worst['change']):.0%}", f"{worst['day']:%Y-%m-%d}"
    figures = f"{worst['low']:,.0f}..{worst['high']:,.0f}"
    en = (
        f"{daily.words[0]} of {day} {share} {way[0]} what was expected of the day: {worst['observed']:,.0f} instead of "
    )
    en += f"{worst['expected']:,.0f} ({figures})"
    zh = f"{day} {daily.words[1]}比当日预期{way[1]}{share}：实际{worst['observed']:,.0f}，预期{worst['expected']:,.0f}"
    zh += f"（{figures}）"
    others = [f"{each:%m-%d}" for each in off["day"] if each != worst["day"]]
    if others:
        named = ", ".join(others[:_NAMED]) + (", ..." if len(others) > _NAMED else "")
        en += f"; other days off: {len(others)} ({named})"
        zh += f"；另有{len(others)}天偏离（{named.replace(', ', '、')}）"
    kept = {name: worst[name] for name in ("observed", "expected", "low", "high", "change", "p_value", "found_p")}
    named_as = {"entity": "all", "metric": worst["metric"], "unit": "count", "methods": "day"}
    return {**named_as, **kept, "score": worst["z"], "why": en, "why_zh": zh}


def _short(names: list[str]) -> Iterator[Notice]:
    if names:
        yield Notice(
            "monitor-days-short",
            "No day is judged by itself: days of three earlier months, and 28 days before these, are needed.",
            {},
        )
