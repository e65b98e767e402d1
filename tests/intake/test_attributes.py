"""Columns that no dictionary knows: typed on every row, dropped where they name persons."""

from __future__ import annotations

import polars as pl
import pytest

from telcli.intake.attributes import attribute_names, profile
from telcli.intake.dictionary import personal


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5", None, "NULL", "1,000"], "Float64"),
        (["Yes", "no", "", None], "Boolean"),
        (["是", "否"], "Boolean"),
        (["Yes", "No", "No internet service"], "String"),
        (["2024-01-02", "2024/1/3", "-"], "Date"),
        (["20240102", "20240103"], "Date"),
        (["20240102", "20241399"], "Float64"),
        (["007", "008"], "String"),
        (["1", "2", "x"], "String"),
        (["12345678901234567", "2"], "String"),
        (["0", "0.5", "-1"], "Float64"),
        (["1.38E+10", "2"], "String"),
        (["1.5e-05", "2"], "Float64"),
    ],
)
def test_types(values: list[str | None], kind: str) -> None:
    rows, found = profile(pl.LazyFrame({"n": values}), ["n"])
    assert rows == len(values)
    assert found["n"].type == kind


def test_one_odd_value_in_the_last_row_counts() -> None:
    values = ["1"] * 100_000 + ["unknown"]
    assert profile(pl.LazyFrame({"a": values}), ["a"])[1]["a"].type == "String"


@pytest.mark.parametrize(
    ("values", "known"),
    [
        (["13812345678", "15912345678", "x"], True),
        (["11010519491231002X", "-"], True),
        (["a@b.cn", "c.d@e.com"], True),
        (["+49 89 1234567", "010-12345678"], True),
        (["13812345678", "a", "b"], True),
        (["0261706749", "01012345678"], True),
        (["call 13812345678 please", "no answer"], True),
        (["13812345678", *["unknown"] * 99], True),
        (["13812345678", *["unknown"] * 100], False),
        (["13812345678.0", "13912345678.0"], True),
        (["15234567890", "9234567890", "230456789012", "1234567890"], False),
        (["20240601", "20240602"], False),
        (["Yes", "No", "No phone service"], False),
        (["1", "2", "15000000"], False),
        (["K100130", "K100131"], False),
        (["100", "200"], False),
    ],
)
def test_persons(values: list[str], known: bool) -> None:
    assert profile(pl.LazyFrame({"a": values}), ["a"])[1]["a"].names_persons is known


@pytest.mark.parametrize("header", ["QQ号", "QQ号码", "设备串号", "终端串码", "MEID", "device_imei"])
def test_numbers_of_devices_and_chats_are_dropped_whatever_their_digits(header: str) -> None:
    numbers = [str(861234041234510 + 10 * n) for n in range(5)]
    assert personal(header) or judged(header, numbers)
    assert judged("qq流量", ["12.5", "0"]) is False


def judged(header: str, values: list[str]) -> bool:
    return profile(pl.LazyFrame({header: values}), [header])[1][header].names_persons_under(header)


@pytest.mark.parametrize(
    "header", ["Contact Person", "AgentPhone", "联系人", "客户姓名2", "home address", "Name", "Mail 2"]
)
def test_headers_of_persons_are_believed_unless_the_values_cannot_be_persons(header: str) -> None:
    assert judged(header, ["Li Wei", "Anna"])
    assert judged(header, ["66778899", "55667788"])
    assert not judged(header, ["Yes", "No"])
    assert not judged(header, ["1", "0", "12"])
    assert not judged(header, ["2024-06-01", "2024-06-02"])


@pytest.mark.parametrize(
    "header", ["PhoneService", "MultipleLines", "plan_name", "Product Name", "手机品牌", "OnlineBackup"]
)
def test_headers_of_things_are_no_persons(header: str) -> None:
    assert not judged(header, ["Gold", "Silver"])


FAMILIES, GIVEN = "王李张刘陈杨赵黄周吴", ["伟", "芳", "志强", "敏静", "洋磊"]
PEOPLE = [family + given for family in FAMILIES for given in GIVEN]
HOMES = [f"南京市玄武区中山路{number}号" for number in range(25)]


