"""Lists of plans: their fees go to the lines that have the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.test_ingest import codes, good, ran

CRM = "user_id,gender,reg_date,plan\nu1,M,2024-01-05,surf\nu2,F,2024-02-05,ultimate\nu3,F,2024-02-05,old\n"


@pytest.mark.parametrize("fee", ["usd_monthly_pay", "Fixed_cost", "plan_fee", "月租"])
def test_the_fee_of_the_plan_is_looked_up(fee: str, tmp_path: Path) -> None:
    plans = f"plan_name,{fee},minutes_included\nsurf,20,500\nultimate,70,3000\n"
    found = ran(tmp_path, {"users.csv": CRM, "plans.csv": plans})
    assert good(found, "subscriptions", "subscription_id", "plan_id", "plan_fee") == [
        ("u1", "surf", 20.0),
        ("u2", "ultimate", 70.0),
        ("u3", "old", None),
    ]
    told = next(notice for notice in found.notices if notice.code == "plans-missing")
    assert (told.values["missing"], told.values["names"]) == (1, "old")
    assert [one["source"] for one in found.metrics["sources"]] == ["users.csv"]


def test_a_code_and_a_name(tmp_path: Path) -> None:
    crm = "用户编号,客户编号,入网时间,套餐编码\n1,c1,20240105,P1\n2,c2,20240105,P2\n"
    plans = "套餐编码,套餐名称,套餐费\nP1,畅享99,99\nP2,畅享59,59\n"
    found = ran(tmp_path, {"用户.csv": crm, "套餐.csv": plans})
    columns = ("subscription_id", "plan_id", "plan_fee", "x_plan_name")
    assert good(found, "subscriptions", *columns) == [("1", "P1", 99.0, "畅享99"), ("2", "P2", 59.0, "畅享59")]
    assert "plans-looked-up" in codes(found)


@pytest.mark.parametrize(
    "plans",
    [
        "plan_name,fee\nsurf,20\nsurf,30\nultimate,70\n",  # one plan, two fees
        "plan_name,fee\ngold,20\nsilver,30\n",  # other plans
        "plan_name,fee\nsurf,cheap\nultimate,dear\n",  # no fee
        "plan_name,price,fee\nsurf,1,20\nultimate,2,70\n",  # two that could be the fee
    ],
)
def test_what_is_no_list_of_these_plans_is_left_out(plans: str, tmp_path: Path) -> None:
    found = ran(tmp_path, {"users.csv": CRM, "plans.csv": plans})
    assert {row[0] for row in good(found, "subscriptions", "plan_id")} == {"surf", "ultimate", "old"}
    assert "source-unused" in codes(found)
    assert "plan_fee" not in found.metrics["sources"][0]["mapped"]


def test_a_list_without_header_may_be_named(tmp_path: Path) -> None:
    files = {"users.csv": CRM, "tarif.csv": "surf;3;19.99\nultimate;5;39.99\n"}
    told = {"tarif.csv:plan_id": ["column_1"], "tarif.csv:plan_fee": ["column_3"]}
    found = ran(tmp_path, files, map=told)
    assert [row[0] for row in good(found, "subscriptions", "plan_fee")] == [19.99, 39.99, None]
