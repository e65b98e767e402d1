"""What the extracts were like: rows read and kept, rows refused and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

__all__ = ["RULES", "about", "refusals", "sources"]

RULES = {
    "missing": ("value missing", "缺少必填值"),
    "empty": ("value empty", "取值为空"),
    "too-low": ("value too low", "数值过小"),
    "too-high": ("value too high", "数值过大"),
    "infinite": ("number infinite", "数值无穷大"),
    "not-a-number": ("not a number", "不是数值"),
    "not-a-whole-number": ("not a whole number", "不是整数"),
    "not-a-year": ("not a year", "不是年份"),
    "not-a-date": ("not a date", "不是日期"),
    "not-a-month": ("not a month", "不是账期"),
    "not-a-time": ("not a time", "不是时间"),
    "duplicate-key": ("key given twice", "主键重复"),
    "orphan": ("belongs to nobody", "找不到所属客户"),
    "negative-tenure": ("tenure below zero", "网龄为负"),
    "ends-after-activation": ("ends before it starts", "销户早于入网"),
    "zone-unknown": ("time of an unknown zone", "时区字母不明"),
    "in-the-future": ("dated after today", "日期晚于今天"),
    "ends-before-it-begins": ("validity ends before it begins", "失效早于生效"),
    "overlapping-validity": ("validity begins on the same day as another row's", "生效日期与另一行相同"),
    "closes-after-opening": ("closed before it was opened", "办结早于受理"),
}
"""Rules that ingest names, in words; any other goes by its own name."""


def refusals(rejects: pl.LazyFrame, most: int = 12) -> list[dict[str, Any]]:
    """Rows refused by source, rule and column, the commonest first. A row that breaks two rules counts in both."""
    folded = rejects.group_by("source", "rule", "column").agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
    order = ["rows", "source", "rule", "column"]
    first = folded.sort(order, descending=[True, False, False, False], nulls_last=True).head(most)
    return [{**row, "rule": _said(row["rule"], 0), "rule_zh": _said(row["rule"], 1)} for row in first.to_dicts()]


def _said(rule: str, place: int) -> str:
    return RULES[rule][place] if rule in RULES else rule


def sources(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per extract as ingest recorded it: source, rows read, kept, rejected, copies, unused, encoding."""
    listed = metrics.get("sources") or []
    names = ("source", "rows_read", "rows_kept", "rows_rejected", "rows_duplicate", "rows_unused", "encoding")
    return [{name: found.get(name) for name in names} for found in listed if isinstance(found, Mapping)]


def about(refused: list[dict[str, Any]], rejects: pl.LazyFrame | None, read: list[dict[str, Any]]) -> dict[str, Any]:
    """Totals for a finding: rows rejected (lines, each once), reasons for it, rows read, and the commonest rule."""
    if not refused or rejects is None:
        return {}
    counts = rejects.select(lines=pl.struct("source", "line").n_unique(), reasons=pl.len())
    lines, reasons = counts.collect(engine="streaming").row(0)
    counted = sum(row["rows_rejected"] or 0 for row in read)
    whole = sum(row["rows_read"] or 0 for row in read)
    first = refused[0]
    return {
        "rejected": int(counted or lines),
        "reasons": int(reasons),
        "read": int(whole) or None,
        "rule": first["rule"],
        "rule_zh": first["rule_zh"],
        "source": first["source"] or "?",
        "rule_rows": first["rows"],
    }