@pytest.mark.parametrize(
    "values", [PEOPLE, HOMES, [*PEOPLE, *["某客户"] * 9], [f"幸福小区{n}栋502室" for n in range(30)]]
)
@pytest.mark.parametrize("header", ["column_2", "emergency", "kh_mc"])
def test_many_different_names_or_addresses_are_persons_whatever_the_header(header: str, values: list[str]) -> None:
    assert judged(header, values * 3)


CITIES = (
    "南京 苏州 无锡 常州 镇江 扬州 泰州 南通 盐城 徐州 宿迁 淮安 高邮 江阴 常熟 太仓 昆山 黄山 金华 温州 安庆 孟州 邵阳"
)
OTHERS = {
    "cities": CITIES.split() * 9,
    "weekdays": ["周一", "周二", "周六"] * 90,
    "grades": ["黄金", "白金", "高端"] * 90,
    "parts of the state": ["江苏", "安徽"] * 90,
    "payment": ["Credit Card", "Bank Transfer", "Electronic Check", "Mailed Check"] * 90,
    "terms": ["Month-to-month", "One year", "Two year", "Long Line"] * 90,
    "answers": ["Very Satisfied", "Satisfied", "Not Satisfied"] * 90,
    "products": ["Family Plan", "Max Plus", "Super Max"] * 90,
    "one name": ["Wang Fang"] * 90,
    "a name among others": ["王伟", "直营", "Wang Fang", "Li Na", "Walk-in"] * 90,
    "villages": [f"{family}{ending}" for family in FAMILIES for ending in ("家庄", "村", "各庄", "桥")],
    "dealers": [f"{family}{ending}" for family in FAMILIES for ending in ("记通讯", "氏手机店", "姐专营店")],
    "branches": [f"中山路{number}号营业厅" for number in range(40)],
    "plans": [f"{name}{fee}" for name in ("畅享", "王者", "黄金") for fee in range(9, 199, 10)],
    "one plan of many": [*["金卡"] * 300, *CITIES.split()],
}


FEW = {
    "Chinese": ["王伟", "李敏", "赵磊"],
    "three characters": ["欧阳娜", "张伟明", "-", ""],
    "in Latin letters": ["Wang Fang", "Li Na", "Zhang Xiao-Ming", "N/A"],
    "capitals": ["WANG FANG", "CHEN XIAOMING"],
    "family name last": ["Fang Wang", "Xiaoming Chan"],
    "European": ["Anna Schmidt", "John K. Doe", "Smith, Peter"],
    "one that is not known": ["John Doe", "Priya Nair", "Olu Adeyemi"],
    "both": ["王伟", "Anna Schmidt", "未分配"],
}


@pytest.mark.parametrize("kind", FEW)
@pytest.mark.parametrize("header", ["SalesRep", "发展人", "x7"])
def test_a_few_names_of_persons_are_no_attribute(header: str, kind: str) -> None:
    assert judged(header, FEW[kind] * 90)
    assert not judged("store", FEW[kind] * 90)


@pytest.mark.parametrize("kind", OTHERS)
def test_places_plans_and_shops_are_no_persons(kind: str) -> None:
    assert not judged("x1", OTHERS[kind])


def test_names_under_the_header_of_a_thing_are_its_own() -> None:
    assert not any(judged(header, PEOPLE) for header in ("渠道", "手机品牌", "城市", "village", "plan"))


def test_notes_are_dropped_where_they_are_prose() -> None:
    assert judged("Remark", ["asked for Li Wei at home", "late"])
    assert judged("备注", ["张三来电要求改套餐，已处理"])
    assert not judged("Remark", ["late", "vip"])


def test_a_stray_number_of_a_person_does_not_cost_a_column_of_numbers() -> None:
    found = profile(pl.LazyFrame({"n": [*["12.5"] * 200, "13812345678"]}), ["n"])[1]["n"]
    assert (found.type, found.names_persons) == ("Float64-masked", False)


def test_names_stay_readable_and_apart() -> None:
    names = attribute_names(["Paperless Billing", "Paperless-Billing", "（）", "月 租"])
    assert list(names.values()) == ["x_Paperless_Billing", "x_Paperless_Billing_2", "x_column", "x_月_租"]
