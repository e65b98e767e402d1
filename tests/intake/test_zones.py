"""Local times of a zone and the moments they are: one rule where clocks change, one row however a time is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.clocks import epochs
from telcli.intake.dates import days, moments
from telcli.intake.zones import epochs_of, local_times, offsets

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
moments_of_utc = st.datetimes(datetime(1900, 1, 3), datetime(2098, 12, 29)).map(lambda one: one.replace(microsecond=0))


def epoch(local: datetime, zone: str) -> int:
    """What Python's own zones make of a local time: the earlier of two, one left out with the offset before."""
    return int(local.replace(tzinfo=ZoneInfo(zone), fold=0).timestamp())


def times(*local: datetime) -> pl.Series:
    return pl.Series(local, dtype=pl.Datetime("us"))


@pytest.mark.parametrize(
    ("local", "meant"),
    [
        (datetime(2024, 3, 31, 1, 59, 59), "2024-03-31T00:59:59"),
        (datetime(2024, 3, 31, 2, 0), "2024-03-31T01:00:00"),
        (datetime(2024, 3, 31, 2, 30), "2024-03-31T01:30:00"),
        (datetime(2024, 3, 31, 3, 0), "2024-03-31T01:00:00"),
        (datetime(2024, 10, 27, 1, 59, 59), "2024-10-26T23:59:59"),
        (datetime(2024, 10, 27, 2, 0), "2024-10-27T00:00:00"),
        (datetime(2024, 10, 27, 2, 59, 59), "2024-10-27T00:59:59"),
        (datetime(2024, 10, 27, 3, 0), "2024-10-27T02:00:00"),
    ],
)
def test_summer_time_begins_and_ends_by_one_rule(local: datetime, meant: str) -> None:
    expected = int(datetime.fromisoformat(meant).replace(tzinfo=UTC).timestamp())
    assert epochs_of(times(local), "Europe/Berlin").to_list() == [expected]
    assert epochs_of(times(local, datetime(1950, 1, 1)), "Europe/Berlin")[0] == expected, "whatever stands beside"


def test_a_day_that_was_left_out_is_a_day_later() -> None:
    found = epochs_of(times(datetime(2011, 12, 30, 12), datetime(2011, 12, 31, 12)), "Pacific/Apia").to_list()
    assert found[0] == found[1] == epoch(datetime(2011, 12, 31, 12), "Pacific/Apia")


def test_unknown_times_stay_unknown() -> None:
    nothing = pl.Series([None, None], dtype=pl.Datetime("us"))
    assert epochs_of(nothing, "Europe/Berlin").to_list() == [None, None]
    assert local_times(nothing.clear(), "Asia/Shanghai").to_list() == []
    mixed = pl.Series([None, datetime(2024, 3, 31, 2, 30), datetime(2024, 6, 1)])
    assert epochs_of(mixed, "Europe/Berlin").to_list() == [None, 1_711_848_600, 1_717_192_800]


@given(st.lists(moments_of_utc, min_size=1, max_size=8), st.sampled_from(ZONES))
def test_as_python_reads_local_times(local: list[datetime], zone: str) -> None:
    assert epochs_of(times(*local), zone).to_list() == [epoch(one, zone) for one in local]


@given(st.lists(moments_of_utc, min_size=1, max_size=8), st.sampled_from(ZONES))
def test_there_and_back_is_the_same_outside_hours_that_come_twice(utc: list[datetime], zone: str) -> None:
    whole = times(*utc)
    local = local_times(whole, zone)
    aware = [one.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for one in utc]
    assert local.to_list() == [one.replace(tzinfo=None, fold=0) for one in aware]
    back = zip(epochs_of(local, zone).to_list(), whole.dt.epoch("s").to_list(), aware, strict=True)
    for found, meant, one in back:
        again = one.utcoffset() != one.replace(fold=0).utcoffset()
        assert found < meant if again else found == meant


@given(st.lists(moments_of_utc, min_size=1, max_size=5), st.sampled_from(ZONES), st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_row_however_it_is_written(utc: list[datetime], zone: str, ahead: int) -> None:
    utc = [one for one in utc if one.year >= 1990] or [datetime(2024, 6, 1)]
    seconds = [int(one.replace(tzinfo=UTC).timestamp()) for one in utc]
    sign, (hours, minutes) = "-" if ahead < 0 else "+", divmod(abs(ahead), 60)
    written = [f"{one + timedelta(minutes=ahead):%Y-%m-%d %H:%M:%S}{sign}{hours:02}:{minutes:02}" for one in utc]
    local = local_times(times(*utc), zone).to_list()
    assert moments(pl.Series(written), "", zone)[0].to_list() == local
    assert moments(pl.Series([str(one) for one in seconds]), "epoch", zone)[0].to_list() == local
    assert moments(pl.Series([f"{one}999" for one in seconds]), "epochms", zone)[0].to_list() == local
    assert epochs(pl.Series(written))[0].to_list() == seconds
    assert epochs(pl.Series([f"{one}999" for one in seconds]))[0].to_list() == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-06-01T08:00:00+08:00", 28_800),
        ("2024-06-01 08:00:00+0800", 28_800),
        ("2024-06-01 08:00:00.123+08", 28_800),
        ("2024-06-01 08:00 -03:30", -12_600),
        ("2024-06-01T08:00:00Z", 0),
        ("2024-06-01 08:00:00 UTC", 0),
        ("Sat Jun 01 08:00:00 +0800 2024", 28_800),
    ],
)
def test_offsets_as_they_are_written(text: str, seconds: int) -> None:
    assert offsets(pl.Series([text])).to_list() == [seconds]
    values, bad = moments(pl.Series([text]), zone="Asia/Shanghai")
    assert values.to_list() == [datetime(2024, 6, 1, 16) - timedelta(seconds=seconds)]
    assert not bad.any()


