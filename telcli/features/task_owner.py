"""Whose task each customer is: her own account manager's, else that of a manager near by who has room."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

__all__ = ["UNASSIGNED", "assign"]

UNASSIGNED = "unassigned"
"""The manager of customers near whom nobody is known."""
_PLACES = ("branch", "region")
_NAMES = ("customer_id", "manager_id", *_PLACES)
_Rows = Sequence[int]


def assign(people: pl.DataFrame, *, capacity: int = 0, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """Give each customer a manager: own ones first, then the least loaded of the branch, then of the region.

    Customers are served by `worth`, the highest first, then by identifier, so that the order of rows changes nothing.
    Those beyond a manager's capacity go to others near by with room. Where nobody has room a customer stays with her
    own manager, or the least loaded near by, and `room` says that this is too much. A manager's place is the branch,
    and the region, of most of her customers.

    Parameters
    ----------
    people : frame
        customer_id, and as far as known manager_id, branch, region and worth; one row per customer.
    capacity : int
        Tasks that a manager can do; 0 for no limit.
    known : frame
        manager_id, branch and region of all customers, by which managers are known; `people` where it is not given.

    Returns
    -------
    customer_id, manager_id, owner (her own account manager), how (own, branch, region or nobody) and room, by
    customer_id.

    >>> people = pl.DataFrame({"customer_id": ["a", "b", "c"], "manager_id": ["M1", None, None],
    ...     "branch": ["North", "North", "South"], "worth": [5.0, 9.0, 1.0]})
    >>> assign(people).select("customer_id", "manager_id", "how").rows()
    [('a', 'M1', 'own'), ('b', 'M1', 'branch'), ('c', 'unassigned', 'nobody')]
    """
    worth = pl.col("worth").cast(pl.Float64).fill_nan(None) if "worth" in people.columns else pl.lit(0.0)
    ranked = people.with_columns(worth=worth.fill_null(float("-inf")))
    rows = _tidy(people).with_columns(ranked["worth"])
    rows = rows.sort("worth", "customer_id", descending=[True, False])
    given = _Given(rows, _homes(_tidy(people if known is None else known)), capacity)
    return rows.select("customer_id").with_columns(given.columns(rows["manager_id"].to_list())).sort("customer_id")


def _tidy(people: pl.DataFrame) -> pl.DataFrame:
    """The columns looked at as text, blank ones null, absent ones empty."""
    have = [name for name in _NAMES if name in people.columns]
    texts = people.select(pl.col(name).cast(pl.String) for name in have)
    texts = texts.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in _NAMES if name not in have)
    named = [pl.col(name).str.strip_chars().replace("", None) for name in _NAMES[1:]]
    return texts.select("customer_id", *named)


def _homes(known: pl.DataFrame) -> Mapping[str, Mapping[str, list[str]]]:
    """By kind of place and place its managers, each at the place of most of her customers, the first by name of equals.

    >>> _homes(_tidy(pl.DataFrame({"manager_id": ["M", "M", "M"], "branch": ["B", "A", "B"]})))["branch"]
    {'B': ['M']}
    """
    found: dict[str, dict[str, list[str]]] = {}
    for place in _PLACES:
        counted = known.drop_nulls(["manager_id", place]).group_by("manager_id", place).len()
        best = counted.sort("len", place, descending=[True, False]).unique("manager_id", keep="first")
        homes: dict[str, list[str]] = {}
        for manager, home in best.select("manager_id", place).sort("manager_id").iter_rows():
            homes.setdefault(home, []).append(manager)
        found[place] = homes
    return found


class _Given:
    """Tasks given out so far: to whom each row goes, and how many each manager has."""

    def __init__(self, rows: pl.DataFrame, homes: Mapping[str, Mapping[str, list[str]]], capacity: int) -> None:
        self._most = capacity or rows.height + 1
        self._load: dict[str, int] = {}
        self._manager = [UNASSIGNED] * rows.height
        self._how = ["nobody"] * rows.height
        self._room = [True] * rows.height
        left = self._own(rows["manager_id"].to_list())
        for place in _PLACES:
            left = self._near(left, place, rows[place].to_list(), homes[place])
        self._beyond(left, rows, homes)

    def columns(self, own: Sequence[str | None]) -> list[pl.Series]:
        """What was found, in the order of the rows."""
        owner = [manager == given for manager, given in zip(own, self._manager, strict=True)]
        return [
            pl.Series("manager_id", self._manager, dtype=pl.String),
            pl.Series("owner", owner, dtype=pl.Boolean),
            pl.Series("how", self._how, dtype=pl.String),
            pl.Series("room", self._room, dtype=pl.Boolean),
        ]

    def _give(self, row: int, manager: str, how: str, *, room: bool = True) -> None:
        self._manager[row], self._how[row], self._room[row] = manager, how, room
        self._load[manager] = self._load.get(manager, 0) + 1

    def _own(self, managers: Sequence[str | None]) -> list[int]:
        """Each to her own manager while there is room; the rows left."""
        left = []
        for row, manager in enumerate(managers):
            if manager is not None and self._load.get(manager, 0) < self._most:
                self._give(row, manager, "own")
            else:
                left.append(row)
        return left

    def _near(
        self, rows: _Rows, place: str, of_rows: Sequence[str | None], homes: Mapping[str, list[str]]
    ) -> list[int]:
        """Each to the least loaded manager of her place while there is room; the rows left."""
        queues = {home: self._queue(managers) for home, managers in homes.items()}
        left = []
        for row in rows:
            queue = queues.get(of_rows[row] or "", [])
            if queue and queue[0][0] < self._most:
                load, manager = queue[0]
                self._give(row, manager, place)
                heapq.heapreplace(queue, (load + 1, manager))
            else:
                left.append(row)
        return left

    def _queue(self, managers: Iterable[str]) -> list[tuple[int, str]]:
        return sorted((self._load.get(manager, 0), manager) for manager in managers)

    def _beyond(self, rows: _Rows, people: pl.DataFrame, homes: Mapping[str, Mapping[str, list[str]]]) -> None:
        """Where nobody has room: the own manager, else the least loaded near by, beyond the capacity."""
        own = people["manager_id"].to_list()
        without = []
        for row in rows:
            manager = own[row]
            if manager is None:
                without.append(row)
            else:
                self._give(row, manager, "own", room=False)
        self._most, before = people.height + 1, self._most
        for place in _PLACES:
            without = self._near(without, place, people[place].to_list(), homes[place])
        self._most = before
        for row in rows:
            self._room[row] = self._manager[row] == UNASSIGNED
