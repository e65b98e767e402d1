"""Which table an extract is and what its columns mean."""

from __future__ import annotations

import pytest

from telcli.errors import DataError
from telcli.intake.candidates import SNAPSHOT, meaning
from telcli.intake.dictionary import headers_of, pseudonymous, weak_headers
from telcli.intake.mapping import SourceMap, Use, guess
from telcli.intake.privacy import header_tells
from telcli.intake.slots import slots
from telcli.tables import SUBJECTS


def guessed(headers: str, source: str = "a.csv", **told: str) -> SourceMap:
    names = {name: name for name in headers.split(",")}
    found = guess(source, names, {name: Use(header) for name, header in told.items()})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("headers", "table"),
    [
        ("客户编号,客户名称,客户类型,性别,建档时间,星级", "customers"),
        ("用户编号,客户编号,业务类型,付费类型,主套餐,月租,入网时间,销户时间,用户状态", "subscriptions"),
        ("用户编号,客户编号,业务号码", "subscriptions"),
        ("用户编号,客户编号,业务号码,性别,客户类型", "customers"),
        ("客户编号|账期|月租费|语音费|流量费|优惠".replace("|", ","), "bills"),
        ("customer_id,month,kind,amount", "bills"),
        ("customer_id,billing_period,amount_due", "bills"),
        ("payment_id,customer_id,paid_at,amount,method", "payments"),
        ("缴费流水号,客户编号,缴费时间,缴费金额,缴费渠道", "payments"),
        ("caller_id,amount,timestamp", "payments"),
        ("customer_id,month,call_minutes,data_mb", "usage"),
        ("用户编号,账期,计费时长(分钟),流量(GB),短信条数", "usage"),
        ("工单编号,客户编号,受理时间,办结时间,工单类型,投诉类别", "contacts"),
        ("ticket_id,customer_id,opened_at,type,severity", "contacts"),
        ("id,user_id,call_date,duration", "calls"),
        ("id,user_id,session_date,mb_used", "calls"),
        ("id,user_id,message_date", "calls"),
        ("客戶編號,帳期,應收金額", "bills"),
        ("客戶編號,帳期,應繳金額,手機號碼", "bills"),
        ("本机号码,对方号码,通话开始时间,通话时长,呼叫类型", "calls"),
        ("主叫號碼,對方號碼,通話開始時間,通話時長", "calls"),
        ("customerID,gender,tenure,MonthlyCharges,Churn", "customers"),
    ],
)
def test_subjects(headers: str, table: str) -> None:
    found = guessed(headers)
    assert found.table == table
    assert 0 < found.confidence <= 1


def test_a_flat_table_lends_lines_bills_and_use() -> None:
    found = guessed("customerID,gender,Partner,tenure,MonthlyCharges,TotalCharges,Churn")
    assert {name: use.header for name, use in found.columns.items()} == {
        "customers.customer_id": "customerID",
        "customers.gender": "gender",
        "customers.churned": "Churn",
        "subscriptions.tenure_months": "tenure",
        "bills.total": "MonthlyCharges",
    }
    assert found.unknown == ("Partner", "TotalCharges")


def test_a_monthly_table_may_hold_bills_and_use() -> None:
    found = guessed("客户编号,账期,月租费,语音费,短信费,流量(MB)")
    assert found.table == "bills"
    assert found.use("data_mb", "usage") == Use("流量(MB)", "mb")
    found = guessed("客户编号,账期,语音费,流量(MB),主叫次数,短信条数")
    assert found.table == "usage"
    assert found.use("voice", "bills") == Use("语音费")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Data (GB)", ("data_mb", "gb")),
        ("流量（ＫＢ）", ("data_mb", "kb")),
        ("data_usage_gb", ("data_mb", "gb")),
        ("通话时长(秒)", ("call_minutes", "秒")),
        ("通话时长秒", ("call_minutes", "秒")),
        ("计费时长(分)", ("call_minutes", "分")),
        ("流量（省内）", ("", "")),
    ],
)
def test_units_in_headers(header: str, found: tuple[str, str]) -> None:
    assert meaning("usage", header) == found


def test_a_unit_of_another_kind_is_another_thing() -> None:
    assert meaning("bills", "data (MB)") == ("", "")
    assert meaning("bills", "Data (元)") == ("data", "元")
    assert meaning("subscriptions", "tenure (days)") == ("", "")


def test_fen_in_one_column_and_yuan_in_another() -> None:
    slot = slots()["bills.amount"]
    assert Use("x", "分").factor(slot) == pytest.approx(0.01)
    assert Use("x", "元").factor(slot) == 1.0
    assert Use("x", "gb").factor(slots()["usage.data_mb"]) == 1024.0


def test_two_headers_for_one_meaning_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        guessed("客户编号,客户编码,性别")
    assert caught.value.code == "mapping-ambiguous"
    assert "客户编号, 客户编码" in str(caught.value)


def test_two_headers_written_alike_are_told_apart() -> None:
    with pytest.raises(DataError) as caught:
        guess("b.csv", {"客户编号": "客户编号", "账期": "账期", "应收金额": "应收金额", "应收金额_2": "应收金额"}, {})
    ways = "--map b.csv:bills.amount=应收金额 / --map b.csv:bills.amount=应收金额_2"
    assert caught.value.values["ways"] == ways


def test_what_the_analyst_says_settles_it() -> None:
    found = guessed("客户编号,客户编码,性别", customer_id="客户编码")
    assert found.use("customer_id") == Use("客户编码")


@pytest.mark.parametrize(
    ("header", "kind"), [("手機號碼", "person"), ("聯絡電話", "person"), ("備註", "note"), ("品牌", "")]
)
def test_traditional_headers_of_persons_are_known(header: str, kind: str) -> None:
    assert header_tells(header) == kind


def test_persons_are_set_aside() -> None:
    found = guessed("customer_id,first_name,E-Mail,手机号码,证件号码,地址,plan")
    assert found.personal == ("first_name", "E-Mail", "地址")
    assert (found.use("phone_h"), found.use("certificate_h")) == (Use("手机号码"), Use("证件号码"))


def test_a_weak_name_serves_where_nothing_better_stands() -> None:
    assert guessed("id,x1,x2").weak_id
    assert guessed("用户编号,性别,是否流失").use("customer_id") == Use("用户编号")
    found = guessed("id,customer_id,x2")
    assert (found.use("customer_id"), found.weak_id) == (Use("customer_id"), False)


def test_no_identifier_is_no_table() -> None:
    assert guess("a.csv", {"gender": "gender", "plan": "plan"}, {}) is None


def test_no_header_of_a_table_means_two_of_its_columns() -> None:
    """An entry that stands under two columns of one table would be lost to the later one."""
    import tomllib
    from pathlib import Path

    import telcli.intake
    from telcli.intake.dictionary import bare

    book = tomllib.loads((Path(telcli.intake.__file__).parent / "dictionary.toml").read_text(encoding="utf-8"))
    for table in SUBJECTS:
        columns = book["headers"][table]
        seen: dict[str, str] = {}
        for column, names in columns.items():
            for name in names:
                assert seen.setdefault(bare(name), column) == column, f"{table}: {name}"
        assert set(headers_of(table).values()) >= set(columns)


def test_every_column_of_the_contracts_has_a_header() -> None:
    for slot in slots().values():
        if slot.table in SUBJECTS:
            known = {*headers_of(slot.table).values(), *pseudonymous(slot.table), *weak_headers(), SNAPSHOT}
            assert slot.column in known, slot.name
