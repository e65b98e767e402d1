"""What the extracts were like: rows read and kept, rows refused and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

__all__ = ["about", "refusals", "sources"]


def refusals(rejects: pl.LazyFrame, most: int = 12) -> list[dict[str, Any]]:
    """Rows refused by source, rule and column, the commonest first. A row that breaks two rules counts in both."""
    folded = rejects.group_by("source", "rule", "column").agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
    order = ["rows", "source", "rule", "column"]
    return folded.sort(order, descending=[True, False, False, False], nulls_last=True).head(most).to_dicts()


def sources(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per extract as ingest recorded it: source, rows_read, rows_kept, rows_rejected, encoding."""
    listed = metrics.get("sources") or []
    names = ("source", "rows_read", "rows_kept", "rows_rejected", "encoding")
    return [{name: found.get(name) for name in names} for found in listed if isinstance(found, Mapping)]


def about(refused: list[dict[str, Any]], rejects: pl.LazyFrame | None, read: list[dict[str, Any]]) -> dict[str, Any]:
    """Totals for a finding: rows rejected (lines, each once), rows read, and the commonest rule."""
    if not refused or rejects is None:
        return {}
    lines = rejects.select(pl.struct("source", "line").n_unique()).collect(engine="streaming").item()
    counted = sum(row["rows_rejected"] or 0 for row in read)
    whole = sum(row["rows_read"] or 0 for row in read)
    first = refused[0]
    return {
        "rejected": int(counted or lines),
        "read": int(whole) or None,
        "rule": first["rule"],
        "source": first["source"] or "?",
        "rule_rows": first["rows"],
    }
