"""Households: who is in one, who is in none, what it is called, and that it goes with the person it is called after."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from telcli.stages import Outcome
from telcli.stages.purge import Person, without
from telcli.tables import contract
from tests.intake.test_resolve import later, ran

PEOPLE = "客户编号,客户类型\nC1,公众客户\nC2,公众客户\nC3,公众客户\nC4,商业客户\nC5,公众客户\nC6,公众客户\n"
CHAIN = dict.fromkeys(("C1", "C2", "C3"), "C1")
HEAD = "用户编号,客户编号,账户编号,手机号码,主卡号码,融合编号,入网时间,销户时间\n"


def line(number: int, customer: str, account: str = "", main: str = "", bundle: str = "", ended: str = "") -> str:
    return f"U{number},{customer},{account},1381234567{number},{main},{bundle},20200101,{ended}\n"


def homes(found: Outcome) -> dict[str, str]:
    """Customers with a household."""
    rows = contract("customers").split(found.tables["customers"]).good.collect()
    return dict(rows.drop_nulls("household_id").select("customer_id", "household_id").iter_rows())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (line(1, "C1", "A1") + line(2, "C2", "A1") + line(3, "C3", "A2"), {"C1": "C1", "C2": "C1"}),
        (line(1, "C2", bundle="R1") + line(2, "C3", bundle="R1"), {"C2": "C2", "C3": "C2"}),
        (line(1, "C5") + line(2, "C6", main="13812345671"), {"C5": "C5", "C6": "C5"}),
        (line(1, "C1", "A1") + line(2, "C2", "A1", bundle="R1") + line(3, "C3", bundle="R1"), CHAIN),
        (line(1, "C1", "A1") + line(2, "C4", "A1"), {}),
        (line(1, "C1", "A1") + line(2, "C2", "A1", ended="20210101"), {}),
        (line(1, "C1", "A1") + line(2, "C1", "A1"), {}),
    ],
    ids=["account", "bundle", "main-card", "chain", "a business has none", "ended", "alone"],
)  # fmt: skip
def test_what_makes_a_household(tmp_path: Path, lines: str, expected: dict[str, str]) -> None:
    found = ran(tmp_path, {"customers.csv": PEOPLE, "subscriptions.csv": HEAD + lines})
    assert homes(found) == expected
    made = [notice.values["customers"] for notice in found.notices if notice.code == "households-made"]
    assert made == ([len(expected)] if expected else [])


def test_what_many_share_is_no_household(tmp_path: Path) -> None:
    lines = "".join(line(number, f"C{number}", "A1") for number in (1, 2, 3))
    files = {"customers.csv": PEOPLE, "subscriptions.csv": HEAD + lines}
    assert set(homes(ran(tmp_path, files, household_limit=3))) == {"C1", "C2", "C3"}
    found = ran(tmp_path, files, household_limit=2)
    assert homes(found) == {}
    assert "households-crowded" in {notice.code for notice in found.notices}


def test_the_owner_of_an_account_is_at_home_with_whom_it_pays_for(tmp_path: Path) -> None:
    files = {
        "customers.csv": PEOPLE,
        "accounts.csv": "账户编号,客户编号,付费方式\nA1,C1,现金\n",
        "subscriptions.csv": HEAD + line(1, "C2", "A1"),
    }
    assert homes(ran(tmp_path, files)) == {"C1": "C1", "C2": "C1"}


def test_what_the_extract_calls_a_household_keeps_its_name(tmp_path: Path) -> None:
    people = "客户编号,客户类型,家庭编号,集团编号\nC1,公众客户,,G1\nC2,公众客户,F7,\nC3,公众客户,F7,\nC5,商业客户,F8,\n"
    found = ran(
        tmp_path, {"customers.csv": people, "subscriptions.csv": HEAD + line(1, "C1", "A1") + line(2, "C2", "A1")}
    )
    assert homes(found) == {"C1": "F7", "C2": "F7", "C3": "F7", "C5": "F8"}
    groups = contract("customers").split(found.tables["customers"]).good.collect()["group_id"].drop_nulls()
    assert groups.to_list() == ["G1"]


def test_lines_of_earlier_loads_tell_too_and_nothing_told_changes_nothing(tmp_path: Path) -> None:
    may = ran(
        tmp_path, {"customers.csv": PEOPLE, "subscriptions.csv": HEAD + line(1, "C1", "A1") + line(2, "C2", "A1")}
    )
    held = later(may)
    lines = contract("subscriptions").split(may.tables["subscriptions"]).good.collect().lazy()
    bills = {"customers.csv": PEOPLE, "bills.csv": "客户编号,账期,月租费\nC1,202406,5\n"}
    assert homes(ran(tmp_path, bills, {**held, "subscriptions": lines})) == {"C1": "C1", "C2": "C1"}
    assert homes(ran(tmp_path, bills, held)) == {"C1": "C1", "C2": "C1"}
    parted = {**bills, "subscriptions.csv": HEAD + line(2, "C2", "A9")}
    assert homes(ran(tmp_path, parted, {**held, "subscriptions": lines})) == {}


def test_a_household_is_not_called_after_who_was_purged() -> None:
    people = pl.LazyFrame({"customer_id": ["a", "b", "c", "d", "e"], "household_id": ["a", "a", "a", "d", "d"]})
    left, changed = without(people, "customers", Person("a", (), ("n",), ()))
    assert left.collect().rows() == [("b", "b"), ("c", "b"), ("d", "d"), ("e", "d")]
    assert changed == 3
    left, _ = without(people, "customers", Person("d", (), (), ()))
    assert left.collect()["household_id"].to_list() == ["a", "a", "a", None]
    lines = pl.LazyFrame({"customer_id": ["b", "c"], "main_number_h": ["n", "m"]})
    assert without(lines, "subscriptions", Person("a", (), ("n",), ()))[0].collect()["main_number_h"].to_list() == [
        None,
        "m",
    ]
