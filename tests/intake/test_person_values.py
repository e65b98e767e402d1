"""Columns that may name persons though ingest let them in; ordinary categories are left in peace."""

import polars as pl
import pytest

from telcli.intake.person_values import names_persons


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Dealer contact", ["Ivan Petrov", "Li Novak", "Wen Abara", "Zoe Quist"]),
        ("Served by", [f"Given{i} Family{i}" for i in range(40)]),
        ("account manager name", [f"Given{i} Family{i}" for i in range(40)]),
        ("客户经理", ["赛飞龙", "张伟", "王芳", "鹿晗晓"]),
        ("column 7", ["Ivan Petrov", "Anna Smith", "Zoe Quist", "Omar Haddad", "Wen Abara"]),
        ("line 2", ["555-0142-771", "(555) 019 9002", "+7 911 1234567"]),
        ("info", ["none", "a@b.cn", "other"]),
        ("card", ["11010519491231002X", "110105194912310038", "x"]),
    ],
)
def test_persons_are_known(header: str, values: list[str]) -> None:
    assert names_persons(pl.Series([*values, None, *values]), header)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Payment method", ["Credit card", "Bank transfer", "Mailed check", "Electronic check"]),
        ("Contract", ["Month-to-month", "One year", "Two year"]),
        ("Handset model", ["Samsung Galaxy", "Apple Iphone", "Nokia Lumia", "Sony Xperia"]),
        ("Dealer", [f"D{i:03}" for i in range(80)]),
        ("Contact channel", ["Web Chat", "Call Center", "Flagship Store"]),
        ("Contact", ["web", "phone", "post"]),
        ("City", ["San Jose", "Los Angeles", "Santa Ana", "Maria Stein"]),
        ("归属网点", ["城南厅", "城北厅", "江东店"]),
        ("last change", ["2024-06-01", "2024-07-01", "2024-08-12"]),
        ("zip", ["90210", "10001", "60601-1234"]),
        ("Agent", ["yes", "no"]),
        ("Internet service", ["DSL", "Fiber optic", "No internet service"]),
    ],
)
def test_categories_are_none(header: str, values: list[str]) -> None:
    assert not names_persons(pl.Series(values), header)
