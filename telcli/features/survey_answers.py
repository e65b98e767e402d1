"""Answers of surveys as score-satisfaction looks at them: the last of each customer and item, and their scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from telcli.tables.by_size import by_size
from telcli.tables.survey_items import ROLES, role_of

__all__ = [
    "ANSWERED",
    "RATED",
    "guessed_scales",
    "last_answers",
    "rated",
    "roles_of",
    "scales_of",
    "without_codes",
]

ANSWERED = ("expected", "perceived", "score")
RATED = "contact rating"
"""The item that ratings of contacts answer."""
_ENOUGH = 30
"""Answers from which the scale of an item is told by its own, else by those of all items."""
_SCALES = ((5.0, 1.0), (7.0, 1.0), (10.0, 1.0), (100.0, 0.0))
_STRAY = 0.01
"""The share of answers that may lie outside the scale of their item."""
_TEN = 10.0
_CODES = (77.0, 88.0, 97.0, 98.0, 99.0)
"""Answers that stand for none, as "other" or "refused", where nearly all other answers of the item end at 10."""
_COLUMNS = {
    "customer_id": pl.String,
    "item": pl.String,
    "surveyed_on": pl.Date,
    **dict.fromkeys(ANSWERED, pl.Float64),
    "nps": pl.Float64,
    "weight": pl.Float64,
}


def last_answers(surveys: pl.LazyFrame, end: date, months: int) -> pl.DataFrame:
    """The last answer of each customer and item in the months up to a day; sorted by customer and item."""
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in (*ANSWERED, "nps"))
    since = pl.lit(end).dt.offset_by("1d").dt.offset_by(f"-{months}mo")
    day = pl.col("surveyed_on")
    rows = surveys.filter(told, day <= end, day >= since).select(pl.col(name).cast(t) for name, t in _COLUMNS.items())
    held = rows.collect(engine="streaming").sort("customer_id", "item", "surveyed_on")
    return held.unique(["customer_id", "item"], keep="last", maintain_order=True)


def rated(contacts: pl.LazyFrame, end: date, months: int) -> pl.DataFrame:
    """The last rating that each customer gave a contact, as an answer to one item."""
    rows = contacts.filter(pl.col("rating").is_not_null()).select(
        "customer_id",
        item=pl.lit(RATED),
        surveyed_on=pl.coalesce("closed_at", "opened_at").dt.date(),
        expected=pl.lit(None, pl.Float64),
        perceived=pl.lit(None, pl.Float64),
        score="rating",
        nps=pl.lit(None, pl.Float64),
        weight=pl.lit(None, pl.Float64),
    )
    # of several on the last day their mean, so that the order of rows does not matter
    days = rows.group_by("customer_id", "item", "surveyed_on").agg(
        *(pl.col(name).first() for name in ("expected", "perceived", "nps", "weight")),
        score=pl.col("score").pipe(by_size).mean(),
    )
    return last_answers(days.select(list(_COLUMNS)), end, months)


def without_codes(answers: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The same without codes for no answer (77, 88, 97, 98, 99 on a scale up to 10), and how many answers those were.

    >>> rows = pl.DataFrame({"item": ["a", "a", "b"], "expected": [7.0, None, 60.0], "perceived": [98.0, 9.0, 98.0],
    ...     "score": [None, 98.0, None]})
    >>> found, codes = without_codes(rows)
    >>> found.rows(), codes
    ([('a', 7.0, None, None), ('a', None, 9.0, None), ('b', 60.0, 98.0, None)], 2)
    """
    told = pl.concat([answers.select("item", value=name) for name in ANSWERED]).drop_nulls()
    other = told.filter(~pl.col("value").is_in(_CODES)).group_by("item").agg((pl.col("value") > _TEN).mean())
    short = other.filter(pl.col("value") <= _STRAY)["item"].implode()
    coded = {name: pl.col("item").is_in(short) & pl.col(name).is_in(_CODES) for name in ANSWERED}
    count = int(answers.select(pl.sum_horizontal(one.sum() for one in coded.values())).item() or 0)
    kept = {name: pl.when(one.fill_null(value=False)).then(None).otherwise(name) for name, one in coded.items()}
    return answers.with_columns(**kept), count


def scales_of(answers: pl.DataFrame, scale: str) -> dict[str, tuple[float, float]]:
    """Lowest and highest answer of each item's scale, of 1-5, 1-7, 1-10, 0-10 or 0-100.

    As set, else the shortest that holds 99% of the answers, so that a slip of the pen makes no scale: of items with 30
    answers by their own, of others by those of all.

    >>> score = [float(at % 10 + 1) for at in range(400)] + [88.0, 0.0]
    >>> rows = pl.DataFrame({"item": "a", "expected": score, "perceived": score, "score": score})
    >>> scales_of(rows, "auto"), scales_of(rows, "0-100")
    ({'a': (1.0, 10.0)}, {'a': (0.0, 100.0)})
    """
    told = pl.concat([answers.select("item", value=name) for name in ANSWERED]).drop_nulls()
    items = told["item"].unique().sort().to_list()
    if scale != "auto":
        low, high = (float(end) for end in scale.split("-"))
        return dict.fromkeys(items, (low, high))
    if not items:
        return {}
    counts = _counts(answers)
    whole = _scale(told["value"])
    parts = told.partition_by("item", as_dict=True)
    return {item: _scale(parts[(item,)]["value"]) if counts[item] >= _ENOUGH else whole for item in items}


def guessed_scales(answers: pl.DataFrame, scales: Mapping[str, tuple[float, float]]) -> list[str]:
    """Items whose scale may be a longer one: none answered above 7, or too few did to tell.

    >>> rows = pl.DataFrame({"item": ["a"] * 60, "expected": None, "perceived": None, "score": [3.0] * 60})
    >>> guessed_scales(rows, {"a": (1.0, 5.0)}), guessed_scales(rows, {"a": (1.0, 10.0)})
    (['a'], [])
    """
    counts = _counts(answers)
    return [item for item, (_, high) in sorted(scales.items()) if high < _TEN or counts[item] < _ENOUGH]


def _counts(answers: pl.DataFrame) -> dict[str, int]:
    """Item -> customers who answered it."""
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in ANSWERED)
    return dict(answers.group_by("item").agg(told.sum()).iter_rows())


def roles_of(items: Sequence[str], named: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The part of each item in the index: as named, else by its name; items of one matter alone are left out.

    >>> roles_of(["总体满意度", "清晰度", "q1"], {"overall": ["q1"]})
    {'q1': 'overall'}
    """
    found = {}
    for item in items:
        told = next((role for role in ROLES if item in named.get(role, ())), "")
        by_name = role_of(item)
        role = told or (by_name if by_name and not named.get(by_name) else "")
        if role or item == RATED:
            found[item] = role or "overall"
    return found


def _scale(values: pl.Series) -> tuple[float, float]:
    """The shortest scale that all but a few answers lie on."""
    spare = _STRAY * len(values)
    top, bottom = next(((end, start) for end, start in _SCALES if int((values > end).sum()) <= spare), _SCALES[-1])
    return (0.0 if int((values < bottom).sum()) > spare else bottom, top)
