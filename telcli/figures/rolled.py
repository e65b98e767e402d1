"""Metrics of an organisation's levels, each the sum of those below it, and no small one to be told from the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from telcli.figures.cube_hiding import Key
from telcli.figures.cubed import PEOPLE, Sums, folded, made_of, without

__all__ = ["ALL", "LEVEL", "Hidden", "hidden_nodes", "hidden_values", "rolled", "small_nodes"]

LEVEL, ALL = "level", "all"
Counts = tuple[int, ...]
Hidden = Mapping[tuple[date, str], Collection[Key]]
"""Nodes that are not told, by the month and what is told of them."""


def small_nodes(leaves: Mapping[Key, Counts], least: int) -> set[Key]:
    """The nodes of a tree to hide, given that every other node is told.

    A node that 1 to ``least - 1`` people make up is hidden. A parent is the sum of its children: were one number of
    such a sum hidden, the others would tell it, so the smallest child beside it goes too, else the parent; nor may
    the children hidden under a parent that is told come to fewer than `least`. As each hidden number is in at most
    two sums, and in neither alone, a way of hidden numbers leads from it to the leaves on both sides: none can be
    worked out.

    Parameters
    ----------
    leaves : mapping
        People by path from the top, paths all of one length; of several counts (who is chosen, and who is not) each
        must be kept by itself.
    least : int
        The smallest number that is told.

    >>> sorted(small_nodes({("N", "a"): (3,), ("N", "b"): (40,), ("S", "c"): (50,)}, 10))
    [('N', 'a'), ('N', 'b')]
    >>> sorted(small_nodes({("N", "a"): (4,), ("S", "b"): (40,), ("S", "c"): (50,)}, 10))
    [('N',), ('N', 'a'), ('S',), ('S', 'b')]
    """
    sides = range(len(next(iter(leaves.values()), ())))
    several = [_of_nodes({path: many[at] for path, many in leaves.items()}) for at in sides]
    gone = {node for counts in several for node, count in counts.items() if 0 < count < least}
    before = -1
    while len(gone) > before:  # what is hidden of one count is hidden of all
        before = len(gone)
        for counts in several:
            _close(counts, gone, least)
    return gone


def _of_nodes(leaves: Mapping[Key, int]) -> dict[Key, int]:
    """People of every node of a tree."""
    counts: dict[Key, int] = {}
    for path, count in leaves.items():
        for depth in range(len(path) + 1):
            counts[path[:depth]] = counts.get(path[:depth], 0) + count
    return counts


def _close(counts: Mapping[Key, int], gone: set[Key], least: int) -> None:
    """Hide further nodes till no sum tells a hidden one."""
    below: dict[Key, list[Key]] = {}
    for node in sorted(node for node, count in counts.items() if node and count):
        below.setdefault(node[:-1], []).append(node)
    while further := {one for parent in below for one in _betrayed(parent, below[parent], counts, gone, least)}:
        gone |= further


def _betrayed(
    parent: Key, children: Sequence[Key], counts: Mapping[Key, int], gone: Collection[Key], least: int
) -> list[Key]:
    """What else to hide of a sum, so that it tells nothing hidden: one node, or none."""
    hidden = [child for child in children if child in gone]
    if not hidden and parent not in gone:
        return []
    few = parent not in gone and sum(counts[child] for child in hidden) < least
    if len(hidden) + (parent in gone) != 1 and not few:
        return []
    rest = sorted((counts[child], child) for child in children if child not in gone)
    return [rest[0][1]] if rest else [parent] if parent not in gone else []


def hidden_nodes(sums: Sums, path: Sequence[str], least: int) -> Hidden:
    """What is not told of each node of the tree that `path` tells, the highest level first; the same in every table."""
    fine = folded(sums, path)
    found: dict[tuple[date, str], set[Key]] = {}
    for (month,), rows in fine.frame.group_by("month", maintain_order=True):
        whole = small_nodes(_leaves(rows, fine, path, PEOPLE), least)
        for name, parts in made_of(sums).items():
            found[_day(month), name] = whole.union(
                *(small_nodes(_leaves(rows, fine, path, part), least) for part in parts)
            )
    return found


def _leaves(rows: pl.DataFrame, fine: Sums, path: Sequence[str], count: str) -> dict[Key, Counts]:
    """People of each leaf; where some are chosen, of those and of all others."""
    parts: dict[Key, list[int]] = {}
    for row in rows.select(*path, *fine.keys[len(path) :], count).iter_rows():
        many = parts.setdefault(row[: len(path)], [0, 0])
        many[int(fine.chosen and row[len(path)] != "true")] += row[-1]
    return {key: tuple(many) for key, many in parts.items()}


def _day(month: object) -> date:
    assert isinstance(month, date)  # noqa: S101 - what the column holds
    return month


def hidden_values(gone: Hidden, path: Sequence[str]) -> Mapping[tuple[date, str], Mapping[str, Collection[str]]]:
    """The same by level: values of which some node is not told."""
    return {
        of: {name: {node[depth] for node in nodes if len(node) == depth + 1} for depth, name in enumerate(path)}
        for of, nodes in gone.items()
    }


def rolled(sums: Sums, path: Sequence[str], depth: int, gone: Hidden) -> pl.DataFrame:
    """All together, then each level down to `depth`: a row per node, parents before what belongs to them.

    Returns
    -------
    polars.DataFrame
        `month`, `level` (``all`` or the name of a column), `path` (null below the node), then as of `cubed.told`.
    """
    parts = []
    for deep in range(depth + 1):
        level = folded(sums, path[:deep])
        names = list(made_of(sums))
        flags: dict[str, list[bool]] = {name: [] for name in names}
        for month, *node in level.frame.select("month", *path[:deep]).iter_rows():
            for name in names:
                flags[name].append(tuple(node) in gone[month, name])
        below = [pl.lit(None, pl.String).alias(name) for name in path[deep:depth]]
        told = without(level, flags).with_columns(pl.lit(path[deep - 1] if deep else ALL).alias(LEVEL), *below)
        parts.append(told)
    found = pl.concat(parts, how="diagonal_relaxed")
    rest = [name for name in parts[0].columns if name not in ("month", LEVEL, *path)]
    return found.select("month", LEVEL, *path[:depth], *rest)
