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
    _, told = bill(tmp_path, f"{HEADER}\n202406,A,59,10,-5\n")
    assert "discounts-below-zero" in told


@pytest.mark.parametrize("amount", [28482.7, 474.3, 0.1, 1e6 + 0.3])
def test_a_sum_is_the_same_number_beside_others(amount: float) -> None:
    raw = {"customer_id": ["a", "b"], "amount": [amount, 1.0], "_source": ["x"] * 2, "_line": [2, 3]}
    rows = pl.LazyFrame(raw).with_columns(NO_FAULTS)
    both = summed(rows, ("customer_id",)).filter(customer_id="a").collect()["amount"].item()
    alone = summed(rows.head(1), ("customer_id",)).collect()["amount"].item()
    assert both == alone == amount
