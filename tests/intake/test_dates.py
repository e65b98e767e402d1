"""Dates, months and moments in every form listed for real extracts."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.cleaning import Reading
from telcli.intake.dates import FORMS, days, moments, months


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


FEBRUARY = datetime(2019, 2, 14, 15, 30)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2019-02-14 15:30:00.0", ""),
        ("2019/2/14 下午 3:30:00", ""),
        ("14-FEB-2019 15:30:00", ""),
        ("14-Feb-19 15:30", ""),
        ("Feb 14, 2019 15:30:00", ""),
        ("Thu Feb 14 15:30:00 +0000 2019", ""),
        ("2/14/2019 3:30:00 PM", "mdy"),
        ("02-14-2019 15:30", "mdy"),
        ("14/2/2019 15:30", "dmy"),
        ("14.02.2019 15:30:00", "dmy"),
        ("14.02.19 15:30:00", "dmy"),
        ("19-02-14 15:30:00", "ymd"),
        ("2019-02-14 15:30:00", "dmy"),
        ("43510.645833333336", "excel"),
        ("42048.645833333336", "excel1904"),
        ("2019-02-14 15:30:00", "excel"),
        ("1550158200", "epoch"),
        ("1550158200.0", "epoch"),
        ("1550158200000", "epochms"),
    ],
)
def test_one_moment_in_many_forms(text: str, form: str) -> None:
    values, bad = moments(pl.Series([text]), form)
    assert (values.to_list(), bad.to_list()) == ([FEBRUARY], [False])


@pytest.mark.parametrize(
    ("text", "form"), [("43510", "excel"), ("42048", "excel1904"), ("20190214.0", ""), ("14-2月-19", "")]
)
def test_one_day_by_form(text: str, form: str) -> None:
    assert days(pl.Series([text]), form)[0].to_list() == [date(2019, 2, 14)]


@pytest.mark.parametrize("text", ["1900-01-01", "1970-01-01 00:00:00", "1899-12-30", "0001-01-01", "1900-01-00", "0.0"])
def test_first_days_of_calendars_are_nothing(text: str) -> None:
    values, bad = days(pl.Series([text]))
    assert (values.to_list(), bad.to_list()) == ([None], [False])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("14/2/2019", ""),
        ("43510", ""),
        ("1550158200", ""),
        ("31/2/2019", "dmy"),
        ("2/14/2019", "dmy"),
        ("12:30", "mdy"),
        ("-5", "excel"),
        ("1e400", "epoch"),
        ("14-Foo-2019", ""),
    ],
)
def test_what_the_form_does_not_allow_is_a_fault(text: str, form: str) -> None:
    values, bad = moments(pl.Series([text]), form)
    assert (values.to_list(), bad.to_list()) == ([None], [True])


@pytest.mark.slow
@given(
    st.sampled_from(["", *FORMS]),
    st.lists(st.one_of(st.none(), st.text(max_size=25), st.from_regex(r"[0-9/:. -]{4,19}", fullmatch=True))),
)
def test_any_text_is_a_moment_nothing_or_a_fault(form: str, texts: list[str | None]) -> None:
    values, bad = moments(pl.Series(texts, dtype=pl.String), form)
    assert values.len() == bad.len() == len(texts)
    assert not (values.is_not_null() & bad).any()
    assert (values.drop_nulls().dt.year() < 2099).all()


@given(st.datetimes(datetime(1971, 1, 2), datetime(2098, 12, 31)).map(lambda found: found.replace(microsecond=0)))
def test_every_form_is_read_back(found: datetime) -> None:
    serial = (found - datetime(1899, 12, 30)).total_seconds() / 86400
    seconds = int((found - datetime(1970, 1, 1)).total_seconds())
    written = {
        "dmy": f"{found.day}/{found.month}/{found.year} {found:%H:%M:%S}",
        "mdy": f"{found:%m/%d/%Y %I:%M:%S %p}",
        "excel": repr(serial),
        "excel1904": repr(serial - 1462),
        "epoch": str(seconds),
        "epochms": str(seconds * 1000),
    }
    for form, text in written.items():
        assert moments(pl.Series([text]), form)[0].to_list() == [found], form


def test_what_has_happened_cannot_be_dated_ahead() -> None:
    last = date(2024, 6, 30)
    text = pl.Series(["2024-06-30 23:59", "2024-07-01", "2024-13-01", None, "99991231"])
    reading = Reading("paid_at", "t", "moment", last=last)
    values, bad = reading.read(text)
    assert values.is_not_null().to_list() == [True, False, False, False, False]
    assert bad.to_list() == [False, True, True, False, False]
    rules = {rule: mask.arg_true().to_list() for rule, mask in reading.rules(text, bad)}
    assert rules == {"not-a-date": [2], "in-the-future": [1]}
    years, late = Reading("birth_year", "y", "year", last=last).read(pl.Series(["2024", "2031"]))
    assert (years.to_list(), late.to_list()) == ([2024, None], [False, True])
