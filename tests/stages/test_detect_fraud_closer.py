"""detect-fraud: calls at once in one device, lines of one day in one cell, and what is unusual beyond a usual day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.stages.test_detect_fraud import Rows, activations, calls_on, run, table, use_of

DAYS = (3, 4, 5)


def texts(who: str) -> Rows:
    return [
        {**call, "kind": "text", "duration_s": None} for day in DAYS for call in calls_on(who, day, 9, device_h="box")
    ]


def gateway(*people: str, seconds: float = 60.0) -> Rows:
    """Many calls by day to new numbers, of customers who all call at the same moments from one device, and texts."""
    made = [call for who in people for day in DAYS for call in calls_on(who, day, 90, hours=9, first=9, device_h="box")]
    return [*({**call, "duration_s": seconds} for call in made), *(text for who in people for text in texts(who))]


def test_calls_of_several_cards_at_once_in_one_device_make_a_box_of_them() -> None:
    people = ["a", "b", "c", "d"]
    case = table(run(gateway(*people), people), "fraud_cases").row(0, named=True)
    assert (case["pattern"], "at-once" in case["codes"].split(",")) == ("sim-box", True)
    assert "4 calls at once in one device" in case["evidence"]
    assert run(gateway(*people, seconds=0.0), people).metrics["cases"] == 0


def test_one_customer_who_carries_many_calls_at_once_is_no_box() -> None:
    calls = [call for day in DAYS for at in range(3) for call in calls_on("desk", day, 30 + at, device_h="box")]
    calls = [{**call, "counterpart": f"x{at}"} for at, call in enumerate(calls)]
    assert run([*calls, *texts("desk")], ["desk"]).metrics["cases"] == 0


def test_lines_of_one_day_used_in_one_cell_are_a_burst_whoever_sold_them() -> None:
    lines = [{**line, "channel_id": f"shop{at}"} for at, line in enumerate(activations(12))]
    people = [line["customer_id"] for line in lines]
    calls = [call for who in people for call in calls_on(who, 30, 1, cell_id="den")]
    found = run(calls, people, lines=lines, months=use_of(people, 1.0))
    assert found.metrics["by_pattern"]["fake-activation"] == 12
    assert set(table(found, "fraud_cases")["codes"]) == {"unused,cell-burst"}
    apart = [{**call, "cell_id": call["customer_id"]} for call in calls]
    assert run(apart, people, lines=lines, months=use_of(people, 1.0)).metrics["by_pattern"]["fake-activation"] == 0


def test_a_burst_of_one_channel_in_one_cell_is_one_sign() -> None:
    lines = activations(12)
    people = [line["customer_id"] for line in lines]
    calls = [call for who in people for call in calls_on(who, 30, 1, cell_id="hall")]
    assert run(calls, people, lines=lines, months=use_of(people, 100.0)).metrics["by_pattern"]["fake-activation"] == 0


@pytest.mark.parametrize(("before", "loss"), [(0, 1), (1, 0)])
def test_what_is_unusual_costs_what_it_is_beyond_a_usual_day(before: int, loss: int) -> None:
    ordinary = [call for at in range(220) for call in calls_on(f"o{at:03}", 3, 2 + at % 5, hours=10)]
    long = [{**call, "duration_s": 3600.0} for call in calls_on("odd", 3, 20, hours=20, first=1)]
    may = [{**call, "started_at": call["started_at"].replace(month=5)} for call in long] * before
    rules = {"unusual": {"contamination": 0.005, "deviation": 6, "least_subjects": 200}}
    people = [*(f"o{at:03}" for at in range(220)), "odd"]
    cases = table(run([*ordinary, *long, *may], people, {"fraud_rules": rules}), "fraud_cases")
    usual = 4.0  # minutes of a middling customer
    assert cases.filter(pl.col("subject_id") == "odd")["expected_loss"].to_list() == [
        pytest.approx(loss * (1200.0 - usual) * 0.15)
    ]
    assert cases["last_day"].to_list() == [date(2024, 6, 3)]
