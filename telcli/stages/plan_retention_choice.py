"""Who gets which offer within the limits, and who of them is held out.

Those held out take nothing of budgets and hands. So each limit is widened by what it loses to the hold-out: offers are
chosen, the hold-out is drawn, and where those held out of a limit leave room in it, or those contacted take more than
there is, it is done again. The lots are hashes of the customer and the campaign: nothing else that is known of a
customer decides who is held out. Limits are widened from below, by those held out so far: whether a customer comes in
goes by the lots of others who came in before her and not by her own, so that her chance is what was meant. Choosing
with all lots known would not do: who is held out takes nothing, and so would be worth less than who is contacted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.allocation import Allocation, allocate
from telcli.methods.trial_design import draw
from telcli.stages.plan_retention_limits import Limits
from telcli.stages.plan_retention_pairs import Pairs
from telcli.stages.plan_retention_power import share_for
from telcli.stages.plan_retention_study import Study

__all__ = ["Chosen", "choose"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
_ROUNDS = 7
_CLOSE = 0.01
"""Limits used up but for this share are used up."""
_BELOW = 2.0
"""Standard errors of the number held out by which limits are at first less wide than they are expected to be."""


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


def choose(
    study: Study, people: pl.DataFrame, offers: pl.DataFrame, pairs: Pairs, able: Flags, limits: Limits
) -> Chosen:
    """Choose for each customer one offer or none, and draw who is held out; `able` says which pairs may be chosen."""
    worthwhile = able & (pairs.value > study.settings.least_value)
    free = np.where(worthwhile.any(axis=1), np.where(worthwhile, pairs.value, -np.inf).argmax(axis=1), -1)

    def drawn(choice: Ints, found: Allocation) -> Chosen:
        return Chosen(choice, *_held_out(study, people, offers, pairs, choice), found, free)

    rooms, seen = limits.rooms, set[bytes]()
    best: Chosen | None = None
    wide, fits = _at_first(rooms, study.settings.holdout, float(pairs.cost[worthwhile].max(initial=0.0))), False
    while len(seen) < _ROUNDS and wide.tobytes() not in seen:
        seen.add(wide.tobytes())
        found = _allocated(pairs, worthwhile, limits.with_rooms(wide))
        chosen = drawn(found.choice, found)
        taken, lost = (limits.used(np.where(who, chosen.choice, -1), pairs.cost) for who in (~chosen.held, chosen.held))
        if fits := bool((taken <= rooms).all()):
            best = chosen if best is None or found.objective > best.found.objective else best
            if not _idle(rooms, wide, taken, lost).any():
                break
        wide = rooms + lost
    while not fits:
        chosen = drawn(_fewer(chosen, limits, pairs), chosen.found)
        fits = bool((limits.used(np.where(chosen.held, -1, chosen.choice), pairs.cost) <= rooms).all())
    cut = replace(chosen, found=_of(chosen, pairs))
    return cut if best is None or cut.found.objective > best.found.objective else best


def _at_first(rooms: Floats, share: float, dearest: float) -> Floats:
    """Limits wide enough for nearly all who will be held out; no wider, lest those after the last contacted count."""
    unit = np.ones(rooms.size)
    unit[0] = dearest
    finite = np.isfinite(rooms)
    known = np.where(finite, rooms, 0.0)
    wide = (known - _BELOW * np.sqrt(unit * known * share)) / (1.0 - share)
    return np.where(finite, np.maximum(known, wide), rooms)


def _idle(rooms: Floats, wide: Floats, taken: Floats, lost: Floats) -> Flags:
    """Which limits, as wide as they were, are used up, and yet those contacted do not use up what there is."""
    idle: Flags = (taken < rooms * (1.0 - _CLOSE)) & (taken + lost >= np.floor(wide * (1.0 - _CLOSE)))
    return idle


def _fewer(chosen: Chosen, limits: Limits, pairs: Pairs) -> Ints:
    """The choice without those worth least in each limit that is exceeded, contacted or not, until it would hold."""
    choice = chosen.choice.copy()
    rows = np.flatnonzero(choice >= 0)
    offer, held = choice[rows], chosen.held[rows]
    places = limits.places(rows, offer)
    value, cost = pairs.value[rows, offer], pairs.cost[rows, offer]
    over = limits.used(np.where(chosen.held, -1, chosen.choice), pairs.cost) - limits.rooms
    for limit in np.flatnonzero(over > 0):
        here = np.flatnonzero((places == limit).any(axis=1) & ((cost > 0) | (limit > 0)))
        worth = value[here] if limit else value[here] / cost[here]
        here = here[np.argsort(worth, kind="stable")]
        less = np.cumsum(np.where(held[here], 0.0, 1.0 if limit else cost[here]))
        choice[rows[here[: int(np.searchsorted(less, over[limit])) + 1]]] = -1
    return choice


def _of(chosen: Chosen, pairs: Pairs) -> Allocation:
    """What was found, told of the choice as it is now: of one that was cut back the gap is wider."""
    rows = np.flatnonzero(chosen.choice >= 0)
    offer, bound = chosen.choice[rows], chosen.found.bound
    value, cost = (math.fsum(part[rows, offer]) for part in (pairs.value, pairs.cost))
    gap = (bound - value) / bound if bound > 0 else 0.0
    return replace(chosen.found, choice=chosen.choice, objective=value, spent=cost, gap=gap)


def _allocated(pairs: Pairs, able: Flags, limits: Limits) -> Allocation:
    return allocate(
        pairs.value,
        pairs.cost,
        eligible=able,
        channel_of=limits.channel_of,
        manager_of=limits.manager_of,
        budget=limits.budget,
        channel_capacity=limits.channel_room,
        manager_capacity=limits.manager_room,
        offer_limit=limits.offer_room,
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
