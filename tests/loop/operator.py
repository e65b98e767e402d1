"""A small operator that goes on month by month: who leaves hangs on signs that show, and on what is done about them.

Every customer has a kind that nobody sees and, at times, a trouble of that kind. A trouble shows (charges beyond the
bundle, complaints, a contract that runs out, use that falls), and who is in one in a month may leave in the next.
Offers change that chance by factors planted here: one helps against prices, one against complaints, one does nothing
and is dear, one reminds people at the end of a contract, or asleep, to leave.

Chance is drawn once per customer and month and is the same whatever is done, so worlds that go on under different plans
differ by these plans alone. What a set of contacts saves is known exactly, and to the world alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["FIRST", "HISTORY", "KINDS", "OFFERS", "RESULTS", "Month", "Offer", "Operator", "month_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIRST, HISTORY = date(2024, 6, 1), 9
"""The month whose snapshot the first plan is made of, and how many months are known then, itself included."""
KINDS = ("price", "service", "contract", "dormant", "steady")
_KIND_SHARE = (0.30, 0.27, 0.20, 0.10, 0.13)
_BEGINS = (0.07, 0.07, 0.0, 0.04, 0.0)
"""Chance a month that a trouble begins; that of a contract begins by its date."""
_ENDS = (0.30, 0.30, 0.0, 0.15, 0.0)
_LEAVES = (0.45, 0.45, 0.45, 0.40, 0.0)
"""Chance of leaving in the month after one in trouble, before what is a customer's own."""
_CALM = 0.008
FEES = (19.0, 39.0, 59.0, 99.0, 159.0)
WORTH_MONTHS = 14.0
"""Fees lost with a customer who leaves."""


@dataclass(frozen=True)
class Offer:
    """An offer: cost of one that is taken, cost of a contact, the factor of leaving by kind of trouble, acceptance."""

    cost: float
    contact: float
    factor: Mapping[str, float]
    accepted: float
    assumed: float
    themes: tuple[str, ...] = ()
    en: str = ""


OFFERS = {
    "FEE": Offer(25.0, 3.0, {"price": 0.15}, 0.55, 0.30, ("price",), "Fee credit"),
    "CARE": Offer(12.0, 4.0, {"service": 0.15}, 0.60, 0.30, ("service",), "Complaint care"),
    "GIFT": Offer(45.0, 3.0, {}, 0.70, 0.35, (), "Gift of a device"),
    "CALL": Offer(0.0, 2.0, {"contract": 2.0, "dormant": 2.0}, 0.30, 0.20, (), "Renewal call"),
}
"""`assumed` is what the operator believes of each before there is any evidence: too much of the last two."""
RESULTS = ("done", "unreachable", "late", "undone", "mistaken")
_RESULT_SHARE = (0.82, 0.06, 0.06, 0.03, 0.03)
"""What becomes of a task; only what is done in time, rightly written down or not, changes anything."""
REACHED = _RESULT_SHARE[0] + _RESULT_SHARE[4]


def month_of(number: int) -> date:
    """The month so many after FIRST."""
    months = FIRST.year * 12 + FIRST.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class Month:
    """What a month's plan brought, in truth: expected over who leaves and who accepts, given who was there."""

    saved: float
    cost: float
    contacts: int
    by_offer: Mapping[str, int]
    harmed: float
    left: int

    @property
    def net(self) -> float:
        """Saved value less cost."""
        return self.saved - self.cost


