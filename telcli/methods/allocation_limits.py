"""A problem of allocation: what each offer to each customer brings and takes, and the limits of all together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Answer", "Problem"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_BLOCK = 1 << 16
_GROUPS = 16


@dataclass(frozen=True)
class Answer:
    """The best choice at given prices, each customer for herself but for her manager's hands.

    Parameters
    ----------
    choice : array of shape (customers,)
        Offer of each, -1 none.
    bound : no choice within the limits brings more than that
    value : array of shape (groups,)
        What the choice brings, by group of customers.
    use : array of shape (groups, limits)
        What it takes, as shares of the limits.
    manager_prices : array of shape (managers,)
        What one more contact of each manager would bring.
    """

    choice: Ints
    bound: float
    value: Floats
    use: Floats
    manager_prices: Floats


@dataclass(frozen=True)
class Problem:
    """Customers by offers; an offer that a customer cannot have, or that brings nothing, has the value -inf.

    Parameters
    ----------
    value, cost : arrays of shape (customers, offers)
    channel_of, takes_manager : arrays of shape (offers,)
    manager_of : array of shape (customers,); -1 for who has none
    budget : money; may be infinite
    channel_room, manager_room, offer_room : contacts left by channel, manager, offer; may be infinite
    """

    value: Floats
    cost: Floats
    channel_of: Ints
    takes_manager: Flags
    manager_of: Ints
    budget: float
    channel_room: Floats
    manager_room: Floats
    offer_room: Floats

    def closed(self) -> Problem:
        """The same without offers that bring nothing, or that no room or money is left for."""
        shut = (self.channel_room[self.channel_of] < 1) | (self.offer_room < 1)
        no_hand = (self.hands < 1)[:, None] & self.takes_manager[None, :]
        dead = shut[None, :] | no_hand | ~(self.value > 0) | (self.cost > self.budget)
        return replace(self, value=np.where(dead, -np.inf, self.value))

    @cached_property
    def counted(self) -> Flags:
        """Which offers each limit on contacts counts: channels, then offers; those that can bind alone."""
        channels = self.channel_of[None, :] == np.arange(self.channel_room.size)[:, None]
        return np.vstack([channels, np.eye(self.offer_room.size, dtype=bool)])[self.binding]

    @cached_property
    def binding(self) -> Flags:
        """Which limits on contacts can bind at all; what has no room left is closed, and needs no price."""
        room = np.concatenate([self.channel_room, self.offer_room])
        return (room < len(self.value)) & (room > 0)

    @cached_property
    def room(self) -> Floats:
        """The limits on contacts in `counted`."""
        return np.concatenate([self.channel_room, self.offer_room])[self.binding]

    @cached_property
    def priced(self) -> bool:
        """Whether the budget can bind."""
        most = np.where(np.isfinite(self.value), self.cost, 0.0).max(axis=1, initial=0.0)
        return bool(math.fsum(most) > self.budget)

    @cached_property
    def hands(self) -> Floats:
        """Contacts left of each customer's manager; infinite for who has none."""
        room = np.append(self.manager_room, np.inf)
        return room[self.manager_of]

    @cached_property
    def groups(self) -> Ints:
        """A group of each customer: all of a manager are in one."""
        alone = np.arange(len(self.value)) % _GROUPS
        return np.where(np.isfinite(self.hands), self.manager_of % _GROUPS, alone)

    @property
    def limits(self) -> int:
        """How many limits have a price: the budget, if it can bind, and those on contacts."""
        return int(self.priced) + self.room.size

    def tolls(self, prices: Floats) -> tuple[float, Floats]:
        """The price of money, and of each offer, where each limit as a whole has a price."""
        money = float(prices[0]) / self.budget if self.priced else 0.0
        return money, (prices[int(self.priced) :] / self.room) @ self.counted

    def worth(self, prices: Floats, rows: slice | Ints) -> Floats:
        """What the offers bring customers less the prices of what they take."""
        money, toll = self.tolls(prices)
        found = self.value[rows] - toll
        return found - money * self.cost[rows] if money else found

    def answer(self, prices: Floats) -> Answer:
        """The best choice at prices, each of a limit as a whole, and the bound it proves.

        A manager's hands need no price given: of her customers those who gain most by them have them, and what the
        first of the others would gain is their price.
        """
        choice, gain, by_hand = self._best(prices)
        limited = np.flatnonzero(np.isfinite(self.hands) & (gain > 0))
        ranked = limited[np.lexsort((-gain[limited], self.manager_of[limited]))]
        managers = self.manager_of[ranked]
        place = np.arange(ranked.size) - np.searchsorted(managers, managers)
        hand_prices = np.zeros(self.manager_room.size)
        out = place >= self.manager_room[managers]
        first = ranked[place == self.manager_room[managers]]
        hand_prices[self.manager_of[first]] = gain[first]
        taken = gain > 0
        taken[ranked[out]] = False
        choice[taken] = by_hand[taken]
        value, use = self._sums(choice)
        bound = float(prices.sum() + math.fsum(value) - prices @ use.sum(axis=0))
        return Answer(choice, bound, value, use, hand_prices)

    def within(self, choice: Ints) -> bool:
        """Whether a choice holds every limit, its costs added up exactly."""
        left = self.part(np.empty(0, dtype=np.int64), choice)
        rooms = (left.channel_room, left.manager_room, left.offer_room)
        return left.budget >= 0 and all(bool((room >= 0).all()) for room in rooms)

    def total(self, choice: Ints) -> float:
        """What a choice brings."""
        rows = np.flatnonzero(choice >= 0)
        return math.fsum(self.value[rows, choice[rows]])

    def spent(self, choice: Ints) -> float:
        """What a choice costs."""
        rows = np.flatnonzero(choice >= 0)
        return math.fsum(self.cost[rows, choice[rows]])

    def part(self, rows: Ints, choice: Ints) -> Problem:
        """The problem of some customers, where the others keep their choice."""
        keeps = choice >= 0
        keeps[rows] = False
        others = np.flatnonzero(keeps)
        offers = choice[others]
        counts = np.bincount(offers, minlength=self.offer_room.size)
        channels = np.bincount(self.channel_of, weights=counts, minlength=self.channel_room.size)
        return replace(
            self,
            value=self.value[rows],
            cost=self.cost[rows],
            manager_of=self.manager_of[rows],
            budget=self.budget - math.fsum(self.cost[others, offers]),
            channel_room=self.channel_room - channels,
            manager_room=self.manager_room - self._hands_used(others, offers),
            offer_room=self.offer_room - counts,
        )

    def _best(self, prices: Floats) -> tuple[Ints, Floats, Ints]:
        """Of each customer: the best offer that takes no manager, what the best that does gains on it, and which."""
        size = len(self.value)
        choice, by_hand, gain = np.full(size, -1), np.full(size, -1), np.zeros(size)
        ways = [(np.flatnonzero(~self.takes_manager), choice), (np.flatnonzero(self.takes_manager), by_hand)]
        for start in range(0, size, _BLOCK):
            rows = slice(start, min(start + _BLOCK, size))
            worth = self.worth(prices, rows)
            for offers, best in ways:
                if not offers.size:
                    continue
                part = worth[:, offers] if offers.size < worth.shape[1] else worth
                at = part.argmax(axis=1)
                top = np.take_along_axis(part, at[:, None], axis=1)[:, 0]
                best[rows] = np.where(top > 0, offers[at], -1)
                gain[rows] = np.maximum(top, 0.0) - gain[rows]
        return choice, gain if self.takes_manager.any() else np.zeros(size), by_hand

    def _sums(self, choice: Ints) -> tuple[Floats, Floats]:
        """What a choice brings and takes by group, what it takes as shares of the limits."""
        rows = np.flatnonzero(choice >= 0)
        offers, group, many = choice[rows], self.groups[rows], self.offer_room.size
        value = np.bincount(group, weights=self.value[rows, offers], minlength=_GROUPS).astype(np.float64)
        counts = np.bincount(group * many + offers, minlength=_GROUPS * many).reshape(_GROUPS, many)
        use: Floats = counts @ self.counted.T / self.room
        if self.priced:
            money = np.bincount(group, weights=self.cost[rows, offers], minlength=_GROUPS)
            use = np.column_stack([money / self.budget, use])
        return value, use

    def _hands_used(self, rows: Ints, offers: Ints) -> Ints:
        managers = self.manager_of[rows][self.takes_manager[offers]]
        return np.bincount(managers[managers >= 0], minlength=self.manager_room.size)
