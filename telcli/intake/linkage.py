"""Customers of different systems that no key joins and that look alike, where that is asked for.

Pairs are counted by blocking rule before any is compared, and a rule with too many is left out. Who resembles two
customers of one system about as much is joined to neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.intake.blocks import CLUSTER, OPEN, SYSTEM, TRAINED_ON, Blocks, count_blocks, rules_for
from telcli.intake.joining import certificates_of
from telcli.intake.likeness import Learned, Model
from telcli.intake.signs import SIGNS, signs
from telcli.intake.systems import Described
from telcli.intake.understood import Understood
from telcli.methods.components import Array

__all__ = ["Likeness", "Linkage"]

_SHARE = 0.5
"""Of the open records of the smaller system, how many are taken to have a counterpart before anything is compared."""
_CLEAR = 5.0
"""How many bits of evidence the best counterpart must be ahead of the next of its system: 32 to 1."""
_WORST = 3


@dataclass(frozen=True)
class Likeness:
    """What is asked of linkage.

    Parameters
    ----------
    threshold : chance of being one customer from which two are joined.
    max_pairs : a blocking rule with more pairs is left out.
    progress : told how many pairs are to be compared, before they are.
    """

    threshold: float = 0.95
    max_pairs: int = 20_000_000
    key_limit: int = 10
    progress: Callable[[str, int, int], None] = field(default=lambda what, done, total: None)


class Linkage:
    """Finds what looks alike among the records of several systems, and keeps what is to be said of it."""

    def __init__(
        self,
        asked: Likeness,
        holders: Sequence[tuple[str, Understood]],
        found: Sequence[Described],
        systems: Mapping[str, str],
    ) -> None:
        self._asked, self._holders, self._found, self._systems = asked, holders, found, systems
        self.notices: list[Notice] = []
        self.metrics: dict[str, Any] = {"run": False}

    def look(self, nodes: pl.DataFrame, labels: Array) -> pl.DataFrame:
        """Pairs of nodes that look alike (``left``, ``right``, ``score``); none where it was not run."""
        none = pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "score": pl.Float64})
        records = self._records(nodes, labels)
        open_ = records.filter(OPEN)
        sizes = open_.group_by(SYSTEM).len().sort("len")["len"].to_list()
        if len(sizes) < 2:
            self._say("linkage-alone", "There are not two systems with customers that keys left open: linkage had "
                      "nothing to compare.")  # fmt: skip
            return none
        used = self._counted([count_blocks(open_, rule) for rule in rules_for(open_)])
        if not used:
            return none
        total = sum(one.pairs for one in used)
        self._asked.progress("pairs of records compared", 0, total)
        teaching = [(rule, count_blocks(records, rule).pairs) for rule in rules_for(records, TRAINED_ON)]
        model = Model(records, [one.rule for one in used], total, _SHARE * sum(sizes[:-1]))
        alike, learned = model.alike(
            self._asked.threshold, [one for one in teaching if one[1] <= self._asked.max_pairs]
        )
        self._asked.progress("pairs of records compared", total, total)
        pairs, unclear = _clear(alike, records)
        self._told(learned, pairs.height, unclear)
        return pairs.select("left", "right", "score")

    def _records(self, nodes: pl.DataFrame, labels: Array) -> pl.DataFrame:
        """A row per record that this load holds, with its signs, its customer so far and whether that is complete."""
        parts = []
        for source, one in self._holders:
            made = signs(one).with_columns(system=pl.lit(self._systems[source]))
            parts.append(made.filter(pl.col("source_key").is_not_null()).collect(engine="streaming"))
        whole = pl.concat(parts, how="diagonal_relaxed")
        if whole.select(pl.struct("system", "source_key").n_unique()).item() < whole.height:
            values = [
                pl.col(name).drop_nulls().last() for name in whole.columns if name not in ("system", "source_key")
            ]
            whole = whole.group_by("system", "source_key", maintain_order=True).agg(values)
        placed = nodes.with_columns(pl.Series(CLUSTER, labels)).join(self._sure(nodes, labels), on="node", how="left")
        given = sorted({self._systems[source] for source, _ in self._holders})
        have = pl.col("system").filter(pl.col("system").is_in(given)).n_unique()
        complete = placed.group_by(CLUSTER).agg((have < len(given)).alias(OPEN))
        found = placed.join(complete, on=CLUSTER).join(whole, on=["system", "source_key"])
        missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in SIGNS.items() if name not in whole.columns]
        return (
            found.with_columns(missing)
            .rename({"node": "unique_id", "system": SYSTEM})
            .drop("source_key")
            .sort("unique_id")
        )

    def _sure(self, nodes: pl.DataFrame, labels: Array) -> pl.DataFrame:
        """The certificate of each node's customer, where there is one: two different ones are never compared."""
        keys = [
            one.keys.select("source_key", pl.lit(self._systems[one.source]).alias("system"), value="certificate_h")
            for one in self._found
            if "certificate_h" in one.keys.columns
        ]
        clusters = nodes.select("node", pl.Series(CLUSTER, labels))
        if not keys:
            return clusters.select("node", sure=pl.lit(None, dtype=pl.Int64))
        pairs = pl.concat(keys).drop_nulls().unique().join(nodes, on=["system", "source_key"]).select("node", "value")
        known = certificates_of(nodes, pairs, self._asked.key_limit).join(clusters, on="node")
        one_each = known.group_by(CLUSTER).agg(sure=pl.col("value").min())
        return clusters.join(one_each, on=CLUSTER, how="left").select(
            "node", pl.col("sure").rank("dense").cast(pl.Int64)
        )

    def _counted(self, found: Sequence[Blocks]) -> list[Blocks]:
        """The rules whose blocks are small enough, all of them told with their sizes first."""
        most = self._asked.max_pairs
        used = [one for one in found if 0 < one.pairs <= most]
        self.metrics["rules"] = [one.figures(used=one in used) for one in found]
        ranked = sorted(found, key=lambda one: (-one.largest, one.rule.name))
        if found:
            self._say(
                "linkage-blocks",
                "Linkage may compare, by rule (pairs / blocks): {rules}. Largest blocks (pairs / records): {worst}.",
                rules="; ".join(f"{one.rule.name} {one.pairs:,} / {one.blocks:,}" for one in found),
                worst="; ".join(map(_worst, [one for one in ranked if one.pairs][:_WORST])) or "-",
            )
        over = [one for one in found if one.pairs > most]
        if over:
            self._say(
                "linkage-rules-left-out",
                "Left out for more than {most} pairs ([ingest] link_max_pairs): {rules}.",
                most=f"{most:,}",
                rules="; ".join(one.rule.name for one in over),
            )
        if not used:
            self._say("linkage-not-run", "Linkage was not run: no rule leaves pairs that may be compared.")
        return used

    def _told(self, learned: Learned, pairs: int, unclear: int) -> None:
        if learned.why == "few":
            self._say(
                "linkage-few",
                "Linkage had too few records, pairs or signs to learn from; agreement was weighed by fixed values.",
            )
        if learned.why == "unsettled":
            self._say(
                "linkage-unsettled", "What linkage learned did not settle; agreement was weighed by fixed values."
            )
        if learned.why == "senseless":
            self._say(
                "linkage-senseless",
                "By what linkage learned, strangers would agree more than records of one customer; agreement was "
                "weighed by fixed values.",
            )
        self._say(
            "linkage-found",
            "{count} pairs of records of different systems look alike ([ingest] link_threshold {threshold}); {unclear} "
            "more resemble several customers of one system about as much and were left apart.",
            count=pairs, threshold=self._asked.threshold, unclear=unclear,
        )  # fmt: skip
        self.metrics |= {
            "run": True, "learned": learned.why == "learned", "why": learned.why, "learned_by": list(learned.by),
            "pairs_alike": pairs, "pairs_unclear": unclear, "threshold": self._asked.threshold,
        }  # fmt: skip

    def _say(self, code: str, template: str, **values: Any) -> None:
        self.notices.append(Notice(code, template, values))


