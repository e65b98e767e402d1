"""Why customers at high risk may leave: like reasons counted together, whatever number each one names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import polars as pl

__all__ = ["merged", "reasons"]

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
Counted = tuple[str, str, int]
"""A reason in English and Chinese, and how many customers have it."""


def reasons(churn_scores: pl.LazyFrame, lines: pl.DataFrame, least: int, most: int = 8) -> list[dict[str, Any]]:
    """The first reasons of customers at high risk, the commonest first, with their share of those who have one.

    Reasons of fewer than `least` customers are left out.
    """
    risky = churn_scores.filter((pl.col("risk_band") == "high") & pl.col("reason_1").is_not_null())
    if lines["gone"].any():
        alive = lines.lazy().filter(~pl.col("gone")).select("customer_id")
        risky = risky.join(alive, on="customer_id", how="semi")
    folded = risky.group_by("reason_1", "reason_1_zh").len().collect(engine="streaming")
    found = merged((en, zh or en, count) for en, zh, count in folded.iter_rows())
    whole = max(sum(count for _, _, count in found), 1)
    kept = [reason for reason in found if reason[2] >= least][:most]
    return [{"reason": en, "reason_zh": zh, "customers": count, "share": count / whole} for en, zh, count in kept]


def merged(found: Iterable[Counted]) -> list[Counted]:
    """Reasons that differ in their numbers alone become one that names the range; the commonest first.

    >>> merged([("1 call in 3 months", "近3个月1次", 5), ("4 calls in 3 months", "近3个月4次", 7), ("New", "新", 9)])
    [('1–4 calls in 3 months', '近3个月1～4次', 12), ('New', '新', 9)]
    """
    alike: dict[str, list[Counted]] = defaultdict(list)
    for reason in found:
        alike[_NUMBER.sub("#", reason[1])].append(reason)
    made = []
    for group in alike.values():
        en = _ranged(sorted(reason[0] for reason in group), "–")
        zh = _ranged(sorted(reason[1] for reason in group), "～")
        made.append((en, zh, sum(count for _, _, count in group)))
    return sorted(made, key=lambda reason: (-reason[2], reason[0]))


def _ranged(texts: list[str], mark: str) -> str:
    """One text for many: each number that differs among them becomes the range of it."""
    numbers = [_NUMBER.findall(text) for text in texts]
    longest = max(texts, key=len)
    places = len(_NUMBER.findall(longest))
    if any(len(found) != places for found in numbers):
        return longest
    ends = []
    for place in range(places):
        told = sorted((found[place] for found in numbers), key=lambda number: float(number.replace(",", "")))
        ends.append(told[0] if told[0] == told[-1] else f"{told[0]}{mark}{told[-1]}")
    given = iter(ends)
    return _NUMBER.sub(lambda _: next(given), longest)
