"""What money rows carry that a table of amounts refused or dropped, by file and month."""

from __future__ import annotations

import polars as pl

__all__ = ["LOST", "lost_money", "of_rows"]

LOST = {
    "source": pl.String,
    "month": pl.Date,
    "what": pl.String,
    "rows": pl.Int64,
    "unread": pl.Int64,
    "cents": pl.Int64,
}
"""File; month, null where it cannot be read; `rejected` or `copy`; rows; those without an amount; net cents."""
_MOST = 1e13
"""Amounts beyond are none: a hundred million rows of them would not add up in cents."""


def lost_money(rejected: list[tuple[pl.DataFrame, int]], copies: pl.DataFrame, month: pl.Expr) -> pl.DataFrame:
    """Add up refused rows, and the exact copies that were dropped.

    Parameters
    ----------
    rejected : list of (polars.DataFrame, int)
        Rows with the hidden column of their file, and whether they are added (1) or taken off again (-1).
    copies : polars.DataFrame
        Rows alike.
    month : polars.Expr
        The month of a row.

    Returns
    -------
    polars.DataFrame
        As `LOST`, sorted; empty where rows have no amount.
    """
    parts = [*((rows, "rejected", sign) for rows, sign in rejected), (copies, "copy", 1)]
    found = [of_rows(rows, month, what, sign) for rows, what, sign in parts if rows.height and "amount" in rows.columns]
    whole = pl.concat([pl.DataFrame(schema=LOST), *found])
    keys = ["source", "month", "what"]
    return whole.group_by(keys).agg(pl.col("rows", "unread", "cents").sum()).filter(pl.col("rows") > 0).sort(keys)


def of_rows(rows: pl.DataFrame, month: pl.Expr, what: str, sign: int = 1) -> pl.DataFrame:
    """Rows of amounts as those of `LOST`, each once; `sign` -1 takes them off again.

    >>> rows = pl.DataFrame({"_source": ["a", "a"], "at": [None, None], "amount": [2.5, None]})
    >>> of_rows(rows, pl.col("at"), "copy").drop("month").rows()
    [('a', 'copy', 1, 0, 250), ('a', 'copy', 1, 1, 0)]
    """
    off = pl.col("discount").fill_null(0.0) if "discount" in rows.columns else pl.lit(0.0)
    net = pl.col("amount").cast(pl.Float64) - off.cast(pl.Float64)
    read = net.abs() < _MOST  # neither null, nor infinite, nor no number
    return rows.select(
        source=pl.col("_source") if "_source" in rows.columns else pl.lit(None, pl.String),
        month=month.cast(pl.Date),
        what=pl.lit(what),
        rows=pl.lit(sign, pl.Int64),
        unread=(~read.fill_null(value=False)).cast(pl.Int64) * sign,
        cents=(pl.when(read).then(net) * 100).round().fill_null(0.0).cast(pl.Int64) * sign,
    )