@dataclass
class Operator:
    """The world; `now` is the month that has ended, 0 being FIRST, and rows of arrays are customers for good."""

    seed: int = 0
    customers: int = 3000
    months: int = 6
    joiners: float = 0.055
    now: int = 0
    record: list[Month] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._draw()
        self.gone = np.full(self.n, 99, dtype=np.int64)
        for month in range(1 - HISTORY + 1, 1):
            self._leave(month, np.ones(self.n))

    def _draw(self) -> None:
        """Everything that no plan changes."""
        rng = np.random.default_rng([self.seed, 17])
        span, each = HISTORY + self.months, round(self.customers * self.joiners)
        self.n = n = self.customers + each * (span - 1)
        self.first = -HISTORY + 1
        older = -rng.integers(0, 60, self.customers) + self.first
        self.joined = np.concatenate([older, np.repeat(np.arange(self.first + 1, self.first + span), each)])
        self.kind = rng.choice(len(KINDS), n, p=_KIND_SHARE)
        self.fee = rng.choice(FEES, n, p=(0.15, 0.3, 0.3, 0.17, 0.08))
        self.own = np.clip(rng.lognormal(0.0, 0.25, n), 0.4, 2.0)
        self.manager = rng.integers(0, 12, n)
        self.habit = rng.lognormal(0.0, 0.4, n)
        self.contract_end = np.where(self.kind == 2, rng.integers(self.first - 1, self.months + 8, n), -999)
        self.u, self.v, self.w, self.x, self.y = (rng.random((n, span)) for _ in range(5))
        self.trouble = self._troubles(rng.random((n, span)), span)

    def _troubles(self, chance: Floats, span: int) -> Flags:
        begins, ends = np.array(_BEGINS)[self.kind], np.array(_ENDS)[self.kind]
        found = np.zeros((self.n, span), dtype=bool)
        found[:, 0] = chance[:, 0] < 3 * begins
        for at in range(1, span):
            found[:, at] = np.where(found[:, at - 1], chance[:, at] >= ends, chance[:, at] < begins)
            month = at + self.first
            found[:, at] |= (month >= self.contract_end - 1) & (month <= self.contract_end + 1)
            found[:, at] &= self.joined <= month
        return found

    def at(self, month: int) -> int:
        """Column of a month in the drawn arrays."""
        return month - self.first

    def here(self, month: int) -> Flags:
        """Who is a customer at the end of a month."""
        return (self.joined <= month) & (self.gone > month)

    def chance(self, month: int) -> Floats:
        """Chance of leaving in a month, left alone: by the trouble of the month before."""
        troubled = np.array(_LEAVES)[self.kind] * self.own
        return np.clip(np.where(self.trouble[:, self.at(month - 1)], troubled, _CALM), 0.0, 0.9)

    def factor(self, offer: str, month: int) -> Floats:
        """By how much an offer that arrives in time changes that chance."""
        planted = np.array([OFFERS[offer].factor.get(kind, 1.0) for kind in KINDS])
        return np.where(self.trouble[:, self.at(month - 1)], planted[self.kind], 1.0)

    @property
    def worth(self) -> Floats:
        """Lost with each customer who leaves."""
        return WORTH_MONTHS * self.fee

    def saves(self, offer: str, month: int) -> Floats:
        """Value that contacting each with an offer is expected to save in a month: negative where it harms."""
        chance = self.chance(month)
        changed = np.clip(chance * self.factor(offer, month), 0.0, 0.95)
        return REACHED * (chance - changed) * self.worth

    def costs(self, offer: str) -> float:
        """What a contact with an offer is expected to cost, done or tried."""
        found = OFFERS[offer]
        return found.contact * (1.0 - _RESULT_SHARE[3]) + found.cost * found.accepted * (REACHED + _RESULT_SHARE[2])

    def result(self, month: int) -> NDArray[np.int64]:
        """What becomes of a task for each, by RESULTS."""
        return np.searchsorted(np.cumsum(_RESULT_SHARE)[:-1], self.w[:, self.at(month)], side="right")

    def accepts(self, offer: str, month: int) -> Flags:
        """Who would accept an offer, reached."""
        return self.v[:, self.at(month)] < OFFERS[offer].accepted

    def go_on(self, plan: Mapping[int, str]) -> Month:
        """Live the next month, in which the customers of a plan (by row) are contacted with its offers."""
        month = self.now + 1
        factor, result = np.ones(self.n), self.result(month)
        saved = cost = harmed = 0.0
        for offer in sorted(set(plan.values())):
            rows = np.array(sorted(row for row, given in plan.items() if given == offer))
            assert self.here(self.now)[rows].all(), "the plan has somebody who is gone"
            each = self.saves(offer, month)[rows]
            saved += float(each.sum())
            harmed += float(each[each < 0].sum())
            cost += self.costs(offer) * rows.size
            reached = np.isin(result[rows], (0, 4))
            factor[rows[reached]] = self.factor(offer, month)[rows[reached]]
        left = self._leave(month, factor)
        self.now = month
        counted = {offer: sum(given == offer for given in plan.values()) for offer in OFFERS}
        self.record.append(Month(saved, cost, len(plan), counted, harmed, left))
        return self.record[-1]

    def _leave(self, month: int, factor: Floats) -> int:
        chance = np.clip(self.chance(month) * factor, 0.0, 0.95)
        leaves = self.here(month - 1) & (self.joined < month) & (self.u[:, self.at(month)] < chance)
        self.gone[leaves] = month
        return int(leaves.sum())

    def ids(self) -> list[str]:
        """Customer numbers, by row."""
        return [f"C{row:06d}" for row in range(self.n)]

    def spent(self) -> float:
        """Saved value less cost of all months."""
        return sum(one.net for one in self.record)

    def truth(self) -> pl.DataFrame:
        """Kind, trouble and chance of leaving next month of everybody who is here: what nobody may look at."""
        return pl.DataFrame(
            {
                "customer_id": self.ids(),
                "kind": [KINDS[kind] for kind in self.kind],
                "trouble": self.trouble[:, self.at(self.now)],
                "chance": self.chance(self.now + 1),
            }
        ).filter(pl.Series(self.here(self.now)))
