"""Parquet as an extract: every value as text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.io.parquet_extract import read_parquet


def test_values_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({" id ": [1, 2], "on": [date(2024, 1, 2), None], "yes": [True, False]}).write_parquet(path)
    (found,) = read_parquet(path)
    assert found.rows == 2
    assert found.frame.collect().to_dicts() == [
        {"id": "1", "on": "2024-01-02", "yes": "true", "_line": 1},
        {"id": "2", "on": None, "yes": "false", "_line": 2},
    ]


def test_names_of_hidden_columns_are_only_names(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"_line": ["a"], "sub": [{"_faults": "b"}]}).write_parquet(path)
    assert read_parquet(path)[0].frame.collect().to_dicts() == [{"_line_": "a", "_faults_": "b", "_line": 1}]


@pytest.mark.parametrize("code", ["parquet-broken", "parquet-nested", "parquet-bytes", "header-only"])
def test_what_cannot_be_read_is_said(tmp_path: Path, code: str) -> None:
    path = tmp_path / "a.parquet"
    if code == "parquet-broken":
        path.write_bytes(b"not parquet")
    elif code == "parquet-nested":
        pl.DataFrame({"id": [[[1]]]}).write_parquet(path)
    elif code == "parquet-bytes":
        pl.DataFrame({"id": [b"a", b"\xff\xfe"]}).write_parquet(path)
    else:
        pl.DataFrame({"id": ["x"]}).clear().write_parquet(path)
    with pytest.raises(DataError) as caught:
        read_parquet(path)
    assert caught.value.code == code


def test_every_type_has_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    at = datetime(2024, 1, 2, 3, 4, 5)
    frame = pl.DataFrame(
        {
            "id": [1.0, 1e17],
            "amount": [Decimal("1.50"), None],
            "kind": pl.Series(["a", None], dtype=pl.Categorical),
            "at": [at, at.replace(microsecond=500_000)],
            "zone": pl.Series([at, None]).dt.replace_time_zone("Asia/Shanghai"),
            "long": [timedelta(hours=30), None],
            "when": [time(1, 2, 3), None],
            "bytes": ["中".encode(), None],
        }
    )
    frame.write_parquet(path)
    (found,) = read_parquet(path)
    assert [row[:-1] for row in found.frame.collect().rows()] == [
        ("1", "1.50", "a", "2024-01-02 03:04:05", "2024-01-02 03:04:05+08:00", "30:00:00", "01:02:03", "中"),
        ("1E+17", None, None, "2024-01-02 03:04:05.500", None, None, None, None),
    ]


def test_nested_columns_are_taken_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = {
        "customer_id": [1, 2],
        "plan": [{"fee": 9.0, "name": {"zh": "畅享"}}, None],
        "tags": [["a", None, "b"], []],
        "lines": [[{"no": "x"}, {"no": "y"}], None],
    }
    pl.DataFrame(frame).write_parquet(path)
    own, lines = read_parquet(path)
    assert own.frame.collect().to_dicts() == [
        {"customer_id": "1", "fee": "9", "zh": "畅享", "tags": "a; b", "_line": 1},
        {"customer_id": "2", "fee": None, "zh": None, "tags": None, "_line": 2},
    ]
    assert lines.name == "a.parquet#lines"
    assert lines.frame.collect().rows() == [("1", "x", 1), ("1", "y", 2)]
