"""Numbers in words: units, edges of rounding, both languages."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.tables import units


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0, "¥0.00", "0.00元"),
        (-0.001, "¥0.00", "0.00元"),
        (999.994, "¥999.99", "999.99元"),
        (999.996, "¥1,000", "1,000元"),
        (9_994, "¥9,994", "9,994元"),
        (9_996, "¥9,996", "1.00万元"),
        (123_456, "¥123,456", "12.3万元"),
        (999_600, "¥1.00M", "100万元"),
        (12_345_678, "¥12.3M", "1,235万元"),
        (99_960_000, "¥100M", "1.00亿元"),
        (-5_432_100_000, "-¥5.43B", "-54.3亿元"),
        (None, "–", "–"),
        (math.nan, "–", "–"),
        (math.inf, "–", "–"),
    ],
)
def test_money(value: float | None, en: str, zh: str) -> None:
    assert units.money(value) == en
    assert units.money(value, "zh") == zh


def test_an_unknown_currency_goes_by_its_code() -> None:
    assert units.money(1234, "en", "KES") == "KES 1,234"
    assert units.money(1234, "zh", "KES") == "1,234 KES"


def test_shares_and_points() -> None:
    assert [units.percent(value) for value in (0, 0.0099, 0.01, 1.0, -0.005)] == [
        "0.0%",
        "0.99%",
        "1.0%",
        "100.0%",
        "-0.50%",
    ]
    assert units.written(None, "times") == "–"
    assert units.written(3, "customers", "zh") == "3户"


@given(st.floats(-1e12, 1e12), st.sampled_from(["en", "zh"]))
def test_what_is_written_is_near_what_it_was(value: float, lang: str) -> None:
    said = units.count(value, lang)
    size = {"B": 1e9, "M": 1e6, "亿": 1e8, "万": 1e4}.get(said[-1], 1.0)
    number = float(said.rstrip("BM亿万").replace(",", "")) * size
    assert number == pytest.approx(round(value), rel=0.006)
