"""Tables of tariffs as operators write them, and what is wrong with some."""

from __future__ import annotations

import math

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.intake.tariffs import tariffs


def _read(**columns):
    return tariffs("plans.csv", pl.DataFrame(columns))


def test_a_published_list_is_read_as_it_stands():
    header = "messages_included,mb_per_month_included,minutes_included,usd_monthly_pay,usd_per_gb,usd_per_message"
    rows = [
        dict(zip(f"{header},usd_per_minute,plan_name".split(","), row.split(","), strict=True)) for row in _PUBLISHED
    ]
    found, said = tariffs("plans.csv", pl.DataFrame(rows))
    assert said == []
    surf = found[0]
    assert (surf.plan, surf.monthly_fee, surf.minutes, surf.texts, surf.mb) == ("surf", 20.0, 500.0, 50.0, 15_360.0)
    assert (surf.per_minute, surf.per_text, surf.per_data, surf.data_unit_mb) == (0.03, 0.03, 10.0, 1024.0)


_PUBLISHED = ("50,15360,500,20,10,0.03,0.03,surf", "1000,30720,3000,70,7,0.01,0.01,ultimate")


def test_chinese_headers_and_units():
    found, said = _read(
        **{
            "套餐编码": ["A1", "A2"],
            "套餐名称": ["畅享59", "无限199"],
            "月费(元)": ["59", "199元"],
            "含语音(分钟)": ["100", "不限"],
            "含流量(GB)": ["10", "不限量"],
            "语音单价(元/分钟)": ["0.15", ""],
            "流量单价(元/GB)": ["5", ""],
            "语音计费单位(秒)": ["60", "6"],
            "流量计费单位(MB)": ["1", "1"],
            "是否在售": ["是", "否"],
            "备注": ["", ""],
        }
    )
    small, big = found
    assert (small.plan, small.name, small.mb, small.per_minute) == ("A1", "畅享59", 10_240.0, 0.15)
    assert small.per_data == pytest.approx(5 / 1024)  # of a MB, which is what is begun
    assert (big.minutes, big.mb, big.call_unit_s, big.on_sale) == (math.inf, math.inf, 6.0, False)
    assert [notice.code for notice in said] == ["tariff-service-missing", "tariff-unknown-columns"]


def test_a_cell_with_a_unit_of_its_own():
    found, said = _read(plan=["a"], fee=["9"], data=["1.5GB"], price_per_mb=["0.1"])
    assert (found[0].mb, found[0].per_data, found[0].data_unit_mb) == (1_536.0, 0.1, 1.0)
    assert said[0].code == "tariff-service-missing"


_GOOD = {"plan": ["a", "b"], "monthly_fee": ["9", "19"], "minutes": ["100", "500"], "price_per_minute": ["0.1", "0.1"]}


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("tariff-no-plan", {"plan": None}),
        ("tariff-no-fee", {"monthly_fee": None}),
        ("tariff-no-use", {"minutes": None, "price_per_minute": None}),
        ("tariff-rows", {name: [] for name in _GOOD}),
        ("tariff-plan-empty", {"plan": ["a", ""]}),
        ("tariff-twice", {"plan": ["a", "a"]}),
        ("tariff-fee-empty", {"monthly_fee": ["9", ""]}),
        ("tariff-number", {"monthly_fee": ["9", "cheap"]}),
        ("tariff-number", {"monthly_fee": ["9", "-1"]}),
        ("tariff-number", {"monthly_fee": ["9", "unlimited"]}),
        ("tariff-price-empty", {"price_per_minute": ["0.1", ""]}),
        ("tariff-price-empty", {"price_per_minute": None}),
        ("tariff-word", {"on_sale": ["yes", "perhaps"]}),
        ("tariff-unit-zero", {"call_unit_s": ["60", "0"]}),
        ("tariff-columns-twice", {"fee": ["9", "19"]}),
    ],
)
def test_what_is_wrong_is_said(code, columns):
    told = {name: cells for name, cells in {**_GOOD, **columns}.items() if cells is not None}
    with pytest.raises(DataError) as error:
        tariffs("plans.csv", pl.DataFrame(told, schema=dict.fromkeys(told, pl.String)))
    assert error.value.code == code
    assert "plans.csv" in str(error.value)


def test_all_that_is_wrong_is_said_at_once_with_its_line():
    told = {
        "plan": ["a", "b", "", "a"],
        "monthly_fee": ["九元", "9", "9", "9"],
        "on_sale": ["yes", "perhaps", "", "no"],
    }
    told |= {"minutes": ["unlimited", "60", "0", "abc"], "price_per_minute": ["", "", "1", ""], "data_mb": ["1"] * 4}
    with pytest.raises(DataError) as error:
        tariffs("plans.csv", pl.DataFrame(told), lines=[2, 3, 5, 6])
    assert error.value.code == "tariff-faults"
    said = str(error.value)
    for each in (
        "7 cells",
        "line 2, column monthly_fee: 字字 is no number",
        "line 2, column data_mb: what is included is limited",
        "line 3, column on_sale: aaaaaaa is none of the words known there (yes, ",
        "line 3, column price_per_minute: what is included is limited",
        "line 5, column plan names no plan",
        "line 6, column plan names the plan of line 2 again",
        "line 6, column minutes: aaa is no number",
    ):
        assert each in said
    assert "perhaps" not in said


def test_of_many_faults_ten_are_said():
    told = {**_GOOD, "plan": [f"p{at}" for at in range(30)]}
    told |= {name: cells[:1] * 30 for name, cells in _GOOD.items() if name != "plan"} | {"monthly_fee": ["x"] * 30}
    with pytest.raises(DataError) as error:
        tariffs("plans.csv", pl.DataFrame(told))
    assert "30 cells are wrong: line 2, " in str(error.value)
    assert str(error.value).endswith("line 11, column monthly_fee: a is no number of 0 or more; and 20 more.")
