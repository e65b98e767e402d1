"""What a plan is limited by: money, and contacts by channel, by manager and by offer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.settings.capacities import amount_of, capacities
from telcli.settings.names_in import names_in
from telcli.stages.plan_retention_study import Study

__all__ = ["Limits", "limits_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """What there is: money, contacts by channel, by manager and by offer; infinite where there is no limit.

    `channels` and `managers` are names; `channel_of` an offer's place among the former, `manager_of` a customer's among
    the latter, -1 where she has none; `hands` says which offers take the manager's time.
    """

    budget: float
    channels: list[str]
    channel_room: Floats
    channel_of: Ints
    managers: list[str]
    manager_room: Floats
    manager_of: Ints
    offer_room: Floats
    hands: Flags

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return math.isfinite(self.budget) or self.of_contacts

    @property
    def of_contacts(self) -> bool:
        """Whether there is one of contacts."""
        return any(bool(np.isfinite(room).any()) for room in (self.channel_room, self.manager_room, self.offer_room))

    @property
    def rooms(self) -> Floats:
        """All limits in a row: the budget, channels, managers, offers."""
        return np.concatenate([[self.budget], self.channel_room, self.manager_room, self.offer_room])

    def with_rooms(self, rooms: Floats) -> Limits:
        """The same limits, of other sizes."""
        ends = np.cumsum([1, self.channel_room.size, self.manager_room.size])
        _, channels, managers, offers = np.split(rooms, ends)
        return replace(self, budget=float(rooms[0]), channel_room=channels, manager_room=managers, offer_room=offers)

    def places(self, rows: Ints, offer: Ints) -> Ints:
        """Which of `rooms` customers with these offers take of: budget, channel, manager (-1 none), offer, of each."""
        manager = self.manager_of[rows]
        first = 1 + self.channel_room.size
        by_hand = np.where(self.hands[offer] & (manager >= 0), first + manager, -1)
        last = first + self.manager_room.size
        return np.stack([np.zeros_like(rows), 1 + self.channel_of[offer], by_hand, last + offer], axis=1)

    def used(self, choice: Ints, cost: Floats) -> Floats:
        """What a choice takes of each of `rooms`; `cost` of shape (customers, offers)."""
        rows = np.flatnonzero(choice >= 0)
        places = self.places(rows, choice[rows])[:, 1:].ravel()
        found = np.bincount(places[places >= 0], minlength=self.rooms.size).astype(np.float64)
        found[0] = math.fsum(cost[rows, choice[rows]])
        return found


def limits_of(study: Study, people: pl.DataFrame, offers: pl.DataFrame) -> Limits:
    """The limits as settings and offers have them; a channel with a limit that no offer uses is told."""
    settings = study.settings
    budget = amount_of(settings.budget)
    rooms = capacities(settings.channel_capacity) or {}
    channels = sorted(set(offers["channel"].to_list()))
    idle = sorted(set(rooms) - set(channels))
    if idle:
        study.tell(
            "plan-channel-idle",
            "channel_capacity limits {names}, by which no offer goes; channels of offers are {known}.",
            names=", ".join(idle),
            known=", ".join(channels),
        )
    automatic = set(names_in(settings.automatic_channels))
    managers = sorted(set(people["task_manager"].drop_nulls()) - {"unassigned"})
    place = {name: at for at, name in enumerate(managers)}
    return Limits(
        math.inf if budget is None else budget,
        channels,
        np.array([rooms.get(name, math.inf) for name in channels], dtype=np.float64),
        np.array([channels.index(name) for name in offers["channel"].to_list()], dtype=np.int64),
        managers,
        np.full(len(managers), settings.manager_capacity or math.inf, dtype=np.float64),
        np.array([place.get(name, -1) for name in people["task_manager"].to_list()], dtype=np.int64),
        np.array([math.inf if most is None else most for most in offers["limit"].to_list()], dtype=np.float64),
        np.array([name not in automatic for name in offers["channel"].to_list()], dtype=bool),
    )
