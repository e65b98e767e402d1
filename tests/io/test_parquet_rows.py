"""A few rows of a Parquet file: the same as reading all of it and choosing then."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from telcli.io.parquet_rows import rows_where


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
    assert rows_where(place, "id", [sought], ["n", "other"]) == expected


def test_several_texts_and_a_column_that_is_not_there(tmp_path: Path) -> None:
    place = tmp_path / "t.parquet"
    pl.DataFrame({"id": ["c", "a", "b", "a"], "n": [0, 1, 2, 3]}).write_parquet(place)
    assert [row["n"] for row in rows_where(place, "id", ["a", "c", "a"], ["n"])] == [0, 1, 3]
    assert rows_where(place, "nothing", ["a"], ["n"]) == []
    assert rows_where(place, "id", [], ["n"]) == []


def test_only_row_groups_that_may_hold_it_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow.parquet import ParquetFile

    place, read = tmp_path / "t.parquet", []
    write_table(pa.table({"id": ["a", "b", "c", "d"], "n": [0, 1, 2, 3]}), place, row_group_size=2)
    real = ParquetFile.read_row_group
    monkeypatch.setattr(
        ParquetFile, "read_row_group", lambda self, group, **more: read.append(group) or real(self, group, **more)
    )
    assert rows_where(place, "id", ["c"], ["n"]) == [{"n": 2}]
    assert set(read) == {1}
