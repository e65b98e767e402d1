"""Rows by customer and number of a line: several lines of one customer are added up, nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.test_ingest import JUNE, codes, good, ran, rules

BILLS = "客户编号,手机号码,账期,费用\n"
USE = "客户编号,手机号码,账期,流量(MB)\n"
ONE, OTHER, THIRD = "13800000001", "13800000002", "13800000003"


def test_bills_of_several_lines_are_the_customers_bill(tmp_path: Path) -> None:
    rows = f"C1,{ONE},202406,58\nC2,{THIRD},202406,18\nC1,{OTHER},202406,38\n"
    found = ran(tmp_path, {"bills.csv": BILLS + rows})
    assert good(found, "bills", "customer_id", "month", "amount") == [("C1", JUNE, 96.0), ("C2", JUNE, 18.0)]
    assert "lines-added-up" in codes(found)
    assert rules(found, "bills") == []


def test_use_of_several_lines_is_the_customers_use(tmp_path: Path) -> None:
    found = ran(tmp_path, {"use.csv": USE + f"C1,{ONE},202406,58\nC1,{OTHER},202406,38\n"})
    assert good(found, "usage", "customer_id", "data_mb") == [("C1", 96.0)]


@pytest.mark.parametrize(
    "rows",
    [
        f"C1,{ONE},202406,58\nC1,{ONE},202406,38\nC2,{OTHER},202406,9\n",
        "C1,138****0001,202406,58\nC1,138****0002,202406,38\nC2,138****0003,202406,9\n",
    ],
)
def test_two_bills_that_no_line_parts_are_still_refused(rows: str, tmp_path: Path) -> None:
    found = ran(tmp_path, {"bills.csv": BILLS + rows})
    assert "lines-added-up" not in codes(found)
    assert {rule for _, rule, _, _ in rules(found, "bills")} == {"duplicate-key"}


def test_a_telephone_to_reach_tells_whose_tickets_they_are_where_nothing_else_does(tmp_path: Path) -> None:
    crm = f"客户编号,手机号码,套餐\nC1,{ONE},A\nC2,{OTHER},A\n"
    tickets = "工单编号,联系电话,受理时间,工单类型\n"
    tickets += f"W1,{ONE},2024-06-01 10:00:00,投诉\nW2,{OTHER},2024-06-02 10:00:00,咨询\n"
    found = ran(tmp_path, {"crm.csv": crm, "tickets.csv": tickets})
    assert good(found, "contacts", "contact_id", "customer_id") == [("W1", "C1"), ("W2", "C2")]


def test_a_telephone_to_reach_gives_way_to_the_customer(tmp_path: Path) -> None:
    tickets = f"工单编号,客户编号,联系电话,受理时间,工单类型\nW1,C9,{ONE},2024-06-01 10:00:00,投诉\n"
    found = ran(tmp_path, {"tickets.csv": tickets})
    assert good(found, "contacts", "contact_id", "customer_id") == [("W1", "C9")]
    assert "personal-dropped" in codes(found)


def test_a_file_without_rows_takes_no_month_and_no_bill_from_others(tmp_path: Path) -> None:
    flat = "客户编号,套餐,月消费\nC1,A,58\nC2,A,38\n"
    found = ran(tmp_path, {"crm.csv": flat, "bills.csv": "客户编号,账期,费用\n"}, as_of=None)
    assert "as-of-assumed" in codes(found)
    assert [row[0] for row in good(found, "bills", "amount")] == [58.0, 38.0]
