"""Which pairs of records are compared at all: rules that put records into blocks, counted before any pair is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

__all__ = ["OPEN", "TRAINED_ON", "Blocks", "Rule", "count_blocks", "rules_for"]

OPEN, CLUSTER, SYSTEM = "open", "cluster", "source_dataset"
"""Columns of records beside their signs: whether the customer lacks a record in some system, the customer that keys
made of it, and the system."""
_SHOWN = ("region", "born_year")
"""Signs of blocks that may be named: they are of many."""


@dataclass(frozen=True)
class Rule:
    """Records that have all of `columns` in common stand in one block."""

    name: str
    columns: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The condition under which two records are compared."""
        return " and ".join(f"l.{column} = r.{column}" for column in self.columns)


_RULES = (
    Rule("mail", ("mail",)),
    Rule("address", ("address",)),
    Rule("phone ends + birth year", ("phone_ends", "born_year")),
    Rule("phone ends + region", ("phone_ends", "region")),
    Rule("certificate end + birth year", ("certificate_end", "born_year")),
    Rule("certificate end + region", ("certificate_end", "region")),
    Rule("name + birth year", ("name", "born_year")),
    Rule("name + region", ("name", "region")),
    Rule("birth date + region", ("born", "region")),
)
_BARE = Rule("name", ("name",))
TRAINED_ON = (_BARE, Rule("birth date", ("born",)), Rule("phone ends", ("phone_ends",)), Rule("address", ("address",)))
"""Rules whose pairs teach what records of one customer have in common; each teaches all but its own columns."""


@dataclass(frozen=True)
class Blocks:
    """What one rule would compare.

    Parameters
    ----------
    blocks : blocks with records of two systems or more.
    largest : pairs of the largest block, `largest_records` its records, `largest_is` what may be told of it.
    pairs : of records of different systems, over all blocks.
    """

    rule: Rule
    blocks: int
    largest: int
    largest_records: int
    largest_is: str
    pairs: int

    def figures(self, *, used: bool) -> dict[str, Any]:
        """As the JSON has them."""
        return {
            "rule": self.rule.name, "blocks": self.blocks, "largest_block_pairs": self.largest,
            "largest_block_records": self.largest_records, "pairs": self.pairs, "used": used,
        }  # fmt: skip


def rules_for(records: pl.DataFrame, rules: Sequence[Rule] = _RULES) -> list[Rule]:
    """The rules whose columns are known in two systems or more; names alone where nothing narrows them.

    >>> records = pl.DataFrame({"source_dataset": ["a", "b"], "name": ["x", "x"], "region": [None, "r"]})
    >>> [rule.name for rule in rules_for(records)]
    ['name']
    """
    known = _known_twice(records)
    found = [rule for rule in rules if known.issuperset(rule.columns)]
    if rules is _RULES and "name" in known and not any("name" in rule.columns for rule in found):
        found.append(_BARE)
    return found


def _known_twice(records: pl.DataFrame) -> set[str]:
    counts = records.group_by(SYSTEM).agg(pl.exclude(SYSTEM).is_not_null().any())
    return {name for name in counts.columns if name != SYSTEM and int(counts[name].sum()) > 1}


def count_blocks(records: pl.DataFrame, rule: Rule) -> Blocks:
    """Count the blocks of one rule and their pairs, from sizes alone.

    >>> records = pl.DataFrame({"source_dataset": ["a", "a", "b", "b"], "name": ["x", "x", "x", "y"]})
    >>> found = count_blocks(records, Rule("name", ("name",)))
    >>> found.blocks, found.pairs, found.largest_records
    (1, 2, 3)
    """
    columns = list(rule.columns)
    sizes = records.drop_nulls(columns).group_by(*columns, SYSTEM).len()
    n = pl.col("len").cast(pl.Int64)
    blocks = sizes.group_by(columns).agg(records=n.sum(), pairs=(n.sum() ** 2 - (n**2).sum()) // 2)
    blocks = blocks.filter(pl.col("pairs") > 0).sort("pairs", *columns, descending=[True, *[False for _ in columns]])
    if not blocks.height:
        return Blocks(rule, 0, 0, 0, "", 0)
    first = blocks.row(0, named=True)
    told = ", ".join(str(first[name]) for name in columns if name in _SHOWN)
    return Blocks(rule, blocks.height, first["pairs"], first["records"], told, int(blocks["pairs"].sum()))
