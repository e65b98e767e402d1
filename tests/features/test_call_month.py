"""call_months against vectors done by hand and the oracle, and what must hold whatever the calls are like."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.features import call_rows
from telcli.features.call_month import call_months
from telcli.tables.call_months import CONTRACTS, FEATURES
from tests.features.call_records import EXACT, RECORD, RECORDS, Record, expected, frame

JUNE = date(2024, 6, 1)


def call(at: datetime, who: str = "x", way: str = "out", kind: str = "voice", **more: Any) -> Record:
    return {"customer_id": "a", "started_at": at, "counterpart": who, "direction": way, "kind": kind, **more}


def one(records: list[Record]) -> dict[str, Any]:
    found = call_months(frame(records))
    assert found.height == 1
    return found.row(0, named=True)


@settings(max_examples=40)
@given(records=RECORDS | EXACT)
def test_every_column_is_what_the_definitions_say(records: list[Record]) -> None:
    found = call_months(frame(records)).rows(named=True)
    wanted = expected(records)
    assert [(row["customer_id"], row["month"]) for row in found] == [
        (row["customer_id"], row["month"]) for row in wanted
    ]
    for mine, theirs in zip(found, wanted, strict=True):
        assert set(mine) == set(theirs)
        for name, value in theirs.items():
            assert mine[name] == (pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value), name


@settings(max_examples=20)
@given(records=RECORDS)
def test_rows_keep_the_contract(records: list[Record]) -> None:
    found = call_months(frame(records))
    assert CONTRACTS["call_months"].require(found.lazy()).collect().equals(found)
    assert found.equals(found.sort("customer_id", "month"))


@settings(max_examples=30)
@given(records=RECORDS | EXACT, data=st.data())
def test_the_order_of_rows_changes_no_bit(records: list[Record], data: st.DataObject) -> None:
    found = call_months(frame(records))
    assert call_months(frame(data.draw(st.permutations(records)))).equals(found)
    key = ["customer_id", "started_at", "counterpart", "direction", "kind"]
    assert call_months(frame(records).sort(key)).equals(found)


@settings(max_examples=20)
@given(records=RECORDS)
def test_a_customer_is_the_same_in_any_bucket_and_a_month_in_any_file(records: list[Record]) -> None:
    whole = call_months(frame(records))
    for part in ("customer_id", "month"):
        files = frame(records).with_columns(month=pl.col("started_at").dt.truncate("1mo")).collect().partition_by(part)
        parts = [call_months(file.lazy()) for file in files]
        assert pl.concat([whole.clear(), *parts]).sort("customer_id", "month").equals(whole)


@settings(max_examples=30)
@given(records=RECORDS)
def test_shares_are_shares_and_entropy_is_bounded(records: list[Record]) -> None:
    for row in call_months(frame(records)).rows(named=True):
        assert all(0 <= row[name] <= 1 for name in row if name.endswith("share") and row[name] is not None)
        if row["counterpart_entropy"] is not None:
            assert 0 <= row["counterpart_entropy"] <= math.log(row["counterparts"]) + 1e-12
            assert 1 / row["counterparts"] <= row["counterpart_top_share"] + 1e-12
            assert row["counterparts_mutual"] <= row["counterparts_out"] <= row["counterparts"]
        assert row["interaction_days"] <= row["active_days"] <= 31


@settings(max_examples=20)
@given(record=RECORD)
def test_one_event_is_a_month(record: Record) -> None:
    row = one([record])
    talk = record["kind"] != "data"
    assert row["active_days"] == 1
    assert row["interevent_mean_s"] is row["interevent_sd_s"] is None
    assert sum(row[name] for name in ("calls_out", "calls_in", "texts_out", "texts_in", "data_sessions")) == 1
    if talk and record["counterpart"] != "unknown":
        assert (row["counterparts"], row["counterpart_entropy"], row["counterpart_top_share"]) == (1.0, 0.0, 1.0)


def test_a_month_by_hand() -> None:
    first = datetime(2024, 6, 1, 6, 0)  # a Saturday
    row = one(
        [
            call(first, "x", "out", duration_s=60.0, off_net=True, cell_id="p"),
            call(first + timedelta(hours=1), "x", "in", duration_s=30.0, off_net=True, cell_id="q"),
            call(first + timedelta(hours=4), "x", "out", "text", cell_id="p"),
            call(first + timedelta(days=2), "y", "out", duration_s=0.0, off_net=False),
            call(first + timedelta(days=2), "unknown", "out", "data", data_mb=1.5, roaming=True),
        ]
    )
    assert (row["calls_out"], row["calls_in"], row["texts_out"], row["texts_in"]) == (2, 1, 1, 0)
    assert (row["call_minutes_out"], row["call_minutes_in"], row["data_sessions"], row["data_mb"]) == (1, 0.5, 1, 1.5)
    assert (row["initiated_share"], row["zero_length_share"]) == (2 / 3, 1 / 3)
    assert (row["counterparts"], row["counterparts_mutual"], row["counterparts_off_net"]) == (2, 1, 1)
    assert row["counterpart_entropy"] == pytest.approx(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)), abs=1e-14)
    assert row["counterpart_balance"] == pytest.approx((2 / 3 + 1) / 2, abs=1e-12)
    assert row["counterpart_balance_weighted"] == 3 / 4 / 2
    assert row["counterpart_top_share"] == 0.75
    assert row["counterpart_pareto_share"] == 0.5  # both are needed for 4 of 4
    assert (row["night_share"], row["weekend_share"]) == (0.75, 0.75)  # two of 6:00, one of 7:00 sharp
    assert (row["active_days"], row["interaction_days"], row["cells"]) == (2, 2, 2)
    assert row["interevent_mean_s"] == 57_600  # 1, 3 and 44 hours
    assert row["interevent_sd_s"] == pytest.approx(3600 * math.sqrt((15**2 + 13**2 + 28**2) / 3), rel=1e-15)
    assert (row["off_net_share"], row["off_net_minutes"], row["off_net_minutes_out"]) == (2 / 3, 1.5, 1)
    assert (row["roaming_share"], row["roaming_minutes"], row["competitor_contacts"]) == (1, None, None)


@settings(max_examples=20)
@given(records=RECORDS | EXACT, rows=st.integers(1, 5))
def test_how_many_rows_are_worked_on_at_a_time_changes_no_bit(records: list[Record], rows: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = call_months(frame(records))
        patch.setattr(call_rows, "_ROWS", rows)
        assert call_months(frame(records)).equals(found)


def test_somebody_who_calls_all_the_world() -> None:
    first, many = datetime(2024, 6, 1), 20_000
    row = one([call(first + timedelta(seconds=nth), f"n{nth}") for nth in range(many)])
    assert (row["counterparts"], row["counterparts_out"], row["counterpart_balance"]) == (many, many, 1.0)
    assert row["counterpart_entropy"] == pytest.approx(math.log(many), abs=1e-10)
    assert (row["counterpart_top_share"], row["counterpart_pareto_share"]) == (1 / many, 0.8)


def test_equal_gaps_have_no_spread_at_all() -> None:
    times = [datetime(2024, 6, 1) + timedelta(seconds=3601.7 * nth) for nth in range(600)]
    assert one([call(at) for at in times])["interevent_sd_s"] == 0.0


def test_rows_told_apart_by_microseconds_are_of_one_time() -> None:
    at = datetime(2024, 6, 1)
    assert one([call(at), call(at + timedelta(microseconds=1))])["interevent_mean_s"] == 0.0
    end = datetime(2024, 6, 3, 7)
    assert one([call(end), call(end + timedelta(microseconds=1))])["night_share"] == 1.0
    assert one([call(end), call(end + timedelta(milliseconds=1))])["night_share"] == 0.5


def test_times_between_interactions_are_true_when_clocks_change() -> None:
    back = [  # 20 minutes in Berlin, from summer time to the hour that came again
        call(datetime(2024, 10, 27, 2, 50), started_epoch_s=1_729_990_200),
        call(datetime(2024, 10, 27, 2, 10), started_epoch_s=1_729_991_400),
    ]
    assert one(back)["interevent_mean_s"] == 1200.0
    third = call(datetime(2024, 10, 27, 3), "unknown", started_epoch_s=1_729_994_400)
    assert (one([*back, third])["interevent_mean_s"], one([*back, third])["interevent_sd_s"]) == (2100.0, 900.0)
    forward = [
        call(datetime(2024, 3, 31, 1, 55), started_epoch_s=1_711_846_500),
        call(datetime(2024, 3, 31, 3, 5), started_epoch_s=1_711_847_100),
    ]
    assert one(forward)["interevent_mean_s"] == 600.0


@pytest.mark.parametrize("since", [None, 4_000_000_000])
def test_times_between_interactions_are_local_where_a_moment_is_not_told_or_cannot_be(since: int | None) -> None:
    first = datetime(2024, 6, 3, 12)
    records = [call(first, started_epoch_s=1_717_408_000), call(first + timedelta(hours=1), started_epoch_s=since)]
    other = [record | {"customer_id": "b", "started_epoch_s": 1_717_400_000} for record in records]
    found = call_months(frame([*records, *other]))
    assert found["interevent_mean_s"].to_list() == [3600.0, 0.0], "and of nobody else for that"
    assert call_months(frame(records).drop("started_epoch_s"))["interevent_mean_s"].to_list() == [3600.0]


def test_a_month_ends_at_midnight_and_gaps_with_it() -> None:
    last = datetime(2024, 6, 30, 23, 59, 59, 999999)
    found = call_months(frame([call(last), call(last + timedelta(microseconds=1))]))
    assert found["month"].to_list() == [JUNE, date(2024, 7, 1)]
    assert found["interevent_mean_s"].null_count() == 2


def test_lengths_that_nobody_knows_are_not_zero() -> None:
    row = one([call(datetime(2024, 6, 1)), call(datetime(2024, 6, 2), way="in", duration_s=60.0)])
    assert (row["call_minutes_out"], row["call_minutes_in"], row["zero_length_share"]) == (None, 1.0, 0.0)


@pytest.mark.parametrize("flag", ["off_net", "roaming"])
def test_minutes_of_flagged_calls_are_null_where_nothing_tells(flag: str) -> None:
    first, name = datetime(2024, 6, 3, 12), f"{flag}_minutes"
    later = first + timedelta(hours=1)
    unmeasured = [call(first, **{flag: True}), call(later, **{flag: True})]
    assert one(unmeasured)[name] is None
    assert call_months(frame(unmeasured).drop("duration_s"))[name].to_list() == [None]
    assert one([*unmeasured, call(later, "y", duration_s=60.0, **{flag: False})])[name] is None
    assert one([*unmeasured, call(later, "y", duration_s=60.0, **{flag: True})])[name] == 1.0
    text = call(later, kind="text", **{flag: False})
    assert one([call(first, duration_s=600.0), text])[name] is None
    assert one([call(first, duration_s=600.0, **{flag: False}), text])[name] == 0.0
    assert one([call(first, **{flag: False})])[name] == 0.0
    assert one([text])[name] == 0.0, "no call at all"
    assert one([call(later, kind="text")])[name] is None


def test_minutes_of_calls_made_are_known_where_those_received_are_not() -> None:
    first = datetime(2024, 6, 3, 12)
    told = one([call(first, way="in", duration_s=60.0, off_net=True), call(first, "y", duration_s=9.0, off_net=False)])
    assert (told["off_net_minutes"], told["off_net_minutes_out"]) == (1.0, 0.0)
    made = one([call(first, off_net=True), call(first, "y", "in", duration_s=60.0, off_net=True)])
    assert (made["off_net_minutes"], made["off_net_minutes_out"]) == (1.0, None)


def test_only_data_is_no_interaction() -> None:
    row = one([call(datetime(2024, 6, 1), "unknown", kind="data")])
    assert (row["counterparts"], row["interaction_days"], row["night_share"], row["data_mb"]) == (0, 0, None, None)


def test_the_night_and_the_weekend() -> None:
    days = [call(datetime(2024, 6, day, 12)) for day in range(3, 10)]  # from Monday to Sunday
    assert (one(days)["night_share"], one(days)["weekend_share"]) == (0.0, 2 / 7)
    clocks = [(6, 59, 59), (7, 0, 0), (7, 0, 1), (18, 59, 59), (19, 0, 0)]
    assert one([call(datetime(2024, 6, 7, *clock)) for clock in clocks])["night_share"] == 3 / 5


@settings(max_examples=20)
@given(records=RECORDS, features=st.lists(st.sampled_from(FEATURES), unique=True))
def test_features_are_chosen_and_columns_may_be_absent(records: list[Record], features: list[str]) -> None:
    whole = call_months(frame(records))
    assert call_months(frame(records), features=features).equals(whole.select("customer_id", "month", *features))
    bare = frame(records).drop("roaming", "competitor")
    assert call_months(bare, features=["competitor_contacts", "roaming_share"]).null_count().row(0)[2:] == (
        whole.height,
        whole.height,
    )


def test_times_before_1970_and_a_frame_without_rows() -> None:
    row = one([call(datetime(1969, 12, 31, 23)), call(datetime(1969, 12, 31, 8))])
    assert (row["month"], row["night_share"], row["active_days"]) == (date(1969, 12, 1), 0.5, 1)
    assert call_months(frame([])).height == 0
