"""Customers of several systems joined by the keys they share, step after step, the surest key first.

A key that many share (a dealer's telephone, an agency's certificate) says nothing of who somebody is, so it is not
used. Weaker keys join customers of different systems alone, and never two with different certificates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from telcli.methods.components import Array, components

__all__ = ["Step", "by_certificate", "by_held", "by_key", "by_pairs", "certificates_of", "told_apart"]


@dataclass(frozen=True)
class Step:
    """One step of joining.

    Parameters
    ----------
    rule : what joined them.
    labels : for each node the smallest node of its customer.
    crowded : keys left out because too many customers of one system share them.
    ambiguous : keys left out because several customers of one system share them, so that it is not clear whose
        customer of another system they name.
    contradictory : groups left apart because the key would join different certificates, or two customers of one
        system; of certificates: customers who have several themselves.
    scores : of linkage, how sure each customer joined is: ``label`` before the step, ``score``.
    unlike : pairs of different certificates that the key would join: most of those it could be tried on, so that it
        was not used.
    """

    rule: str
    labels: Array
    crowded: int = 0
    ambiguous: int = 0
    contradictory: int = 0
    scores: pl.DataFrame | None = None
    unlike: int = 0


def by_held(labels: Array, held: pl.DataFrame) -> Step:
    """Join nodes (`node`) that were one customer (`customer_id`) in an earlier month."""
    first = held.group_by("customer_id").agg(first=pl.col("node").min())
    edges = held.join(first, on="customer_id").select("node", "first")
    return Step("held", _joined(labels, edges))


def by_certificate(labels: Array, nodes: pl.DataFrame, keys: pl.DataFrame, limit: int) -> Step:
    """Join nodes of one certificate, in one system too: a person registered twice.

    `nodes` has ``node`` and ``system``, `keys` the distinct pairs of ``node`` and ``value``.

    >>> nodes = pl.DataFrame({"node": [0, 1, 2], "system": ["a", "a", "b"]})
    >>> keys = pl.DataFrame({"node": [0, 1, 2], "value": ["x", "y", "y"]})
    >>> by_certificate(np.arange(3), nodes, keys, 5).labels.tolist()
    [0, 1, 1]
    """
    several = keys.group_by("node").len().filter(pl.col("len") > 1)
    own = keys.join(several, on="node", how="anti").join(nodes.select("node", "system"), on="node")
    crowded = _crowded(own, limit)
    used = own.join(crowded, on="value", how="anti")
    first = used.group_by("value").agg(first=pl.col("node").min())
    edges = used.join(first, on="value").select("node", "first")
    return Step("certificate", _joined(labels, edges), crowded.height, 0, several.height)


def certificates_of(nodes: pl.DataFrame, keys: pl.DataFrame, limit: int) -> pl.DataFrame:
    """The certificates that say who somebody is: without those that too many share."""
    placed = keys.join(nodes.select("node", "system"), on="node")
    return keys.join(_crowded(placed, limit), on="value", how="anti")


def by_key(
    rule: str, labels: Array, nodes: pl.DataFrame, keys: pl.DataFrame, certificates: pl.DataFrame, limit: int
) -> Step:
    """Join customers of different systems by a weaker key: a number, an account.

    >>> nodes = pl.DataFrame({"node": [0, 1, 2], "system": ["a", "b", "b"]})
    >>> keys = pl.DataFrame({"node": [0, 1, 0, 2], "value": ["p", "p", "q", "q"]})
    >>> none = pl.DataFrame(schema={"node": pl.Int64, "value": pl.String})
    >>> by_key("phone", np.arange(3), nodes, keys, none, 5).labels.tolist()
    [0, 1, 2]
    >>> by_key("phone", np.arange(3), nodes, keys.head(2), none, 5).labels.tolist()
    [0, 0, 2]
    """
    placed = keys.join(nodes.select("node", "system"), on="node")
    crowded = _crowded(placed, limit)
    if placed["system"].n_unique() < 2:  # nobody of another system, and with millions of customers that takes memory
        return Step(rule, labels, crowded.height)
    now = placed.join(crowded, on="value", how="anti").with_columns(cluster=_of(labels, "node"))
    held = now.select("value", "system", "cluster").unique()
    counts = held.group_by("value").agg(
        rows=pl.len(), systems=pl.col("system").n_unique(), least=pl.col("cluster").min()
    )
    several = counts.filter(pl.col("rows") > pl.col("systems"))
    unclear = several.filter(pl.col("systems") > 1)
    used = held.join(several, on="value", how="anti").join(counts.select("value", "least"), on="value")
    edges = used.select(node="cluster", first="least").unique()
    found, apart = _without_contradictions(labels, edges, nodes, certificates)
    return Step(rule, found, crowded.height, unclear.height, apart)


def by_pairs(rule: str, labels: Array, nodes: pl.DataFrame, pairs: pl.DataFrame, certificates: pl.DataFrame) -> Step:
    """Join pairs (``left``, ``right``, ``score``) of customers that are each other's best in the other's system.

    >>> nodes = pl.DataFrame({"node": [0, 1, 2], "system": ["a", "b", "b"]})
    >>> pairs = pl.DataFrame({"left": [0, 0], "right": [1, 2], "score": [0.9, 0.97]})
    >>> none = pl.DataFrame(schema={"node": pl.Int64, "value": pl.String})
    >>> by_pairs("linkage", np.arange(3), nodes, pairs, none).labels.tolist()
    [0, 1, 0]
    """
    both = pl.concat([pairs.select("left", "right", "score"), pairs.select(left="right", right="left", score="score")])
    placed = both.join(nodes.select(left="node", here="system"), on="left").join(
        nodes.select(right="node", there="system"), on="right"
    )
    now = placed.with_columns(left=_of(labels, "left"), right=_of(labels, "right")).filter(
        (pl.col("left") != pl.col("right")) & (pl.col("here") != pl.col("there"))
    )
    best = now.sort("left", "there", "score", "right", descending=[False, False, True, False]).unique(
        ["left", "there"], keep="first", maintain_order=True
    )
    back = best.select(right="left", left="right", here="there")
    mutual = best.join(back, on=["left", "right", "here"], how="semi")
    found, apart = _without_contradictions(labels, mutual.select(node="left", first="right"), nodes, certificates)
    scores = mutual.group_by(label="left").agg(pl.col("score").max())
    return Step(rule, found, 0, 0, apart, scores)


def told_apart(labels: Array, keys: pl.DataFrame, certificates: pl.DataFrame) -> tuple[int, int]:
    """Of pairs of customers that share a key, how many are one already, and how many have different certificates."""
    own = keys.join(certificates.group_by("node").agg(certificate=pl.col("value").min()), on="node", how="left")
    first = own.sort("value", "node").unique("value", keep="first", maintain_order=True)
    pairs = own.join(first, on="value", suffix="_first").filter(pl.col("node") != pl.col("node_first"))
    same = _of(labels, "node") == _of(labels, "node_first")
    differ = pl.col("certificate") != pl.col("certificate_first")
    row = pairs.select(same.sum().alias("same"), (~same & differ).sum().alias("differ")).row(0)
    return int(row[0]), int(row[1])


def _crowded(placed: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Values that more than `limit` customers of one system share."""
    by = ["value", "system"] if placed["system"].n_unique() > 1 else ["value"]
    return placed.group_by(by).len().filter(pl.col("len") > limit).select("value").unique()