def _worst(one: Blocks) -> str:
    told = f" ({one.largest_is})" if one.largest_is else ""
    return f"{one.rule.name}{told} {one.largest:,} / {one.largest_records:,}"


def _clear(alike: pl.DataFrame, records: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Pairs without those whose next best counterpart of the same system is nearly as good, and how many these are."""
    placed = records.select("unique_id", CLUSTER, SYSTEM)
    both = pl.concat([
        alike,
        alike.select(left="right", right="left", score="score", weight="weight"),
    ]).join(placed.select(left="unique_id", mine=CLUSTER), on="left").join(
        placed.select(right="unique_id", theirs=CLUSTER, there=SYSTEM), on="right"
    )  # fmt: skip
    best = both.group_by("mine", "theirs", "there").agg(pl.col("weight").max())
    ranked = best.sort("mine", "there", "weight", "theirs", descending=[False, False, True, False])
    groups = ranked.group_by("mine", "there", maintain_order=True).agg(
        first=pl.col("weight").first(), next=pl.col("weight").slice(1, 1).first()
    )
    torn = groups.filter(pl.col("next").is_not_null() & (pl.col("first") - pl.col("next") < _CLEAR))
    bad = both.join(torn.select("mine", "there"), on=["mine", "there"], how="semi")
    marked = pl.concat([bad.select("left", "right"), bad.select(left="right", right="left")]).unique()
    kept = alike.join(marked, on=["left", "right"], how="anti")
    return kept, alike.height - kept.height
