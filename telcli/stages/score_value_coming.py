"""What is expected beyond the usual month: growth of plan fees, and products taken up and given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.fee_steps import fee_matrix
from telcli.features.product_steps import active_matrix
from telcli.methods.annuity import Terms, discounted_months, growing_months
from telcli.methods.outlook import Outlook
from telcli.stages.score_value_growth import Growth, grown, growth_table, unknown
from telcli.stages.score_value_products import Money, Uptake, products_notices, products_table, taken_up

__all__ = ["Coming", "coming", "expected_tables"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Coming:
    """Of so many customers in one month: growth of plan fees, uptake of products; None where not known."""

    customers: int
    growth: Growth | None
    uptake: Uptake | None

    @property
    def known(self) -> bool:
        """Whether anything tells of what comes beyond the usual month."""
        return self.growth is not None or self._priced is not None

    @property
    def _priced(self) -> Uptake | None:
        return self.uptake if self.uptake is not None and self.uptake.counts else None

    def money(self, outlook: Outlook, terms: Terms) -> tuple[Array, Array, Money | None]:
        """What is added (>= 0) and taken off (<= 0) within the horizon by customer, and what products have of it.

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

    def notices(self) -> list[Notice]:
        """What is not known, and which products do not count."""
        said = [] if self.growth is not None else [unknown(products=self.known)]
        return said + products_notices(self.uptake)


def coming(
    tables: Mapping[str, pl.LazyFrame],
    months: Sequence[date],
    ids: pl.Series,
    standing: tuple[Whole, Whole],
    margin_share: float,
) -> Coming:
    """What the last months tell of what is to come of customers who are there in the last of them.

    Parameters
    ----------
    tables : mapping
        customer_months, and subscriptions and products where there are some.
    months : sequence of date
        Up to 13, to the month that values are made of.
    ids : polars.Series
        Customers.
    standing : pair of arrays of shape (customers,)
        Tenure and way of paying of each in the last month.
    margin_share : float
        Margin over revenue: what is left of a fee.
    """
    tenure, group = standing
    frame = tables["customer_months"]
    fees = fee_matrix(frame, months, ids)
    growth = grown(fees, tenure, group, margin_share)
    uptake = taken_up(
        tables,
        ids,
        lambda: active_matrix(frame, months, ids),
        standing,
        months[-1],
        fees if growth is not None else None,
        margin_share,
    )
    return Coming(len(ids), growth, uptake)


def expected_tables(expected: Coming, products: Money | None, as_of: date) -> dict[str, pl.LazyFrame]:
    """value_growth and value_products."""
    return {
        "value_growth": growth_table(expected.growth, as_of),
        "value_products": products_table(products, as_of),
    }
