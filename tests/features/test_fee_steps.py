"""Steps of plan fees: which months count, for which kind of customer, and how far a fleet counts."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.features.fee_steps import KINDS, fee_matrix, kinds, steps

NAN = float("nan")
APRIL, MAY, JUNE = date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1)


def test_fees_stand_by_customer_and_month_where_the_customer_was_there() -> None:
    frame = pl.LazyFrame(
        {
            "customer_id": ["b", "b", "a", "c"],
            "month": [MAY, JUNE, JUNE, APRIL],
            "active": [True, False, True, True],
            "plan_fee": [20.0, 20.0, 9.0, 5.0],
        }
    )
    found = fee_matrix(frame, [MAY, JUNE], pl.Series(["a", "b", "c"]))
    assert found is not None
    assert np.array_equal(found, [[NAN, 9.0], [20.0, NAN], [NAN, NAN]], equal_nan=True)
    assert fee_matrix(frame.drop("plan_fee"), [MAY], pl.Series(["a"])) is None
    assert fee_matrix(frame.with_columns(plan_fee=None), [MAY], pl.Series(["a"])) is None


def test_steps_are_counted_by_what_the_customer_was_before_them() -> None:
    # the first customer steps up in her 12th month: a step of the first year; the fee not known makes no step
    fees = np.array([[10.0, 10.0, 30.0], [50.0, NAN, 40.0], [90.0, 80.0, 80.0]])
    told, bounds = steps(fees, np.array([12, 40, -1]), np.array([0, 1, -1]))
    first = kinds(np.array([10.0]), np.array([11]), np.array([0]), bounds)[0]
    last = kinds(np.array([90.0]), np.array([-1]), np.array([-1]), bounds)[0]
    assert told["count"].sum() == 4
    assert (told["count"][first], told["up"][first], told["down"][first]) == (2, 1, 0)
    assert (told["count"][last], told["up"][last], told["down"][last]) == (2, 0, 1)
    assert told["up_total"][first] == pytest.approx(20.0, rel=0.02)
    assert told["down_total"][last] == -10.0


def test_every_kind_has_a_place_of_its_own() -> None:
    bounds = np.array([20.0, 60.0])
    codes = [
        int(kinds(np.array([fee]), np.array([tenure]), np.array([group]), bounds)[0])
        for group in (-1, 0, 1)
        for tenure in (-1, 0, 12, 36)
        for fee in (5.0, 20.0, 60.0)
    ]
    assert codes == list(range(KINDS))
    assert kinds(np.array([NAN]), np.array([3]), np.array([0]), bounds).tolist() == [-1]


def test_a_fleet_counts_no_more_than_others_do() -> None:
    fees = np.tile([10.0, 15.0], (200, 1))
    fees[0] = [10.0, 100_000.0]
    told, _ = steps(fees, np.full(200, 5), np.zeros(200, dtype=np.int64))
    assert told["up_total"].sum() == pytest.approx(200 * 5.0)


def test_steps_longer_ago_than_a_year_are_not_seen() -> None:
    fees = np.full((1, 20), 10.0)
    fees[0, :7] = 90.0  # the step down is 13 steps back
    told, _ = steps(fees, np.array([30]), np.array([0]))
    assert (told["count"].sum(), told["down"].sum()) == (12, 0)
