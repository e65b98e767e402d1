"""Bills and payments of a customer's several accounts: told apart by account, and added up, as those of lines are."""

from pathlib import Path

import pytest

from tests.stages.test_ingest import good, ran, rules

BILLS = "客户编号,账户编号,账期,应收金额\nC1,A1,202401,100\nC1,A2,202401,50\nC1,A1,202402,90\nC2,A3,202401,80\n"


@pytest.mark.parametrize(
    "names", [("客户编号", "账户编号"), ("customer_id", "account_id"), ("customer id", "billing account")]
)
def test_accounts_of_one_customer_are_added_up(names: tuple[str, str], tmp_path: Path) -> None:
    text = BILLS.replace("客户编号", names[0]).replace("账户编号", names[1])
    found = ran(tmp_path, {"bills.csv": text})
    assert good(found, "bills", "customer_id", "amount") == [("C1", 150.0), ("C1", 90.0), ("C2", 80.0)]
    assert rules(found, "bills") == []


def test_the_same_account_twice_in_a_month_is_one_bill(tmp_path: Path) -> None:
    found = ran(tmp_path, {"bills.csv": BILLS + "C1,A2,202401,50\nC2,A3,202401,70\n"})
    assert good(found, "bills", "customer_id", "amount") == [("C1", 150.0), ("C1", 90.0), ("C2", 80.0)]
    assert [rule for _, rule, *_ in rules(found, "bills")] == ["duplicate-key"]


def test_accounts_stand_beside_their_customer(tmp_path: Path) -> None:
    people = "客户编号,客户类型\nC1,公众客户\nC2,公众客户\n"
    wrong = "C9,A9,202401,5\nC1,A1,202403,much\nC1,,202403,7\n"  # of nobody, not a number, of no account
    found = ran(tmp_path, {"people.csv": people, "bills.csv": BILLS + wrong})
    told = good(found, "account_bills", "account_id", "customer_id", "amount")
    assert told == [("A1", "C1", 100.0), ("A1", "C1", 90.0), ("A2", "C1", 50.0), ("A3", "C2", 80.0)]
    assert rules(found, "account_bills") == []
    assert sorted(rule for _, rule, *_ in rules(found, "bills")) == ["not-a-number", "orphan"]
    assert ("C1", 7.0) in good(found, "bills", "customer_id", "amount")


def test_lines_of_accounts_and_bills_known_by_account_alone(tmp_path: Path) -> None:
    lines = "用户编号,客户编号,账户编号,业务类型\nU1,C1,A1,移动\nU2,C1,A2,宽带\n"
    bills = "账户编号,账期,应收金额\nA1,202401,100\nA2,202401,50\n"
    found = ran(tmp_path, {"lines.csv": lines, "bills.csv": bills})
    assert good(found, "bills", "customer_id", "amount") == [("C1", 150.0)]
    told = good(found, "account_bills", "account_id", "customer_id", "amount")
    assert told == [("A1", "C1", 100.0), ("A2", "C1", 50.0)]


def test_payments_keep_their_customer(tmp_path: Path) -> None:
    paid = "缴费流水号,客户编号,账户编号,缴费时间,缴费金额\nP1,C1,A1,2024-02-01,100\nP2,C1,A2,2024-02-02,50\n"
    found = ran(tmp_path, {"paid.csv": paid})
    assert good(found, "payments", "payment_id", "customer_id", "x_account_id") == [
        ("P1", "C1", "A1"),
        ("P2", "C1", "A2"),
    ]


@pytest.mark.parametrize("whose", ["客户编号,账户编号", "账户编号"])
def test_several_invoices_of_one_account_in_a_month(whose: str, tmp_path: Path) -> None:
    rows = [("C1,A1", "I1", "01-10", 100), ("C1,A1", "I2", "01-20", 40), ("C1,A2", "I3", "01-20", 60)]
    both = whose.startswith("客户")
    lines = [f"{who if both else who[3:]},{number},2024-{day},{amount}" for who, number, day, amount in rows]
    files = {"invoices.csv": "\n".join([f"{whose},账单编号,账单日期,应收金额", *lines, ""])}
    if not both:
        files["lines.csv"] = "用户编号,客户编号,账户编号,业务类型\nU1,C1,A1,移动\nU2,C1,A2,宽带\n"
    found = ran(tmp_path, files)
    assert good(found, "bills", "customer_id", "amount") == [("C1", 200.0)]
    assert good(found, "account_bills", "account_id", "amount") == [("A1", 140.0), ("A2", 60.0)]
    assert rules(found, "bills") == []


def test_lines_told_beside_accounts_stay_what_bills_are_told_apart_by(tmp_path: Path) -> None:
    bills = "客户编号,用户编号,账户编号,账期,应收金额\nC1,U1,A1,202401,30\nC1,U2,A1,202401,20\nC1,U3,A2,202401,9\n"
    found = ran(tmp_path, {"bills.csv": bills})
    assert good(found, "bills", "customer_id", "amount") == [("C1", 59.0)]
    assert rules(found, "bills") == []
