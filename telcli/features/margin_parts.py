"""What a month's revenue is eaten by before it is margin: every part in money, as far as the data tell of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

__all__ = ["OLD_DEBTS", "PARTS", "Rates", "debts_grown", "old_debts", "parts"]

OLD_DEBTS = ("arrears_91_180", "arrears_181_365", "arrears_over_365")
PARTS = {
    "interconnect": ("off_net_minutes_out", "interconnect_rate"),
    "content": ("billed_value_added", "content_share"),
    "contacts": ("contacts", "cost_per_contact"),
    "lines": ("numbers_held", "line_cost"),
    "campaigns": ("campaign_cost", None),
}
"""Parts that one month alone tells: the column of customer_months, and the rate it is taken times (None: money)."""


@dataclass(frozen=True)
class Rates:
    """What is taken off revenue, as the settings of score-value say.

    Parameters
    ----------
    margin_rate : share of revenue left after what is not counted part by part, 0..1.
    interconnect_rate : money per minute of calls made to customers of other operators.
    content_share : share of value-added charges that goes to content providers, 0..1.
    cost_per_contact : money per contact.
    line_cost : money per line held and month.
    bad_debt_rate : share of arrears of more than 90 days, and of what leavers owe, never paid, 0..1.
    """

    margin_rate: float = 1.0
    interconnect_rate: float = 0.0
    content_share: float = 0.0
    cost_per_contact: float = 0.0
    line_cost: float = 0.0
    bad_debt_rate: float = 1.0

    @property
    def priced(self) -> bool:
        """Whether any cost is set; what the data tell alone (campaigns, old debts) is none."""
        return replace(self, bad_debt_rate=1.0) != Rates()


def parts(source: str, rates: Rates, columns: Collection[str]) -> dict[str, pl.Expr]:
    """Each part of one month, in money, what is not known costing nothing; `columns` are those there are.

    ``other`` is the share of revenue that margin_rate takes off; of a month whose revenue is below nothing, as credits
    are more than charges, it is nothing, since what is given back saves no cost. Old debts are not among them: they are
    told by two months, see `old_debts`.

    >>> frame = pl.DataFrame({"revenue": [50.0, -20.0], "contacts": [2.0, None]})
    >>> made = parts("revenue", Rates(margin_rate=0.5, cost_per_contact=3.0), frame.columns)
    >>> frame.select(**{name: made[name] for name in ("other", "contacts", "lines")}).rows()
    [(25.0, 6.0, 0.0), (0.0, 0.0, 0.0)]
    """
    made = {"other": (pl.col(source).clip(lower_bound=0.0) * (1.0 - rates.margin_rate)).fill_null(0.0)}
    for name, (column, rate) in PARTS.items():
        times = 1.0 if rate is None else float(getattr(rates, rate))
        known = times != 0.0 and column in columns
        made[name] = (pl.col(column) * times).fill_null(0.0) if known else pl.lit(0.0)
    return made


def old_debts(columns: Collection[str]) -> pl.Expr:
    """Arrears of more than 90 days at the end of a month; null where none of their ages is known.

    What they grow by from one month to the next, times bad_debt_rate, is the bad debt of that month: it is negative
    where they were collected.

    >>> frame = pl.DataFrame({"arrears_91_180": [5.0, None], "arrears_over_365": [None, None]})
    >>> frame.select(owed=old_debts(frame.columns))["owed"].to_list()
    [5.0, None]
    """
    there = [pl.col(name) for name in OLD_DEBTS if name in columns]
    if not there:
        return pl.lit(None, dtype=pl.Float64)
    return pl.when(pl.any_horizontal(each.is_not_null() for each in there)).then(pl.sum_horizontal(there))


def debts_grown(now: str, before: str) -> pl.Expr:
    """What old debts grew by from one month to the next; nothing where either is not known, negative where collected.

    >>> pl.DataFrame({"now": [5.0, 2.0], "before": [3.0, None]}).select(debts_grown("now", "before"))["now"].to_list()
    [2.0, 0.0]
    """
    return (pl.col(now) - pl.col(before)).fill_null(0.0)
