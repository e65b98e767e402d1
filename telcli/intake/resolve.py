"""Which records of which systems are one customer, and what that customer is called.

Records of one system with one identifier are one customer. Customers are then joined by certificate, then by number,
then by account, then, where asked for, by likeness (`telcli.intake.linkage`). A customer keeps the identifier that an
earlier month gave it; a new one is called as its most trusted system calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from telcli.errors import Notice
from telcli.intake.joining import Step, by_certificate, by_held, by_key, by_pairs, certificates_of, told_apart
from telcli.intake.systems import WITNESSES, Described
from telcli.methods.components import Array

__all__ = ["EARLIER", "Held", "Resolution", "resolve"]

EARLIER = "telcli"
"""Source, and system, of identifiers that telcli itself gave and that are no more."""

_SCORES = {"own-id": 1.0, "held": 1.0, "certificate": 1.0, "phone": 0.9, "account": 0.8, "merged": 1.0}
_PSEUDONYM = r"^[0-9a-f]{32}$"
Look = Callable[[pl.DataFrame, Array], pl.DataFrame]
"""From the nodes and their customers so far to pairs of nodes that look alike: left, right, score."""


@dataclass(frozen=True)
class Held:
    """What an earlier month knew: its crosswalk, and its customers with their certificates and numbers."""

    crosswalk: pl.DataFrame
    customers: pl.DataFrame

    def systems(self) -> dict[str, Described]:
        """Every system with the identifiers that it has, and what is known of the customers under them."""
        columns = [name for name in WITNESSES if name in self.customers.columns]
        nodes = self.crosswalk.filter(pl.col("system") != EARLIER).sort("system", "source_key", "source")
        nodes = nodes.unique(["system", "source_key"], keep="first", maintain_order=True)
        known = nodes.join(self.customers.select("customer_id", *columns), on="customer_id", how="left")
        return {
            str(system): Described(str(rows["source"].min()), frozenset(), rows.select("source_key", *columns))
            for (system,), rows in sorted(known.partition_by("system", as_dict=True).items())
        }


@dataclass(frozen=True)
class Resolution:
    """Who is who.

    Parameters
    ----------
    crosswalk : the table of that name.
    nodes : every identifier of every system once: ``system``, ``source_key``, ``customer_id``.
    steps : what each step joined.
    merged : identifiers of earlier months that are no more, with the customer each is now (``old``, ``customer_id``).
    """

    crosswalk: pl.DataFrame
    nodes: pl.DataFrame
    steps: tuple[Step, ...]
    merged: pl.DataFrame

    def renames(self) -> bool:
        """Whether any identifier is called otherwise than in its source."""
        return bool(self.nodes.select((pl.col("source_key") != pl.col("customer_id")).any()).item())

    def joined(self) -> dict[str, int]:
        """How many records each rule put under a customer."""
        return dict(self.crosswalk["rule"].value_counts().sort("rule").iter_rows())

    def notices(self) -> list[Notice]:
        """What joining left out, and which customers of earlier months turned out to be one."""
        found = []
        for step in self.steps:
            if step.unlike:
                found.append(
                    Notice(
                        "accounts-apart",
                        "Systems number their accounts each in its own way: {count} pairs of customers with one "
                        "account have different certificates, so accounts join nobody.",
                        {"count": step.unlike},
                    )
                )
            if step.crowded or step.ambiguous or step.contradictory:
                values = {
                    "rule": step.rule,
                    "crowded": step.crowded,
                    "ambiguous": step.ambiguous,
                    "contradictory": step.contradictory,
                }
                found.append(
                    Notice(
                        "keys-unused",
                        "Joining by {rule} left out {crowded} keys that too many customers share ([ingest] key_limit), "
                        "{ambiguous} that several customers of one system share, and {contradictory} groups whose "
                        "certificates contradict each other.",
                        values,
                    )
                )
        if self.merged.height:
            found.append(
                Notice(
                    "customers-merged",
                    "{count} customers of earlier months turned out to be others and now have their identifier, that "
                    "of the most trusted system; the crosswalk keeps the old ones under the source {source}.",
                    {"count": self.merged.height, "source": EARLIER},
                )
            )
        return found


def resolve(  # noqa: D417 (numpy sections)
    found: Sequence[Described],
    systems: Mapping[str, str],
    more: pl.DataFrame,
    rank: Mapping[str, int],
    limit: int,
    held: Held | None = None,
    look: Look | None = None,
) -> Resolution:
    """Join the records of all sources to customers.

    Parameters
    ----------
    found : the sources.
    systems : the system of each (`telcli.intake.systems.systems_of`).
    more : further keys (``system``, ``source_key``, ``kind``: phone or account, ``value``), of lines and accounts.
    rank : how trusted each source is, 0 the most.
    limit : a key that more customers of one system share is not used.
    held : of earlier months.
    look : finds pairs that look alike.

    >>> crm = Described("crm", frozenset(), pl.DataFrame({"source_key": ["1", "2"], "certificate_h": ["x", "y"]}))
    >>> old = Described("old", frozenset(), pl.DataFrame({"source_key": ["7"], "certificate_h": ["y"]}))
    >>> more = pl.DataFrame(schema=dict.fromkeys(("system", "source_key", "kind", "value"), pl.String))
    >>> ranks = {"crm": 0, "old": 1}
    >>> found = resolve([crm, old], {"crm": "crm", "old": "old"}, more, ranks, 9).crosswalk
    >>> found.select("source_key", "customer_id", "rule").rows()
    [('1', '1', 'own-id'), ('2', '2', 'own-id'), ('7', '2', 'certificate')]
    """
    records = pl.concat(
        [pl.DataFrame(schema={"source": pl.String, "source_key": pl.String, "system": pl.String})]
        + [
            one.keys.select(
                pl.lit(one.source).alias("source"), "source_key", pl.lit(systems[one.source]).alias("system")
            )
            for one in found
        ]
    ).unique()
    if held:
        kept = held.crosswalk.select("source", "source_key", "system")
        records = pl.concat([records, kept]).unique(["source", "source_key"], keep="any")
    nodes = _nodes(records, systems, rank)
    keys = _keys(found, systems, more, nodes, held)
    steps = _steps(nodes, keys, limit, held, look)
    return _settled(records, nodes, steps, rank, held)


def _nodes(records: pl.DataFrame, systems: Mapping[str, str], rank: Mapping[str, int]) -> pl.DataFrame:
    """Every identifier of every system, the most trusted system's first."""
    best: dict[str, int] = {}
    for source, place in rank.items():
        best[systems[source]] = min(place, best.get(systems[source], place))
    last = len(rank)
    nodes = records.select("system", "source_key").unique()
    order = pl.col("system").replace_strict(best, default=last, return_dtype=pl.Int64)
    ranked = nodes.sort(order, "system", "source_key")
    return ranked.with_columns(node=pl.int_range(pl.len(), dtype=pl.Int64))


