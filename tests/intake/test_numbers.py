"""Numbers in every form listed for real extracts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.numbers import integers, numbers, years


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


@pytest.mark.parametrize("text", ["abc", "1,23", "12,34,567", "1.2.3", "inf", "-Infinity", "5GB", "#VALUE!", "1 2"])
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
