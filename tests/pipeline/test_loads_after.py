"""What later loads may not undo: months of use, customers with facts, keys, and what was said of an earlier load."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from telcli.errors import DataError
from telcli.pipeline.run import Request
from telcli.pipeline.status import status
from tests.pipeline.test_loads import BILLS, CALLS, CRM, JUNE, MAY, PAID, codes, load, rows

CALL = "{who},3,2024-05-0{day} 10:00:00,{seconds},out\n"
RESTATE = {"restate": True}


def test_a_restatement_of_bills_leaves_months_of_use_to_be_made_of_all_calls(tmp_path: Path) -> None:
    load(
        tmp_path,
        {"calls1.csv": CALLS + CALL.format(who="a", day=1, seconds=180), "bills4.csv": BILLS + "a,2024-04,5\n"},
    )
    load(tmp_path, {"bills4b.csv": BILLS + "a,2024-04,6\n"}, choices=RESTATE)
    run = load(tmp_path, {"calls2.csv": CALLS + CALL.format(who="a", day=2, seconds=120)})
    assert rows(tmp_path, "usage", "customer_id", "call_minutes") == [("a", 5.0)]
    assert "calls-not-summed" not in codes(run)
    assert [one.sources for one in status(Request(tmp_path / "work")).loads] == [
        ("bills4.csv", "calls1.csv"),
        ("bills4b.csv",),
        ("calls2.csv",),
    ]


def test_what_was_restated_is_no_longer_up_to_date(tmp_path: Path) -> None:
    first = {"bills.csv": BILLS + "a,2024-05,5\n"}
    load(tmp_path, first)
    load(tmp_path, {"better.csv": BILLS + "a,2024-05,6\n"}, choices=RESTATE)
    assert [one.sources for one in status(Request(tmp_path / "work")).loads] == [("better.csv",)]
    assert not load(tmp_path, first).skipped
    assert rows(tmp_path, "bills", "amount") == [(5.0,)]


def test_a_restatement_of_one_bill_takes_no_customer_away(tmp_path: Path) -> None:
    load(tmp_path, {"b5.csv": BILLS + "a,2024-05,5\nb,2024-05,6\n", "b6.csv": BILLS + "a,2024-06,5\nb,2024-06,6\n"})
    load(tmp_path, {"b5b.csv": BILLS + "a,2024-05,7\n"}, choices=RESTATE)
    assert rows(tmp_path, "customers", "customer_id") == [("a",), ("b",)]


def test_a_whole_base_leaves_those_of_earlier_months_up_to_date(tmp_path: Path) -> None:
    flat = "customer_id,churned\n"
    may, wrong, june = ({name: flat + f"a,Yes\nb,{left}\n"} for name, left in (("5", "No"), ("6x", "No"), ("6", "Yes")))
    load(tmp_path, may, as_of=date(2024, 5, 1))
    load(tmp_path, wrong, as_of=date(2024, 6, 1))
    load(tmp_path, june, as_of=date(2024, 6, 1))
    assert load(tmp_path, may, as_of=date(2024, 5, 1)).skipped
    assert not load(tmp_path, wrong, as_of=date(2024, 6, 1)).skipped, "the other base of June took its place"


def test_a_load_that_was_done_before_is_told_as_it_was(tmp_path: Path) -> None:
    first = load(tmp_path, MAY)
    load(tmp_path, JUNE)
    again = load(tmp_path, MAY)
    assert again.skipped
    assert [one["source"] for one in again.metrics["sources"]] == ["bills_202405.csv", "crm_202405.csv"]
    assert (again.metrics, again.notices, again.rows_in) == (first.metrics, first.notices, first.rows_in)


def test_a_number_held_in_another_month_is_refused(tmp_path: Path) -> None:
    numbered = "payment_id," + PAID
    load(tmp_path, {**MAY, "pay5.csv": numbered + "P1,a,2024-05-03,5,app\nP2,b,2024-05-04,6,app\n"})
    june = {"pay6.csv": numbered + "P1,a,2024-06-03,99,app\nP3,b,2024-06-04,7,app\n"}
    run = load(tmp_path, june)
    assert rows(tmp_path, "payments", "payment_id", "amount") == [("P1", 5.0), ("P2", 6.0), ("P3", 7.0)]
    assert rows(tmp_path, "rejects", "source", "line", "rule") == [("pay6.csv", 2, "duplicate-key")]
    assert run.rejected == 1
    moved = {"pay.csv": numbered + "P2,b,2024-05-04,6,app\nP1,a,2024-06-03,99,app\nP3,b,2024-06-04,7,app\n"}
    load(tmp_path, moved, choices=RESTATE)
    assert rows(tmp_path, "payments", "payment_id", "amount") == [("P1", 99.0), ("P2", 6.0), ("P3", 7.0)]


def test_customers_alone_take_nobody_away_whose_facts_came_by_themselves(tmp_path: Path) -> None:
    load(tmp_path, MAY)
    run = load(tmp_path, {"delta.csv": CRM + "a,F,east\n"}, as_of=date(2024, 6, 1))
    assert rows(tmp_path, "customers", "customer_id", "region") == [("a", "east"), ("b", "south")]
    (told,) = [notice for notice in run.notices if notice.code == "rows-succeeded"]
    assert told.values == {"table": "customers", "added": 0, "changed": 1, "absent": 1}
    assert load(tmp_path, MAY).skipped


def test_a_base_that_loses_most_customers_is_refused_unless_restated(tmp_path: Path) -> None:
    flat = "customer_id,churned\n"
    may = {"may.csv": flat + "a,Yes\nb,No\nc,No\n"}
    load(tmp_path, may, as_of=date(2024, 5, 1))
    few = {"few.csv": flat + "a,No\n"}
    with pytest.raises(DataError) as caught:
        load(tmp_path, few, as_of=date(2024, 6, 1))
    assert (caught.value.code, caught.value.exit_code) == ("base-shrinks", 4)
    assert (caught.value.values["gone"], caught.value.values["held"]) == (2, 3)
    load(tmp_path, few, as_of=date(2024, 6, 1), choices=RESTATE)
    assert rows(tmp_path, "customers", "customer_id") == [("a",)]


def test_restating_the_newest_month_of_one_customer_keeps_the_others(tmp_path: Path) -> None:
    load(tmp_path, {"bills.csv": BILLS + "C1,2024-05,5\nC2,2024-05,6\nC1,2024-06,7\nC2,2024-06,8\n"})
    load(tmp_path, {"bills.csv": BILLS + "C1,2024-06,9\n"}, choices={"restate": True})
    assert rows(tmp_path, "customers", "customer_id") == [("C1",), ("C2",)]


def test_months_of_use_that_are_delivered_take_the_place_of_those_made_of_calls(tmp_path: Path) -> None:
    calls = "customer_id,started_at,direction,kind,duration_s\n"
    rows_ = "".join(f"a,2024-0{month}-03 08:00:00,out,voice,60\n" for month in (1, 2))
    load(tmp_path, {"cdr.csv": calls + rows_})
    run = load(tmp_path, {"usage.csv": "customer_id,month,call_minutes\na,2024-01,7\n"})
    (told,) = [notice for notice in run.notices if notice.code == "month-delivered"]
    assert told.values == {"table": "usage", "month": "2024-01", "given": 1, "before": 1, "after": 1}
    assert rows(tmp_path, "usage", "month", "call_minutes") == [(date(2024, 1, 1), 7.0), (date(2024, 2, 1), 1.0)]
    with pytest.raises(DataError) as caught:
        load(tmp_path, {"usage.csv": "customer_id,month,call_minutes\na,2024-01,8\n"})
    assert caught.value.code == "month-closed", "delivered now"