def _of(labels: Array, node: str) -> pl.Expr:
    return pl.lit(pl.Series(labels)).gather(pl.col(node))


def _joined(labels: Array, edges: pl.DataFrame) -> Array:
    left, right = (edges[name].to_numpy() for name in ("node", "first"))
    apart = left != right
    return components(labels[left[apart]], labels[right[apart]], len(labels))[labels]


def _without_contradictions(
    labels: Array, edges: pl.DataFrame, nodes: pl.DataFrame, certificates: pl.DataFrame
) -> tuple[Array, int]:
    """Join by the edges, but leave apart the groups that would hold two certificates or two customers of a system."""
    joined = _joined(labels, edges)
    changed = nodes.select("node", "system").with_columns(old=pl.Series(labels), new=pl.Series(joined))
    moved = changed.filter(pl.col("old") != pl.col("new")).select("new").unique()
    touched = changed.join(moved, on="new", how="semi")
    twice = touched.select("new", "system", "old").unique().group_by("new", "system").len().filter(pl.col("len") > 1)
    named = (
        touched.join(certificates, on="node").group_by("new").agg(n=pl.col("value").n_unique()).filter(pl.col("n") > 1)
    )
    bad = pl.concat([twice.select("new"), named.select("new")]).unique()
    if not bad.height:
        return joined, 0
    wrong = np.isin(joined, bad["new"].to_numpy())
    return np.where(wrong, labels, joined), bad.height
