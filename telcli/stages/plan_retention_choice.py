"""Who gets which offer within the limits, and who of them is held out.

Those held out take nothing of budgets and hands, so limits are widened by what is held out, offers are chosen, the
hold-out is drawn, and where those who are left take more than there is, or less, it is done again with others. The
lots are hashes of the customer and the campaign: nothing else that is known of a customer decides who is held out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.allocation import Allocation, allocate
from telcli.methods.trial_design import draw
from telcli.settings.capacities import amount_of, capacities
from telcli.stages.plan_retention_pairs import Pairs
from telcli.stages.plan_retention_power import share_for
from telcli.stages.plan_retention_study import Study

__all__ = ["Chosen", "Limits", "choose", "limits_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
_ROUNDS = 7
_CLOSE, _STRETCH = 0.01, 1.08
"""Limits used up but for this share are used up; where they are not, they are widened so many times."""
_WIDEST = 2.0
"""Times the limits: as many again as can be contacted may be held out at most."""


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

    def excess(self, choice: Ints, cost: Floats) -> float:
        """The largest share of a limit that a choice uses; infinite where there is nothing and it uses something."""
        rows = np.flatnonzero(choice >= 0)
        offer = choice[rows]
        by_manager = rows[self.hands[offer] & (self.manager_of[rows] >= 0)]
        used = (
            (np.array([math.fsum(cost[rows, offer])]), np.array([self.budget])),
            (np.bincount(self.channel_of[offer], minlength=len(self.channels)), self.channel_room),
            (np.bincount(self.manager_of[by_manager], minlength=len(self.managers)), self.manager_room),
            (np.bincount(offer, minlength=self.offer_room.size), self.offer_room),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = [np.where(taken > 0, taken / room, 0.0) for taken, room in used]
        return max((float(share.max(initial=0.0)) for share in shares), default=0.0)


@dataclass(frozen=True)
class Chosen:
    """Offer of each customer (-1 none), who is held out and with what chance, and how it was found."""

    choice: Ints
    held: Flags
    chance: Floats
    found: Allocation
    free: Ints

    @property
    def contacted(self) -> Flags:
        """Who is to be contacted."""
        contacted: Flags = (self.choice >= 0) & ~self.held
        return contacted


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
    automatic = {name.strip() for name in settings.automatic_channels.replace("，", ",").split(",")}
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


def choose(
    study: Study, people: pl.DataFrame, offers: pl.DataFrame, pairs: Pairs, able: Flags, limits: Limits
) -> Chosen:
    """Choose for each customer one offer or none, and draw who is held out; `able` says which pairs may be chosen."""
    worthwhile = able & (pairs.value > study.settings.least_value)
    free = np.where(worthwhile.any(axis=1), np.where(worthwhile, pairs.value, -np.inf).argmax(axis=1), -1)

    def tried(wider: float) -> tuple[Chosen, float]:
        found = _allocated(pairs, worthwhile, limits, wider)
        chosen = Chosen(found.choice, *_held_out(study, people, offers, pairs, found.choice), found, free)
        return chosen, limits.excess(np.where(chosen.held, -1, chosen.choice), pairs.cost)

    if not limits.any:
        return tried(1.0)[0]
    # The widest limits under which those contacted fit; as wide as they stand they always do.
    best, fits, fails, wider = None, 1.0, math.inf, 1.0 / (1.0 - study.settings.holdout)
    for _ in range(_ROUNDS):
        chosen, excess = tried(wider)
        if excess <= 1.0:
            best, fits = chosen, wider
        else:
            fails = wider
        if 1.0 - _CLOSE <= excess <= 1.0 or fails - fits < _CLOSE:
            break
        wider = min(fits * _STRETCH, _WIDEST) if math.isinf(fails) else (fits + fails) / 2
    return tried(1.0)[0] if best is None else best


def _allocated(pairs: Pairs, able: Flags, limits: Limits, wider: float) -> Allocation:
    return allocate(
        pairs.value,
        pairs.cost,
        eligible=able,
        channel_of=limits.channel_of,
        manager_of=limits.manager_of,
        budget=limits.budget * wider,
        channel_capacity=limits.channel_room * wider,
        manager_capacity=limits.manager_room * wider,
        offer_limit=limits.offer_room * wider,
        takes_manager=limits.hands,
    )


def _held_out(
    study: Study, people: pl.DataFrame, offers: pl.DataFrame, pairs: Pairs, choice: Ints
) -> tuple[Flags, Floats]:
    """Who of the chosen is held out, by lot within each cell and offer, and with what chance; 0 for all others."""
    rows = np.flatnonzero(choice >= 0)
    held, chance = np.zeros(choice.size, dtype=bool), np.zeros(choice.size)
    if not rows.size:
        return held, chance
    chosen = people[rows].select("customer_id", "cell", "churn_probability")
    chosen = chosen.with_columns(uplift=pairs.uplift[rows, choice[rows]], offer=offers["offer_id"].gather(choice[rows]))
    shares = {
        str(cell[0]): share_for(study.settings, group["churn_probability"].to_numpy(), group["uplift"].to_numpy())
        for cell, group in chosen.group_by("cell", maintain_order=True)
    }
    drawn = draw(
        chosen.select(pl.concat_str("cell", "offer", separator="|")).to_series().to_list(),
        chosen["customer_id"].to_list(),
        [shares[cell] for cell in chosen["cell"].to_list()],
        seed=study.inputs.seed,
        salt=study.campaign_id,
    )
    held[rows], chance[rows] = drawn.held, drawn.chance
    return held, chance
