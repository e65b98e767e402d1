"""calls.csv of --fraud: what a call is there, and how ordinary people call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.behaviour import Use
from telcli.simulation.world import Array, Streams, World

__all__ = ["ABROAD", "DAY", "HOUR", "MONTHS", "Events", "ordinary", "own_number"]

MONTHS = 2
"""Last months of history of which calls are written."""
ABROAD = 882_000_000_000_000
"""Numbers from here on are abroad, in a range that costs much: 882 and twelve digits."""
DAY, HOUR = 86_400, 3_600
_ZERO = 0.08
"""Share of ordinary calls that nobody takes."""


@dataclass(frozen=True)
class Events:
    """Arrays with one entry per call, text or data session.

    `second` counts from the start of the first month written; `who` is a customer's number, `other` a telephone number,
    0 for none; `kind` is 0 voice, 1 text, 2 data.
    """

    who: Array
    second: Array
    other: Array
    out: Array
    kind: Array
    duration: Array
    data_mb: Array
    cell: Array

    @staticmethod
    def together(parts: list[Events]) -> Events:
        """All of them, one after the other."""
        return Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in Events.__annotations__))


def own_number(number: Array) -> Array:
    """A customer's telephone number, as `telcli.simulation.people.phones` writes it."""
    found: Array = 15_400_000_000 + np.asarray(number, np.int64) * 48_271 % 100_000_000
    return found


def ordinary(world: World, block: int, number: Array, used: Use, days: int) -> Events:
    """Calls, texts and sessions of the block's customers in the last months, about as usage.csv counts them."""
    chance = Streams(world.seed, block)("calls")
    parts = []
    length = days // MONTHS
    for back in range(min(MONTHS, used.there.shape[1])):
        month, first = used.there.shape[1] - 1 - back, (MONTHS - 1 - back) * length
        lively = used.there[:, month]
        for kind, counts in enumerate((used.calls_out + used.calls_in, used.texts, used.active_days)):
            count = np.minimum(counts[:, month], 400).astype(np.int64) * lively
            place = np.repeat(np.arange(len(number)), count)
            n = len(place)
            hour = np.clip(chance.normal(14.5, 4.0, n), 0.0, 23.98)
            second = (first + chance.integers(0, length, n)) * DAY + (hour * HOUR).astype(np.int64)
            friend = (chance.random(n) ** 2 * 25).astype(np.int64)  # a few friends take most calls
            spoken = np.where(chance.random(n) < _ZERO, 0.0, np.ceil(chance.exponential(140.0, n)))
            volume = used.data_mb[place, month] / np.maximum(used.active_days[place, month], 1.0)
            parts.append(
                Events(
                    who=number[place],
                    second=second,
                    other=np.where(kind == 2, 0, own_number(number[place] * 31 + friend * 977)),
                    out=(chance.random(n) < 0.53) | (kind == 2),
                    kind=np.full(n, kind),
                    duration=np.where(kind == 0, spoken, 0.0),
                    data_mb=np.where(kind == 2, np.round(volume, 2), 0.0),
                    cell=number[place] % 400 + (chance.random(n) ** 3 * 6).astype(np.int64),
                )
            )
    return Events.together(parts)
