"""A few rows of a Parquet file: the same as reading all of it and choosing then."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile, write_table

from telcli.io.parquet_rows import UnreadableError, rows_where


@given(
    texts=st.lists(st.none() | st.text(alphabet="ab客", max_size=3), max_size=30),
    sought=st.text(alphabet="ab客", max_size=3),
    size=st.integers(1, 7),
    kind=st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]),
)
def test_rows_are_those_that_a_filter_finds(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str | None], sought: str, size: int, kind: pa.DataType
) -> None:
    place = tmp_path_factory.mktemp("rows") / "t.parquet"
    write_table(pa.table({"id": pa.array(texts, kind), "n": list(range(len(texts)))}), place, row_group_size=size)
    expected = [{"n": at, "other": None} for at, text in enumerate(texts) if text == sought]
    assert rows_where([(place, ["n", "other"])], "id", sought) == [expected]


def test_several_files_and_a_column_that_is_not_there(tmp_path: Path) -> None:
    one, other = tmp_path / "t.parquet", tmp_path / "u.parquet"
    pl.DataFrame({"id": ["c", "a", "b", "a"], "n": [0, 1, 2, 3]}).write_parquet(one)
    pl.DataFrame({"key": ["a"], "n": [7]}).write_parquet(other)
    assert rows_where([(one, ["n"]), (other, ["n"]), (one, [])], "id", "a") == [[{"n": 1}, {"n": 3}], [], [{}, {}]]
    assert rows_where([(other, ["n"]), (one, ["n"])], "key", "a") == [[{"n": 7}], []]
    assert rows_where([], "id", "a") == []


def test_only_row_groups_that_may_hold_it_are_read(tmp_path: Path) -> None:
    place = tmp_path / "t.parquet"
    write_table(pa.table({"id": ["a", "b", "c", "d"], "n": [0, 1, 2, 3]}), place, row_group_size=2)
    first = ParquetFile(place).metadata.row_group(0)
    body = bytearray(place.read_bytes())
    for at in range(first.num_columns):  # what the first row group says becomes unreadable
        column = first.column(at)
        start = column.dictionary_page_offset or column.data_page_offset
        body[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    place.write_bytes(body)
    assert rows_where([(place, ["n"])], "id", "c") == [[{"n": 2}]]
    with pytest.raises(UnreadableError):
        rows_where([(place, ["n"])], "id", "a")


@pytest.mark.parametrize("body", [b"", b"nothing", b"PAR1" + b"\xff" * 400 + b"\x20\0\0\0PAR1"])
def test_what_is_no_parquet_is_told(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(body)
    with pytest.raises(UnreadableError):
        rows_where([(tmp_path / "t.parquet", ["n"])], "id", "a")
