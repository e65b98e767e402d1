"""Values of an earlier month, from what was known then, beside what came: how far to trust those of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.margin import Book
from telcli.methods.annuity import Terms, discounted_months, months_range
from telcli.methods.chance import chance_as_far
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

__all__ = ["Tested", "failed", "foretells", "tested"]

Array = NDArray[np.float64]
YEAR = 12
CUSTOMERS_NEEDED, LEAST = 30, 3
_ONE_SIDED, _CHANCE, _FAR = 1.645, 0.01, 0.1
"""Standard errors above 0 of a rank correlation beyond chance; how unlikely, and how far off, coverage is told."""
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
    past = everyone.active_at(1)
    before, after = past.margins[:, :-future][:, -YEAR:] if future else past.margins, past.margins[:, -future:]
    told = _known(after) if future else 0
    if not future or len(past.ids) < CUSTOMERS_NEEDED or told < LEAST:
        return Tested(None, notices=(_untested(len(calendar), len(past.ids), future, calendar[told - future]),))
    after = after[:, :told]
    (usual, _), terms = usual_months(before, expected.fees, settings), Terms(told, leaving=leaving)
    money = np.nan_to_num(usual) * discounted_months(then, terms)
    up, down, _ = expected.money(then, terms)
    more, lost, noise = up + down, expected.lost(then, terms), month_noise(usual, after)
    naive, came = naive_forecast(before, told), np.nansum(after, axis=1)
    sides = money + more - lost, naive, came
    found = backtest(*sides)
    unchanged = {"rank_correlation": rank_correlation(money, came), "squared_error": squared_error(money, came)}
    middle = np.nan_to_num(usual) * months_range(then, terms, 0.0, noise)[0] + more
    verdict = {
        **asdict(found),
        "median_error": float(np.abs(middle - came).mean()),
        "fees_unchanged": unchanged,
        "coverage": _held(then, terms, (usual, after, more, lost), settings.interval_level),
        "level": settings.interval_level,
        "foretells": foretells(found.rank_correlation, len(came)),
        "as_of": f"{calendar[-1 - future]:%Y-%m}",
        "months": told,
    }
    bands = pl.DataFrame([asdict(band) for band in tenths(*sides)], schema=_SCHEMA)
    said = (*_about(found, noise, (told, future), calendar[-future:]), *failed(verdict, varied=bool(np.ptp(noise))))
    return Tested(verdict, bands, noise, said)


def foretells(rank: float | None, customers: int) -> bool | None:
    """Whether a rank correlation is above 0 by more than chance explains (5%, one-sided); None where it is not known.

    >>> foretells(-0.7, 60), foretells(0.2, 60), foretells(0.3, 60), foretells(None, 60)
    (False, False, True, None)
    """
    return None if rank is None else bool(rank > _ONE_SIDED / np.sqrt(max(customers - 1, 1)))


def failed(verdict: dict[str, Any], *, varied: bool) -> Iterator[Notice]:
    """Values that foretold nothing, and ranges that held far fewer or more customers than they should."""
    if verdict["foretells"] is False:
        template = (
            "Values do not foretell what came: in the back-test their rank correlation with it is {model}, of "
            "{customers} customers no more than chance gives. Do not rank customers by them."
        )
        values = {"model": round(verdict["rank_correlation"], 4), "customers": verdict["customers"]}
        yield Notice("value-backtest-failed", template, values)
    held, level, of = verdict["coverage"], verdict["level"], verdict["customers"]
    if held is None or abs(held - level) < _FAR or chance_as_far(round(held * of), of, level) >= _CHANCE:
        return
    shares = {"held": f"{held:.1%}", "level": f"{level:.0%}"}
    if held < level:
        template = "In the back-test ranges made to hold {level} of customers held {held}: they are too narrow."
        yield Notice("value-ranges-missed", template, shares)
    elif varied:  # ranges without width hold everybody where months are alike
        template = "In the back-test ranges made to hold {level} of customers held {held}: they are too wide."
        yield Notice("value-ranges-wide", template, shares)


def _known(after: Array) -> int:
    """How many of the months held back are known of anybody, up to the first that is not: the others tell nothing."""
    gaps = np.flatnonzero(np.isnan(after).all(axis=0))
    return int(gaps[0]) if len(gaps) else after.shape[1]


def _untested(months: int, customers: int, future: int, gap: date) -> Notice:
    """Why there is no back-test: too few months or customers, or a month without money (`gap`)."""
    if not future:
        template = "Values are not back-tested: that takes {needed} months and there are {months}."
        return Notice("value-no-backtest", template, {"needed": MONTHS_NEEDED, "months": months})
    if customers < CUSTOMERS_NEEDED:
        template = "Values are not back-tested: that takes {needed} customers and there were {customers}."
        return Notice("value-backtest-small", template, {"needed": CUSTOMERS_NEEDED, "customers": customers})
    template = "Values are not back-tested: no revenue is known of {month}. Ingest its bills."
    return Notice("value-backtest-gap", template, {"month": f"{gap:%Y-%m}"})


def _held(then: Outlook, terms: Terms, money: tuple[Array, Array, Array, Array], level: float) -> float | None:
    """Share of customers whose money came within its range, the noise of each half being that of the other half.

    None where either half is too small to tell of noise.
    """
    usual, after, more, lost = money
    halves = np.arange(len(usual)) % 2
    inside = 0
    for half in (0, 1):
        mine, other = halves == half, halves != half
        noise = month_noise(usual[other], after[other])
        if len(noise) == 1:
            return None
        ends = months_range(then.of(mine), terms, level, noise)
        low, high = (np.nan_to_num(usual[mine]) * end + more[mine] for end in ends)
        low = np.minimum(low, high) - lost[mine]
        came = np.nansum(after[mine], axis=1)
        # To the cent: a customer who brings the usual month every month is within.
        inside += int(((came >= np.minimum(low, high) - 0.005) & (came <= np.maximum(low, high) + 0.005)).sum())
    return round(inside / len(usual), 4)


def _about(verdict: Verdict, noise: Array, held: tuple[int, int], months: Sequence[date]) -> tuple[Notice, ...]:
    """What to know: months left out, ranges without noise, and a plain average that ranked better (four decimals)."""
    said, (told, future) = [], held
    if told < future:
        template = (
            "No revenue is known of {month}: values are tested on the {months} months before it. Ingest its bills."
        )
        said.append(Notice("value-backtest-cut", template, {"month": f"{months[told]:%Y-%m}", "months": told}))
    if len(noise) == 1:
        template = (
            "Ranges of values go by when customers may leave alone, and are too narrow: too few customers stayed, with "
            "every month known, to tell how much months vary."
        )
        said.append(Notice("value-range-narrow", template))
    if verdict.rank_correlation is None or verdict.naive_rank_correlation is None:
        return tuple(said)
    model, naive = round(verdict.rank_correlation, 4), round(verdict.naive_rank_correlation, 4)
    if naive > model:
        template = "In the back-test plain average margin ranked customers better ({naive}) than this model ({model})."
        said.append(Notice("value-naive-better", template, {"naive": naive, "model": model}))
    return tuple(said)
