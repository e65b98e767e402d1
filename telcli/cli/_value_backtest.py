"""What score-value says on the screen of how sure it is: values of an earlier month beside what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._words import comma, tr

__all__ = ["sentences", "tenths"]

_DIGITS = 4
"""Rank correlations that are equal to so many decimals are as good: by the same rule a warning is given."""
_NAMED = 3
_SIDES = (("predicted", "foretold"), ("naive", "plain average"), ("realised", "came"))


def sentences(verdict: Mapping[str, Any] | None, names: Mapping[str, str]) -> Iterator[str]:
    """The back-test beside the plain average: ranks, totals and errors; how the score ranks, without what (`names`)."""
    if not verdict:
        return
    found, plain = (_rank(verdict.get(name)) for name in ("rank_correlation", "naive_rank_correlation"))
    if found is None or plain is None:
        said = tr(
            "back-test of the {months} months after {month}: customers cannot be ranked",
            months=verdict["months"],
            month=verdict["as_of"],
        )
    else:
        said = tr(
            "back-test of the {months} months after {month}: rank correlation {found}, of plain average {plain} "
            "({judged})",
            months=verdict["months"],
            month=verdict["as_of"],
            found=f"{found:.4f}",
            plain=f"{plain:.4f}",
            judged=_judged(verdict, found, plain),
        )
    if verdict.get("calibration") is not None:
        said += tr("; foretold {share} of what came", share=f"{verdict['calibration']:.1%}")
    if verdict.get("score_rank_correlation") is not None:
        said += tr("; the score ranks {score}", score=f"{verdict['score_rank_correlation']:.4f}")
        said += _without([names.get(item, item) for item in verdict.get("score_without", ())])
    yield said
    if verdict.get("error") is not None and verdict.get("median_error") is not None:
        yield tr(
            "error per customer: {error} (middle of ranges {middle}), of plain average {plain}; root mean square "
            "{square}, {plain_square}",
            error=_short(verdict["error"], 1),
            middle=_short(verdict["median_error"], 1),
            plain=_short(verdict["naive_error"], 1),
            square=_short(verdict["squared_error"], 1),
            plain_square=_short(verdict["naive_squared_error"], 1),
        )


def _judged(verdict: Mapping[str, Any], found: float, plain: float) -> str:
    """One word on the ranks; none where values rank no better than chance, whatever the plain average does."""
    if not verdict.get("foretells", found > 0):
        return tr("values do not foretell what came")
    return tr("as good") if found == plain else tr("better") if found > plain else tr("worse")


def _without(names: Sequence[str]) -> str:
    """What the score of then was without, three by name."""
    if not names:
        return ""
    told = comma().join(names[:_NAMED])
    if len(names) > _NAMED:
        return tr(" (without {names} and {n} more)", names=told, n=len(names) - _NAMED)
    return tr(" (without {names})", names=told)


def tenths(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Means per customer by tenth of what was foretold, the highest first: a column each."""
    if rows:
        head = [tr("tenth"), *(str(row["decile"]) for row in rows)]
        body = [[tr(word), *(_short(row[side]) for row in rows)] for side, word in _SIDES]
        yield from aligned([head, *body], range(1, len(head)), indent=2)


def _rank(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _short(value: float, decimals: int = 0) -> str:
    """An amount in four signs or so.

    >>> _short(43.68, 1), _short(1234.5), _short(56_789.0), _short(-12_000_000.0)
    ('43.7', '1234', '57k', '-12M')
    """
    for size, sign in ((1e7, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e6 if sign == 'M' else 1e3):.0f}{sign}"
    return f"{value:.{decimals}f}"
