"""What happens to customers before they leave: episodes that the extracts show month by month.

Each kind of trouble comes and goes by itself; who is in trouble is likelier to leave some months later
(`departures`), but most stay, which is what keeps churn predictable and not certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.population import Population
from telcli.simulation.world import WARMUP, Array, Streams, World, shifted

__all__ = ["Troubles", "live_through"]


@dataclass(frozen=True)
class Troubles:
    """Age of each running episode in months, 0 outside; one row per customer, `WARMUP` + months columns.

    Parameters
    ----------
    price : usage outgrew the plan: over-bundle charges month after month.
    service : a matter the operator does not settle: repeated complaints.
    network : bad coverage or a failing line: fault reports, fewer active days.
    life : the customer needs the line less and less: use declines.
    arrears : a postpaid customer does not pay.
    pause : a prepaid line rests for a month or two and comes back.
    """

    price: Array
    service: Array
    network: Array
    life: Array
    arrears: Array
    pause: Array


def _episodes(chance: np.random.Generator, onset: Array, length: float, months: int) -> Array:
    """Age of a running episode by customer and month: begins with chance `onset`, lasts `length` months on average."""
    n = len(onset)
    begins = chance.random((n, months)) < onset[:, None]
    goes_on = chance.random((n, months)) >= 1.0 / length
    age = np.zeros((n, months), np.int16)
    running = np.zeros(n, np.int16)
    for month in range(months):
        running = np.where((running > 0) & goes_on[:, month], running + 1, begins[:, month]).astype(np.int16)
        age[:, month] = running
    return age


def live_through(world: World, block: int, people: Population) -> Troubles:
    """Draw the troubles of one block."""
    chance = Streams(world.seed, block)("troubles")
    months = WARMUP + world.months
    n = len(people.kind)

    def by_kind(name: str) -> Array:
        return np.array([getattr(kind, name) for kind in world.kinds])[people.kind]

    coverage = np.array([0.7, 0.7, 0.8, 1.0, 1.9, 1.6])[people.region]
    arrears_onset = np.where(people.prepaid, 0.0, 0.004 + 0.05 * people.tardiness)
    arrears = _episodes(chance, arrears_onset, 4.5, months)
    arrears[:, : WARMUP - 1] = 0
    arrears = _restart(arrears)
    return Troubles(
        price=_episodes(chance, by_kind("price"), 5.0, months),
        service=_episodes(chance, np.full(n, 0.007), 3.5, months),
        network=_episodes(chance, 0.006 * coverage, 4.0, months),
        life=_episodes(chance, by_kind("life"), 9.0, months),
        arrears=arrears,
        pause=_pauses(chance, people.prepaid, months),
    )


def _pauses(chance: np.random.Generator, prepaid: Array, months: int) -> Array:
    """Rests of one or two months, at most one in four months; the first month of the history has none."""
    n = len(prepaid)
    turn = np.arange(months)[None, :] % 4 == chance.integers(0, 4, n)[:, None]
    begins = turn & (chance.random((n, months)) < 0.05) & prepaid[:, None]
    goes_on = shifted(begins & (chance.random((n, months)) < 0.4), 1)
    age: Array = (begins + 2 * goes_on).astype(np.int16)
    age[:, : WARMUP + 1] = 0
    return age


def _restart(age: Array) -> Array:
    """Count each run of nonzero entries again from 1, after earlier months were cleared."""
    again = np.zeros_like(age)
    running = np.zeros(len(age), age.dtype)
    for month in range(age.shape[1]):
        running = np.where(age[:, month] > 0, running + 1, 0).astype(age.dtype)
        again[:, month] = running
    return again
