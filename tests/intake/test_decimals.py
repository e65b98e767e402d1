"""Decimal commas: read only where a whole column has them and nothing else fits."""

from __future__ import annotations

import polars as pl
import pytest

from telcli.intake.decimals import decimal_commas
from telcli.intake.understand import understand
from telcli.tables.extract import Extract


def extract(**columns: list[str | None]) -> Extract:
    rows = len(next(iter(columns.values())))
    frame = pl.LazyFrame({**columns, "_line": range(2, rows + 2)}, schema_overrides={"_line": pl.Int64})
    return Extract("a.csv", frame, "utf-8", ";", "")


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["19,50", "7,5", "3"], ["19.50", "7.5", "3"]),
        (["1.234,50", "-7,5", None, "-"], ["1234.50", "-7.5", None, "-"]),
        (["1,234", "2,500", "3,750"], None),
        (["1,234", "19,50", "3,7"], None),
        (["19,50", "7,5", "3.25"], None),
        (["19,50", "7,5", "abc"], None),
        (["19,50", "7", "8", "9"], None),
        (["19.50", "7.5"], None),
    ],
)
def test_decimal_commas(values: list[str | None], read: list[str | None] | None) -> None:
    found, notices = decimal_commas(extract(x=values))
    assert found.frame.collect()["x"].to_list() == (read or values)
    assert ("decimal-commas-read" in {notice.code for notice in notices}) == (read is not None)


def test_a_column_that_mixes_forms_is_an_attribute_and_named() -> None:
    found, notices = understand([extract(customer_id=["a", "b", "c"], MonthlyCharges=["19,50", "7,5", "3.25"])], {})
    assert found[0].attributes == {"x_MonthlyCharges": ("MonthlyCharges", "String")}
    assert "decimal-commas-mixed" in {notice.code for notice in notices}


def test_a_bill_with_decimal_commas_is_a_bill() -> None:
    found, _ = understand([extract(customer_id=["a", "b", "c"], MonthlyCharges=["19,50", "7,5", "3"])], {})
    assert found[0].map.use("total", "bills") is not None
