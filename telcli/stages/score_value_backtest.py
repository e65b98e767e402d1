"""Values of an earlier month, from what was known then, beside what came: how far to trust those of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.margin import Book
from telcli.methods.annuity import Terms, discounted_months, months_range
from telcli.methods.lifetime_value import rank_correlation
from telcli.methods.outlook import Outlook
from telcli.methods.value_backtest import (
    MONTHS_NEEDED,
    Verdict,
    backtest,
    month_noise,
    naive_forecast,
    squared_error,
    tenths,
)
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_coming import Coming
from telcli.stages.score_value_usual import usual_months

__all__ = ["Tested", "tested"]

Array = NDArray[np.float64]
YEAR = 12
CUSTOMERS_NEEDED = 30
_SCHEMA = {"decile": pl.Int64, "customers": pl.Int64, **dict.fromkeys(("predicted", "naive", "realised"), pl.Float64)}


@dataclass(frozen=True)
class Tested:
    """What the back-test found.

    Parameters
    ----------
    verdict : for the JSON; None where history is too short or customers too few.
    bands : value_backtest, without the snapshot's month; empty where there was no test.
    noise : what mean months came to over usual ones; a single 1 where that is not known.
    notices : what the analyst should know of it.
    """

    verdict: dict[str, Any] | None
    bands: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SCHEMA))
    noise: Array = field(default_factory=lambda: np.ones(1))
    notices: tuple[Notice, ...] = ()


def tested(
    everyone: Book,
    then: Outlook,
    calendar: Sequence[date],
    future: int,
    settings: ScoreValueSettings,
    expected: Coming,
    leaving: float = 0.0,
) -> Tested:
    """Value customers as of `future` months ago by what was known then, and compare with what they brought since.

    Parameters
    ----------
    everyone : Book
        Months up to the snapshot; its second mark is the month that values are made of anew.
    then : Outlook
        How long customers of that month were expected to stay, as known in it; `future` months.
    calendar : sequence of date
        All months up to the snapshot.
    future : int
        What `held_back` gave.
    settings : ScoreValueSettings
        Those of the run.
    expected : Coming
        What was to be expected beyond the usual month, of those who were there at the second mark.
    leaving : float
        What the month of leaving brought, as known then; see `Terms`.
    """
    if not future:
        template = "Values are not back-tested: that takes {needed} months and there are {months}."
        counts = {"needed": MONTHS_NEEDED, "months": len(calendar)}
        return Tested(None, notices=(Notice("value-no-backtest", template, counts),))
    past = everyone.active_at(1)
    if len(past.ids) < CUSTOMERS_NEEDED:
        template = "Values are not back-tested: that takes {needed} customers and there were {customers}."
        counts = {"needed": CUSTOMERS_NEEDED, "customers": len(past.ids)}
        return Tested(None, notices=(Notice("value-backtest-small", template, counts),))
    before, after = past.margins[:, :-future][:, -YEAR:], past.margins[:, -future:]
    (usual, _), terms = usual_months(before, expected.fees, settings), Terms(future, leaving=leaving)
    money = np.nan_to_num(usual) * discounted_months(then, terms)
    up, down, _ = expected.money(then, terms)
    more = up + down
    naive, came = naive_forecast(before, future), np.nansum(after, axis=1)
    sides = money + more, naive, came
    found = backtest(*sides)
    held = _held(then, terms, (usual, after, more), settings.interval_level)
    month = f"{calendar[-1 - future]:%Y-%m}"
    unchanged = {"rank_correlation": rank_correlation(money, came), "squared_error": squared_error(money, came)}
    verdict = {
        **asdict(found),
        "fees_unchanged": unchanged,
        "coverage": held,
        "level": settings.interval_level,
        "as_of": month,
        "months": future,
    }
    bands = pl.DataFrame([asdict(band) for band in tenths(*sides)], schema=_SCHEMA)
    return Tested(verdict, bands, month_noise(usual, after), _about(found))


def _held(then: Outlook, terms: Terms, money: tuple[Array, Array, Array], level: float) -> float:
    """Share of customers whose money came within its range, the noise of each half being that of the other half."""
    usual, after, more = money
    halves = np.arange(len(usual)) % 2
    inside = 0
    for half in (0, 1):
        mine, other = halves == half, halves != half
        noise = month_noise(usual[other], after[other])
        ends = months_range(then.of(mine), terms, level, noise)
        low, high = (np.nan_to_num(usual[mine]) * end + more[mine] for end in ends)
        came = np.nansum(after[mine], axis=1)
        # To the cent: a customer who brings the usual month every month is within.
        inside += int(((came >= np.minimum(low, high) - 0.005) & (came <= np.maximum(low, high) + 0.005)).sum())
    return round(inside / len(usual), 4)


def _about(verdict: Verdict) -> tuple[Notice, ...]:
    """Whether the plain average would have ranked customers better, to four decimals."""
    if verdict.rank_correlation is None or verdict.naive_rank_correlation is None:
        return ()
    model, naive = round(verdict.rank_correlation, 4), round(verdict.naive_rank_correlation, 4)
    if naive <= model:
        return ()
    template = "In the back-test plain average margin ranked customers better ({naive}) than this model ({model})."
    return (Notice("value-naive-better", template, {"naive": naive, "model": model}),)
