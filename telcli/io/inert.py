"""Text that no spreadsheet takes for a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["STARTS", "inert_columns"]

STARTS = "=+-@|%＝＋－＠"
"""What a formula may begin with, in some spreadsheet."""
_OPENING = r"^[\s\x00-\x1f]*[" + STARTS.replace("-", r"\-") + "]"


def inert_columns(frame: pl.DataFrame) -> pl.DataFrame:
    r"""The frame with an apostrophe before texts that could begin a formula; numbers stay numbers.

    >>> import polars as pl
    >>> inert_columns(pl.DataFrame({"a": ["=1+1", "C1", "\t@x", None], "b": [-1, 2, 3, 4]}))["a"].to_list()
    ["'=1+1", 'C1', "'\t@x", None]
    """
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    opening = [pl.col(name).str.contains(_OPENING) for name in texts]
    return frame.with_columns(
        pl.when(risky).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name, risky in zip(texts, opening, strict=True)
    )
