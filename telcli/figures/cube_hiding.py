"""Which groups of a table by dimensions to hide, given that sums over any of them may be asked for too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import product

from telcli.figures.base import hidden
from telcli.figures.crossing import hidden_cells

__all__ = ["Key", "small_groups"]

Key = tuple[str, ...]


def small_groups(counts: Mapping[Key, int], least: int, also: Sequence[Collection[str]] = ()) -> set[Key]:
    """The groups to hide, of those that `counts` says how many make them up.

    By one dimension as lists are hidden; by several, crossed by each in turn with all others together, till none is
    new. Sums that are themselves hidden where they are asked for give nothing away.

    Parameters
    ----------
    counts : mapping
        People by the values of the dimensions.
    least : int
        The smallest number that is shown.
    also : sequence of collections of str
        Of each dimension, values whose sum is hidden for other reasons; nothing is told of any group of them.

    >>> sorted(small_groups({("a",): 3, ("b",): 40, ("c",): 50}, 10))
    [('a',), ('b',)]
    >>> sorted(small_groups({("a",): 30, ("b",): 40, ("c",): 50}, 10, [["c"]]))
    [('a',), ('c',)]
    """
    keys = list(counts)
    wide = len(keys[0]) if keys else 0
    told = also or [()] * wide
    if wide == 0:
        return {key for key, people in counts.items() if 0 < people < least}
    if wide == 1:
        mask = hidden(list(counts.values()), least, [key[0] in told[0] for key in keys])
        return {key for key, small in zip(keys, mask, strict=True) if small}
    gone: set[Key] = set()
    while True:
        before = len(gone)
        for place in range(wide if wide > 2 else 1):
            gone |= _crossed(counts, place, gone, least, told)
        if len(gone) == before or wide == 2:
            return gone


def _crossed(
    counts: Mapping[Key, int], place: int, gone: set[Key], least: int, told: Sequence[Collection[str]]
) -> set[Key]:
    """The groups that are hidden in the table of one dimension (rows) by all others together (columns)."""
    along, down = _sums(counts, lambda key: (key[place],)), _sums(counts, lambda key: _less(key, place))
    rows, columns = sorted(along), sorted(down)
    no_rows = small_groups(along, least, [told[place]])
    no_columns = small_groups(down, least, [*told[:place], *told[place + 1 :]])
    cell = {(row, column): (*column[:place], *row, *column[place:]) for row, column in product(rows, columns)}
    table = [[counts.get(cell[row, column], 0) for column in columns] for row in rows]
    also = [[cell[row, column] in gone for column in columns] for row in rows]
    mask = hidden_cells(table, least, [row in no_rows for row in rows], [one in no_columns for one in columns], also)
    return {
        cell[row, column]
        for (r, row), (c, column) in product(enumerate(rows), enumerate(columns))
        if mask[r][c] and cell[row, column] in counts
    }


def _sums(counts: Mapping[Key, int], of: Callable[[Key], Key]) -> dict[Key, int]:
    """People by what is left of their keys."""
    found: dict[Key, int] = {}
    for key, count in counts.items():
        found[of(key)] = found.get(of(key), 0) + count
    return found


def _less(key: Key, place: int) -> Key:
    """A key without one of its parts."""
    return key[:place] + key[place + 1 :]
