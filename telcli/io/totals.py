"""Rows that are sums of others: they stand below a table, or between its parts, and are no records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from telcli.io.csv_blocks import blocks

__all__ = ["is_total", "without_totals"]

_WORDS = r"合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|汇\s*总|本页合计|(grand |sub-?\s?)?totals?|sum"
_TOTAL = rf"^({_WORDS})(\s*[:：].*)?$"
_LINE = rf'(?i)[\r\n]["\s]*({_WORDS})'
_FEW = 0.05
"""Sums that leave no cell blank are few; a first column in which such words are many holds kinds of charges."""


def is_total(first: pl.Expr) -> pl.Expr:
    """Whether a row, told by its first value, is a sum of others.

    >>> pl.select(is_total(pl.lit("合 计")), b=is_total(pl.lit("Total Wireless"))).row(0)
    (True, False)
    """
    return first.str.strip_chars().str.to_lowercase().str.contains(_TOTAL).fill_null(value=False)


def without_totals(frame: pl.LazyFrame, names: Sequence[str], text: Path, eol: str = "\n") -> tuple[pl.LazyFrame, int]:
    r"""A delimited text without its sums, and how many those were; `text` is the file, looked through for such words.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = place.write_text("id,fee\na1,\n合计,2\n", encoding="utf-8")
    >>> rows, count = without_totals(pl.scan_csv(place), ["id", "fee"], place)
    >>> rows.collect()["id"].to_list(), count
    (['a1'], 1)
    """
    if not _may_hold(text, eol):
        return frame, 0
    first = is_total(pl.coalesce(pl.col(name).cast(pl.String) for name in names))
    gaps = pl.any_horizontal(pl.col(name).is_null() for name in names)
    counted = frame.select(
        rows=pl.len(), sums=first.sum(), whole=(first & ~gaps).sum()
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    kinds = counted["whole"] > max(2, _FEW * counted["rows"])
    dropped = first & gaps if kinds else first
    count = counted["sums"] - (counted["whole"] if kinds else 0)
    return (frame.filter(~dropped), int(count)) if count else (frame, 0)


def _may_hold(path: Path, eol: str) -> bool:
    """Whether a line after the first begins with a word for sums; most files have none, and are not parsed for it."""
    before = b""
    for block in blocks(path, eol):
        if pl.Series([before + block]).cast(pl.String).str.contains(_LINE).item():
            return True
        before = eol.encode()
    return False
