"""Parquet as an extract: every value as text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.io.parquet_extract import read_parquet


def test_values_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({" id ": [1, 2], "on": [date(2024, 1, 2), None], "yes": [True, False]}).write_parquet(path)
    found = read_parquet(path)
    assert found.rows == 2
    assert found.frame.collect().to_dicts() == [
        {"id": "1", "on": "2024-01-02", "yes": "true", "_line": 1},
        {"id": "2", "on": None, "yes": "false", "_line": 2},
    ]


@pytest.mark.parametrize("code", ["parquet-broken", "parquet-nested", "header-only"])
def test_what_cannot_be_read_is_said(tmp_path: Path, code: str) -> None:
    path = tmp_path / "a.parquet"
    if code == "parquet-broken":
        path.write_bytes(b"not parquet")
    elif code == "parquet-nested":
        pl.DataFrame({"id": [[1]]}).write_parquet(path)
    else:
        pl.DataFrame({"id": ["x"]}).clear().write_parquet(path)
    with pytest.raises(DataError) as caught:
        read_parquet(path)
    assert caught.value.code == code
