"""Validity that an extract delivers: no day of a key is told twice, no row is lost, the rules are those stated."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.intake.cleaning import NO_FAULTS
from telcli.intake.validity import Parted, parted
from telcli.tables.refused import FAULTS, LINE, SOURCE

JUNE = date(2024, 6, 1)
DAYS = {"valid_from": pl.Date, "valid_to": pl.Date}
Row = tuple[str, str, date | None, date | None]


def frame(rows: list[Row]) -> pl.LazyFrame:
    told = pl.LazyFrame(rows, schema={"id": pl.String, "plan": pl.String, **DAYS}, orient="row")
    return told.with_row_index(LINE).with_columns(pl.col(LINE).cast(pl.Int64) + 2, NO_FAULTS, pl.lit("f").alias(SOURCE))


def part(*rows: Row, month: date | None = JUNE) -> Parted:
    return parted(frame(list(rows)), ["id"], month)


def told(rows: pl.LazyFrame | None) -> list[tuple[Any, ...]]:
    assert rows is not None
    return sorted(rows.filter(pl.col(FAULTS).list.len() == 0).select("id", "plan", *DAYS).collect().rows(), key=repr)


def rules(found: Parted) -> list[tuple[int, str]]:
    rows = found.current.filter(pl.col(FAULTS).list.len() > 0).select(LINE, FAULTS).explode(FAULTS).collect()
    return sorted((line, fault["rule"]) for line, fault in rows.rows())


def d(month: int, day: int = 1) -> date:
    return date(2024, month, day)


def test_an_extract_that_tells_no_validity_passes_untouched() -> None:
    rows = frame([("a", "X", None, None)]).drop(*DAYS)
    found = parted(rows, ["id"], JUNE)
    assert found.past is None
    assert found.current.collect().equals(rows.collect())


@pytest.mark.parametrize(
    ("rows", "past", "current", "clipped"),
    [
        ([("a", "X", d(1), d(3)), ("a", "Y", d(3), None)], [("a", "X", d(1), d(3))], ("a", "Y", d(3), None), 0),
        ([("a", "Y", d(3), None), ("a", "X", d(1), None)], [("a", "X", d(1), d(3))], ("a", "Y", d(3), None), 1),
        ([("a", "X", d(1), d(4)), ("a", "Y", d(3), d(9))], [("a", "X", d(1), d(3))], ("a", "Y", d(3), d(9)), 1),
        ([("a", "X", None, d(2)), ("a", "Y", d(3), None)], [("a", "X", None, d(2))], ("a", "Y", d(3), None), 0),
    ],
)
def test_the_later_start_wins_and_ends_the_earlier(
    rows: list[Row], past: list[Row], current: Row, clipped: int
) -> None:
    found = part(*rows)
    assert (told(found.past), told(found.current), found.clipped) == (past, [current], clipped)
    assert [one.code for one in found.notices("t")] == ["validity-overlaps"] * bool(clipped)


def test_of_rows_that_begin_on_one_day_the_last_line_holds() -> None:
    found = part(("a", "X", d(1), None), ("a", "Y", d(1), None))
    assert (told(found.current), rules(found)) == ([("a", "Y", d(1), None)], [(2, "overlapping-validity")])


def test_a_row_that_ends_before_it_begins_is_refused() -> None:
    found = part(("a", "X", d(3), d(2)), ("b", "X", d(3), d(3)))
    assert rules(found) == [(2, "ends-before-it-begins")]
    assert told(found.current) == [("b", "X", d(3), d(3, 2))], "a row of one day"


def test_copies_stay_beside_the_row_that_they_repeat() -> None:
    found = part(*[("a", "X", d(1), d(4)), ("a", "Y", d(3), None)] * 2)
    assert told(found.past) == [("a", "X", d(1), d(3))] * 2
    assert told(found.current) == [("a", "Y", d(3), None)] * 2


def test_an_end_is_the_last_day_where_the_next_rows_begin_the_day_after() -> None:
    found = part(("a", "X", d(1), d(2, 29)), ("a", "Y", d(3), None), ("b", "X", d(1), d(5, 31)))
    assert told(found.past) == [("a", "X", d(1), d(3))]
    assert told(found.current) == [("a", "Y", d(3), None), ("b", "X", d(1), d(6))]
    assert [one.code for one in found.notices("t")] == ["validity-lapsed", "validity-inclusive"]


def test_what_begins_after_the_load_is_left_for_a_later_one() -> None:
    rows: list[Row] = [("a", "X", d(1), d(7)), ("a", "Y", d(7), None), ("b", "Z", d(8), None)]
    found = part(*rows)
    assert told(found.current) == [("a", "X", d(1), d(7)), ("b", "Z", d(8), None)], "b has none that has begun"
    assert found.ahead is not None
    assert found.ahead.rows() == [("f", 1)]
    later = part(*rows, month=d(7))
    assert told(later.past) == [("a", "X", d(1), d(7))]


def test_a_row_that_says_what_the_one_before_it_says_tells_nothing_new() -> None:
    found = part(("a", "X", d(1), None), ("a", "X", d(2), None), ("a", "Y", d(3), None), ("a", "X", d(4), None))
    assert told(found.past) == [("a", "X", d(1), d(3)), ("a", "Y", d(3), d(4))]
    assert told(found.current) == [("a", "X", d(4), None)]
    assert found.again == 1


_DAY = st.none() | st.integers(0, 300).map(lambda n: date(2024, 1, 1) + timedelta(days=n))
_ROW = st.tuples(st.sampled_from("ab"), st.sampled_from("XYZ"), _DAY, _DAY)


@settings(max_examples=40)
@given(st.lists(_ROW, max_size=7), st.sampled_from([None, JUNE]))
def test_no_row_is_lost_and_no_day_is_told_twice(rows: list[Row], month: date | None) -> None:
    found = part(*rows, month=month)
    if found.past is None or found.ahead is None:
        raise AssertionError("there are columns of validity")
    current, past = found.current.collect(), found.past.collect()
    assert current.height + past.height + found.ahead["rows"].sum() + found.again == len(rows)
    sound = pl.col(FAULTS).list.len() == 0
    held = pl.concat([past, current.filter(sound)]).select("id", "plan", *DAYS).unique()
    assert held.select("id", "valid_from").is_unique().all()
    ordered = held.sort("id", "valid_from", nulls_last=False)
    follows = pl.col("valid_from").shift(-1).over("id")
    assert ordered.filter(follows.is_not_null() & ~(pl.col("valid_to") <= follows)).is_empty()
    assert ordered.filter(pl.col("valid_to") <= pl.col("valid_from")).is_empty()
    assert set(current.filter(sound)["id"]) >= {row[0] for row in rows if not (row[2] and row[3] and row[3] < row[2])}
    assert current.filter(sound).select("id", "plan", *DAYS).unique()["id"].is_unique().all()