@pytest.mark.parametrize(
    "text", ["2024-06-01", "2024-06-01 08:00:00", "202406-01", "20240601080000", "2024-06-01Z", ""]
)
def test_what_carries_no_offset_stays_as_it_is(text: str) -> None:
    assert offsets(pl.Series([text])).to_list() == [None]
    assert moments(pl.Series([text]), zone="America/New_York")[0].equals(moments(pl.Series([text]))[0])


def test_days_of_moments_are_those_of_the_zone() -> None:
    late = pl.Series(["2024-05-31T16:00:00Z"])
    assert [str(days(late, "", zone)[0].item()) for zone in ("Asia/Shanghai", "UTC")] == ["2024-06-01", "2024-05-31"]


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"])
def test_never_is_never_in_every_zone(text: str) -> None:
    for zone in ("America/New_York", "Asia/Shanghai"):
        values, bad = moments(pl.Series([text]), zone=zone)
        assert (values.to_list(), bad.to_list()) == ([None], [False])


def test_every_zone_that_can_be_set_is_understood() -> None:
    for zone in available_timezones() - {"Factory", "localtime"}:
        assert epochs_of(times(datetime(2024, 1, 15)), zone).null_count() == 0


def test_an_offset_behind_the_half_of_the_day_counts() -> None:
    text = pl.Series(["06/30/2024 08:00:00 PM +00:00", "06/30/2024 08:00:00 p.m. Z", "06/30/2024 08:00:00 PM"])
    assert offsets(text).to_list() == [0, 0, None]
    at = datetime(2024, 7, 1, 4)
    assert moments(text.head(1), "mdy", "Asia/Shanghai")[0].to_list() == [at]


@pytest.mark.parametrize(
    ("text", "zone", "local"),
    [
        ("Sat Jun 01 08:00:00 CST 2024", "Asia/Shanghai", datetime(2024, 6, 1, 8)),
        ("2024-06-01 08:00:00 CST", "Asia/Shanghai", datetime(2024, 6, 1, 8)),
        ("2024-06-01 08:00:00 CST", "America/Chicago", datetime(2024, 6, 1, 9)),
        ("2024-06-01 08:00:00 CET", "Europe/Paris", datetime(2024, 6, 1, 9)),
        ("Sat Jun 01 08:00:00 EDT -0400 2024", "Asia/Shanghai", datetime(2024, 6, 1, 20)),
        ("Sat Jun 01 08:00:00 GMT+08:00 2024", "Asia/Shanghai", datetime(2024, 6, 1, 8)),
        ("Sat Jun 01 08:00:00 EDT 2024", "Asia/Shanghai", None),
        ("2024-06-01 08:00:00 PST", "Asia/Shanghai", None),
        ("2024-06-01 08:00:00 CST", "UTC", None),
        ("2024-06-01 CST", "Asia/Shanghai", None),
    ],
)
def test_letters_count_where_the_clocks_of_the_zone_go_by_them(text: str, zone: str, local: datetime | None) -> None:
    values, bad = moments(pl.Series([text]), zone=zone)
    assert (values.to_list(), bad.to_list()) == ([local], [local is None])


def test_letters_tell_the_hours_apart_that_come_twice() -> None:
    text = pl.Series(["2024-10-27 02:30:00 CEST", "2024-10-27 02:30:00 CET"])
    assert epochs(text, zone="Europe/Berlin")[0].to_list() == [1_729_989_000, 1_729_992_600]


def test_an_offset_that_no_zone_has_is_a_fault() -> None:
    _, bad = moments(pl.Series(["2024-06-01 08:00:00+99:99", "2024-06-01 08:00:00+14:00"]), zone="Asia/Shanghai")
    assert bad.to_list() == [True, False]


@pytest.mark.parametrize("odd", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)])
def test_the_first_and_last_days_there_are_have_moments(odd: datetime) -> None:
    assert epochs_of(pl.Series([odd, datetime(2024, 6, 1)]), "Europe/Berlin").len() == 2
    assert local_times(pl.Series([odd]), "Asia/Shanghai").len() == 1