def _keys(
    found: Sequence[Described],
    systems: Mapping[str, str],
    more: pl.DataFrame,
    nodes: pl.DataFrame,
    held: Held | None,
) -> dict[str, pl.DataFrame]:
    """Distinct pairs of node and value, by kind of key: certificate, phone, account."""
    parts = [more.select("system", "source_key", "kind", "value")]
    for one in found:
        for kind, column in (("certificate", "certificate_h"), ("phone", "phone_h")):
            if column in one.keys.columns:
                own = one.keys.select("source_key", value=column).drop_nulls()
                parts.append(
                    own.select(
                        pl.lit(systems[one.source]).alias("system"), "source_key", pl.lit(kind).alias("kind"), "value"
                    )
                )
    if held:
        parts += _held_keys(held)
    whole = pl.concat(parts).unique().join(nodes, on=["system", "source_key"]).select("node", "kind", "value")
    whole = pl.concat([whole, _keys_by_identifier(nodes, whole)])
    return {kind: whole.filter(kind=kind).select("node", "value") for kind in ("certificate", "phone", "account")}


def _held_keys(held: Held) -> list[pl.DataFrame]:
    """Keys of customers of earlier months, under one of their records each."""
    one = held.crosswalk.sort("system", "source_key").unique("customer_id", keep="first", maintain_order=True)
    owner = one.select("customer_id", "system", "source_key")
    columns = [("certificate", "certificate_h"), ("phone", "phone_h")]
    return [
        held.customers.select("customer_id", value=column)
        .drop_nulls()
        .join(owner, on="customer_id")
        .select("system", "source_key", pl.lit(kind).alias("kind"), "value")
        for kind, column in columns
        if column in held.customers.columns
    ]


