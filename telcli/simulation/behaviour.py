"""What customers do each month: use, charges, payments and tickets, shaped by their level and their troubles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from telcli.simulation.departures import SILENT_MONTHS, Departures
from telcli.simulation.population import Population
from telcli.simulation.troubles import Troubles
from telcli.simulation.world import WARMUP, Array, Streams, World

__all__ = ["Charges", "Use", "charge", "expected_margin", "presence", "use"]

COST_FIXED, COST_MINUTE, COST_MB, COST_SHARE = 12.0, 0.012, 0.0005, 0.08
"""The planted cost of serving a customer: yuan a month, per minute, per MB, and a share of revenue."""


@dataclass(frozen=True)
class Use:
    """Use by customer and month; `there` marks months between joining and leaving, both included."""

    there: Array
    call_minutes: Array
    calls_out: Array
    calls_in: Array
    texts: Array
    data_mb: Array
    roaming_minutes: Array
    active_days: Array


@dataclass(frozen=True)
class Charges:
    """Charges by customer and month, in fen (whole numbers)."""

    recurring: Array
    voice: Array
    data: Array
    text: Array
    over_bundle: Array
    discount: Array

    @property
    def total(self) -> Array:
        """What the customer owes for the month."""
        owed: Array = self.recurring + self.voice + self.data + self.text + self.over_bundle - self.discount
        return owed


def presence(world: World, people: Population, gone: Departures) -> tuple[Array, Array, Array]:
    """Whether each customer is there in each month, and the first and last day of the month that counts."""
    month = np.arange(world.months)[None, :]
    there = (month >= people.joined[:, None]) & (month <= gone.month[:, None])
    first = np.where(month == people.joined[:, None], people.joined_day[:, None], 1)
    last = np.where(month == gone.month[:, None], gone.day[:, None], 28)
    return there, np.where(first > last, last, first), last


def use(world: World, block: int, people: Population, troubles: Troubles, gone: Departures) -> Use:
    """Draw the use of one block."""
    chance = Streams(world.seed, block)("use")
    there, first, last = presence(world, people, gone)
    shape = there.shape
    life, price, network, arrears = (
        age[:, WARMUP:] for age in (troubles.life, troubles.price, troubles.network, troubles.arrears)
    )
    share = (last - first + 1) / 28.0
    decline = np.maximum(0.80**life, 0.15)
    suspended = np.where(arrears >= 3, 0.02, 1.0)
    stops_soon = gone.silent[:, None] & (np.arange(shape[1])[None, :] > gone.month[:, None] - SILENT_MONTHS)
    resting = (troubles.pause[:, WARMUP:] > 0) & ~stops_soon
    common = there * share * decline * suspended * ~resting
    season = 1.0 + 0.06 * np.sin(2 * np.pi * ((world.first + np.arange(shape[1])) % 12) / 12.0)[None, :]

    def around(level: Array, spread: float) -> Array:
        noise: Array = np.exp(chance.standard_normal(shape, np.float32) * spread)
        return level[:, None] * noise * common

    minutes = around(people.minutes, 0.18) * season * (1 + 0.25 * (price > 0))
    data = around(people.data_mb, 0.20) * season * (1 + 0.30 * (price > 0)) * (1 - 0.2 * (network > 0))
    days = people.active_days[:, None] * np.maximum(decline, 0.3) ** 0.6 * (1 - 0.12 * (network > 0))
    days = days + chance.normal(0.0, 1.5, shape)
    calls = minutes / 2.4
    travels = chance.random(shape) < 0.35
    return Use(
        there=there,
        call_minutes=np.round(minutes, 1),
        calls_out=np.round(calls * chance.uniform(0.45, 0.6, shape)),
        calls_in=np.round(calls * chance.uniform(0.4, 0.55, shape)),
        texts=np.round(around(people.texts, 0.35)),
        data_mb=np.round(data, 1),
        roaming_minutes=np.round(around(people.roaming, 0.5) * travels, 1),
        active_days=np.round(np.clip(days, 1, 30) * share * there * ~resting * np.where(suspended < 1, 0.1, 1.0)),
    )


def charge(world: World, block: int, people: Population, troubles: Troubles, used: Use, fees: Array) -> Charges:
    """Turn plan fees and use into the charges of one block."""
    chance = Streams(world.seed, block)("charges")
    shape = used.there.shape
    price = troubles.price[:, WARMUP:] > 0
    metered = people.prepaid[:, None]
    shock = 12.0 + 0.30 * people.fee[:, None] * np.exp(chance.normal(0.0, 0.45, shape))
    slip = np.where(chance.random(shape) < 0.08, chance.uniform(1, 15, shape), 0.0)

    def fen(yuan: Array) -> Array:
        return np.round(yuan * 100 * used.there).astype(np.int64)

    over = np.where(price & (used.data_mb > 0), shock, slip) * (used.active_days > 0)
    return Charges(
        recurring=fen(fees),
        voice=fen(np.where(metered, used.call_minutes * 0.10, used.roaming_minutes * 0.08)),
        data=fen(np.where(metered, used.data_mb * 0.0012, 0.0)),
        text=fen(used.texts * np.where(metered, 0.10, 0.02)),
        over_bundle=fen(over),
        discount=fen(np.floor(people.discount[:, None] * fees)),
    )


def expected_margin(people: Population, fees: Array, there: Array) -> Array:
    """Planted value: yuan a month that a customer leaves after costs in an untroubled month.

    revenue = fees - discount + metered use + mean slips; margin = revenue (1 - .08) - 12 - .012 minutes - .0005 MB.
    """
    months = np.maximum(there.sum(axis=1), 1)
    fee = (fees * there).sum(axis=1) / months
    metered = np.where(people.prepaid, people.minutes * 0.10 + people.data_mb * 0.0012, people.roaming * 0.028)
    revenue = (
        fee - np.floor(people.discount * fee) + metered + people.texts * np.where(people.prepaid, 0.1, 0.02) + 0.64
    )
    cost = COST_FIXED + COST_MINUTE * people.minutes + COST_MB * people.data_mb
    margin: Array = revenue * (1 - COST_SHARE) - cost
    return np.round(margin, 2)
