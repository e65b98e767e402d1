"""How customers pay: on time, late, in arrears, or by top-ups in advance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.behaviour import Charges
from telcli.simulation.departures import Departures
from telcli.simulation.population import Population
from telcli.simulation.troubles import Troubles
from telcli.simulation.world import WARMUP, Array, Streams, World

__all__ = ["CHANNELS", "METHODS", "Payments", "pay"]

METHODS = ("auto-debit", "wallet", "cash", "bank-transfer", "top-up")
CHANNELS = ("bank", "app", "wechat", "alipay", "store")


@dataclass(frozen=True)
class Payments:
    """Arrays with one entry per payment, sorted by owner and number.

    Parameters
    ----------
    owner : position of the customer in the block.
    number : unique within the customer.
    month, day, second : when, within the history.
    fen : amount.
    method, channel : indices into `METHODS` and `CHANNELS`.
    reversed : taken back later; the same amount is then paid again.
    """

    owner: Array
    number: Array
    month: Array
    day: Array
    second: Array
    fen: Array
    method: Array
    channel: Array
    reversed: Array


def pay(
    world: World, block: int, people: Population, troubles: Troubles, gone: Departures, charges: Charges
) -> Payments:
    """Draw the payments of one block: one per bill of a postpaid customer, top-ups of a prepaid one."""
    chance = Streams(world.seed, block)("payments")
    shape = charges.total.shape
    own = np.broadcast_to(np.arange(shape[1]), shape)
    when = _when_paid(chance, people, troubles, gone, own)
    amount = np.where(people.prepaid[:, None], _top_ups(chance, charges.total), charges.total)
    day = np.where(when == own + 1, chance.integers(3, 20, shape), chance.integers(2, 28, shape))
    day = np.where(people.prepaid[:, None], chance.integers(1, 20, shape), day)
    day = np.where(people.prepaid[:, None] & (own == people.joined[:, None]), people.joined_day[:, None], day)
    habit = np.where(people.prepaid, 4, chance.choice(4, len(people.kind), p=[0.35, 0.45, 0.12, 0.08]))
    place = np.array([0, 1, 4, 0, 2])[habit]
    paid = (amount > 0) & (when < shape[1])
    owner, bill = np.nonzero(paid)
    taken_back = chance.random(shape)[paid] < 0.003
    again = np.concatenate([np.zeros(len(owner), bool), np.ones(int(taken_back.sum()), bool)])

    def doubled(values: Array) -> Array:
        return np.concatenate([values, values[taken_back]])

    rows = {
        "owner": doubled(owner),
        "number": doubled(bill * 2) + again,
        "month": doubled(when[paid]),
        "day": doubled(day[paid]) + again,
        "second": doubled(chance.integers(8 * 3600, 22 * 3600, shape)[paid]),
        "fen": doubled(amount[paid]),
        "method": doubled(habit[owner]),
        "channel": doubled(np.where(chance.random(shape)[paid] < 0.2, 3, place[owner])),
        "reversed": np.concatenate([taken_back, np.zeros(int(taken_back.sum()), bool)]),
    }
    order = np.lexsort((rows["number"], rows["owner"]))
    return Payments(**{name: values[order] for name, values in rows.items()})


def _when_paid(
    chance: np.random.Generator, people: Population, troubles: Troubles, gone: Departures, own: Array
) -> Array:
    """The month in which each month's bill is paid; beyond the history for never."""
    months = own.shape[1]
    late = (chance.random(own.shape) < people.tardiness[:, None]) & ~people.prepaid[:, None]
    withheld = (troubles.arrears[:, WARMUP:] > 0) & ~people.prepaid[:, None]
    usual = np.where(people.prepaid[:, None], own, own + 1)
    when = np.where(late, own + 2, usual)
    recovery = np.full(len(own), months + 1)
    for month in range(months - 1, -1, -1):
        when[:, month] = np.where(withheld[:, month], recovery + 1, when[:, month])
        recovery = np.where(withheld[:, month], recovery, month)
    defaults = (gone.reason == 6)[:, None] & (own >= gone.month[:, None] - 2)
    skips = (chance.random(len(own)) < 0.12)[:, None] & (own == gone.month[:, None])
    after = withheld & (when > gone.month[:, None] + 1)
    return np.where(defaults | skips | after, months + 1, when)


def _top_ups(chance: np.random.Generator, charged: Array) -> Array:
    """Round amounts paid ahead: the credit never runs below zero."""
    step = chance.choice([2_000, 3_000, 5_000, 10_000], len(charged))[:, None]
    credit = -(-np.cumsum(charged, axis=1) // step) * step
    topped: Array = np.diff(credit, axis=1, prepend=0)
    return topped
