"""Amounts below zero under the key of another: taken off it where they take it back, and else refused with a word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.intake.cleaning import NO_FAULTS
from telcli.intake.reversals import taken_back
from telcli.tables.refused import FAULTS, LINE, SOURCE
from tests.stages.test_ingest import codes, good, ran, rules, split

HEAD = "客户编号,账期,应收金额,备注\n"


def test_reversals_are_taken_off_the_bill_they_take_back(tmp_path: Path) -> None:
    rows = (
        "c1,202401,100,\nc1,202401,-100,月结冲红\nc1,202401,80,\nc2,202401,70,\nc2,202401,-20,客户退费\nc3,202401,9,\n"
    )
    found = ran(tmp_path, {"bills.csv": HEAD + rows})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 80.0), ("c2", 50.0), ("c3", 9.0)]
    assert rules(found, "bills") == []
    (told,) = (one.values for one in found.notices if one.code == "reversals-taken-off")
    assert told == {"table": "bills", "count": 2, "amount": "-120.00"}


def test_money_given_back_that_is_refused_is_told(tmp_path: Path) -> None:
    found = ran(tmp_path, {"bills.csv": HEAD + "c1,202401,100,\nc1,202401,-30,更正\nc2,202401,-5,\nc2,202402,9,\n"})
    # the bill is kept though more is known of the other
    assert good(found, "bills", "customer_id", "amount") == [("c1", 100.0), ("c2", -5.0), ("c2", 9.0)]
    assert [row[:2] for row in rules(found, "bills")] == [(3, "duplicate-key")]
    (told,) = (one for one in found.notices if one.code == "credits-refused")
    assert (told.values["count"], told.values["amount"]) == (1, "-30.00")
    assert "--map bill_no=COLUMN" in told.message
    assert "reversals-taken-off" not in codes(found)


@pytest.mark.parametrize("way", [1, -1])
def test_rows_in_any_order_give_the_same(way: int) -> None:
    amounts = [100.0, -100.0, 100.0, -100.0, -7.0, 80.0, 60.0]
    raw = {"customer_id": ["a"] * 7, "month": [date(2024, 1, 1)] * 7, "kind": ["total"] * 7, "amount": amounts}
    raw |= {"discount": [5.0, -5.0, None, 0.0, None, None, None], SOURCE: ["f"] * 7, LINE: [*range(2, 9)]}
    frame = pl.LazyFrame(raw).with_columns(NO_FAULTS).collect()[::way]
    found, notices = taken_back(frame.lazy(), "bills")
    rows = found.sort(LINE).collect().select(LINE, "amount", refused=pl.col(FAULTS).list.len()).rows()
    assert rows == [(2, 80.0, 0), (3, 80.0, 0), (4, 80.0, 0), (5, 80.0, 0), (6, -7.0, 1), (7, 80.0, 0), (8, 60.0, 1)]
    assert [one.values["count"] for one in notices] == [2, 1]


def test_copies_stay_copies() -> None:
    raw = {"payment_id": ["1"] * 3, "amount": [50.0, 50.0, -50.0], SOURCE: ["f"] * 3, LINE: [2, 3, 4]}
    found, _ = taken_back(pl.LazyFrame(raw).with_columns(NO_FAULTS), "payments")
    assert found.sort(LINE).collect().select(LINE, "amount").rows() == [(2, 0.0), (3, 0.0), (4, 0.0)]


def test_no_row_is_lost_and_rows_at_fault_for_something_else_stay_as_they_are(tmp_path: Path) -> None:
    rows = "c1,202401,5,\nc1,202401,-5,\nc1,202401,,\nc1,202401,-9223373062144,\n,202401,5,\n,202401,-5,\nc1,,-5,\n"
    parted = split(ran(tmp_path, {"bills.csv": HEAD + rows}), "bills")
    assert parted.good.collect().select("customer_id", "amount").rows() == [("c1", 0.0)]
    assert (parted.copies.height, parted.rejected_rows) == (1, 5)
    told = parted.rejects.filter(pl.col("line") > 5).sort("line").select("line", "rule").rows()
    assert told == [(6, "missing"), (7, "missing"), (8, "missing")]


def test_bills_that_no_amount_below_zero_meets_pass_untouched() -> None:
    raw = {"customer_id": ["a", "a", "b"], "month": [1, 1, 1], "amount": [5.0, 6.0, -7.0], SOURCE: ["f"] * 3}
    frame = pl.LazyFrame({**raw, LINE: [2, 3, 4]}).with_columns(NO_FAULTS)
    assert taken_back(frame, "bills") == (frame, [])


@pytest.mark.parametrize("state", ["状态", "账单状态", "status"])
def test_bills_and_payments_that_are_void_count_as_never_made(state: str, tmp_path: Path) -> None:
    rows = "c1,202401,100,正常\nc1,202402,90,已冲正\nc2,202401,80,作废\nc2,202402,70,正常\n"
    bills = f"客户编号,账期,应收金额,{state}\n{rows}"
    paid = f"缴费流水号,客户编号,缴费时间,缴费金额,{state}\np1,c1,2024-02-01,100,正常\np2,c1,2024-03-01,90,红冲\n"
    found = ran(tmp_path, {"bills.csv": bills, "paid.csv": paid})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 100.0), ("c1", 0.0), ("c2", 0.0), ("c2", 70.0)]
    assert good(found, "payments", "payment_id", "reversed") == [("p1", None), ("p2", True)]
    told = {one.values["table"]: one.values for one in found.notices if one.code == "rows-void"}
    assert [(told[name]["count"], told[name]["amount"]) for name in ("bills", "payments")] == [
        (2, "170.00"),
        (1, "90.00"),
    ]


def test_a_bill_that_a_row_below_zero_takes_back_is_not_taken_back_twice(tmp_path: Path) -> None:
    rows = "c1,202401,100,已冲正\nc1,202401,-100,红冲\nc1,202401,80,正常\nc2,202401,9,正常\n"
    found = ran(tmp_path, {"bills.csv": "客户编号,账期,应收金额,状态\n" + rows})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 80.0), ("c2", 9.0)]
    assert "rows-void" not in codes(found)


def test_bills_of_lines_that_are_void_are_in_no_sum(tmp_path: Path) -> None:
    rows = "c1,u1,202401,100,正常\nc1,u2,202401,40,作废\nc2,u3,202401,9,正常\n"
    found = ran(tmp_path, {"bills.csv": "客户编号,用户编号,账期,应收金额,状态\n" + rows})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 100.0), ("c2", 9.0)]


def test_of_an_invoice_that_is_void_nothing_was_paid(tmp_path: Path) -> None:
    head = "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Status,SettledDate\n"
    rows = "c1,1,2024-01-20,2024-02-20,100,paid,2024-02-18\nc1,2,2024-01-21,2024-02-20,40,cancelled,2024-02-18\n"
    found = ran(tmp_path, {"invoices.csv": head + rows})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 100.0)]
    assert good(found, "payments", "payment_id", "amount") == [("1", 100.0)]


def test_words_of_reversal_are_read_in_a_flag(tmp_path: Path) -> None:
    rows = "p1,c1,2024-02-01,5,作废\np2,c1,2024-02-02,5,正常\np3,c1,2024-02-03,5,红冲\np4,c1,2024-02-03,5,有效\n"
    found = ran(tmp_path, {"paid.csv": "缴费流水号,客户编号,缴费时间,缴费金额,冲正标志\n" + rows})
    told = [("p1", True), ("p2", False), ("p3", True), ("p4", False)]
    assert good(found, "payments", "payment_id", "reversed") == told


@pytest.mark.parametrize("way", [1, -1])
def test_a_void_bill_beside_a_valid_one_changes_nothing_wherever_it_stands(way: int, tmp_path: Path) -> None:
    rows = [
        "c1,202401,888,作废,重开",
        "c1,202401,100,正常,",
        "c2,202401,9,正常,",
        "c3,202401,5,作废,a",
        "c3,202401,6,作废,b",
    ]
    text = "客户编号,账期,应收金额,状态,备注\n" + "\n".join([*rows[::way], ""])
    found = ran(tmp_path, {"bills.csv": text})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 100.0), ("c2", 9.0), ("c3", 0.0)]
    assert rules(found, "bills") == []
    (told,) = (one.values for one in found.notices if one.code == "rows-void")
    assert (told["count"], told["amount"]) == (3, "899.00")


def test_a_void_bill_of_a_line_is_in_no_sum_of_its_customer(tmp_path: Path) -> None:
    rows = "c1,u1,202401,888,作废\nc1,u1,202401,100,正常\nc1,u2,202401,40,正常\nc1,u2,202401,70,作废\n"
    found = ran(tmp_path, {"bills.csv": "客户编号,用户编号,账期,应收金额,状态\n" + rows})
    assert good(found, "bills", "customer_id", "amount") == [("c1", 140.0)]
    assert rules(found, "bills") == []
