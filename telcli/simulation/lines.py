"""The numbers and lines each customer holds; some lines end while the customer stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.departures import STAYS, Departures
from telcli.simulation.population import Population
from telcli.simulation.world import Array, Streams, World

__all__ = ["END_WORDS", "SERVICES", "Lines", "monthly_fees", "open_lines"]

SERVICES = ("移动", "宽带", "固话", "ITV", "专线")
END_WORDS = ("", "主动销户", "携号转网", "欠费销户", "套餐迁移", "过户", "主动拆机")
"""Why a line ended, as the CRM writes it; 套餐迁移 and 过户 are internal moves, not churn."""

MOVE_RATE = 0.004
"""Customers a month whose main line moves to another plan or holder: the line ends, a new one begins."""


@dataclass(frozen=True)
class Lines:
    """Arrays with one entry per line, sorted by owner.

    Parameters
    ----------
    owner : position of the customer in the block.
    serial : number of the line within its customer, from 1.
    service : index into `SERVICES`.
    fee : yuan a month.
    start, start_day, end, end_day : months of the history (end is `STAYS` while the line lives) and days.
    ended_by : index into `END_WORDS`.
    """

    owner: Array
    serial: Array
    service: Array
    fee: Array
    start: Array
    start_day: Array
    end: Array
    end_day: Array
    ended_by: Array


def open_lines(world: World, block: int, people: Population, gone: Departures) -> Lines:
    """Give each customer a main line, some further ones, and a few of them a move from one line to another."""
    chance = Streams(world.seed, block)("lines")
    n = len(people.kind)
    owner, service, fee = _holdings(chance, world, people)
    known_end = np.where(gone.silent, STAYS, gone.month)
    end, end_day, ended_by = known_end[owner], gone.day[owner], _last_word(chance, people, gone)[owner]
    main = np.concatenate([[True], owner[1:] != owner[:-1]])
    start, start_day = people.joined[owner], people.joined_day[owner]

    drops = ~main & (chance.random(len(owner)) < 0.06)
    dropped = (chance.random(len(owner)) * world.months).astype(int)
    drops &= (dropped < gone.month[owner]) & (dropped > start)
    end, end_day = np.where(drops, dropped, end), np.where(drops, chance.integers(1, 29, len(owner)), end_day)
    ended_by = np.where(drops, 6, ended_by)

    moves = chance.random(n) < MOVE_RATE * world.months
    moved = (chance.random(n) * world.months).astype(int)
    moves &= (moved > people.joined) & (moved < gone.month)
    move_day = chance.integers(1, 28, n)
    moving = main & moves[owner]
    word = np.where(chance.random(n) < 0.7, 4, 5)[owner]
    new_fee = np.where(chance.random(n) < 0.6, people.fee + 10, np.maximum(people.fee - 10, 9))[owner]
    old = Lines(
        *(owner, np.where(main, 0, 2), service, fee, start, start_day),
        end=np.where(moving, moved[owner], end),
        end_day=np.where(moving, move_day[owner], end_day),
        ended_by=np.where(moving, word, ended_by),
    )
    new = Lines(
        *(owner, np.ones_like(owner), service, new_fee, moved[owner], move_day[owner] + 1, end, end_day, ended_by)
    )
    return _numbered(old, new, moving)


def _holdings(chance: np.random.Generator, world: World, people: Population) -> tuple[Array, Array, Array]:
    """Owner, service and fee of every line; the main line comes first and is mobile."""
    n = len(people.kind)
    everyone = np.arange(n)
    home = np.array([kind.home for kind in world.kinds])[people.kind]
    family, business, key = home == "family", home == "business", people.customer_class == 2
    extra_mobile = np.where(family, chance.binomial(3, 0.45, n), np.where(chance.random(n) < 0.05, 1, 0))
    extra_mobile = np.where(key, 2 + chance.poisson(6.0, n), extra_mobile)
    broadband = (chance.random(n) < np.where(family, 0.95, np.where(business, 0.3, 0.06))) & ~people.prepaid
    landline = (chance.random(n) < np.where(business, 0.2, np.where(home == "elderly", 0.15, 0.02))) & ~people.prepaid
    itv = broadband & (chance.random(n) < 0.6)
    leased = key & (chance.random(n) < 0.6)
    counts = ((0, extra_mobile), (1, broadband), (2, landline), (3, itv), (4, leased))
    owner = np.concatenate([everyone, *(np.repeat(everyone, held.astype(int)) for _, held in counts)])
    service = np.concatenate([np.zeros(n, int), *(np.full(int(held.sum()), code) for code, held in counts)])
    further = np.array([39.0, 30.0, 15.0, 10.0, 900.0])[service]
    further = np.where((service == 0) & family[owner], 10.0, further)
    fee = np.where(np.arange(len(owner)) < n, people.fee[owner], further)
    order = np.argsort(owner, kind="stable")
    return owner[order], service[order], fee[order]


def _last_word(chance: np.random.Generator, people: Population, gone: Departures) -> Array:
    """What the CRM writes for those who leave: ported out, ended at will, ended for arrears; nothing of the silent."""
    ported = chance.random(len(gone.month)) < np.where(people.prepaid, 0.10, 0.35)
    word = np.where(gone.reason == 6, 3, np.where(ported, 2, 1))
    return np.where((gone.month < STAYS) & ~gone.silent, word, 0)


def _numbered(old: Lines, new: Lines, moving: Array) -> Lines:
    """Join lines before and after a move: by owner, the main line first, the line it moved to second."""
    fields = {name: np.concatenate([getattr(old, name), getattr(new, name)[moving]]) for name in vars(old)}
    order = np.lexsort((fields["serial"], fields["owner"]))
    fields = {name: values[order] for name, values in fields.items()}
    owner = fields["owner"]
    begins = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    fields["serial"] = np.arange(len(owner)) - np.repeat(begins, np.diff([*begins, len(owner)])) + 1
    return Lines(**fields)


def monthly_fees(lines: Lines, customers: int, months: int) -> Array:
    """Plan fees of live lines by customer and month; a line is charged from its first month to its last.

    The month of a move is charged once, for the new line.
    """
    month = np.arange(months)[None, :]
    internal = np.isin(lines.ended_by, (4, 5))[:, None]
    ends = lines.end[:, None]
    live = (month >= lines.start[:, None]) & np.where(internal, month < ends, month <= ends)
    fees = np.zeros((customers, months))
    np.add.at(fees, lines.owner, live * lines.fee[:, None])
    return fees
