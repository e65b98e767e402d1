"""Codes, flags, identifiers, and what may be shown of a text that could not be read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.dictionary import word_list
from telcli.intake.slots import slots
from telcli.intake.words import NONE, codes, flags, ids, masked, meant
from telcli.tables import contract
from tests.stages.test_ingest import good, ran


@pytest.mark.parametrize(
    ("words", "text", "value"),
    [
        ("gender", "男", "male"),
        ("gender", "02", "female"),
        ("service_type", "宽带", "broadband"),
        ("service_type", "卫星", "other"),
        ("pay_mode", "后付费", "postpaid"),
        ("status", "停机保号", "suspended"),
        ("status", "携出", "ended"),
        ("end_reason", "携号转出", "port-out"),
        ("end_reason", "套餐迁移", "internal"),
        ("end_reason", "过户", "internal"),
        ("customer_class", "大客户", "key"),
        ("kind_of_contact", "报障", "fault"),
        ("kind_of_charge", "月租费", "recurring"),
        ("severity", "重大", "3"),
        ("flag", " ＹＥＳ ", "true"),
    ],
)
def test_words(words: str, text: str, value: str) -> None:
    values, bad = codes(pl.Series([text]), words)
    assert values.to_list() == [value]
    assert not bad.any()


def test_an_unknown_word_is_a_fault() -> None:
    values, bad = codes(pl.Series(["正常", "奇怪", None, "-"]), "status")
    assert values.to_list() == ["active", None, None, None]
    assert bad.to_list() == [False, True, False, False]


def test_word_lists_give_what_the_contracts_allow() -> None:
    for slot in slots().values():
        if slot.words and slot.words != "severity":
            column = contract(slot.table).schema.columns()[slot.column]
            made = pl.DataFrame({slot.column: sorted({*word_list(slot.words).values()} - {NONE})})
            for rule in column.validation_rules(pl.col(slot.column)).values():
                assert made.select(rule).to_series().all(), slot.name


def test_flags() -> None:
    values, bad = flags(pl.Series(["Yes", "no", "1", "0.0", "是", "否", "Churned", "Stayed", "Joined", "x"]))
    assert values.to_list() == [True, False, True, False, True, False, True, False, False, None]
    assert bad.to_list() == [False] * 9 + [True]


def test_identifiers_stay_text() -> None:
    values, bad = ids(pl.Series(["007", " A1 ", "１００", "12.0", "1.2", "1.38E+10", "null", "3e+5"]))
    assert values.to_list() == ["007", "A1", "100", "12", "1.2", None, None, None]
    assert bad.to_list() == [False] * 5 + [True, False, True]


@pytest.mark.parametrize("secret", ["13812345678", "11010519491231002X", "zhang@mail.cn", "+8613812345678", "欧阳修文"])
def test_what_is_shown_hides_persons(secret: str) -> None:
    shown = masked(pl.Series([f"{secret}", f"x {secret} y"])).to_list()
    assert secret not in shown[0]
    if not secret.startswith("欧"):
        assert secret not in shown[1]


@given(st.text(max_size=300))
def test_what_is_shown_is_short(text: str) -> None:
    assert len(masked(pl.Series([text]))[0]) <= 40


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=10)))
def test_meaning_is_stripped(found: list[str]) -> None:
    for text in meant(pl.Series(found, dtype=pl.String)):
        assert text is None or (text and text == text.strip())


def test_numbers_written_in_parts_are_masked_too() -> None:
    for secret in ("010-12345678", "138-1234-5678", "138 1234 5678", "(010) 12345678", "555-123-4567"):
        shown = masked(pl.Series([secret]))[0]
        assert len([mark for mark in shown if mark.isdigit()]) <= 5


def test_headers_of_branches_and_severity_are_known(tmp_path: Path) -> None:
    files = {"people.csv": "客户编号,分公司,客户类型\nc1,东城,政企客户\nc2,西城,大客户\nc3,西城,VIP\n"}
    files |= {
        "tickets.csv": "工单编号,客户编号,受理时间,投诉内容,级别\nt1,c1,2024-06-03 10:00,断网,紧急\n"
        "t2,c2,2024-06-03 10:00,慢,一般\n"
    }
    found = ran(tmp_path, files)
    told = [("c1", "东城", "business"), ("c2", "西城", "key"), ("c3", "西城", "key")]
    assert good(found, "customers", "customer_id", "branch", "customer_class") == told
    assert good(found, "contacts", "contact_id", "severity") == [("t1", 3), ("t2", 1)]


@pytest.mark.parametrize("header", ["推荐意愿NPS", "推荐意愿", "NPS(0-10)"])
def test_headers_of_nps_are_known(header: str, tmp_path: Path) -> None:
    found = ran(tmp_path, {"s.csv": f"客户编号,调查时间,总体满意度,{header}\nc1,2024-06-03,4,9\n"})
    assert good(found, "surveys", "nps") == [(9.0,)]


def test_blanks_within_chinese_names_of_places_tell_nothing_apart_and_are_named(tmp_path: Path) -> None:
    rows = "c1,城东分局,North East\nc2,城东 分局,North East\nc3,城东　分局,昆 明\n"
    found = ran(tmp_path, {"people.csv": f"客户编号,归属分局,归属地市\n{rows}"})
    assert good(found, "customers", "customer_id", "branch", "region") == [
        ("c1", "城东分局", "North East"), ("c2", "城东分局", "North East"), ("c3", "城东分局", "昆明"),
    ]  # fmt: skip
    told = {one.values["column"]: one.values for one in found.notices if one.code == "place-blanks"}
    assert told["归属地市"]["names"] == "“昆 明” → “昆明”"
    assert told["归属分局"]["count"] == 2


def test_an_age_is_kept_and_said_to_make_no_year_of_birth(tmp_path: Path) -> None:
    found = ran(tmp_path, {"people.csv": "客户编号,归属分局,年龄\nc1,城东,18\nc2,城东,44\nc3,城西,61\n"})
    assert [one.values["column"] for one in found.notices if one.code == "age-aside"] == ["x_年龄"]
