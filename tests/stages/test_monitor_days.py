"""Working days in what is expected: planted worlds that go by days, calendars, and what days never change."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import DataError, MissingInputError
from telcli.features.working_days import CHINA, WEEKENDS, Calendar, calendar_of
from telcli.methods.working_days import day_factors, day_weight
from telcli.pipeline.named_files import named_files
from telcli.settings import MonitorSettings
from telcli.settings.tasking import TaskSettings
from telcli.stages import monitor_judge
from telcli.stages.monitor_days import days_of, years_unknown
from telcli.stages.monitor_judge import judge
from telcli.stages.monitor_panel import METRICS, Judged, Panel
from tests.stages.test_monitor import base, watched

MONTHS = [date(2022 + at // 12, at % 12 + 1, 1) for at in range(60)]
CALENDAR = calendar_of(CHINA)


def panel(metric: str, months: list[date], weight: float = 0.0, size: int = 3, noise: float = 0.02) -> Panel:
    """Series that go by working days, and days off at a weight, with a little noise."""
    working, other = CALENDAR.counts(months)
    chance = np.random.default_rng(7).normal(0.0, noise, (size, len(months)))
    values = 50.0 * np.arange(1, size + 1)[:, None] * (working + weight * other) * np.exp(chance)
    entities = [f"branch=b{at}" for at in range(size)]
    return Panel("kpi", METRICS[metric], entities, months, values, "kpi branch", (0.0, 0.03))


def held(metric: str, months: list[date], calendar: Calendar | None = CALENDAR, **given: Any) -> Judged:
    return judge(panel(metric, months, **given), MonitorSettings(least_months=6), calendar)


def test_the_days_of_the_calendar_are_those_of_the_notices() -> None:
    for text, days in (("2024-02", 18), ("2025-01", 19), ("2025-10", 18), ("2026-02", 16), ("2023-01", 18)):
        month = date.fromisoformat(f"{text}-01")
        assert CALENDAR.counts([month])[0, 0] == days, text
    for first in ("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"):
        assert not CALENDAR.worked(date.fromisoformat(first)), "the lunar new year"
    assert CALENDAR.worked(date(2024, 2, 18)) and not Calendar().worked(date(2024, 2, 18))
    assert all(day.weekday() >= 5 for day in CALENDAR.working) and not CALENDAR.working & CALENDAR.holidays
    assert CALENDAR.unknown([2021, 2022, 2026]) == (2021,) and calendar_of(WEEKENDS).unknown([1999]) == ()


@settings(max_examples=8, deadline=None)
@given(st.floats(0.0, 1.2), st.integers(18, 48), st.integers(1, 4))
def test_what_goes_by_days_is_expected_as_it_comes(weight: float, size: int, series: int) -> None:
    tests = held("minutes", MONTHS[:size], weight=weight, size=series, noise=0.0).tests
    assert tests["change"].abs().max() < 0.005


def test_a_weight_is_learned_with_noise_and_is_one_of_few_months() -> None:
    counts = CALENDAR.counts(MONTHS[:36])
    logs = np.log(panel("minutes", MONTHS[:36], weight=0.3, size=30).values)
    assert day_weight(logs, counts) == pytest.approx(0.3, abs=0.12)
    assert day_weight(logs[:, :8], counts[:, :8]) == 1.0
    assert day_weight(np.random.default_rng(1).normal(0, 0.001, (5, 36)), counts) is None
    assert np.array_equal(day_factors(counts, None), np.ones(36))


@pytest.mark.parametrize(("year", "days"), [(2023, 28), (2024, 29)])
def test_a_february_is_as_long_as_it_is(year: int, days: int) -> None:
    months = [month for month in MONTHS if month <= date(year, 2, 1)][-10:]
    short = days_of(panel("minutes", months), calendar_of(WEEKENDS))
    assert (short.weight, short.all) == (1.0, days)
    usual = np.median(CALENDAR.counts(months).sum(axis=0))
    assert short.factors[-1] == pytest.approx(days / usual)


@pytest.mark.parametrize("metric", ["minutes", "new"])
def test_a_spring_festival_that_moves_is_no_alert_where_it_is_known(metric: str) -> None:
    for last in (date(2024, 2, 1), date(2025, 1, 1), date(2026, 2, 1)):
        months = [month for month in MONTHS if month <= last]
        known, unknown = (held(metric, months, calendar).tests for calendar in (CALENDAR, None))
        assert known["p_value"].min() > 0.01 and known["change"].abs().max() < 0.1, last
        assert unknown["change"].max() < -0.06, last


def test_stocks_and_fees_stay_what_they_are() -> None:
    for metric in ("lines", "active", "arrears", "revenue", "left"):
        with_days, without = (held(metric, MONTHS[:50], calendar) for calendar in (CALENDAR, None))
        assert with_days.tests.equals(without.tests) and with_days.series.equals(without.series)
        assert with_days.how["day_weight"] is None


def by_days(part: float = 1.0) -> pl.DataFrame:
    """The base of two years up to February 2024, whose minutes go by working days; in the last month a part of them."""
    months = MONTHS[6:26]
    worked = dict(zip(months, CALENDAR.counts(months)[0], strict=True))
    frame = base().filter(pl.col("month") == date(2024, 1, 1)).drop("month")
    frame = frame.join(pl.DataFrame({"month": months}), how="cross")
    days = pl.col("month").replace_strict(worked, return_dtype=pl.Float64)
    last = pl.when(pl.col("month") == months[-1]).then(part).otherwise(1.0)
    noise = np.exp(np.random.default_rng(3).normal(0.0, 0.03, frame.height))
    return frame.with_columns(call_minutes=days * last * pl.Series(noise) * 15.0)


def test_why_tells_what_days_make_and_rows_in_any_order_the_same() -> None:
    given: dict[str, Any] = {"as_of": date(2024, 2, 1), "watch": "kpis", "kpi_by": ""}
    months = by_days(0.5)
    one, other = (watched(frame, **given).tables for frame in (months, months.reverse()))
    assert all(one[name].collect().equals(other[name].collect()) for name in one)
    row = one["alerts"].collect().filter(metric="minutes").row(0, named=True)
    assert "18 working days of 29 make 1" in row["why"] and "29天中18个工作日" in row["why_zh"]
    weights = one["monitor_coverage"].collect().filter(metric="minutes")["day_weight"]
    assert weights.item() < 0.3


def test_years_that_the_calendar_does_not_know_are_told() -> None:
    months = [date(2021 + at // 12, at % 12 + 1, 1) for at in range(14)]
    notices = years_unknown([held("minutes", months), held("lines", MONTHS)], CALENDAR)
    assert [(notice.code, notice.values) for notice in notices] == [("holidays-unknown", {"years": "2021"})]
    assert years_unknown([held("lines", months)], CALENDAR) == ()


def test_a_calendar_of_ones_own(tmp_path: Path) -> None:
    table, toml, wrong = (tmp_path / name for name in ("days.csv", "days.toml", "wrong.toml"))
    table.write_text("date,kind\n2024-02-09,holiday\n2024-02-10,working\n", encoding="utf-8")
    toml.write_text('holiday = ["2024-02-09"]\n[2024]\nworking = ["2024-02-10"]\n', encoding="utf-8")
    wrong.write_text('holiday = ["soon"]\n', encoding="utf-8")

    def read(place: Path) -> Calendar:
        found = named_files("monitor", MonitorSettings(holidays=str(place)), tmp_path)
        return calendar_of(str(place), found["holidays"])

    assert read(table) == read(toml) == Calendar(frozenset({date(2024, 2, 9)}), frozenset({date(2024, 2, 10)}))
    with pytest.raises(DataError, match=r"wrong\.toml: 1 entries"):
        read(wrong)
    with pytest.raises(MissingInputError, match="does not exist"):
        read(tmp_path / "none.csv")
    assert named_files("monitor", MonitorSettings(), tmp_path) == {}
    assert named_files("tasks", TaskSettings(holidays="2024-10-01"), tmp_path) == {}


def test_a_limit_beyond_every_amount_is_a_number_all_the_same() -> None:
    """As that of a customer who paid now and then, of whom few months are known."""
    scale = monitor_judge._Scale("log", np.ones((1, 1)))
    assert np.isfinite(scale.back(np.array([[5.0, 1e4]]))).all()