def _keys_by_identifier(nodes: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Identifiers that are themselves the pseudonym of a certificate or number of another record."""
    own = nodes.filter(pl.col("source_key").str.contains(_PSEUDONYM)).select("node", value="source_key")
    kinds = keys.select("kind", "value").unique() if own.height else keys.select("kind", "value").clear()
    return own.join(kinds, on="value").select("node", "kind", "value")


def _steps(
    nodes: pl.DataFrame, keys: Mapping[str, pl.DataFrame], limit: int, held: Held | None, look: Look | None
) -> list[Step]:
    steps = [Step("own-id", np.arange(nodes.height))]
    if held:
        known = held.crosswalk.join(nodes, on=["system", "source_key"]).select("node", "customer_id")
        steps.append(by_held(steps[-1].labels, known))
    steps.append(by_certificate(steps[-1].labels, nodes, keys["certificate"], limit))
    told = look is not None or nodes["system"].n_unique() > 1  # within one system no weaker key joins anybody
    certificates = certificates_of(nodes, keys["certificate"], limit) if told else keys["certificate"].clear()
    steps.append(by_key("phone", steps[-1].labels, nodes, keys["phone"], certificates, limit))
    same, differ = told_apart(steps[-1].labels, keys["account"], certificates)
    if differ > same:  # two systems number their accounts each in its own way
        steps.append(Step("account", steps[-1].labels, unlike=differ))
    else:
        steps.append(by_key("account", steps[-1].labels, nodes, keys["account"], certificates, limit))
    if look:
        pairs = look(nodes, steps[-1].labels)
        steps.append(by_pairs("linkage", steps[-1].labels, nodes, pairs, certificates))
    return steps


def _settled(
    records: pl.DataFrame, nodes: pl.DataFrame, steps: Sequence[Step], rank: Mapping[str, int], held: Held | None
) -> Resolution:
    """Give each customer its identifier, and each record its rule."""
    placed = nodes.with_columns(cluster=pl.Series(steps[-1].labels))
    placed = placed.join(_before(held), on=["system", "source_key"], how="left", maintain_order="left")
    named = placed.join(_names(placed), on="cluster", how="left", maintain_order="left")
    named = _ruled(named, steps)
    gone = named.filter(pl.col("was").is_not_null() & (pl.col("was") != pl.col("customer_id")))
    gone = gone.select(old="was", customer_id="customer_id").unique().sort("old")
    whole = records.join(
        named.select("system", "source_key", "customer_id", "rule", "score"), on=["system", "source_key"]
    )
    old = gone.select(
        source=pl.lit(EARLIER), source_key="old", system=pl.lit(EARLIER), customer_id="customer_id",
        rule=pl.lit("merged"), score=pl.lit(1.0),
    )  # fmt: skip
    columns = ["source", "source_key", "system", "customer_id", "rule", "score"]
    both = pl.concat([whole.select(columns), old.select(columns)])
    found = both.unique(["source", "source_key"], keep="last", maintain_order=True).sort("source", "source_key")
    return Resolution(found, named.select("system", "source_key", "customer_id"), tuple(steps), gone)


def _before(held: Held | None) -> pl.DataFrame:
    """What the held crosswalk says of each identifier."""
    columns = {"system": pl.String, "source_key": pl.String, "was": pl.String, "_rule": pl.String, "_score": pl.Float64}
    if held is None:
        return pl.DataFrame(schema=columns)
    known = held.crosswalk.select("system", "source_key", was="customer_id", _rule="rule", _score="score")
    return known.sort("system", "source_key", "_score", "_rule").unique(
        ["system", "source_key"], keep="last", maintain_order=True
    )


def _names(placed: pl.DataFrame) -> pl.DataFrame:
    """The identifier of each customer: the held one of its most trusted record, else that of its first record.

    Where another customer has, or is owed, that identifier already, the system's name is put before it.
    """
    first = (
        placed.sort("node")
        .group_by("cluster", maintain_order=True)
        .agg(
            held=pl.col("was").drop_nulls().first(),
            own=pl.col("source_key").first(),
            system=pl.col("system").first(),
        )
    )
    owed = (
        placed.sort("node")
        .unique("source_key", keep="first", maintain_order=True)
        .select(own="source_key", owner="cluster")
    )
    taken = first.select(own="held", holder="cluster").drop_nulls()
    seen = first.join(owed, on="own", how="left").join(taken, on="own", how="left")
    free = (pl.col("owner") == pl.col("cluster")) & (
        pl.col("holder").is_null() | (pl.col("holder") == pl.col("cluster"))
    )
    new = pl.when(free).then("own").otherwise(pl.concat_str("system", pl.lit(":"), "own"))
    return seen.select("cluster", customer_id=pl.coalesce("held", new))


def _ruled(named: pl.DataFrame, steps: Sequence[Step]) -> pl.DataFrame:
    """The step at which each record came to the one that names its customer, and how sure that is.

    What an earlier month found out is kept as it was found.
    """
    prefixed = pl.concat_str("system", pl.lit(":"), "source_key")
    own = (pl.col("source_key") == pl.col("customer_id")) | (prefixed == pl.col("customer_id"))
    anchors = named.with_columns(own=own).sort("own", "node", descending=[True, False])
    anchor = anchors.unique("cluster", keep="first", maintain_order=True).select("cluster", anchor="node")
    places = named.select("cluster").join(anchor, on="cluster", how="left", maintain_order="left")["anchor"].to_numpy()
    code = np.full(named.height, len(steps) - 1)
    for number in range(len(steps) - 1, -1, -1):
        labels = steps[number].labels
        code[labels == labels[places]] = number
    rules = pl.Series([step.rule for step in steps], dtype=pl.String)
    ruled = named.with_columns(rule=rules.gather(pl.Series(code, dtype=pl.UInt32)))
    kept = (pl.col("rule") == "held") & pl.col("_rule").is_not_null() & (pl.col("was") == pl.col("customer_id"))
    last = steps[-1]
    if last.scores is not None:
        ruled = ruled.with_columns(label=pl.Series(steps[-2].labels)).join(
            last.scores, on="label", how="left", maintain_order="left"
        )
    else:
        ruled = ruled.with_columns(score=pl.lit(None, dtype=pl.Float64))
    sure = pl.col("rule").replace_strict(_SCORES, default=None, return_dtype=pl.Float64)
    by_likeness = pl.when(pl.col("rule") == "linkage").then(pl.col("score"))
    return ruled.with_columns(
        rule=pl.when(pl.col("system") == EARLIER).then(pl.lit("merged")).when(kept).then("_rule").otherwise("rule"),
        score=pl.when(kept).then("_score").otherwise(pl.coalesce(by_likeness, sure)),
    )
