"""What customers owed when they left, by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.leaving_debts import left_owing, written_off
from telcli.features.margin import book
from telcli.features.margin_parts import Rates

MONTHS = [date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)]


def rows(customer, months, left, arrears, old):
    """A customer's months; she leaves in the last of them where told."""
    return [
        {
            "customer_id": customer, "month": month, "active": not (left and month == months[-1]),
            "left": left and month == months[-1], "tenure_months": 9.0, "revenue": 50.0, "arrears": owed,
            "arrears_91_180": aged,
        }
        for month, owed, aged in zip(months, arrears, old, strict=True)
    ]  # fmt: skip


LINES = [
    *rows("a", MONTHS, False, [0.0, 0.0, 70.0, 70.0], [0.0] * 4),
    *rows("b", MONTHS[:3], True, [20.0, 40.0, 90.0], [0.0, 10.0, 25.0]),
    *rows("c", MONTHS[:2], True, [8.0, 3.0], [8.0, 3.0]),
    *rows("d", MONTHS[:1], True, [5.0], [5.0]),
]


def valued(lines=LINES, **rates):
    frame = pl.LazyFrame(lines, schema_overrides={"arrears": pl.Float64, "arrears_91_180": pl.Float64})
    return frame, book(frame, MONTHS, "revenue", Rates(**rates), [MONTHS[-1], MONTHS[1]], None, 4)


def test_by_hand():
    frame, people = valued()
    found = left_owing(frame, people, MONTHS)
    assert found.at.tolist() == [-1, 2, 1, 0]
    assert found.owed.tolist() == [0.0, 90.0, 3.0, 5.0]
    assert found.old.tolist() == [0.0, 25.0, 3.0, 5.0]
    assert found.grown.tolist() == [0.0, 15.0, -5.0, 0.0]  # of d the month before is not known


def test_what_margins_lost_by_and_by_is_taken_off_once():
    frame, people = valued(bad_debt_rate=0.5)
    told = written_off(people, left_owing(frame, people, MONTHS), 0.5)
    # half of 90 is lost with b in all: 5 and 7.5 as debts grew old, the rest when she left
    assert told.margins[1, :3].tolist() == [50.0, 45.0, 50 - 7.5 - 32.5]
    assert np.array_equal(told.margins[[0, 2, 3]], people.margins[[0, 2, 3]], equal_nan=True)  # c and d: all old
    assert people.margins[1, 2] == 42.5


def test_who_came_back_still_owes():
    back = [*rows("b", MONTHS[:2], True, [20.0, 40.0], [0.0, 0.0]), *rows("b", MONTHS[3:], False, [40.0], [0.0])]
    frame, people = valued(back)
    found = left_owing(frame, people, MONTHS)
    assert (found.at.tolist(), found.owed.tolist()) == ([1], [40.0])
    assert np.array_equal(written_off(people, found, 1.0).margins, people.margins, equal_nan=True)


@pytest.mark.parametrize("missing", ["column", "values", "leavers"])
def test_where_no_debts_are_known_there_is_nothing(missing):
    lines = [line for line in LINES if line["customer_id"] == "a"] if missing == "leavers" else LINES
    frame, people = valued(lines)
    told = {"column": frame.drop("arrears"), "values": frame.with_columns(arrears=pl.lit(None, pl.Float64))}
    found = left_owing(told.get(missing, frame), people, MONTHS)
    assert found is None
    assert written_off(people, found, 1.0) is people
