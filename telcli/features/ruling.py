"""Groups by rules in order: the first that holds gives the group and the reason for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

__all__ = ["NOT_KNOWN", "Rule", "ruled", "top_place"]

NOT_KNOWN = "not-known"
"""The reason where a group cannot be told; the group is null then."""


@dataclass(frozen=True)
class Rule:
    """If `when` holds (null does not), the customer is in `group`, for `reason`."""

    when: pl.Expr
    group: str | bool | None
    reason: str


def ruled(group: str, reason: str, rules: Sequence[Rule], kind: type[pl.DataType] = pl.String) -> list[pl.Expr]:
    """Two columns called `group` and `reason`: what the first rule that holds says; not known where none does.

    >>> rules = [Rule(pl.col("n") > 9, "many", "above-nine"), Rule(pl.col("n") >= 0, "few", "to-nine")]
    >>> pl.DataFrame({"n": [12, 3, None]}).select(ruled("size", "why", rules)).rows()
    [('many', 'above-nine'), ('few', 'to-nine'), (None, 'not-known')]
    """
    groups, reasons = pl.lit(None, dtype=kind), pl.lit(NOT_KNOWN)
    for rule in reversed(rules):
        groups = pl.when(rule.when).then(pl.lit(rule.group, dtype=kind)).otherwise(groups)
        reasons = pl.when(rule.when).then(pl.lit(rule.reason)).otherwise(reasons)
    return [groups.alias(group), reasons.alias(reason)]


def top_place(column: pl.Expr, share: float) -> pl.Expr:
    """Whether a value is among the top share of those known; equal values share their middle rank.

    >>> pl.DataFrame({"m": [1.0, 2.0, 3.0, None, 4.0]}).select(top_place(pl.col("m"), 0.25))["m"].to_list()
    [False, False, False, None, True]
    """
    return (column.rank("average") - 0.5) / column.count() > 1 - share
