"""A large text file read block by block, so that memory stays the same however large it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

__all__ = ["blocks", "in_blocks"]

BYTES = 4 << 20
"""Of a block: so many that reading it costs more than beginning to, and few enough that some fit in little memory."""


def in_blocks(
    path: Path, eol: str, parse: Callable[[bytes, int], pl.LazyFrame], schema: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    r"""The records of a file whose lines are its records, lazily, under the schema given.

    `parse` makes a frame of the bytes of whole lines, given how many lines stand before them. Polars' own scan of a
    large file holds some hundred megabytes of it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder) / "a.csv"
    ...     _ = place.write_bytes(b"1\n2\n3")
    ...     parse = lambda text, before: pl.scan_csv(text, has_header=False, schema={"a": pl.Int64()})
    ...     in_blocks(place, "\n", parse, {"a": pl.Int64()}).sum().collect().item()
    6
    """

    def rows(
        columns: list[str] | None, condition: pl.Expr | None, most: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        before = 0
        for block in blocks(path, eol):
            frame = parse(block, before)
            frame = frame.select(columns) if columns else frame
            found = frame.collect()
            before += block.count(eol.encode())
            found = found if most is None else found.head(most)
            most = None if most is None else most - found.height
            yield found if condition is None else found.filter(condition)
            if most == 0:
                return

    return register_io_source(rows, schema=schema)


def blocks(path: Path, eol: str) -> Iterator[bytes]:
    """The file in blocks of whole lines; a line longer than a block is one of its own."""
    mark = eol.encode()
    with path.open("rb") as file:
        rest = b""
        while block := file.read(BYTES):
            end = block.rfind(mark) + len(mark)
            if end < len(mark):
                rest += block
                continue
            yield rest + block[:end]
            rest = block[end:]
    if rest:
        yield rest
