"""Numbers in every form listed for real extracts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.numbers import integers, measured, numbers, years


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5),
        ("1,234.50", 1234.5),
        ("1，234.50", 1234.5),
        ("１２３", 123.0),
        (" 12 \t", 12.0),
        ("-3.0", -3.0),
        ("12%", 0.12),
        ("¥9.90", 9.9),
        ("19元", 19.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("(5.00)", -5.0),
    ],
)
def test_forms(text: str, value: float) -> None:
    values, bad = numbers(pl.Series([text, "7"]))
    assert values.to_list() == [pytest.approx(value), 7.0]
    assert not bad.any()


@pytest.mark.parametrize("text", ["", "-", "null", "NULL", "\\N", "无", "NaN", "  "])
def test_nothing_is_null_and_no_fault(text: str) -> None:
    values, bad = numbers(pl.Series([text, "7"]))
    assert values.to_list() == [None, 7.0]
    assert not bad.any()


@pytest.mark.parametrize("text", ["abc", "1,23", "12,34,567", "1.2.3", "inf", "-Infinity", "5GB", "#VALUE", "1 2"])
def test_what_is_no_number_is_a_fault(text: str) -> None:
    values, bad = numbers(pl.Series([text, "7"]))
    assert values.to_list() == [None, 7.0]
    assert bad.to_list() == [True, False]


def test_whole_numbers() -> None:
    values, bad = integers(pl.Series(["3", "3.0", "3.5", "", "x"]))
    assert values.to_list() == [3, 3, None, None, None]
    assert bad.to_list() == [False, False, True, False, True]


def test_years() -> None:
    values, bad = years(pl.Series(["1980", "1980/5/1", "0", "", "年轻", "198"]))
    assert values.to_list() == [1980, 1980, None, None, None, None]
    assert bad.to_list() == [False, False, False, False, True, True]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_what_is_written_is_read(found: list[float]) -> None:
    values, bad = numbers(pl.Series([repr(value) for value in found]))
    assert values.to_list() == found
    assert not bad.any()


@given(st.lists(st.text(max_size=12), min_size=1))
def test_every_text_is_a_value_nothing_or_a_fault(found: list[str]) -> None:
    values, bad = numbers(pl.Series(found, dtype=pl.String))
    assert values.len() == bad.len() == len(found)
    assert not (values.is_not_null() & bad).any()
    assert values.drop_nulls().is_finite().all()


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("5-", "", -5.0),
        ("−5", "", -5.0),
        ("１，２３４．５", "", 1234.5),
        ("1.2万", "", 12000.0),
        ("3亿", "", 3e8),
        ("1.2万元", "currency", 12000.0),
        ("3角", "currency", 0.3),
        ("250分", "currency", 2.5),
        ("(5元)", "currency", -5.0),
        ("1.5GB", "MB", 1536.0),
        ("1.5 g", "MB", 1536.0),
        ("512KB", "MB", 0.5),
        ("1048576字节", "MB", 1.0),
        ("30分钟", "minutes", 30.0),
        ("90秒", "minutes", 1.5),
        ("00:12:30", "minutes", 12.5),
        ("1小时2分30秒", "minutes", 62.5),
        ("2h 5m", "minutes", 125.0),
        ("12条", "texts", 12.0),
        ("3次", "calls", 3.0),
        ("7天", "days", 7.0),
    ],
)
def test_values_that_carry_their_unit(text: str, unit: str, value: float) -> None:
    values, bad = measured(pl.Series([text, "7"]), unit, 1.0)
    assert values.to_list() == [pytest.approx(value), 7.0]
    assert not bad.any()
    assert measured(pl.Series([text]), unit, 0.01)[0][0] == pytest.approx(value if unit else value / 100)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("5GB", ""), ("5GB", "minutes"), ("12:35", "minutes"), ("00:75:00", "minutes"), ("GB", "MB"), ("1.2.3GB", "MB")],
)
def test_a_unit_of_another_kind_is_a_fault(text: str, unit: str) -> None:
    assert measured(pl.Series([text]), unit, 1.0)[1].to_list() == [True]


@given(
    st.sampled_from(["", "currency", "MB", "minutes", "texts"]),
    st.lists(
        st.one_of(st.none(), st.text(max_size=12), st.from_regex(r"[0-9.,:()%万亿元GBhms秒分-]{1,9}", fullmatch=True))
    ),
)
def test_every_text_in_any_unit_is_a_value_nothing_or_a_fault(unit: str, found: list[str | None]) -> None:
    values, bad = measured(pl.Series(found, dtype=pl.String), unit, 0.5)
    assert values.len() == bad.len() == len(found)
    assert not (values.is_not_null() & bad).any()
    assert values.drop_nulls().is_finite().all()
