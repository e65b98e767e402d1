"""Files read block by block hold the same rows, on the same lines, as files read whole."""

from pathlib import Path

import polars as pl
import pytest

from telcli.io import csv_blocks
from telcli.io.csv_extract import read_csv
from telcli.tables.extract import RAGGED
from telcli.tables.refused import LINE


@pytest.mark.parametrize("size", [1, 3, 7, 16, 1000])
@pytest.mark.parametrize("end", [False, True])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_the_size_of_blocks_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, end: bool, eol: str
) -> None:
    monkeypatch.setattr(csv_blocks, "BYTES", size)
    path = tmp_path / "a.csv"
    lines = ["编号,名称,城市", "a1,甲,郑州", "a2,乙", "a3,丙,开封,多", "a4,丁丁丁,", *["b,,"] * 9, "a14,戊,洛阳"]
    path.write_bytes((eol.join(lines) + (eol if end else "")).encode())
    found = read_csv(path, tmp_path)
    assert found.rows == 14
    told = found.frame.filter(pl.col("编号") != "b").select(LINE, "编号", "城市", RAGGED)
    assert told.collect().rows() == [
        (2, "a1", "郑州", None),
        (3, "a2", None, "too-few-fields"),
        (4, "a3", "开封", "too-many-fields"),
        (5, "a4", None, None),
        (15, "a14", "洛阳", None),
    ]
    assert found.frame.head(2).select("编号").collect()["编号"].to_list() == ["a1", "a2"]
    assert found.frame.filter(pl.col("编号") == "a4").select(LINE).collect().item() == 5
    assert found.frame.select(pl.len()).collect().item() == 14


def test_a_file_without_header_begins_at_its_first_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "BYTES", 4)
    path = tmp_path / "a.csv"
    path.write_text("13812345678,20240601\n13812345679,20240602\n", encoding="utf-8")
    assert read_csv(path, tmp_path).frame.select(LINE).collect()[LINE].to_list() == [1, 2]
