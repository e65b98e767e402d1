"""Columns that no dictionary knows: typed on every row, dropped where they name persons."""

from __future__ import annotations

import polars as pl
import pytest

from telcli.intake.attributes import attribute_names, profile


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
    ("values", "personal"),
    [
        (["13812345678", "15912345678", "x"], True),
        (["11010519491231002X", "-"], True),
        (["a@b.cn", "c.d@e.com"], True),
        (["+49 89 1234567", "010-12345678"], True),
        (["13812345678", "a", "b"], False),
        (["K100130", "K100131"], False),
        (["100", "200"], False),
    ],
)
def test_persons(values: list[str], personal: bool) -> None:
    assert profile(pl.LazyFrame({"a": values}), ["a"])[1]["a"].names_persons is personal


def test_names_stay_readable_and_apart() -> None:
    names = attribute_names(["Paperless Billing", "Paperless-Billing", "（）", "月 租"])
    assert list(names.values()) == ["x_Paperless_Billing", "x_Paperless_Billing_2", "x_column", "x_月_租"]
