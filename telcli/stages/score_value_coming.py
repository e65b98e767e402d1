"""What is expected beyond the usual month: growth of plan fees, products taken up and given up, debts of who leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.fee_steps import WINDOW, fee_matrix
from telcli.features.leaving_debts import LeftOwing
from telcli.features.margin import Book
from telcli.features.margin_parts import Rates
from telcli.features.product_steps import active_matrix
from telcli.methods.annuity import Terms, discounted_months, growing_months, leaving_chance
from telcli.methods.outlook import Outlook
from telcli.stages.score_value_debts import Losses, losses
from telcli.stages.score_value_growth import Growth, grown, growth_table, unknown
from telcli.stages.score_value_products import Money, Uptake, products_notices, products_table, taken_up

__all__ = ["Coming", "Past", "coming", "expected_tables"]

Array = NDArray[np.float64]
_MONTHS = WINDOW + 1


@dataclass(frozen=True)
class Coming:
    """Of so many customers in one month: growth of fees, uptake of products, debts of leavers; None where not known.

    `fees` is what plan fees leave as margin, customers x months up to that one. `credit` is what assess-credit expects
    each never to pay of what she owes, as far as margin is not less by it already; it stands for `losses` then.
    """

    customers: int
    growth: Growth | None
    uptake: Uptake | None
    fees: Array | None = None
    losses: Losses | None = None
    credit: Array | None = None

    @property
    def known(self) -> bool:
        """Whether anything tells of what comes beyond the usual month."""
        return self.growth is not None or self._priced is not None

    @property
    def _priced(self) -> Uptake | None:
        return self.uptake if self.uptake is not None and self.uptake.counts else None

    def money(self, outlook: Outlook, terms: Terms) -> tuple[Array, Array, Money | None]:
        """What is added (>= 0) and taken off (<= 0) within the horizon by customer, and what products have of it.

        Debts of who leaves are not taken off: see `lost`.

        `outlook` is that of the same customers, in the same order, up to the horizon.
        """
        more, less = np.zeros(self.customers), np.zeros(self.customers)
        if self.growth is not None:
            growing = growing_months(outlook, terms)
            more, less = self.growth.up * growing, self.growth.down * growing
        if self.uptake is None:
            return more, less, None

        def ahead(month: int) -> Array:
            return discounted_months(outlook, replace(terms, horizon=month, tail=False))

        money = self.uptake.money(ahead, terms.horizon)
        return more + money.more, less + money.less, money

    def lost(self, outlook: Outlook, terms: Terms) -> Array:
        """What is expected to be lost with customers who leave within the horizon owing, >= 0; discounted.

        Where assess-credit told of each customer what is never paid, that: losses of debts there are, whoever leaves.
        """
        if self.credit is not None:
            return self.credit
        if self.losses is None:
            return np.zeros(self.customers)
        return self.losses.each * leaving_chance(outlook, terms)

    def notices(self) -> list[Notice]:
        """What is not known, and which products do not count."""
        said = [] if self.growth is not None else [unknown(products=self.known)]
        return said + products_notices(self.uptake)


@dataclass(frozen=True)
class Past:
    """Everybody seen in the last months, who left included: told once for both months that values are made of.

    Parameters
    ----------
    tables : customer_months, and subscriptions and products where there are some.
    months : up to the snapshot's.
    everyone : customers; the marks are the snapshot's month, and the one that values are back-tested from.
    fees : plan fees, customers x months, see `features.fee_steps`; None where none is known.
    debts : what everybody owed who left, its months being those of the book; None where not known.
    """

    tables: Mapping[str, pl.LazyFrame]
    months: Sequence[date]
    everyone: Book
    fees: Array | None
    debts: LeftOwing | None

    @classmethod
    def of(
        cls, tables: Mapping[str, pl.LazyFrame], months: Sequence[date], everyone: Book, debts: LeftOwing | None = None
    ) -> Past:
        """Read plan fees."""
        return cls(tables, months, everyone, fee_matrix(tables["customer_months"], months, everyone.ids), debts)

    @cached_property
    def active(self) -> NDArray[np.bool_]:
        """Who was there at each month's end, customers x months."""
        return active_matrix(self.tables["customer_months"], self.months, self.everyone.ids)


def coming(past: Past, mark: int, back: int, rates: Rates) -> Coming:
    """What the months before tell of what is to come of customers who were there `back` months before the last.

    Steps are counted of everybody who was there at both ends of them: who stepped down, or gave a product up, and left
    later, did so as much as who stayed. Months after do not tell.

    Parameters
    ----------
    past : Past
        Up to 13 months before count.
    mark : int
        The mark of the book whose month it is.
    back : int
        How many months before the last that is.
    rates : Rates
        What is left of a fee, and what share of debts is never paid.
    """
    everyone, end = past.everyone, len(past.months) - back
    tenure, group, here = everyone.tenure[mark], everyone.group, everyone.active[mark]
    span = slice(max(end - _MONTHS, 0), end)
    fees = None if past.fees is None else past.fees[:, span]
    growth = grown(fees, (tenure, group), here, rates.margin_rate)
    uptake = taken_up(
        past.tables,
        (everyone.ids, here),
        lambda: past.active[:, span],
        (tenure, group),
        past.months[end - 1],
        fees if growth is not None else None,
        rates.margin_rate,
    )
    mine = None if fees is None else fees[here] * rates.margin_rate
    lost = losses(past.debts, everyone, mark, back, rates.bad_debt_rate)
    return Coming(int(here.sum()), growth, uptake, mine, lost)


def expected_tables(expected: Coming, products: Money | None, as_of: date) -> dict[str, pl.LazyFrame]:
    """value_growth and value_products."""
    return {
        "value_growth": growth_table(expected.growth, as_of),
        "value_products": products_table(products, as_of),
    }
