"""What each customer is worth: the three amounts, their sum and its range, from what is earned, kept and to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice, UsageError
from telcli.features.margin import Book
from telcli.features.month_index import YEAR
from telcli.methods.annuity import Terms, discounted_months, monthly_rate, months_range
from telcli.methods.lifetime_value import Usual
from telcli.methods.outlook import Outlook
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_coming import Coming
from telcli.stages.score_value_debts import losses_sentence, losses_told
from telcli.stages.score_value_notes import about_customers, assumptions
from telcli.stages.score_value_products import Money
from telcli.stages.score_value_staying import Stays, told
from telcli.stages.score_value_usual import usual_months, usual_sentence, usual_told

__all__ = ["Worth", "ahead", "worth", "worth_told"]

CENT = 4
"""Decimals of money: far below a cent, and the same on every machine."""


@dataclass(frozen=True)
class Worth:
    """The customers valued.

    Parameters
    ----------
    scores : value_scores, without score and tier.
    products : what products have of it; None where there are none.
    usual : how the usual month was told.
    known : which of the last months, the oldest first, are known of anybody.
    expected : what was expected beyond the usual month.
    lost : what is expected to be left unpaid, by customer, in money.
    notices : about what had to be assumed of some customers.
    """

    scores: pl.DataFrame
    products: Money | None
    usual: Usual
    known: tuple[bool, ...]
    expected: Coming
    lost: NDArray[np.float64]
    notices: tuple[Notice, ...]


def ahead(now: Stays, everyone: Book, asked: ScoreValueSettings) -> tuple[Outlook, Terms]:
    """How long customers of the snapshot may stay, and which months of it count.

    Raises
    ------
    UsageError
        Months would count without end.
    """
    rate = monthly_rate(asked.discount_rate)
    terms = Terms(asked.horizon_months, rate, asked.payment_timing, asked.tail != "none", now.leaving)
    try:
        outlook = now.outlook(everyone, 0, terms.horizon, rate if asked.tail == "fading" else None)
        terms.beyond(outlook.tail)
    except ValueError:
        raise UsageError(
            "value-endless",
            "tail = {tail} has no end: nobody or ever fewer leave at the longest tenures, and nothing is discounted.",
            hint="Set discount_rate in [score-value] above 0, or tail to none.",
            tail=asked.tail,
        ) from None
    return outlook, terms


def worth(
    here: Book,
    calendar: Sequence[date],
    staying: tuple[Outlook, Terms],
    noise: NDArray[np.float64],
    expected: Coming,
    settings: ScoreValueSettings,
) -> Worth:
    """Value the customers of the last month of `calendar`.

    Parameters
    ----------
    here : Book
        These customers.
    calendar : sequence of date
        All months up to the snapshot.
    staying : pair
        What `ahead` gives.
    noise : array of shape (values,)
        Mean months over usual ones, as they came.
    expected : Coming
        What comes beyond the usual month, of the same customers.
    settings : ScoreValueSettings
        Those of the run.
    """
    (outlook, terms), margins = staying, here.margins[:, -YEAR:]
    usual, how = usual_months(margins, expected.fees, settings)
    a_month = np.nan_to_num(usual)
    ends = months_range(outlook, terms, settings.interval_level, noise)
    current = here.year["margin"].to_numpy()
    more, less, products = expected.money(outlook, terms)
    more, lost = more.round(CENT), expected.lost(outlook, terms)
    retention = (a_month * discounted_months(outlook, terms) + less - lost).round(CENT)
    low, high = np.sort([current + more + less + a_month * end for end in ends], axis=0)
    scores = pl.DataFrame(
        {
            "customer_id": here.ids,
            "as_of": pl.Series([calendar[-1]], dtype=pl.Date).new_from_index(0, len(here.ids)),
            "current_value": current,
            "incremental_value": pl.Series(more if expected.known else [None] * len(more), dtype=pl.Float64),
            "retention_value": retention,
            "lifetime_value": (current + more + retention).round(CENT),
            "lifetime_value_low": (low - lost).round(CENT),
            "lifetime_value_high": high.round(CENT),
            "expected_months": discounted_months(outlook, Terms(terms.horizon)).round(4),
        }
    )
    known = tuple(not np.isnan(month).all() for month in margins.T)
    unbilled, tenureless = int(np.isnan(usual).sum()), int((here.tenure[0] < 0).sum())
    said = about_customers(unbilled, tenureless, calendar[-len(known) :], known)
    return Worth(scores, products, how, known, expected, lost, (*said, *expected.notices()))


def worth_told(found: Worth, stays: Stays, months: int, settings: ScoreValueSettings) -> dict[str, Any]:
    """For the JSON: what customers are worth in all, by which settings, and all that was assumed; of so many months."""
    scores, staying = found.scores, stays.staying
    current, fees = scores["current_value"], found.expected.fees is not None
    usual = usual_sentence(found.usual, settings, months, fees=fees)
    amounts = ("current_value", "incremental_value", "retention_value", "lifetime_value")
    return {
        "customers": scores.height,
        **{f"{name}_total": round(float(scores[name].sum()), 2) for name in amounts},
        "loss_maker_share": (current < 0).sum() / scores.height,
        "horizon_months": settings.horizon_months,
        "discount_rate": settings.discount_rate,
        "payment_timing": settings.payment_timing,
        "tail": settings.tail,
        "recent_months": found.usual.recent,
        "months_known": sum(found.known),
        "usual_month": usual_told(found.usual),
        "survival": {
            "months": staying.overall.reliable + 1,
            "tail_hazard": round(staying.overall.tail_hazard, 8),
            "mean_hazard": round(staying.constant.tail_hazard, 8),
            "customer_months": int(staying.constant.at_risk.sum()),
            "left": int(staying.constant.left.sum()),
            "stratified_by": "pay_mode" if staying.groups else None,
            "signs": told(stays),
        },
        "assumptions": [
            *assumptions(settings, usual, stays),
            losses_sentence(found.expected.losses, credit=found.expected.credit is not None),
        ],
        "lost_with_leavers": losses_told(found.expected.losses, found.lost),
        **({} if found.expected.credit is None else {"credit_losses": round(float(found.lost.sum()), 2)}),
    }
