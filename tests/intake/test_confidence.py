"""How sure a meaning is, what else it could be, and that what cannot be told apart is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, Notice
from telcli.intake.dictionary import speak
from telcli.intake.mapping import SourceMap
from telcli.intake.understand import understand
from telcli.settings import IngestSettings
from telcli.stages import Inputs
from telcli.stages.ingest import ingest
from telcli.tables.extract import Extract


@pytest.fixture(autouse=True)
def no_own_words() -> Iterator[None]:
    yield
    speak({})


def extract(name: str, **columns: list[str]) -> Extract:
    rows = len(next(iter(columns.values())))
    frame = pl.LazyFrame({**columns, "_line": range(2, rows + 2)}, schema_overrides={"_line": pl.Int64})
    return Extract(name, frame, "utf-8", ",", "")


def mapped(name: str, choices: dict[str, Any] | None = None, **columns: list[str]) -> tuple[SourceMap, list[Notice]]:
    found, notices = understand([extract(name, **columns)], choices or {})
    return found[0].map, notices


def test_each_column_says_what_it_rests_on() -> None:
    columns = {
        "user_id": ["1", "2"],  # a word of the dictionary
        "month": ["202406", "202406"],  # telcli's own name
        "流量(GB)": ["1", "2"],  # a word and a unit
        "短信条数": ["1", "many"],  # half of it is no number
    }
    found, _ = mapped("a.csv", **columns)
    why = {name.rpartition(".")[2]: (one.how, one.confidence) for name, one in found.evidence.items()}
    assert why == {
        "customer_id": ("word", 0.95),
        "month": ("name", 1.0),
        "data_mb": ("part", 0.9),
        "texts": ("word", 0.47),
    }
    found, _ = mapped("a.csv", {"map": {"texts": "短信条数", "customer_id": "user_id"}}, **columns)
    assert found.why("usage.texts").how == "told"
    assert found.why("usage.customer_id").confidence == 1.0


def test_what_else_could_be_meant_is_named() -> None:
    found, _ = mapped("话单.csv", 主叫号码=["1"], 用户号码=["1"], 通话开始时间=["20240601101112"], 通话时长=["3"])
    why = found.why("calls.subscription_id")
    assert (why.how, why.rivals) == ("weak", ("主叫号码",))
    found, _ = mapped("a.csv", 客户编号=["1"], 月租费=["5"], 性别=["男"])
    name = next(name for name, use in found.columns.items() if use.header == "月租费")
    other = {"subscriptions.plan_fee": "bills.recurring", "bills.recurring": "subscriptions.plan_fee"}[name]
    assert found.why(name).rivals == (other,)
    assert found.why(name).confidence < 0.95


def test_values_settle_what_names_do_not() -> None:
    columns = {"客户编号": ["1", "2"], "账期": ["202406", "202405"], "应收金额": ["5", "6"], "费用": ["是", "否"]}
    found, _ = mapped("a.csv", **columns)
    use = found.use("amount")
    assert use and use.header == "应收金额"
    columns["费用"] = ["7", "8"]
    with pytest.raises(DataError) as caught:
        mapped("a.csv", **columns)
    assert caught.value.code == "mapping-ambiguous"
    assert "--map a.csv:bills.amount=应收金额 / --map a.csv:bills.amount=费用" in caught.value.hint
    speak({"headers": {"bills": {"amount": ["应收金额"]}}})
    found, _ = mapped("a.csv", **columns)
    use = found.use("amount")
    assert use and use.header == "应收金额"
    assert "费用" in found.unknown


def test_an_extract_that_could_be_two_tables_is_asked_for() -> None:
    columns = {
        "客户编号": ["1"],
        "账期": ["202406"],
        "金额": ["5"],
        "缴费期限": ["20240701"],
        "缴费时间": ["20240620"],
        "支付方式": ["现金"],
    }
    with pytest.raises(DataError) as caught:
        mapped("x.csv", **columns)
    assert caught.value.code == "subject-ambiguous"
    assert "--map x.csv:table=bills / --map x.csv:table=payments" in caught.value.hint
    assert mapped("x.csv", {"map": {"table": "bills"}}, **columns)[0].table == "bills"
    assert mapped("payments.csv", **columns)[0].table == "payments"


def test_a_place_of_another_table_that_two_headers_fit_stays_empty_and_is_said() -> None:
    found, notices = mapped("c.csv", 客户编号=["1"], 性别=["男"], 语音费=["5"], 通话费=["6"])
    assert found.undecided == {"bills.voice": ("语音费", "通话费")}
    told = next(one for one in notices if one.code == "mapping-undecided")
    assert "--map c.csv:bills.voice=语音费 / --map c.csv:bills.voice=通话费" in told.message


def test_the_json_has_it_beside_the_mapping() -> None:
    raw = extract("a.csv", 客户编号=["1", "2"], 月消费=["5", "6"], 性别=["男", "女"])
    one = ingest(Inputs({}, None, extracts=(raw,)), IngestSettings()).metrics["sources"][0]
    assert one["mapped"] == {"customer_id": "客户编号", "gender": "性别", "bills.total": "月消费"}
    assert one["confidence_by_column"] == {"customer_id": 0.95, "gender": 0.95, "bills.total": 0.95}
    assert set(one["evidence_by_column"].values()) == {"word"}
    assert one["rivals_by_column"] == {}


def test_identifiers_that_repeat_and_nothing_else_are_no_table_of_customers() -> None:
    quality = extract("qoe.csv", month=["202405", "202406"] * 3, subscription_id=["1", "2", "3"] * 2, rsrp=["-9"] * 6)
    with pytest.raises(DataError) as caught:
        understand([quality], {})
    assert caught.value.code == "customers-repeat"
    found, notices = understand([quality, extract("crm.csv", 客户编号=["1"], 性别=["男"])], {})
    assert [one.map.source for one in found] == ["crm.csv"]
    assert "source-repeats" in {notice.code for notice in notices}


def test_a_column_called_as_labels_are_is_pointed_to() -> None:
    table = extract("tv.csv", id=["1", "2"], x1=["0.5", "0.7"], target=["0", "1"])
    found, notices = understand([table], {})
    assert "--map churned=target" in next(one.message for one in notices if one.code == "label-likely")
    _, notices = understand([table], {"map": {"churned": "target"}})
    assert "label-likely" not in {notice.code for notice in notices}
    assert found[0].map.why("customers.customer_id").rivals == ()
