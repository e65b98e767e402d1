"""What a bill comes to, however its extract writes it: parts and a whole, discounts above or below zero."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.features.money import billed
from telcli.intake.cleaning import NO_FAULTS
from telcli.intake.facts import summed
from telcli.tables import contract
from tests.intake.test_resolve import codes, ran

HEADER = "账期,客户编号,月租费(元),流量费(元),优惠(元)"


def bill(tmp_path: Path, content: str) -> tuple[dict[str, Any], set[str]]:
    found = ran(tmp_path, {"bills.csv": content})
    rows = contract("bills").split(found.tables["bills"]).good.with_columns(who=pl.col("customer_id"))
    return billed(rows, 1).collect().row(0, named=True), codes(found)


@pytest.mark.parametrize(
    ("content", "revenue", "discount"),
    [
        (f"{HEADER}\n202406,A,59,10,5\n", 64.0, 5.0),
        (f"{HEADER}\n202406,A,59,10,-5\n", 64.0, 5.0),
        (f"{HEADER}\n202406,A,59,,-59\n", 0.0, 59.0),
        (f"{HEADER},合计(元)\n202406,A,59,10,5,64\n", 64.0, 5.0),
        (f"{HEADER},合计(元)\n202406,A,59,10,0,0.00\n", 0.0, 0.0),
        (f"{HEADER},合计(元)\n202406,A,59,10,0,\n", 69.0, 0.0),
    ],
)
def test_what_a_bill_comes_to(tmp_path: Path, content: str, revenue: float, discount: float) -> None:
    found, _ = bill(tmp_path, content)
    assert (found["revenue"], found["discount"]) == (revenue, discount)


def test_discounts_of_both_signs_stay_as_they_are_written(tmp_path: Path) -> None:
    found, told = bill(tmp_path, f"{HEADER}\n202406,A,59,10,-5\n202406,B,59,10,5\n")
    assert found["revenue"] in (64.0, 74.0)
    assert "discounts-below-zero" not in told
    found, told = bill(tmp_path, f"{HEADER}\n202406,A,59,10,0\n202406,B,59,10,-5\n")
    assert str(found["discount"]) in ("0.0", "5.0")
    assert "discounts-below-zero" in told


@pytest.mark.parametrize("amount", [28482.7, 474.3, 0.1, 1e6 + 0.3])
def test_a_sum_is_the_same_number_beside_others(amount: float) -> None:
    raw = {"customer_id": ["a", "b"], "amount": [amount, 1.0], "_source": ["x"] * 2, "_line": [2, 3]}
    rows = pl.LazyFrame(raw).with_columns(NO_FAULTS)
    both = summed(rows, ("customer_id",)).filter(customer_id="a").collect()["amount"].item()
    alone = summed(rows.head(1), ("customer_id",)).collect()["amount"].item()
    assert both == alone == amount


def test_charges_that_are_part_of_a_kind_are_added_to_it(tmp_path: Path) -> None:
    header = "账期,客户编号,套餐费(元),宽带费(元),彩铃费(元),国际漫游费(元),其他费用(元),赠款抵扣(元),流量(元)"
    found, said = bill(tmp_path, f"{header}\n202406,A,59,30.1,3,10,0.2,-20,5\n")
    assert (found["revenue"], found["discount"]) == (87.3, 20.0)
    assert "charges-lost" not in said


def test_what_looks_like_a_charge_and_is_none_is_said_where_no_total_stands(tmp_path: Path) -> None:
    row = "202406,A,59,3,4\n"
    assert "charges-lost" in bill(tmp_path, f"账期,客户编号,月租费(元),神奇费,奇迹(元)\n{row}")[1]
    assert "charges-lost" not in bill(tmp_path, f"账期,客户编号,月租费(元),神奇费,合计(元)\n{row}")[1]
    assert "charges-lost" not in bill(tmp_path, f"账期,客户编号,月租费(元),积分,次数\n{row}")[1]


@pytest.mark.parametrize(
    ("header", "value", "said"),
    [
        ("应收金额", "1200", True),
        ("应收金额", "12.00", False),
        ("应收金额(元)", "1200", False),
        ("总费用元", "12", False),
    ],
)
def test_whole_amounts_without_a_unit_are_said_to_be_taken_as_yuan(
    tmp_path: Path, header: str, value: str, said: bool
) -> None:
    assert ("money-assumed" in bill(tmp_path, f"账期,客户编号,{header}\n202406,A,{value}\n")[1]) is said
