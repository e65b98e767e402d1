"""Ways between groups of two months, few customers hidden: one rule for every table of moves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import hidden
from telcli.figures.crossing import hidden_cells, tellable

__all__ = ["told_beside", "walked"]


def walked(
    ways: pl.DataFrame,
    before: Sequence[str],
    now: Sequence[str],
    least: int,
    told: Collection[str],
    gone: Collection[str] = (),
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each way that anybody went, of one view of table segment_moves, with what may be said of it.

    Parameters
    ----------
    ways : pl.DataFrame
        Rows of table segment_moves, of one view.
    before, now : sequences of str
        The groups of then and of now, in the order of the table.
    least : int
        Counts of fewer customers are hidden, with as many others as keep sums from betraying them.
    told : collection of str
        Groups whose sizes of now are told elsewhere: where one is hidden, so are all ways to it.
    gone : collection of str
        Those whose size is hidden elsewhere, whatever it is.

    Returns
    -------
    Pairs of a row and its figures: from_place and to_place from 1, customers and share (None and `small` 1 where they
    are hidden), and `of`, the size of the group it comes from, None where that is.

    >>> ways = pl.DataFrame(
    ...     {"from_group": ["a", "b"], "to_group": ["a", "a"], "customers": [4, 40], "share": [1.0, 1.0]})
    >>> [figures["of"] for _, figures in walked(ways, ["a", "b"], ["a"], 10, ["a"])]
    [None, None]
    >>> walked(ways, ["a"], ["a"], 0, [])[0][1]
    {'from_place': 1, 'to_place': 1, 'customers': 4, 'share': 1.0, 'of': 4}
    """
    held = {(row["from_group"], row["to_group"]): row for row in ways.to_dicts()}
    counts, mask, tiny, _ = _masked(ways, before, now, least, told, gone)
    found = []
    for r, one in enumerate(before):
        for c, other in enumerate(now):
            if (one, other) not in held:
                continue
            row, few = held[one, other], mask[r][c]
            figures = {"from_place": r + 1, "to_place": c + 1, "customers": row["customers"], "share": row["share"]}
            figures["of"] = None if tiny[r] else sum(counts[r])
            found.append((row, {**figures, **({"customers": None, "share": None, "small": 1.0} if few else {})}))
    return found


def told_beside(
    ways: pl.DataFrame,
    before: Sequence[str],
    now: Sequence[str],
    least: int,
    told: Collection[str],
    gone: Collection[str],
    parts: Sequence[Collection[tuple[str, str]]],
) -> list[bool]:
    """Whether the sum of each part, a collection of ways (from, to), betrays nothing that `walked` hides of the same.

    Earlier parts go first: a later one may be untold because it would betray something together with them.
    """
    counts, mask, tiny, few = _masked(ways, before, now, least, told, gone)
    cells = [
        [(r, c) for r, one in enumerate(before) for c, other in enumerate(now) if (one, other) in part]
        for part in parts
    ]
    return tellable(counts, mask, least, cells, tiny, few)


def _masked(
    ways: pl.DataFrame,
    before: Sequence[str],
    now: Sequence[str],
    least: int,
    told: Collection[str],
    gone: Collection[str],
) -> tuple[list[list[int]], list[list[bool]], list[bool], list[bool]]:
    """Customers of each way, which of them are hidden, and of which groups of then and of now the size is."""
    held = {(one, other): n for one, other, n in ways.select("from_group", "to_group", "customers").iter_rows()}
    counts = [[held.get((one, other), 0) for other in now] for one in before]
    sizes = [sum(column) if now[c] in told else 0 for c, column in enumerate(zip(*counts, strict=True))]
    tiny, few = hidden([sum(row) for row in counts], least), hidden(sizes, least, [one in gone for one in now])
    return counts, hidden_cells(counts, least, tiny, few), tiny, few
