"""Days of the month: an outage is told, weekends, holidays, paydays and quiet days are not."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.methods.day_baseline import day_baseline
from telcli.stages import Outcome
from tests.stages.test_monitor import alerts, base, watched

JUNE = date(2024, 6, 1)
FIRST = date(2023, 11, 1)
DAYS = [FIRST + timedelta(days=at) for at in range((date(2024, 6, 30) - FIRST).days + 1)]
OFF = {date(2024, 6, 10), *(date(2024, 2, 10) + timedelta(days=at) for at in range(8)), date(2024, 1, 1)}
OFF |= {date(2024, 5, day) for day in (1, 2, 3)} | {date(2024, 4, day) for day in (4, 5)}


def rows(column: str, seed: int = 0, changed: dict[date, float] | None = None) -> pl.LazyFrame:
    """About 300 rows of a working day, 150 of others, twice as many on the fifth of each month."""
    rng = np.random.default_rng(seed)
    found: list[date] = []
    for day in DAYS:
        usual = 150.0 if day.weekday() > 4 or day in OFF else 300.0
        usual *= (2.0 if day.day == 5 else 1.0) * (changed or {}).get(day, 1.0)
        found += [day] * int(rng.poisson(usual * float(np.exp(rng.normal(0, 0.03)))))
    return pl.LazyFrame({column: found, "customer_id": "C00"}).with_columns(pl.col(column).cast(pl.Datetime))


def judged(**tables: pl.LazyFrame) -> Outcome:
    return watched(base(), watch="days", tables=tables)


def test_a_day_without_calls_is_told_and_weekends_holidays_and_paydays_are_not() -> None:
    outage = date(2024, 6, 13)
    found = judged(calls=rows("started_at", changed={outage: 0.3}), payments=rows("paid_at", seed=1))
    told = alerts(found)
    assert told.select("kind", "entity", "metric").rows() == [("day", "all", "calls-a-day")]
    row = told.row(0, named=True)
    assert "calls of 2024-06-13 6" in row["why"] and "other days" not in row["why"] and "2024-06-13" in row["why_zh"]
    assert row["low"] < row["expected"] < row["high"] and row["observed"] < row["low"]
    days = found.tables["monitor_by_day"].collect().filter(metric="calls-a-day")
    assert days.height == 30 and days.filter("off")["day"].to_list() == [outage]
    sizes = dict(days.select("day", "expected").iter_rows())
    assert sizes[date(2024, 6, 10)] < 200 and sizes[date(2024, 6, 11)] > 250, "the Dragon Boat Festival is no Monday"
    assert sizes[date(2024, 6, 5)] > 450, "what comes on the fifth of each month is expected of it"
    assert found.metrics["days"] == {"series": 2, "off": 1, "until": "2024-06-30"}


def test_more_contacts_are_bad_and_more_calls_are_not() -> None:
    crowd = {date(2024, 6, day): 2.0 for day in (18, 19, 20)}
    told = alerts(judged(calls=rows("started_at", changed=crowd), contacts=rows("opened_at", 1, changed=crowd)))
    assert told["metric"].to_list() == ["contacts-a-day"] and "other days off: 2" in told["why"].item()


def test_days_that_have_not_come_are_no_fall() -> None:
    calls = rows("started_at").filter(pl.col("started_at") < date(2024, 6, 20))
    found = judged(calls=calls)
    assert alerts(found).is_empty() and found.metrics["days"]["until"] == "2024-06-18"


def test_few_earlier_days_are_told() -> None:
    found = watched(
        base(), watch="accounts, days", tables={"calls": rows("started_at").filter(pl.col("started_at") > JUNE)}
    )
    assert "monitor-days-short" in {notice.code for notice in found.notices}


@pytest.mark.parametrize("spread", [0.0, 0.2])
def test_a_day_in_a_hundred_is_called_at_one_percent_where_nothing_is(spread: float) -> None:
    """Poisson counts, and counts that vary more than that from day to day, both with a season of the week."""
    rng = np.random.default_rng(3)
    kinds, months = np.arange(210) % 7, np.arange(210) // 30
    places: Any = np.arange(210) % 30 + 1
    from scipy.special import stdtr

    chances = []
    for _ in range(60):
        counts = rng.poisson(np.where(kinds < 5, 200.0, 80.0) * np.exp(rng.normal(0, spread, kinds.size)))
        told = day_baseline(2.0 * np.sqrt(counts + 0.375), kinds, months, places, 1.0)
        assert told is not None
        z = (2.0 * np.sqrt(counts + 0.375) - told.expected)[months == months[-1]] / told.sd
        chances.append(stdtr(told.freedom, z))
    assert np.mean(np.concatenate(chances) < 0.01) < 0.015
