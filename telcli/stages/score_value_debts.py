"""Dead debts: what customers alike owed when they left is expected to be lost with those who will leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.fee_steps import KINDS, PAYING, kinds, tenure_before
from telcli.features.leaving_debts import LeftOwing
from telcli.features.leaving_month import LEAVERS_NEEDED, margin_before
from telcli.features.margin import Book
from telcli.features.margin_parts import old_debts
from telcli.features.month_index import YEAR
from telcli.methods.shrinking import shrunk_means

__all__ = ["Losses", "credit_losses", "losses", "losses_sentence", "losses_told"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Losses:
    """What is lost with who leaves.

    Parameters
    ----------
    each : array of shape (customers here,)
        Money expected to be lost if the customer leaves, >= 0.
    left, owing : who left in the last 12 months, and those of them who owed.
    owed, old : what they owed then, and what of it was older than 90 days, in money.
    """

    each: Array
    left: int
    owing: int
    owed: float
    old: float


def losses(debts: LeftOwing | None, everyone: Book, mark: int, back: int, rate: float) -> Losses | None:
    """What who was there `back` months before the last is expected to leave unpaid, as told by who had left by then.

    Of the 12 months before; customers alike are those of the same way of paying, tenure and level of margin, few being
    pulled towards all of their way of paying: who pays ahead owes nothing, however many others do. What the margin of
    the month of leaving was already less by is not counted again. None where fewer than LEAVERS_NEEDED left, or debts
    are not known.

    Parameters
    ----------
    debts : LeftOwing or None
        Of everybody.
    everyone : Book
        All customers ever seen.
    mark : int
        The mark of the book whose month it is.
    back : int
        How many months before the last that is.
    rate : float
        Share of debts that is never paid, 0..1.
    """
    if debts is None:
        return None
    last = everyone.margins.shape[1] - 1 - back
    here = everyone.active[mark]
    left = (debts.at >= max(last - YEAR + 1, 0)) & (debts.at <= last) & ~here
    if left.sum() < LEAVERS_NEEDED:
        return None
    ago = last - debts.at[left]
    tenure, group = everyone.tenure[mark], everyone.group
    size = np.nan_to_num(margin_before(everyone.margins[left], debts.at[left]))
    bounds = np.quantile(size, [1 / 3, 2 / 3])
    kind = kinds(size, tenure_before(tenure[left], ago), group[left], bounds)
    lost = np.maximum(debts.owed - np.maximum(debts.grown, 0.0), 0.0)[left] * rate
    mean = _means(kind, lost)
    now = np.nan_to_num(margin_before(everyone.margins[here], np.full(here.sum(), last + 1)))
    mine = kinds(now, tenure[here], group[here], bounds)
    owed, old = debts.owed[left], debts.old[left]
    return Losses(mean[mine], int(left.sum()), int((owed > 0).sum()), float(owed.sum()), float(old.sum()))


def _means(kind: NDArray[np.int64], lost: Array) -> Array:
    """The mean loss of each kind, of shape (KINDS,)."""
    sums = [np.bincount(kind, of, KINDS).astype(float) for of in (np.ones(len(lost)), lost, lost**2)]
    found = shrunk_means(*sums).reshape(len(PAYING), -1)
    for paying, parts in enumerate(zip(*(each.reshape(found.shape) for each in sums), strict=True)):
        if parts[0].sum() >= LEAVERS_NEEDED:
            found[paying] = shrunk_means(*parts)
    return found.ravel()


def credit_losses(tables: Mapping[str, pl.LazyFrame], ids: pl.Series, as_of: date, rate: float) -> Array | None:
    """What assess-credit expects each of these customers never to pay, less what margin is less by already; >= 0.

    Margin is less by debts older than 90 days, times `rate`. None where assess-credit did not tell of the month.

    >>> month = date(2024, 6, 1)
    >>> scores = pl.LazyFrame({"customer_id": ["a", "b"], "expected_loss": [9.0, 5.0]})
    >>> months = pl.LazyFrame({"customer_id": ["a", "b"], "month": [month] * 2, "arrears_91_180": [6.0, 8.0]})
    >>> tables = {"credit_scores": scores, "customer_months": months}
    >>> credit_losses(tables, pl.Series(["b", "a", "c"]), month, 1.0).tolist()
    [0.0, 3.0, 0.0]
    """
    if "credit_scores" not in tables:
        return None
    frame = tables["customer_months"]
    old = old_debts(frame.collect_schema().names())
    counted = frame.filter(pl.col("month") == as_of).select("customer_id", old=old * rate)
    told = tables["credit_scores"].select("customer_id", "expected_loss")
    rows = ids.to_frame("customer_id").lazy().join(told, on="customer_id", how="left", maintain_order="left")
    rows = rows.join(counted, on="customer_id", how="left", maintain_order="left")
    lost = pl.col("expected_loss").fill_null(0.0) - pl.col("old").fill_null(0.0)
    found: Array = rows.select(lost=lost.clip(lower_bound=0.0)).collect()["lost"].to_numpy()
    return found


def losses_told(found: Losses | None, expected: Array) -> dict[str, Any] | None:
    """For the JSON: what leavers of the last 12 months owed, and what those here are `expected` to leave unpaid."""
    if found is None:
        return None
    return {
        "customers": found.left,
        "owing": found.owing,
        "owed": round(found.owed, 2),
        "over_90_days": round(found.old, 2),
        "expected": round(float(expected.sum()), 2),
    }


def losses_sentence(found: Losses | None, *, credit: bool = False) -> str:
    """What is assumed of debts of who leaves; `credit` where assess-credit tells of the debts there are."""
    if credit:
        return (
            "What assess-credit expects never to be paid of debts there are is taken off, as far as margin was not "
            "less by it already; nothing is assumed of what leavers will owe."
        )
    if found is None:
        return "Nothing is expected to be lost of what leavers owe, as too few left or debts are not known."
    return (
        f"Who leaves is expected to leave unpaid what leavers alike owed ({found.owed / found.left:.2f} each), as far "
        "as it is never paid and margin was not less by it already."
    )
