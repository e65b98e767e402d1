"""A table made of rows that are reckoned one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from telcli.tables import contract

__all__ = ["from_rows"]


def from_rows(table: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows with the columns and types of a table's contract, in their order; what a row lacks is null.

    >>> from_rows("satisfaction_trials", [{"method": "mean", "rmse": 12.0}]).select("method", "rmse", "mae").rows()
    [('mean', 12.0, None)]
    """
    schema = contract(table).schema.create_empty().schema
    blank = dict.fromkeys(schema)
    return pl.DataFrame([{**blank, **row} for row in rows], schema=schema)
