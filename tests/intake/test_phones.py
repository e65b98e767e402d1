"""Telephone numbers in every form that operators write, and what looks like one and is none."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.intake.phones import hashed, masked_number, phones

MOBILE = st.builds(lambda start, rest: f"1{start}{rest}", st.integers(30, 99), st.integers(10_000_001, 99_999_999))


def one(text: str, *, loose: bool = False) -> str | None:
    return phones(pl.Series([text]), loose=loose)[0]


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        " 13812345678\t",
        "１３８１２３４５６７８",
        "138 1234 5678",
        "138-1234-5678",
        "+8613812345678",
        "+86 138-1234-5678",
        "86-13812345678",
        "008613812345678",
        "1795113812345678",
        "12593 13812345678",
        "1790913812345678",
        "179118613812345678",
        "013812345678",
        "13812345678.0",
        "'13812345678",
        '="13812345678"',
        "(+86)13812345678",
    ],
)
def test_forms_of_one_mobile_number(written: str) -> None:
    assert one(written) == "13812345678"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("010-12345678", "01012345678"),
        ("(0571) 87654321", "057187654321"),
        ("0571-8765432", "05718765432"),
        ("057187654321", "057187654321"),
        ("+86 571 87654321", "057187654321"),
        ("010-87654321-801", "01087654321"),
        ("010-87654321转801", "01087654321"),
        ("+49 89 1234567", "+49891234567"),
        ("415-382-4657", "4153824657"),
    ],
)
def test_land_lines_and_numbers_abroad(written: str, normal: str) -> None:
    assert one(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "kd0571123456",
        "AD13812345678",
        "12812345678",
        "1381234567",
        "138123456789",
        "20240601",
        "138****5678",
        "",
        "abc",
    ],
)
def test_what_is_no_number(written: str) -> None:
    assert one(written) is None
    assert one(written, loose=True) is None or written == "20240601"


@pytest.mark.parametrize("written", ["13800000000", "13800138000", "1390000 0000"])
def test_placeholders_join_nobody(written: str) -> None:
    assert one(written) is None


def test_numbers_without_an_area_code_only_where_the_column_says_so() -> None:
    assert (one("0049891234567"), one("0049891234567", loose=True)) == (None, "+49891234567")
    assert one("87654321") is None
    assert one("87654321", loose=True) == "87654321"


@pytest.mark.parametrize(
    "written", ["138****1234", "138xxxx1234", "138＊＊＊＊1234", "+86138****1234", "*******1234", "1381234****"]
)
def test_masks(written: str) -> None:
    assert masked_number(pl.Series([written])).to_list() == [True]


@pytest.mark.parametrize("written", ["13812345678", "7590-VHVEG", "box12", "x", "K*1", "3xx", "12#", "5*", "*"])
def test_what_is_no_mask(written: str) -> None:
    assert masked_number(pl.Series([written])).to_list() == [False]


def test_hashes() -> None:
    texts = ["a" * 32, "B" * 64, "c" * 40, "a" * 31, "g" * 32, None]
    assert hashed(pl.Series(texts)).to_list() == [True, True, True, False, False, None]


@given(
    number=MOBILE,
    before=st.sampled_from(["", "+86", "86", "0086", "17951", "12593", "17909", "+86 ", "'"]),
    mark=st.sampled_from(["", " ", "-"]),
    after=st.sampled_from(["", " ", ".0", "\t"]),
)
def test_a_number_comes_back_from_any_form(number: str, before: str, mark: str, after: str) -> None:
    assert one(f"{before}{number[:3]}{mark}{number[3:7]}{mark}{number[7:]}{after}") == number


@given(st.lists(st.one_of(st.none(), st.text(max_size=30))))
def test_any_text_is_read_or_left(texts: list[str | None]) -> None:
    read = phones(pl.Series(texts, dtype=pl.String), loose=True)
    assert read.len() == len(texts)
    assert read.drop_nulls().str.contains(r"^\+?\d{7,15}$").all()
    again = phones(read, loose=True)
    assert again.equals(read), "what is in its form already stays"
