"""Invoices: several of one customer in a month, each with its own number, day, and day of settlement."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from tests.stages.test_ingest import codes, good, ran, rules

HEAD = "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate,Disputed\n"
ROWS = "c1,11,1/2/2024,2/1/2024,50.5,1/15/2024,No\nc1,12,1/26/2024,2/25/2024,9.5,3/3/2024,Yes\n"
ROWS += "c2,13,2/20/2024,3/21/2024,7,,No\nc2,13,2/20/2024,3/21/2024,7,,No\nc2,13,2/20/2024,3/21/2024,8,,No\n"


def test_they_are_added_up_by_month_and_paid_on_their_day(tmp_path: Path) -> None:
    found = ran(tmp_path, {"invoices.csv": HEAD + ROWS})
    assert good(found, "bills", "customer_id", "month", "amount", "due_on") == [
        ("c1", date(2024, 1, 1), 60.0, date(2024, 2, 25)),
        ("c2", date(2024, 2, 1), 7.0, date(2024, 3, 21)),
    ]
    assert [row[:2] for row in rules(found, "bills")] == [(6, "duplicate-key")]  # one number, two amounts
    assert good(found, "payments", "payment_id", "customer_id", "paid_at", "amount") == [
        ("11", "c1", datetime(2024, 1, 15), 50.5),
        ("12", "c1", datetime(2024, 3, 3), 9.5),
    ]
    assert {"invoices-settled", "kept-as-attributes"} <= codes(found)
    assert "summed-unused" not in codes(found)
    assert good(found, "bills", "customer_id", "x_disputed") == [("c1", True), ("c2", False)]  # any of the month


def test_where_payments_are_given_days_of_settlement_make_none(tmp_path: Path) -> None:
    pay = "payment_id,customer_id,paid_at,amount\np1,c1,2024-01-16,50.5\n"
    found = ran(tmp_path, {"invoices.csv": HEAD + ROWS, "payments.csv": pay})
    assert good(found, "payments", "payment_id") == [("p1",)]
    assert "invoices-settled" not in codes(found)


def test_a_bill_with_a_month_of_its_own_needs_no_number(tmp_path: Path) -> None:
    table = "customer_id,bill_no,billing_period,bill_date,amount_due\n"
    table += "c1,b1,202401,2024-02-01,5\nc1,b2,202402,2024-03-01,6\n"
    found = ran(tmp_path, {"bills.csv": table})
    assert good(found, "bills", "month", "amount") == [(date(2024, 1, 1), 5.0), (date(2024, 2, 1), 6.0)]
    assert "bill_no" in found.metrics["sources"][0]["unmapped"]


def test_charges_beside_the_amount_of_the_bill_are_not_lost_in_silence(tmp_path: Path) -> None:
    table = {"bills.csv": "客户编号,账期,应收金额,月租费,语音费\nc1,202401,25,20,5\n"}
    found = ran(tmp_path, table)
    assert good(found, "bills", "kind", "amount") == [("total", 25.0)]
    told = next(notice for notice in found.notices if notice.code == "charges-unused")
    assert "月租费, 语音费" in told.message
    assert "--map bills.csv:bills.total=应收金额" in told.message
    kept = ran(tmp_path, table, map={"bills.csv:bills.total": ["应收金额"]})
    assert good(kept, "bills", "kind", "amount") == [("recurring", 20.0), ("total", 25.0), ("voice", 5.0)]
    assert "charges-unused" not in codes(kept)
