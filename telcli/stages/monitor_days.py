"""What working days make of the months of a panel: of metrics where days count, never of what stands or is a fee."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.working_days import Calendar, calendar_of
from telcli.methods.working_days import day_factors, day_weight
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor_panel import Judged, Panel

__all__ = ["Days", "calendar_for", "days_of", "years_unknown"]


@dataclass(frozen=True)
class Days:
    """`factors`, of the shape (months,): by how much a month brings more for its days; `weight` of days off, if any.

    `working` and `all` are the days of the last month, 0 where days do not count.
    """

    factors: NDArray[np.float64]
    weight: float | None = None
    working: int = 0
    all: int = 0


def calendar_for(inputs: Inputs, settings: MonitorSettings) -> Calendar:
    """The calendar that the settings name."""
    return calendar_of(settings.holidays.strip(), inputs.choices.get("holidays"))


def days_of(panel: Panel, calendar: Calendar | None) -> Days:
    """What days make of each month; the weight is learned from the months before the last, of all series together."""
    if calendar is None or not panel.metric.daily:
        return Days(np.ones(len(panel.months)))
    counts = calendar.counts(panel.months)
    weight = day_weight(_logs(panel), counts[:, :-1])
    working, other = (int(each) for each in counts[:, -1])
    return Days(day_factors(counts, weight), weight, working, working + other)


def _logs(panel: Panel) -> NDArray[np.float64]:
    """Logarithms of the months before the last; of counts those of their sum, since one series' may be few or none."""
    before = panel.values[:, :-1]
    if panel.metric.scale == "root":
        known = np.isfinite(before).any(axis=0)
        return np.where(known, np.log(np.nansum(before, axis=0) + 0.5), np.nan)[None, :]
    found: NDArray[np.float64] = np.log(np.where(before > 0.0, before, np.nan))
    return found


def years_unknown(judged: Iterable[Judged], calendar: Calendar) -> tuple[Notice, ...]:
    """Years whose holidays the calendar does not know, of series where days count."""
    years = {month.year for one in judged if one.panel.metric.daily for month in one.panel.months}
    unknown = calendar.unknown(sorted(years))
    if not unknown:
        return ()
    text = "[monitor] holidays does not know {years}: of them weekends alone are taken for days off."
    return (Notice("holidays-unknown", text, {"years": ", ".join(str(year) for year in unknown)}),)
