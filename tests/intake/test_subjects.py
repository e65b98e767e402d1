"""The subject tables beside customers, bills and use: accounts, products, calls, surveys, campaigns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.workdir import Workdir
from tests.stages.test_ingest import good, ran, rules, split

CUSTOMERS = "客户编号,性别,建档时间\nc1,男,20200101\nc2,女,20200101\n"
LINES = "用户编号,客户编号,账户编号,入网时间\nu1,c1,a1,20200101\nu2,c2,a2,20200101\n"


def test_accounts(tmp_path: Path) -> None:
    accounts = "账户编号,客户编号,付费方式,信用等级,信用额度,账户余额(分)\na1,c1,托收,A,200,-1250\na2,c9,现金,B,,0\n"
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "lines.csv": LINES, "账户.csv": accounts})
    columns = ("account_id", "customer_id", "payment_method", "credit_class", "credit_limit", "balance")
    assert good(found, "accounts", *columns) == [("a1", "c1", "托收", "A", 200.0, -12.5)]
    assert rules(found, "accounts") == [(3, "orphan", "customer_id", "c9")]


def test_products_stand_on_their_lines(tmp_path: Path) -> None:
    products = (
        "用户编号,产品编码,产品名称2,订购时间,退订时间,月费\nu1,P1,彩铃,20230101,99991231,5\n"
        "u1,P1,彩铃,20220101,20220301,5\nu9,P1,彩铃,20230101,,5\nu2,P2,x,20230301,20230101,5\nu2,P3,x,,,5\n"
    )
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "lines.csv": LINES, "订购.csv": products})
    assert good(found, "products", "subscription_id", "product_id", "started_on", "ended_on", "monthly_fee") == [
        ("u1", "P1", date(2022, 1, 1), date(2022, 3, 1), 5.0),
        ("u1", "P1", date(2023, 1, 1), None, 5.0),
    ]
    assert {row[:2] for row in rules(found, "products")} == {
        (4, "orphan"),
        (5, "ends-after-start"),
        (6, "missing"),
    }


def test_products_known_by_customer_alone(tmp_path: Path) -> None:
    products = "customer_id,product_id,start_date\nc1,P1,2023-01-01\n"
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "holdings.csv": products})
    assert good(found, "products", "subscription_id", "product_id") == [("c1", "P1")]


def test_one_table_of_calls_texts_and_sessions(tmp_path: Path) -> None:
    cdr = (
        "user_id,direction,correspondent_id,datetime,call_duration,antenna_id,interaction\n"
        "c1,out,k7,2024-06-02 07:13:30,120,5,call\nc1,in,,2024-06-02 07:20:00,,5,text\n"
        "c1,in,k8,2024-06-03 00:10:00,60,,call\nc1,sideways,k8,2024-06-03 00:11:00,60,,call\n"
    )
    found = ran(tmp_path, {"ego.csv": cdr})
    columns = ("started_at", "counterpart", "direction", "kind", "duration_s", "cell_id")
    assert good(found, "calls", *columns) == [
        (datetime(2024, 6, 2, 7, 13, 30), "k7", "out", "voice", 120.0, "5"),
        (datetime(2024, 6, 2, 7, 20), "unknown", "in", "text", None, "5"),
        (datetime(2024, 6, 3, 0, 10), "k8", "in", "voice", 60.0, None),
    ]
    assert rules(found, "calls") == [(5, "unknown-word", "direction", "sideways")]
    assert good(found, "usage", "call_minutes", "calls_out", "calls_in", "texts") == [(3.0, 1.0, 1.0, 0.0)]


def test_counterparts_are_pseudonyms_and_a_masked_one_is_unknown(tmp_path: Path) -> None:
    cdr = "主叫号码,对方号码,通话开始时间,通话时长(秒)\n13812345678,+86 13912345678,20240602101112,30\n"
    cdr += "13812345678,139****5678,20240602111112,30\n"
    found = ran(tmp_path, {"话单.csv": cdr})
    whole = good(found, "calls", "customer_id", "counterpart")
    assert whole[1][1] == "unknown"
    assert all(len(value) == 32 for value in (*whole[0], whole[1][0]))
    assert not rules(found, "calls")


def test_calls_of_one_day_without_a_time_stay_apart(tmp_path: Path) -> None:
    calls = "user_id,call_date,duration\nu,2024-06-01,60\nu,2024-06-01,60\nu,2024-06-02,61\n"
    found = ran(tmp_path, {"calls.csv": calls})
    assert [row[0].date().day for row in good(found, "calls", "started_at")] == [1, 1, 2]
    assert good(found, "usage", "calls_out", "call_minutes") == [(3.0, pytest.approx(181 / 60))]


CDR = "user_id,call_time,other_number,duration\n"


def test_calls_of_one_key_that_differ_are_several_and_copies_are_added_up_once(tmp_path: Path) -> None:
    rows = [f"u,2024-06-01 08:00:00,k,{seconds}\n" for seconds in (60, 30, 60, 90)]
    found = ran(tmp_path, {"calls.csv": CDR + "".join(rows)})
    assert sorted((row[0].microsecond, row[1]) for row in good(found, "calls", "started_at", "duration_s")) == [
        (0, 30.0),
        (1, 60.0),
        (2, 90.0),
    ]
    assert split(found, "calls").copies.rows() == [("calls.csv", 4)]
    assert good(found, "usage", "calls_out", "call_minutes") == [(3.0, 3.0)]
    whole = good(found, "calls")
    turned = ran(tmp_path, {"calls.csv": CDR + "".join(reversed(rows))})
    assert good(turned, "calls") == whole, "whatever their order"


def test_calls_of_one_key_that_differ_between_files_contradict_each_other(tmp_path: Path) -> None:
    files = {name: CDR + f"u,2024-06-01 08:00:00,k,{seconds}\n" for name, seconds in (("a.csv", 60), ("b.csv", 30))}
    found = ran(tmp_path, files)
    assert good(found, "calls", "duration_s") == [(60.0,)]
    assert rules(found, "calls")[0][1] == "duplicate-key"
    assert good(found, "usage", "call_minutes") == [(1.0,)]


def test_date_and_time_of_day_may_stand_apart(tmp_path: Path) -> None:
    calls = "user_id,call_date,call_time,dauer\nu,2024-06-01,02:32:08.0000000,60\nu,2024-06-01,7:05,60\n"
    found = ran(tmp_path, {"calls.csv": calls})
    assert good(found, "calls", "started_at") == [(datetime(2024, 6, 1, 2, 32, 8),), (datetime(2024, 6, 1, 7, 5),)]


def test_seconds_since_1970_are_kept_where_the_extract_tells_them(tmp_path: Path) -> None:
    calls = "user_id,call_time,duration\nu,2020-02-14T08:00:00+08:00,60\nu,2020-02-14T08:00:00+00:00,60\n"
    found = ran(tmp_path, {"calls.csv": calls.replace("60\nu,2020-02-14", "61\nu,2020-02-15")})
    assert good(found, "calls", "started_at", "started_epoch_s") == [
        (datetime(2020, 2, 14, 8), 1_581_638_400),
        (datetime(2020, 2, 15, 16), 1_581_638_400 + 8 * 3600 + 86_400),
    ]


def test_surveys_with_and_without_items(tmp_path: Path) -> None:
    long = "客户编号,调查日期,测评项目,期望值,感知值,满意度\nc1,2024-06-02,网络,9,7,8\nc1,2024-06-02,资费,8,8,9\n"
    wide = "customer_id,survey_date,nps,satisfaction\nc2,2024-06-03,9,80\nc9,2024-06-03,9,80\n"
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "满意度.csv": long, "nps.csv": wide})
    assert good(found, "surveys", "customer_id", "item", "expected", "perceived", "score", "nps") == [
        ("c1", "网络", 9.0, 7.0, 8.0, None),
        ("c1", "资费", 8.0, 8.0, 9.0, None),
        ("c2", "overall", None, None, 80.0, 9.0),
    ]
    assert rules(found, "surveys") == [(3, "orphan", "customer_id", "c9")]


def test_campaigns(tmp_path: Path) -> None:
    campaign = "活动编号,客户编号,分组,优惠编码,触达渠道,触达时间,客户反馈,成本,营销结果\n"
    campaign += "k1,c1,实验组,O1,外呼,20240602,同意,1.5,办理\nk1,c2,对照组,,,,,,\nk1,c9,实验组,O1,外呼,20240602,,,\n"
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "活动.csv": campaign})
    assert good(found, "campaigns", "campaign_id", "customer_id", "arm", "offer_id", "cost", "outcome") == [
        ("k1", "c1", "treated", "O1", 1.5, "办理"),
        ("k1", "c2", "held_out", None, None, None),
    ]
    assert rules(found, "campaigns") == [(4, "orphan", "customer_id", "c9")]


def test_every_subject_is_published(tmp_path: Path) -> None:
    files = {
        "crm.csv": CUSTOMERS,
        "lines.csv": LINES,
        "accounts.csv": "账户编号,客户编号,账户余额\na1,c1,3\n",
        "orders.csv": "用户编号,产品编码,订购时间\nu1,P1,20230101\n",
        "cdr.csv": "用户编号,通话开始时间,对方号码,时长\nu1,20240501101112,10086,30\nu2,20240601101112,10086,3\n",
        "nps.csv": "customer_id,survey_date,nps\nc2,2024-06-03,9\n",
        "campaign.csv": "campaign_id,customer_id,arm\nk1,c1,control\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    work = tmp_path / "work"
    run_stage("ingest", Request(work, sources=tuple(tmp_path / name for name in files)))
    manifest = Workdir(work).manifest()
    rows = {table: sum(part.rows for part in parts.values()) for table, parts in manifest.tables.items()}
    assert rows.pop("source_quality")
    assert rows == {
        "customers": 2,
        "subscriptions": 2,
        "accounts": 1,
        "products": 1,
        "calls": 2,
        "usage": 2,
        "surveys": 1,
        "campaigns": 1,
        "rejects": 0,
        "crosswalk": 2,
        "conflicts": 0,
    }
    assert manifest.months("calls") == ("2024-05-01", "2024-06-01")
    run_stage("customer-months", Request(work))
    assert Workdir(work).manifest().months("customer_months")[-1] == "2024-06-01"


def test_texts_are_known_by_their_parties(tmp_path: Path) -> None:
    texts = "user,other,direction,length,timestamp\nu,v,Outgoing,28,2010-09-15 19:01\nu,v,Incoming,7,2010-09-16 19:01\n"
    found = ran(tmp_path, {"messages.csv": texts})
    assert good(found, "calls", "counterpart", "direction", "kind") == [("v", "out", "text"), ("v", "in", "text")]


def test_a_file_without_header_is_left_out_with_a_word_on_how_to_name_its_columns(tmp_path: Path) -> None:
    files = {"crm.csv": CUSTOMERS, "vertrag.csv": "7;c1;aktiv;2015-10-16\n8;c2;aktiv;2016-07-27\n"}
    left_out = ran(tmp_path, files)
    told = next(notice for notice in left_out.notices if notice.code == "source-unnamed")
    assert "column_3: status aktiv distinct=1" in told.message
    assert '--map "vertrag.csv:table=subscriptions" --map "vertrag.csv:status=column_3"' in told.message
    names = {"table": "subscriptions", "subscription_id": "column_1", "customer_id": "column_2"}
    names |= {"status": "column_3", "activated_on": "column_4"}
    found = ran(tmp_path, files, map={f"vertrag.csv:{name}": [column] for name, column in names.items()})
    assert good(found, "subscriptions", "subscription_id", "customer_id", "status", "activated_on") == [
        ("7", "c1", "active", date(2015, 10, 16)),
        ("8", "c2", "active", date(2016, 7, 27)),
    ]


def test_a_call_of_nobody_is_refused_and_breaks_nothing(tmp_path: Path) -> None:
    calls = "customer_id,call_date,duration\nC2,2024-04-30 10:00:00,60\n1.38E+10,2024-04-30 10:00:00,60\n"
    (tmp_path / "calls.csv").write_text(calls, encoding="utf-8")
    request = Request(tmp_path / "work", sources=(tmp_path / "calls.csv",), flags={"max_reject_share": 0.6})
    run = run_stage("ingest", request)
    assert [(one["rule"], one["count"]) for one in run.metrics["rejects_by_rule"]] == [("id-in-scientific-notation", 1)]
    assert Workdir(tmp_path / "work").manifest().months("calls") == ("2024-04-01",)


def test_saturation_is_a_share_whichever_way_it_is_written(tmp_path: Path) -> None:
    usage = "客户编号,账期,语音饱和度(%),流量饱和度,超套次数\nc1,202405,85.5,120%,2\nc2,202405,40%,0.3,\n"
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "lines.csv": LINES, "usage.csv": usage})
    columns = ("customer_id", "voice_saturation", "data_saturation", "over_bundle_times")
    assert good(found, "usage", *columns) == [("c1", 0.855, 1.2, 2.0), ("c2", 0.4, 0.3, None)]


def test_the_fullest_bundle_of_a_customer_stands(tmp_path: Path) -> None:
    lines = LINES + "u3,c1,a1,20200101\n"
    usage = "用户编号,账期,语音饱和度,超套次数\nu1,202405,0.5,1\nu3,202405,0.9,2\nu2,202405,0.1,0\n"
    found = ran(tmp_path, {"crm.csv": CUSTOMERS, "lines.csv": lines, "usage.csv": usage})
    columns = ("customer_id", "voice_saturation", "over_bundle_times")
    assert good(found, "usage", *columns) == [("c1", 0.9, 3.0), ("c2", 0.1, 0.0)]
