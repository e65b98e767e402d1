"""Tables of customers that show a month each: one load of several gives what loads one after the other give."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.test_loads import codes, load, rows

HEAD = "统计月份,客户编号,手机号码,客户类型,套餐名称,入网日期,状态\n"
APRIL = [
    "202404,c1,13800000001,个人,P59,2020-01-03,正常",
    "202404,c2,13800000002,个人,P99,2021-01-03,正常",
    "202404,c3,13800000003,个人,P59,2019-01-03,正常",
]
MAY = [
    "202405,c1,13800000001,个人,P99,2020-01-03,正常",
    "202405,c2,13800000002,政企,P99,2021-01-03,停机",
    "202405,c4,13800000004,个人,P59,2024-05-03,正常",
]
JUNE = [
    "202406,c1,13800000001,个人,P99,2020-01-03,正常",
    "202406,c2,13800000002,政企,P99,2021-01-03,停机",
    "202406,c3,13800000003,个人,P59,2019-01-03,正常",
]
BILLS = "客户编号,账期,应收金额(元)\n" + "".join(f"c{n},20240{m},{10 * n + m}\n" for n in (1, 2, 3) for m in (4, 5, 6))
STATES = {
    "customers": ("customer_id", "customer_class", "valid_from", "valid_to"),
    "subscriptions": ("subscription_id", "plan_id", "status", "valid_from"),
    "customer_history": ("customer_id", "customer_class", "valid_from", "valid_to"),
    "subscription_history": ("subscription_id", "plan_id", "status", "valid_from", "valid_to"),
}


def table(*months: list[str], named: bool = False) -> str:
    """One extract; without its column of months where the names of files tell them."""
    lines = [HEAD.strip(), *[line for month in months for line in month]]
    return "\n".join(line.split(",", 1)[1] if named else line for line in lines) + "\n"


def state(tmp_path: Path) -> dict[str, Any]:
    return {name: rows(tmp_path, name, *columns) for name, columns in STATES.items()}


def test_each_month_succeeds_the_one_before_it(tmp_path: Path) -> None:
    run = load(tmp_path, {"crm.csv": table(APRIL, MAY), "bills.csv": BILLS.replace("c3,202405,35\n", "")})
    (missed,) = [notice for notice in run.notices if notice.code == "snapshots-missed"]
    assert missed.values == {"files": "crm.csv", "count": 1, "month": "2024-05"}
    day = date(2024, 4, 1), date(2024, 5, 1)
    assert rows(tmp_path, "customers", "customer_id", "customer_class", "valid_from") == [
        ("c1", "public", day[0]),
        ("c2", "business", day[1]),
        ("c3", "public", day[0]),
        ("c4", "public", day[1]),
    ]
    assert rows(tmp_path, "subscription_history", "subscription_id", "plan_id", "status", "valid_from", "valid_to") == [
        ("c1", "P59", "active", *day),
        ("c2", "P99", "active", *day),
    ]


MONTHS = {"202404": APRIL, "202405": MAY, "202406": JUNE}
FACTS = [pytest.param(True, id="with-bills"), pytest.param(False, id="customers-alone")]


@pytest.fixture(scope="module", params=FACTS)
def each_by_itself(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    """Three months loaded one after the other, and whether bills came with them."""
    place, facts = tmp_path_factory.mktemp("one_by_one"), request.param
    for month, lines in MONTHS.items():
        billed = {"bills.csv": "".join(BILLS.splitlines(keepends=True)[:1]) + _of(month)} if facts else {}
        load(place, {f"crm_{month}.csv": table(lines), **billed})
    return place, facts


@pytest.mark.slow
@pytest.mark.parametrize("way", ["one-file", "a-file-a-month", "by-name", "other-names"])
def test_one_load_of_several_months_is_as_loads_of_one_month_each(
    tmp_path: Path, each_by_itself: tuple[Path, bool], way: str
) -> None:
    (one_by_one, facts), at_once = each_by_itself, tmp_path
    bills = {"bills.csv": BILLS} if facts else {}
    names = (
        {month: f"crm_{month}.csv" for month in MONTHS}
        if way != "other-names"
        else dict(zip(MONTHS, "xyz", strict=True))
    )
    if way == "one-file":
        files = {"crm.csv": table(*MONTHS.values())}
    else:
        files = {names[month]: table(lines, named=way == "by-name") for month, lines in MONTHS.items()}
    more = {"as_of": date(2024, 6, 1)} if way == "by-name" and not facts else {}
    run = load(at_once, files | bills, **more)
    assert ("snapshots-by-name" in codes(run)) == (way == "by-name")
    assert state(at_once) == state(one_by_one)
    if facts:
        assert rows(at_once, "bills", "customer_id", "month") == rows(one_by_one, "bills", "customer_id", "month")


def _of(month: str) -> str:
    return "".join(line for line in BILLS.splitlines(keepends=True) if month in line)


def test_a_wide_table_of_months_is_customers_with_their_bills_and_use(tmp_path: Path) -> None:
    wide = (
        "账期,客户编号,手机号码,套餐名称,网龄,状态,应收金额(元),通话时长(分钟),流量(MB)\n"
        "202404,c1,13800000001,P59,12,正常,60,100,2000\n202404,c2,13800000002,P99,3,正常,99,10,200\n"
        "202405,c1,13800000001,P99,13,正常,99,90,1000\n202405,c2,13800000002,P99,4,停机,99,0,0\n"
    )
    run = load(tmp_path, {"wide.csv": wide})
    assert run.as_of == date(2024, 5, 1)
    assert rows(tmp_path, "bills", "customer_id", "month", "amount") == [
        ("c1", date(2024, 4, 1), 60.0),
        ("c1", date(2024, 5, 1), 99.0),
        ("c2", date(2024, 4, 1), 99.0),
        ("c2", date(2024, 5, 1), 99.0),
    ]
    assert rows(tmp_path, "usage", "customer_id", "month", "data_mb")[0] == ("c1", date(2024, 4, 1), 2000.0)
    lines = rows(tmp_path, "subscriptions", "subscription_id", "plan_id", "activated_on", "valid_from")
    assert lines == [
        ("c1", "P99", date(2023, 4, 1), date(2024, 5, 1)),
        ("c2", "P99", date(2024, 1, 1), date(2024, 5, 1)),
    ], "the tenure of each month gives the same day"


def test_two_systems_with_the_same_columns_do_not_succeed_each_other(tmp_path: Path) -> None:
    other = [line.replace("个人", "政企") for line in APRIL]
    run = load(tmp_path, {"crm_202404.csv": table(APRIL), "boss_202404.csv": table(other), "bills.csv": BILLS})
    assert {row[2] for row in rows(tmp_path, "customers", "customer_id", "customer_class", "valid_from")} == {
        date(2024, 4, 1)
    }
    assert "sources-disagree" in codes(run)


def test_a_month_that_is_none_is_refused_with_its_row(tmp_path: Path) -> None:
    load(tmp_path, {"crm.csv": table([*APRIL, *MAY, APRIL[0].replace("202404,c1", "20249x,c9")]), "bills.csv": BILLS})
    assert set(rows(tmp_path, "rejects", "line", "rule", "column")) == {(8, "not-a-month", "snapshot")}
