"""Ingest: extracts in, clean tables out; what was made of them is said; bad input is a sentence."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telcli.errors import DataError, TelcliError
from telcli.pipeline.sources import open_sources
from telcli.settings import IngestSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.ingest import ingest
from telcli.tables import contract
from telcli.tables.checks import Split
from tests.keeping import kept

JUNE = date(2024, 6, 1)
FLAT = "customerID,gender,Partner,tenure,Plan Name,MonthlyCharges,Churn\n"


def ran(
    tmp_path: Path,
    files: dict[str, str],
    *,
    as_of: date | None = JUNE,
    when: str = "",
    options: dict[str, Any] | None = None,
    **choices: Any,
) -> Outcome:
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    extracts, _ = open_sources([folder / name for name in files], tmp_path / "scratch")
    inputs = Inputs({}, as_of, extracts=tuple(extracts), keep=kept, choices=choices, key=lambda: bytes(32))
    return ingest(inputs, IngestSettings(churned_when=when, **(options or {})))


def split(outcome: Outcome, table: str) -> Split:
    if table in outcome.made_of:
        base, recipe = outcome.made_of[table]
        return contract(table).split(recipe(split(outcome, base).good))
    return contract(table).split(outcome.tables[table])


def good(outcome: Outcome, table: str, *columns: str) -> list[tuple[Any, ...]]:
    frame = split(outcome, table).good.collect().sort(contract(table).key)
    return frame.select(columns or frame.columns).rows()


def rules(outcome: Outcome, table: str) -> list[tuple[Any, ...]]:
    return split(outcome, table).rejects.sort("source", "line", "rule").select("line", "rule", "column", "value").rows()


def codes(outcome: Outcome) -> set[str]:
    return {notice.code for notice in outcome.notices}


def test_a_flat_table_becomes_customers_lines_and_bills(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": FLAT + "a,Female,Yes,5,Gold,29.85,No\nb,Male,No,0,Base,1,Yes\nc,,No,1.5,,,\n"})
    assert good(found, "customers", "customer_id", "gender", "churned", "x_Partner") == [
        ("a", "female", False, True),
        ("b", "male", True, False),
        ("c", None, None, False),
    ]
    lines = good(found, "subscriptions", "subscription_id", "customer_id", "activated_on", "plan_id")
    assert lines == [
        ("a", "a", date(2024, 1, 1), "Gold"),
        ("b", "b", JUNE, "Base"),
        ("c", "c", date(2024, 4, 16), None),
    ]
    assert good(found, "bills", "customer_id", "month", "kind", "amount") == [
        ("a", JUNE, "total", 29.85),
        ("b", JUNE, "total", 1.0),
    ]
    assert found.as_of == JUNE
    about = found.metrics["sources"][0]
    assert about["mapped"]["subscriptions.tenure_months"] == "tenure"
    assert (about["rows_read"], about["unmapped"], about["encoding"]) == (3, ["Partner"], "utf-8")


@pytest.mark.parametrize(
    ("left", "stayed"),
    [
        ("Yes", "No"),
        ("True", "False"),
        ("1", "0"),
        ("是", "否"),
        ("Churned", "Joined"),
        ("YES", "no"),
        ("离网", "在网"),
        ("已离网", "在网"),
        ("流失", "未流失"),
        ("已流失", "正常"),
        ("携出", "正常"),
        ("销户", "正常"),
    ],
)
def test_labels(tmp_path: Path, left: str, stayed: str) -> None:
    found = ran(tmp_path, {"f.csv": f"id,Churn\na,{left}\nb,{stayed}\nc,\n"})
    assert good(found, "customers", "churned") == [(True,), (False,), (None,)]


def test_a_label_in_own_words(tmp_path: Path) -> None:
    files = {"f.csv": "id,Churn\na,Left us\nb,Here\nc,\n"}
    found = ran(tmp_path, files, when="left us")
    assert good(found, "customers", "churned") == [(True,), (False,), (None,)]
    for when in ("", "gone"):
        with pytest.raises(DataError) as caught:
            ran(tmp_path, files, when=when)
        assert caught.value.code == "label-strange"
        assert "Here, Left us" in str(caught.value)
        assert "--churned-when" in caught.value.hint


def test_a_label_may_leave_in_several_words(tmp_path: Path) -> None:
    files = {"f.csv": "id,是否流失\na,停机超期\nb,转网\nc,存量户\nd,a|b\n"}
    for when in ("停机超期,转网", "停机超期|转网", "停机超期， 转网"):
        assert good(ran(tmp_path, files, when=when), "customers", "churned") == [(True,), (True,), (False,), (False,)]
    assert good(ran(tmp_path, files, when="A|B"), "customers", "churned") == [(False,), (False,), (False,), (True,)]
    with pytest.raises(DataError) as caught:
        ran(tmp_path, files, when="转网,停机超其")
    assert "停机超期" in str(caught.value)


def test_labels_are_shown_only_where_they_are_no_persons(tmp_path: Path) -> None:
    phones = "".join(f"k{n},1381234567{n}\n" for n in range(9))
    names = "".join(f"k{n},王小{chr(0x4E00 + n)}\n" for n in range(11))
    for rows in (phones, names):
        with pytest.raises(DataError) as caught:
            ran(tmp_path, {"f.csv": "客户编号,Churn\n" + rows})
        assert "*" in str(caught.value)
        assert "1381234567" not in str(caught.value)
        assert "王小" not in str(caught.value)


def test_rows_can_be_numbered(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": "用户满意,Churn\n9,1\n\n8,0\n"}, map={"customer_id": "@row"})
    assert good(found, "customers", "customer_id", "x_用户满意") == [("1", 9.0), ("2", 8.0)]


def test_the_month_of_a_flat_table_is_its_latest_date_or_said_aloud(tmp_path: Path) -> None:
    dated = ran(tmp_path, {"f.csv": "id,入网时间,月消费\na,20230405,5\nb,2023/7/9,6\n"}, as_of=None)
    assert (dated.as_of, "as-of-latest" in codes(dated)) == (date(2023, 7, 1), True)
    bare = ran(tmp_path, {"f.csv": "id,tenure\na,5\nb,6\n"}, as_of=None)
    assert bare.as_of is not None
    assert bare.as_of.day == 1
    assert "as-of-assumed" in codes(bare)
    label = ran(tmp_path, {"f.csv": "id,Churn\na,1\nb,0\n"})
    assert (label.as_of, label.metrics["as_of"]) == (JUNE, "2024-06-01")


def test_the_assumed_month_can_be_fixed_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1682899200")
    assert ran(tmp_path, {"f.csv": "id,tenure\na,5\nb,6\n"}, as_of=None).as_of == date(2023, 5, 1)


def test_a_tenure_beside_months_ends_with_the_last_of_them(tmp_path: Path) -> None:
    files = {"c.csv": "customer_id,tenure\nc1,3\n", "u.csv": "customer_id,month,texts\nc1,2023-01,1\nc1,2023-02,1\n"}
    found = ran(tmp_path, files, as_of=None)
    assert good(found, "subscriptions", "activated_on") == [(date(2022, 11, 1),)]
    assert "as_of" not in found.metrics


def test_flat_tables_on_one_identifier_are_joined(tmp_path: Path) -> None:
    files = {"a.csv": "Customer_ID,Gender,Age\nk1,男,40\nk2,女,\n", "b.csv": "Customer_ID,Churn\nk2,1\nk3,0\nk2,0\n"}
    found = ran(tmp_path, files)
    assert good(found, "customers", "customer_id", "gender", "churned", "x_Age") == [
        ("k1", "male", None, 40.0),
        ("k2", "female", True, None),
        ("k3", None, False, None),
    ]
    assert rules(found, "customers") == [(4, "duplicate-key", "customer_id", "k2")]
    assert "system-assumed" in codes(found)


def test_a_faulty_row_does_not_shadow_its_sound_twin(tmp_path: Path) -> None:
    files = {"a.csv": "Customer_ID,Gender,Age\nk1,男,40\nk2,女,50\n", "b.csv": "Customer_ID,Churn,birth_year\n"}
    files["b.csv"] += "k1,1,x9\nk1,1,1990\nk2,0,1985\nk2,0,1986\n" + "".join(f"k{n},0,1980\n" for n in range(3, 6))
    found = ran(tmp_path, files)
    assert good(found, "customers", "customer_id", "birth_year")[:2] == [("k1", 1990), ("k2", 1985)]
    assert [row[:3] for row in rules(found, "customers")] == [
        (2, "not-a-year", "birth_year"),
        (5, "duplicate-key", "customer_id"),
    ]


SYSTEMS = {
    "crm.csv": "客户编号,客户名称,手机号码,性别,建档时间\nc1,张三,13812345678,01,2022年3月1日\n"
    "c2,李四,13912345678,女,\n",
    "lines.csv": "用户编号,客户编号,业务类型,入网时间,销户时间,离网原因\n"
    "u1,c1,移动,20220301,99991231,\nu2,c2,宽带,20220405,20230601,欠费\n",
    "bills.txt": "客户编号|账期|月租费|语音费|流量费|优惠\n"
    "c1|202405|19.00|-|1,002.50|3\nc1|202406|19|0.00||\nc9|202406|1|1|1|\n",
    "usage.csv": "customer_id,month,call_minutes,data_gb\nc1,2024-06,56.0,1.5\nc2,2024-06,oops,2\n",
    "pay.csv": "customer_id,paid_at,amount,reversed\nc1,2024-06-08 20:08:24,20.0,N\n",
    "tickets.csv": "工单编号,客户编号,受理时间,办结时间,工单类型,投诉重要性\nt1,c1,2024/1/16 12:38:36,,投诉,重大\n",
}


def test_the_tables_of_several_systems(tmp_path: Path) -> None:
    found = ran(tmp_path, SYSTEMS, as_of=None)
    assert found.as_of is None
    subjects = {"customers", "subscriptions", "bills", "usage", "payments", "contacts"}
    assert set(found.tables) == subjects | {"crosswalk", "conflicts", "source_quality"}
    assert good(found, "customers", "customer_id", "gender", "joined_on") == [
        ("c1", "male", date(2022, 3, 1)),
        ("c2", "female", None),
    ]
    assert good(found, "subscriptions", "subscription_id", "service_type", "ended_on", "end_reason") == [
        ("u1", "mobile", None, None),
        ("u2", "broadband", date(2023, 6, 1), "involuntary"),
    ]
    assert good(found, "bills", "customer_id", "month", "kind", "amount", "discount") == [
        ("c1", date(2024, 5, 1), "data", 1002.5, None),
        ("c1", date(2024, 5, 1), "recurring", 19.0, 3.0),
        ("c1", JUNE, "recurring", 19.0, None),
    ]
    assert good(found, "usage", "customer_id", "call_minutes", "data_mb") == [("c1", 56.0, 1536.0)]
    assert good(found, "payments", "paid_at", "reversed") == [(datetime(2024, 6, 8, 20, 8, 24), False)]
    assert good(found, "contacts", "kind", "severity", "closed_at") == [("complaint", 3, None)]


def test_how_lines_ended_is_read_of_a_status_that_says_so(tmp_path: Path) -> None:
    lines = "用户编号,客户编号,业务类型,入网时间,销户时间,用户状态\n"
    lines += "u1,c1,移动,20220301,,正常\nu2,c1,移动,20220301,20230601,欠费销户\nu3,c2,移动,20220301,20230601,携出\n"
    lines += "u4,c2,移动,20220301,20230601,拆机\nu5,c2,移动,20220301,,欠费停机\n"
    found = ran(tmp_path, {**SYSTEMS, "lines.csv": lines})
    assert good(found, "subscriptions", "status", "end_reason") == [
        ("active", None),
        ("ended", "involuntary"),
        ("ended", "port-out"),
        ("ended", None),
        ("suspended", None),
    ]
    named = ran(tmp_path, {**SYSTEMS, "lines.csv": lines.replace("业务类型", "离网原因").replace("移动", "")})
    assert set(good(named, "subscriptions", "end_reason")) == {(None,)}, "a column that is about it goes before"


def test_why_lines_ended_is_kept_as_it_was_said_beside_its_kind(tmp_path: Path) -> None:
    lines = "用户编号,客户编号,入网时间,销户时间,离网原因\n"
    lines += "".join(f"u{at},c{at % 2 + 1},20220301,20230601,{'搬家' if at % 3 else '资费贵'}\n" for at in range(12))
    found = ran(tmp_path, {**SYSTEMS, "lines.csv": lines})
    assert set(good(found, "subscriptions", "end_reason", "x_end_reason")) == {
        ("unknown", "搬家"),
        ("unknown", "资费贵"),
    }
    told = next(one for one in found.metrics["sources"] if one["source"] == "lines.csv")
    assert told["mapped"]["end_reason"] == "离网原因"
    assert not told["unmapped"] and not told["dropped_personal"]
    assert "kept-as-attributes" not in [notice.code for notice in found.notices if notice.values["file"] == "lines.csv"]


@pytest.mark.parametrize(
    "said", ["主动离网", "13812345678", "请致电张三 13812345678，他说服务差，价格也太高，所以不再使用"]
)
def test_why_lines_ended_is_not_kept_where_it_is_a_kind_or_names_persons(tmp_path: Path, said: str) -> None:
    lines = "用户编号,客户编号,入网时间,销户时间,离网原因\n"
    lines += "".join(f"u{at},c{at % 2 + 1},20220301,20230601,{said}\n" for at in range(12))
    found = ran(tmp_path, {**SYSTEMS, "lines.csv": lines})
    assert "x_end_reason" not in found.tables["subscriptions"].collect_schema()
    assert said not in str(found.metrics)


def test_what_cannot_be_read_or_placed_is_refused_with_its_line(tmp_path: Path) -> None:
    found = ran(tmp_path, SYSTEMS)
    assert rules(found, "usage") == [(3, "not-a-number", "call_minutes", "oops")]
    assert {row[:3] for row in rules(found, "bills")} == {(4, "orphan", "customer_id")}


def test_persons_leave_no_trace(tmp_path: Path) -> None:
    found = ran(tmp_path, SYSTEMS)
    told = repr(found.metrics) + repr(found.notices)
    kept = "".join(str(frame.collect().rows()) for frame in found.tables.values())
    for secret in ("张三", "李四", "13812345678", "13912345678"):
        assert secret not in told + kept
    assert found.metrics["sources"][0]["dropped_personal"] == ["客户名称"]
    assert found.metrics["sources"][0]["mapped"]["phone_h"] == "手机号码"


def test_persons_in_columns_that_no_dictionary_knows_leave_no_trace(tmp_path: Path) -> None:
    body = "".join(f"k{n},Gold,{n},Anna Li,0261706749,plan {n % 3}\n" for n in range(300))
    body += "k300,Gold,13812345678,Anna Li,0261706749,call 15912345678 please\n"
    found = ran(tmp_path, {"f.csv": "customer_id,plan_name,visits,Contact Person,Hotline,wish\n" + body})
    kept = str(found.tables["customers"].collect().to_dicts())
    for secret in ("13812345678", "15912345678", "Anna", "0261706749"):
        assert secret not in kept
    about = found.metrics["sources"][0]
    assert about["dropped_personal"] == ["Contact Person", "Hotline"]
    assert good(found, "customers", "customer_id", "x_visits", "x_wish")[200:202] == [
        ("k279", 279.0, "plan 0"),
        ("k28", 28.0, "plan 1"),
    ]
    assert ("k300", None, "call *** please") in good(found, "customers", "customer_id", "x_visits", "x_wish")


def test_a_number_in_the_wrong_column_is_masked_in_rejects(tmp_path: Path) -> None:
    found = ran(tmp_path, {"p.csv": "customer_id,paid_at,amount\nc1,13812345678,5\nc2,20240601,张三\n"})
    assert [row[3] for row in rules(found, "payments")] == ["138******78", "张**"]


def test_customers_are_made_of_the_identifiers_seen(tmp_path: Path) -> None:
    found = ran(tmp_path, {"usage.csv": SYSTEMS["usage.csv"], "pay.csv": SYSTEMS["pay.csv"]})
    assert good(found, "customers", "customer_id") == [("c1",)]
    assert "customers-made" in codes(found)


def test_facts_of_numbers_are_put_under_their_customers_and_summed(tmp_path: Path) -> None:
    files = {
        "lines.csv": "用户编号,客户编号,入网时间\nu1,c1,20200101\nu2,c1,20200101\nu3,c2,20200101\n",
        "usage.csv": "用户编号,账期,流量(MB),短信条数\nu1,202406,10,1\nu2,202406,5,\nu2,202406,5,\n"
        "u3,202406,1,1\nu3,202406,2,1\nu9,202406,1,1\n,202406,3,3\n",
        "bill.csv": "用户编号,账期,月租费,套外费\nu1,202406,10,\nu2,202406,20,3\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "usage", "customer_id", "data_mb", "texts") == [("c1", 15.0, 1.0), ("c2", 1.0, 1.0)]
    assert {row[:3] for row in rules(found, "usage")} == {
        (6, "duplicate-key", "customer_id, month, subscription_id"),
        (7, "orphan", "subscription_id"),
        (8, "missing", "customer_id, month"),
    }
    bills = good(found, "bills", "customer_id", "kind", "amount")
    assert bills == [("c1", "over-bundle", 3.0), ("c1", "recurring", 30.0)]


def test_events_become_months_of_use(tmp_path: Path) -> None:
    files = {
        "calls.csv": "id,user_id,call_date,duration\n1,u,2018-12-27,8.5\n2,u,2018-12-28,0\n"
        "3,u,2018-11-01,2\n4,u,bad,1\n",
        "net.csv": "id,user_id,session_date,mb_used\n1,u,2018-12-29,89.5\n",
        "sms.csv": "id,user_id,message_date\n1,u,2018-12-29\n2,u,2018-12-30\n",
    }
    found = ran(tmp_path, files)
    columns = ("month", "call_minutes", "calls_out", "texts", "data_mb")
    assert good(found, "usage", *columns) == [
        (date(2018, 11, 1), 2.0, 1.0, None, None),
        (date(2018, 12, 1), 8.5, 2.0, 2.0, 89.5),
    ]
    assert rules(found, "calls") == [(5, "not-a-date", "started_at", "bad")]
    assert rules(found, "usage") == []
    assert "unit-assumed" in codes(found)


def test_extracts_of_one_subject_are_stacked_and_copies_dropped(tmp_path: Path) -> None:
    files = {"b1.csv": "customer_id,month,kind,amount\nc1,2024-05,total,4\nc1,2024-06,total,5\n"}
    files["b2.csv"] = files["b1.csv"].replace("2024-05,total,4", "2024-05,total,9")
    found = split(ran(tmp_path, files), "bills")
    assert found.good.collect().sort("month")["amount"].to_list() == [4.0, 5.0]
    assert found.copies.height == 1
    assert found.rejects["rule"].to_list() == ["duplicate-key"]


def test_a_transferred_number_gives_its_facts_to_who_had_it_then(tmp_path: Path) -> None:
    files = {
        "lines.csv": "用户编号,客户编号,入网时间,销户时间\nu1,c9,20200101,\nu1,c1,20240601,\nu2,c2,20200101,\n",
        "usage.csv": "用户编号,账期,短信条数\nu1,201912,1\nu1,202405,2\nu1,202406,4\nu2,202405,8\n",
        "pay.csv": "流水号,用户编号,缴费时间,缴费金额\n1,u1,2024-05-31 23:59:59,5\n2,u1,2024-06-01 00:00:00,6\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "subscriptions", "subscription_id", "customer_id", "activated_on", "ended_on") == [
        ("u1", "c1", JUNE, None),
        ("u1@2020-01-01", "c9", date(2020, 1, 1), JUNE),
        ("u2", "c2", date(2020, 1, 1), None),
    ]
    assert rules(found, "subscriptions") == []
    assert good(found, "usage", "customer_id", "month", "texts") == [
        ("c1", JUNE, 4.0),
        ("c2", date(2024, 5, 1), 8.0),
        ("c9", date(2019, 12, 1), 1.0),
        ("c9", date(2024, 5, 1), 2.0),
    ]
    assert good(found, "payments", "payment_id", "customer_id") == [("1", "c9"), ("2", "c1")]
    told = next(notice for notice in found.notices if notice.code == "numbers-transferred")
    assert told.values["count"] == 1


def test_owners_that_contradict_each_other_are_no_transfer(tmp_path: Path) -> None:
    files = {
        "lines.csv": "用户编号,客户编号,入网时间\nu1,c9,20200101\nu1,c1,20200101\nu2,c2,20200101\nu2,c2,20210101\n",
        "usage.csv": "用户编号,账期,短信条数\nu1,202405,2\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "subscriptions", "subscription_id", "customer_id") == [("u1", "c9"), ("u2", "c2")]
    assert good(found, "usage", "customer_id") == [("c9",)]
    assert [row[:2] for row in rules(found, "subscriptions")] == [(3, "duplicate-key"), (5, "duplicate-key")]
    assert "numbers-transferred" not in codes(found)


def test_events_of_numbers_go_to_their_customers(tmp_path: Path) -> None:
    files = {
        "lines.csv": "用户编号,客户编号,入网时间\nu1,c1,20200101\nu2,c1,20200101\nu3,c1,20200101\nu3,c3,20240615\n",
        "calls.csv": "用户编号,通话时间,通话时长(分钟)\nu1,2024-06-27,8.5\nu2,2024-06-28,2\nu9,2024-06-28,2\n"
        "u3,2024-06-14,1\nu3,2024-06-15,1\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "usage", "customer_id", "calls_out", "call_minutes") == [("c1", 3.0, 11.5), ("c3", 1.0, 1.0)]
    assert (4, "orphan", "subscription_id", "u9") in rules(found, "calls")


def test_copies_of_a_numbers_month_are_counted_under_their_own_lines(tmp_path: Path) -> None:
    files = {
        "lines.csv": "用户编号,客户编号,入网时间\nu1,c1,20200101\nu2,c1,20200101\n",
        "usage1.csv": "用户编号,账期,流量(MB)\nu1,202406,10\nu2,202406,5\nu2,202406,5\nu2,202406,5\n",
        "usage2.csv": "用户编号,账期,流量(MB)\nu1,202406,10\nu1,202405,1\n",
        "bill.csv": "用户编号,账期,月租费,套外费\nu1,202406,10,2\nu2,202406,20,3\nu1,202406,10,2\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "usage", "month", "data_mb") == [(date(2024, 5, 1), 1.0), (JUNE, 15.0)]
    assert split(found, "usage").copies.sort("source", "line").rows() == [
        ("usage1.csv", 4),
        ("usage1.csv", 5),
        ("usage2.csv", 2),
    ]
    assert rules(found, "usage") == []
    assert split(found, "bills").copies.unique().rows() == [("bill.csv", 4)]


def test_payments_without_a_number_count_once(tmp_path: Path) -> None:
    row = "c1,2024-06-08 20:08:24,20.0,cash"
    files = {
        "pay.csv": f"customer_id,paid_at,amount,method,phone\n{row},1391\n{row},1391\n{row},1392\nc2,2024-06-08,20,,\n",
        "pay_again.csv": f"customer_id,paid_at,amount,method,phone\n{row},1391\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "payments", "customer_id", "amount") == [("c1", 20.0), ("c1", 20.0), ("c2", 20.0)]
    names = [name for (name,) in good(found, "payments", "payment_id")]
    assert sorted(len(name) for name in names) == [20, 20, 22], "a hash of 20 digits, with -2 for the second"
    assert split(found, "payments").copies.rows() == [("pay.csv", 3), ("pay_again.csv", 2)]
    told = next(notice for notice in found.notices if notice.code == "copies-without-id")
    assert (told.values["count"], told.values["column"]) == (2, "payment_id")
    numbered = {"pay.csv": "流水号,customer_id,paid_at,amount\n1,c1,2024-06-08,20\n2,c1,2024-06-08,20\n"}
    found = ran(tmp_path, numbered)
    assert split(found, "payments").copies.height == 0
    assert len(good(found, "payments")) == 2


def test_calls_beside_months_of_use_are_kept_and_not_added_up(tmp_path: Path) -> None:
    files = {"calls.csv": "id,user_id,call_date,duration\n1,u,2018-12-27,8.5\n2,u,2018-12-28,0\n"}
    files["usage.csv"] = "customer_id,month,texts\nu,2018-12,1\n"
    found = ran(tmp_path, files)
    assert "calls-not-summed" in codes(found)
    assert good(found, "usage", "month", "texts") == [(date(2018, 12, 1), 1.0)]
    assert len(good(found, "calls")) == 2


def test_ragged_rows_are_refused_one_by_one(tmp_path: Path) -> None:
    body = "".join(f"c{n},F,1\n" for n in range(20))
    found = ran(tmp_path, {"f.csv": f"id,gender,x\n{body}c20,F\nc21,F,1,1\n"})
    assert [row[:3] for row in rules(found, "customers")] == [
        (22, "too-few-fields", "row"),
        (23, "too-many-fields", "row"),
    ]
    assert split(found, "customers").good.collect().height == 20


@pytest.mark.parametrize("rows", [1, 10])
def test_few_rows(tmp_path: Path, rows: int) -> None:
    body = "".join(f"c{n},F,Yes,{n},Gold,9.5,{'Yes' if n % 2 else 'No'}\n" for n in range(rows))
    found = ran(tmp_path, {"f.csv": FLAT + body})
    kept = {table: split(found, table).good.collect().height for table in found.tables if table != "source_quality"}
    assert kept == dict.fromkeys(("customers", "subscriptions", "bills", "crosswalk"), rows) | {"conflicts": 0}


def test_empty_columns_go_and_unique_texts_stay(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": "customer_id,nothing,note\na,,first\nb,NULL,second\n"})
    assert found.metrics["sources"][0]["dropped_empty"] == ["nothing"]
    assert good(found, "customers", "x_note") == [("first",), ("second",)]
    assert {"empty-dropped", "kept-as-attributes"} <= codes(found)


def test_duplicate_identifiers(tmp_path: Path) -> None:
    found = split(ran(tmp_path, {"f.csv": "customer_id,x\na,1\na,2\nb,1\nb,1\n"}), "customers")
    assert (found.rejected_rows, found.copies.height, found.good.collect().height) == (1, 1, 2)


def test_a_guess_that_the_values_contradict_is_withdrawn(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": "customer_id,status,tenure\na,Gold member,5\nb,Silver member,7\n"})
    assert good(found, "customers", "x_status") == [("Gold member",), ("Silver member",)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("gender,plan\nF,x\n", "no-id"),
        ("customer_id,cust_id\n1,2\n", "mapping-ambiguous"),
        ("customer_id,customer_id\n1,2\n", "mapping-ambiguous"),
    ],
)
def test_what_is_not_clear_is_asked(tmp_path: Path, content: str, code: str) -> None:
    with pytest.raises(DataError) as caught:
        ran(tmp_path, {"f.csv": content})
    assert (caught.value.code, caught.value.exit_code) == (code, 4)
    assert "--map" in caught.value.hint


def test_identifiers_that_excel_destroyed_are_refused(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": "customer_id,x\n1.38E+10,1\n007,2\n"})
    assert good(found, "customers", "customer_id") == [("007",)]
    assert rules(found, "customers")[0][:3] == (2, "id-in-scientific-notation", "customer_id")


def test_an_extract_without_a_place_is_named(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": "customer_id,x\na,1\n", "tariff.csv": "Tariff,Price\nA,1\n"})
    assert "tariff.csv" in next(notice.message for notice in found.notices if notice.code == "source-unused")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["c1", "c2", "", "-", "1.3E+9"]),
            st.sampled_from(["202406", "2024-05", "0", "x", ""]),
            st.one_of(st.text(alphabet="0123456789.,-%元x", max_size=6), st.floats(width=32).map(str)),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_rows_are_kept_dropped_or_refused_and_none_is_lost(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    body = "".join(f"{who};{month};{amount};z\n" for who, month, amount in rows)
    try:
        found = ran(tmp_path, {"b.csv": "customer_id;month;amount;note\n" + body})
    except TelcliError as error:
        assert error.exit_code in (2, 4)
        return
    if "bills" not in found.tables:
        return
    parted = split(found, "bills")
    kept = parted.good.collect()
    assert kept.height + parted.rejected_rows + parted.copies.height == len(rows)
    assert contract("bills").split(kept.lazy()).rejected_rows == 0


def test_the_same_extracts_give_the_same_tables(tmp_path: Path) -> None:
    first, second = (ran(tmp_path, SYSTEMS) for _ in range(2))
    assert first.metrics == second.metrics
    for table in first.tables:
        assert good(first, table) == good(second, table)
        assert isinstance(first.tables[table], pl.LazyFrame)


def test_what_a_ticket_says_is_kept_without_numbers(tmp_path: Path) -> None:
    content = "工单编号,客户编号,受理时间,工单类型,投诉内容\nT1,C1,2024-05-03 10:00,投诉,请回电13900130000，宽带慢\n"
    (row,) = good(ran(tmp_path, {"tickets.csv": content}), "contacts", "kind", "text")
    assert row[0] == "complaint"
    assert "宽带慢" in row[1]
    assert "1390013" not in row[1]


LINES_AND_BILLS = {
    "subs.csv": "用户编号,客户编号,手机号码,入网时间,销户时间\n"
    "U1,C1,13987654321,20200101,\nU2,C2,13987654322,20180101,20200601\nU3,C3,+86 139 8765 4322,20200701,\n"
    "U4,C4,13987654323,20200101,\nU5,C5,13987654323,20200101,\n",
    "bills.csv": "手机号码,账期,应收金额\n"
    "13987654321,202401,50\n1795113987654322,202401,60\n13987654323,202401,70\n13987654329,202401,80\n",
}


def test_bills_by_number_find_the_line_that_lives(tmp_path: Path) -> None:
    found = ran(tmp_path, LINES_AND_BILLS)
    assert good(found, "bills", "customer_id", "amount") == [("C1", 50.0), ("C3", 60.0)]
    assert {(4, "orphan"), (5, "orphan")} <= {(line, rule) for line, rule, _, _ in rules(found, "bills")}
    lines = split(found, "subscriptions").good.collect().sort("subscription_id")
    assert lines["number_h"].n_unique() == 3
    assert lines["number_h"].str.len_chars().to_list() == [32] * 5


def test_a_number_is_an_identifier_where_nothing_better_stands(tmp_path: Path) -> None:
    found = ran(
        tmp_path, {"f.csv": "手机号码,月消费,是否流失\n13987654321,50,是\n13987654322,60,否\n139****4323,60,否\n"}
    )
    assert [len(row[0]) for row in good(found, "customers", "customer_id")] == [32, 32]
    assert rules(found, "customers") == [(4, "id-masked", "customer_id", "139****4323")]
    assert "id-personal" in codes(found)
    better = ran(tmp_path, {"f.csv": "客户编号,手机号码,是否流失\nC1,13987654321,是\n"})
    assert good(better, "customers", "customer_id") == [("C1",)]


def test_certificates_that_a_spreadsheet_destroyed_are_told(tmp_path: Path) -> None:
    body = "客户编号,证件号码\nC1,1.10105E+17\nC2,11010519491231002X\nC3,abc\nC4,\n"
    found = ran(tmp_path, {"f.csv": body})
    counts = {notice.code: notice.values.get("count") for notice in found.notices}
    assert (counts["people-destroyed"], counts["people-unreadable"]) == (1, 1)
    kept = good(found, "customers", "certificate_h")
    assert [row[0] is None for row in kept] == [True, False, True, True]


def test_the_number_in_a_flat_table_is_that_of_its_line(tmp_path: Path) -> None:
    files = {
        "f.csv": "客户编号,手机号码,联系电话,入网时间,主套餐\nC1,13987654321,13987654399,20200101,Gold\n",
        "bills.csv": "手机号码,账期,应收金额\n13987654321,202401,50\n",
    }
    found = ran(tmp_path, files)
    line = split(found, "subscriptions").good.collect()
    person = split(found, "customers").good.collect()
    assert line["number_h"].to_list() == person["phone_h"].to_list()
    assert good(found, "bills", "customer_id", "amount") == [("C1", 50.0)]


def test_bills_as_tm_forum_nests_them_are_bills_of_the_customer_behind_the_account(tmp_path: Path) -> None:
    bills = [
        {
            "id": f"b{month}{n}",
            "billNo": f"B{month}{n}",
            "billDate": f"2024-0{month}-28T00:00:00.000Z",
            "amountDue": {"unit": "CNY", "value": month + n / 2},
            "remainingAmount": {"unit": "CNY", "value": 0},
            "billingAccount": {"id": f"A{n}"},
            "billingPeriod": {
                "startDateTime": f"2024-0{month}-01T00:00:00Z",
                "endDateTime": f"2024-0{month}-28T00:00:00Z",
            },
            "relatedParty": [{"id": f"K{n}", "role": "customer"}],
        }
        for month in (5, 6)
        for n in range(2)
    ]
    found = ran(tmp_path, {"tmf.json": json.dumps(bills)}, as_of=None)
    assert good(found, "bills", "customer_id", "month", "amount") == [
        ("K0", date(2024, 5, 1), 5.0),
        ("K0", JUNE, 6.0),
        ("K1", date(2024, 5, 1), 5.5),
        ("K1", JUNE, 6.5),
    ]
    assert good(found, "customers", "customer_id") == [("K0",), ("K1",)] and not rules(found, "customers")
    assert "links-unused" in codes(found)


def test_a_table_of_customers_is_no_surer_than_the_word_its_rows_are_known_by(tmp_path: Path) -> None:
    found = ran(tmp_path, {"f.csv": "id,gender,birth date\na,F,1980-01-01\nb,M,1981-01-01\n"})
    assert [one["confidence"] for one in found.metrics["sources"]] == [0.6]
