"""Each series of a panel against its baseline: what was expected, how far off it is, and by which chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.working_days import Calendar
from telcli.methods.seasonal_baseline import baseline_of, common_part, foretold, window_of
from telcli.methods.series_watch import CHARTS, Watched, Watching, reach, watched
from telcli.settings import MonitorSettings
from telcli.stages.monitor_days import Days, days_of
from telcli.stages.monitor_panel import Judged, Panel

__all__ = ["judge"]

Floats = NDArray[np.float64]
_LEAST = {"log": 0.01, "root": 1.0}
"""Least spread: a hundredth of the level; of a count that of a Poisson variable, which no count falls below."""
_OFFSET = 0.01
"""Part of the usual level that is added to an amount, so that nothing has a logarithm too."""
_BEYOND = float(np.log(1e15))
"""A limit above it is none: where few months differ wildly, it would be infinite."""


@dataclass(frozen=True)
class _Scale:
    """There and back between a metric and the scale on which it is judged."""

    form: str
    offset: Floats

    def there(self, values: Floats) -> Floats:
        held = np.maximum(values, 0.0)
        if self.form == "root":
            return 2.0 * np.sqrt(held + 0.375)
        return np.log(held + self.offset)

    def back(self, values: Floats) -> Floats:
        if self.form == "root":
            return np.maximum(np.square(np.maximum(values, 0.0) / 2.0) - 0.375, 0.0)
        found: Floats = np.maximum(np.exp(np.minimum(values, _BEYOND)) - self.offset, 0.0)
        return found


def judge(panel: Panel, settings: MonitorSettings, calendar: Calendar | None = None) -> Judged:
    """Hold the last month of every series against what the months before foretell, and the days of it by a calendar."""
    days = days_of(panel, calendar)
    usual = panel.values / days.factors
    scale = _Scale(panel.metric.scale, _offsets(usual))
    series = scale.there(usual)
    common = common_part(series) if panel.peers else np.zeros(series.shape[1])
    own = series - common
    base, baseline = _baseline(own, panel.metric.stock, settings)
    side = panel.metric.side if settings.direction == "bad" else 0
    how = Watching(
        side=side,
        least=_LEAST[panel.metric.scale],
        weight=settings.ewma_weight,
        slack=settings.cusum_slack,
        months=settings.chart_months,
        window=window_of(baseline, settings.baseline_months),
    )
    found = watched(own, base, how)
    wide = reach(found.sd, found.freedom)[:, None]
    ends = [scale.back(base + common + part) * days.factors for part in (0.0 * wide, -wide, wide)]
    missed = np.abs(own - base)[:, :-1]
    known = np.isfinite(found.chance)
    told = {
        "entities": len(panel.entities),
        "judged": int(known.sum()),
        "months": len(panel.months),
        "baseline": baseline,
        "peers": bool(np.any(common != 0.0)),
        "usual_miss": float(np.nanmedian(missed)) if np.isfinite(missed).any() else None,
        "day_weight": days.weight,
    }
    off = _common_off(panel, common, baseline, how, settings)
    return Judged(panel, _tests(panel, ends, found, days), _series(panel, ends, found), told, off)


def _common_off(
    panel: Panel, common: Floats, baseline: str, how: Watching, settings: MonitorSettings
) -> tuple[float, float] | None:
    """How far the common part of the last month is off its own months before, as a share, and the chance of it."""
    if not common.any() or panel.metric.scale != "log":
        return None
    base = foretold(common[None, :], baseline, settings.baseline_months, settings.least_months - 2)
    chance = float(watched(common[None, :], base, how).chance[0])
    return (float(np.expm1(common[-1] - base[0, -1])), chance) if np.isfinite(chance) else None


def _offsets(values: Floats) -> Floats:
    """A hundredth of the usual level of each series, by the months before the last."""
    before = np.where(values[:, :-1] > 0.0, values[:, :-1], np.nan)
    known = np.isfinite(before).any(axis=1)
    level = np.ones(values.shape[0])
    level[known] = np.nanmedian(before[known], axis=1)
    return _OFFSET * level[:, None]


def _baseline(own: Floats, stock: bool, settings: MonitorSettings) -> tuple[Floats, str]:
    """What every month was expected to be, and the way that was chosen by the months before the last."""
    how = "last-value" if stock else settings.baseline
    base, chosen = baseline_of(own, how, settings.baseline_months, settings.least_months - 2)
    few = np.isfinite(own[:, :-1]).sum(axis=1) < settings.least_months
    base[few, -1] = np.nan
    return base, chosen


def _tests(panel: Panel, ends: list[Floats], found: Watched, days: Days) -> pl.DataFrame:
    """One row per entity whose last month could be judged."""
    observed = panel.values[:, -1]
    expected, low, high = (each[:, -1] for each in ends)
    least = 1.0 if panel.metric.scale == "root" else 1e-9
    rows = pl.DataFrame(
        {
            "entity": list(panel.entities),
            "observed": observed,
            "expected": expected,
            "low": low,
            "high": high,
            "change": (observed - expected) / np.maximum(expected, least),
            "score": found.z[:, -1],
            "p_value": found.chance,
            **{f"p_{name}": found.chances[at] for at, name in enumerate(CHARTS)},
        },
        schema_overrides={"entity": pl.String},
    )
    each = np.full(len(rows), np.nan) if panel.each is None else panel.each
    rows = rows.with_columns(pl.Series("each", each).fill_nan(None), share=pl.lit(panel.share, dtype=pl.Float64))
    rows = rows.filter(pl.col("p_value").is_not_nan())
    named = {"kind": panel.kind, "metric": panel.metric.name, "unit": panel.metric.unit, "family": panel.family}
    limits = {"side": panel.metric.side, "least_amount": panel.least[0], "least_change": panel.least[1]}
    limits |= {"days_make": float(days.factors[-1]) - 1.0, "working_days": days.working, "days": days.all}
    return rows.with_columns(**{name: pl.lit(value) for name, value in {**named, **limits}.items()})


def _series(panel: Panel, ends: list[Floats], found: Watched) -> pl.DataFrame:
    """One row per entity and month that is known."""
    size, months = panel.values.shape
    expected, low, high = ends
    rows = pl.DataFrame(
        {
            "entity": np.repeat(np.asarray(panel.entities, dtype=object), months).tolist(),
            "month": list(panel.months) * size,
            "observed": panel.values.ravel(),
            "expected": expected.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "z": found.z.ravel(),
            "ewma": found.ewma.ravel(),
            "cusum": found.cusum.ravel(),
        },
        schema_overrides={"entity": pl.String, "month": pl.Date},
    )
    rows = rows.filter(pl.col("observed").is_not_nan()).with_columns(pl.col(pl.Float64).fill_nan(None))
    return rows.with_columns(kind=pl.lit(panel.kind), metric=pl.lit(panel.metric.name))
