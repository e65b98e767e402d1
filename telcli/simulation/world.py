"""The frame of the imaginary operator: its months, its customers by the block, and where chance comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.errors import UsageError
from telcli.simulation.archetypes import Archetype
from telcli.simulation.clusters import archetypes

__all__ = ["BLOCK", "WARMUP", "Array", "Streams", "World", "month_index", "shifted"]

Array = NDArray[Any]

BLOCK = 5_000
"""Customers simulated together. A block is always made whole and cut afterwards, so customer 17 is the same
person in a run of 1,000 and in one of 1,000,000."""

WARMUP = 6
"""Months lived before the history begins, so that troubles of the first month have a past."""


@dataclass(frozen=True)
class World:
    """What all blocks share.

    Parameters
    ----------
    customers, months : how many.
    last : the last month as months since year 0 (see `month_index`).
    seed : of everything random.
    second : whether a second system knows the customers too.
    clusters : planted clusters drawn from the seed; 0 for the five fixed kinds of customer.
    fraud : whether fraudsters and their look-alikes are planted, and calls are written.
    surveys : ``"on"``, customers answer surveys; ``"null"``, they do and nothing moves what they say; ``"off"``.

    >>> world = World(customers=12_000, months=12, last=month_index("2024-06"), seed=0)
    >>> world.blocks, world.label(0), world.label(11)
    (3, '2023-07', '2024-06')
    """

    customers: int
    months: int
    last: int
    seed: int
    second: bool = False
    clusters: int = 0
    fraud: bool = False
    surveys: str = "off"

    @property
    def kinds(self) -> tuple[Archetype, ...]:
        """The planted kinds of customer, in order."""
        return archetypes(self.clusters, self.seed)

    @property
    def blocks(self) -> int:
        """How many blocks hold all customers."""
        return -(-self.customers // BLOCK)

    @property
    def first(self) -> int:
        """The first month of history, as months since year 0."""
        return self.last - self.months + 1

    @property
    def end(self) -> date:
        """The day after the history: no system knows anything from it on."""
        return date((self.last + 1) // 12, (self.last + 1) % 12 + 1, 1)

    def label(self, month: int) -> str:
        """Month `month` of the history (0 the first) as YYYY-MM."""
        return f"{(self.first + month) // 12:04d}-{(self.first + month) % 12 + 1:02d}"

    def day(self, month: Array, day: Array) -> Array:
        """Calendar days (datetime64) from months of the history and days of the month, both arrays."""
        months = (self.first + month.astype(np.int64) - 1970 * 12).astype("datetime64[M]")
        days: Array = months.astype("datetime64[D]") + (day.astype(np.int64) - 1).astype("timedelta64[D]")
        return days


class Streams:
    """One independent source of chance per block and purpose, so that no part of the world disturbs another."""

    def __init__(self, seed: int, block: int) -> None:
        self._seed, self._block = seed, block

    def __call__(self, purpose: str) -> np.random.Generator:
        """Return the generator of a purpose, from its beginning.

        >>> bool(Streams(1, 0)("lines").random() == Streams(1, 0)("lines").random())
        True
        """
        return np.random.default_rng([self._seed, self._block, *purpose.encode()])


def month_index(text: str) -> int:
    """Turn YYYY-MM into months since year 0.

    >>> month_index("2024-06") % 12
    5

    Raises
    ------
    UsageError
        The text is no month between 2000-01 and 2099-12.
    """
    year, _, month = text.partition("-")
    if len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit():
        found = int(year) * 12 + int(month) - 1
        if 1 <= int(month) <= 12 and 2000 <= int(year) <= 2099:
            return found
    raise UsageError(
        "simulate-month-invalid",
        "The last month {month} is not a month from 2000-01 to 2099-12.",
        hint="Write it as YYYY-MM, such as 2024-06.",
        month=text,
    )


def shifted(values: Array, by: int) -> Array:
    """Values of `by` months ago, with zeros where there is no past; rows are customers, columns months.

    >>> shifted(np.array([[1, 2, 3]]), 1).tolist()
    [[0, 1, 2]]
    """
    moved = np.zeros_like(values)
    if by < values.shape[1]:
        moved[:, by:] = values[:, : values.shape[1] - by]
    return moved
