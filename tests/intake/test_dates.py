"""Dates, months and moments in every form listed for real extracts."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.dates import days, moments, months


@pytest.mark.parametrize(
    "text",
    [
        "20190214",
        "2019-02-14",
        "2019/2/14",
        "2019.02.14",
        "2019年2月14日",
        "2019年02月14号",
        "20190214153000",
        "2019-02-14 15:30:00",
        "2019-02-14 00:00:00.0",
        "2019-02-14T15:30:00",
        "2019-02-14T15:30:00.123Z",
        "2019-02-14 15:30:00+08:00",
        "2019/2/14 9:05",
        "２０１９－０２－１４",
        "  2019-02-14\t",
    ],
)
def test_one_day_in_many_forms(text: str) -> None:
    values, bad = days(pl.Series([text]))
    assert values.to_list() == [date(2019, 2, 14)]
    assert not bad.any()


@pytest.mark.parametrize("text", ["201902", "2019-02", "2019/2", "2019年2月", "2019-02-14", "20190228"])
def test_one_month_in_many_forms(text: str) -> None:
    assert months(pl.Series([text]))[0].to_list() == [date(2019, 2, 1)]


@pytest.mark.parametrize("text", ["", "-", "NULL", "\\N", "无", "0", "00000000", "99991231", "20991231", "2999-12-31"])
def test_never_and_nothing_are_null_and_no_fault(text: str) -> None:
    values, bad = days(pl.Series([text]))
    assert values.to_list() == [None]
    assert not bad.any()


@pytest.mark.parametrize(
    "text", ["202413", "2024-00", "2024-02-30", "yesterday", "12", "20240", "2024-1-1 25:00", "1e5"]
)
def test_what_is_no_date_is_a_fault(text: str) -> None:
    values, bad = days(pl.Series([text]))
    assert values.to_list() == [None]
    assert bad.to_list() == [True]


def test_moments_keep_the_time() -> None:
    found = moments(pl.Series(["2024/1/16 12:38:36", "20240116123836", "2024-01-16T12:38:36"]))[0]
    assert found.to_list() == [datetime(2024, 1, 16, 12, 38, 36)] * 3


@given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2098, 12, 31)), min_size=1))
def test_what_is_written_is_read(found: list[datetime]) -> None:
    whole = [moment.replace(microsecond=0) for moment in found]
    mixed = [
        f"{moment:%Y-%m-%d %H:%M:%S}" if place % 2 else f"{moment.year:04}{moment:%m%d%H%M%S}"
        for place, moment in enumerate(whole)
    ]
    values, bad = moments(pl.Series(mixed))
    assert values.to_list() == whole
    assert not bad.any()
