"""Which columns say how a customer behaves, which only describe, and what one snapshot of them looks like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.leakage_names import named_afterwards
from telcli.tables.months import FEATURES

__all__ = [
    "FEW",
    "as_matrix",
    "behaviour_columns",
    "describing_columns",
    "numeric_attributes",
    "read_columns",
    "snapshot",
    "unsmoothed",
    "usual_columns",
]

FEW = 5
"""With fewer usable columns of their own, snapshots of one month take numeric attributes in as behaviour."""

_LEADING = ("revenue", "tenure_months", "data_mb", "call_minutes")
_LEVELS = (
    *("revenue", "discount", "recurring_fee", "over_bundle_fee", "plan_fee", "tenure_months"),
    *("numbers_held", "services_held", "call_minutes", "calls_out", "calls_in", "texts", "data_mb", "roaming_minutes"),
    *("active_days", "complaints", "contacts", "months_in_arrears_6"),
)
_STATES = ("rating", "paid", "arrears", "unresolved", "faults", "contract_months_left", "months_since_use")
_TRENDS = ("revenue_change_3", "call_minutes_change_3", "data_mb_change_3", "active_days_change_3")
_MEANS = ("revenue", "call_minutes", "data_mb")
"""Levels of which the mean of 3 months stands for the month; the other means would blur what a month shows."""

_SUMMED = {"complaints": "complaints_sum_3", "contacts": "contacts_sum_6"}
_NO_AMOUNT = re.compile(
    r"(^|[_\W])(id|no|code|zip|lat|lon|year|month|date|rank)($|[_\W])|postcode|zipcode|latitude|longitude|number"
    r"|churn|attrition|cltv|score|label|target|cluster|segment|流失|离网|编号|编码|邮编|经度|纬度|日期|账期|评分|得分|标签",
    re.IGNORECASE,
)


def behaviour_columns(features: Iterable[str] = FEATURES) -> list[str]:
    """Columns of customer_months that measure behaviour, those that matter first.

    Plain levels only: what a customer pays, uses, holds, how long and how often in touch. The mean of 3 months stands
    for a month of what is paid and used most. Trends, longer means and states of the account (arrears, open tickets)
    may describe a segment but do not make it: they jump from month to month. Parts of a level that is there (charges
    by kind, arrears by age) would count it twice.

    >>> behaviour_columns(["texts", "revenue", "revenue_mean_3", "revenue_change_3"])
    ['revenue_mean_3', 'texts']
    """
    known = set(features)
    chosen = []
    for name in _LEVELS:
        smooth = _SUMMED.get(name, f"{name}_mean_3" if name in _MEANS else name)
        found = smooth if smooth in known and (name in known or name in _SUMMED) else name
        if found in known:
            chosen.append(found)
    first = [name for lead in _LEADING for name in chosen if name in (lead, f"{lead}_mean_3")]
    return first + sorted(name for name in chosen if name not in first)


def describing_columns(features: Iterable[str] = FEATURES) -> list[str]:
    """Columns of customer_months that describe a segment without making it: trends and states of the account.

    >>> describing_columns(["texts", "revenue", "revenue_change_3", "arrears"])
    ['revenue_change_3', 'arrears']
    """
    return [name for name in features if name in _STATES or name in _TRENDS]


def numeric_attributes(customers: pl.DataFrame) -> list[str]:
    """Attributes ``x_<name>`` that measure something, by name: numbers of more than 10 values.

    Not identifiers (whole numbers that never repeat), places, dates, codes, nor what is known only after churn.

    >>> frame = pl.DataFrame({"x_Calls": [float(n % 12) for n in range(40)], "x_Zip": [float(n) for n in range(40)]})
    >>> numeric_attributes(frame)
    ['x_Calls']
    """
    found = []
    for name in sorted(customers.columns):
        if not name.startswith("x_") or customers.schema[name] != pl.Float64:
            continue
        if _NO_AMOUNT.search(name[2:]) or named_afterwards(name):
            continue
        values = customers[name].drop_nulls()
        distinct = values.n_unique()
        identifier = distinct == len(values) and bool((values == values.round()).all())
        if distinct > 10 and not identifier:
            found.append(name)
    return found


def unsmoothed(frame: pl.DataFrame, columns: Iterable[str]) -> list[str]:
    """The columns, with the month itself for a mean or sum of months that is known for less than half of the rows.

    >>> unsmoothed(pl.DataFrame({"texts": [1.0], "texts_mean_3": [None]}), ["texts_mean_3"])
    ['texts']
    """
    chosen = []
    for name in columns:
        plain = _plain(name)
        known = 2 * frame[name].null_count() <= frame.height
        chosen.append(name if known or plain not in frame.columns else plain)
    return chosen


def read_columns(features: Iterable[str] = FEATURES) -> list[str]:
    """The behaviour columns, and the measures that means and sums among them are of.

    >>> read_columns(["texts", "revenue", "revenue_mean_3", "revenue_change_3"])
    ['revenue_mean_3', 'texts', 'revenue']
    """
    smooth = behaviour_columns(features)
    return list(dict.fromkeys([*smooth, *(name for name in map(_plain, smooth) if name in set(features))]))


def usual_columns(months: pl.LazyFrame, as_of: date) -> list[str]:
    """The behaviour columns as a month has them: its own value stands for a mean that is not known of most.

    >>> months = pl.LazyFrame({"customer_id": ["a"], "month": [date(2024, 6, 1)], "active": [True], "texts": [3.0]})
    >>> usual_columns(months, date(2024, 6, 1))
    ['texts']
    """
    have = months.collect_schema().names()
    return unsmoothed(snapshot(months, as_of, read_columns(have)), behaviour_columns(have))


def _plain(name: str) -> str:
    """The measure that a mean or sum is of."""
    return re.sub(r"_(mean|sum)_\d+$", "", name)


def snapshot(months: pl.LazyFrame, as_of: date, columns: Iterable[str]) -> pl.DataFrame:
    """Customers active at `as_of`, sorted by customer_id, with the columns named; infinite values become null.

    >>> months = pl.LazyFrame({"customer_id": ["b", "a"], "month": [date(2024, 6, 1)] * 2, "active": [True, False],
    ...     "texts": [3.0, 4.0]})
    >>> snapshot(months, date(2024, 6, 1), ["texts"]).rows()
    [('b', 3.0)]
    """
    wanted = months.filter((pl.col("month") == as_of) & pl.col("active"))
    finite = [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in columns]
    frame = wanted.select("customer_id", *finite).collect(engine="streaming")
    # customer_months stands by customer already: to sort it would take its memory once more
    return frame if frame["customer_id"].is_sorted() else frame.sort("customer_id")


def as_matrix(frame: pl.DataFrame, columns: Sequence[str]) -> NDArray[np.float64]:
    """Rows x columns, NaN where missing.

    >>> as_matrix(pl.DataFrame({"a": [1.5, None], "b": [True, False]}), ["a", "b"]).tolist()
    [[1.5, 1.0], [nan, 0.0]]
    """
    matrix = np.empty((frame.height, len(columns)), dtype=np.float64, order="F")
    for place, name in enumerate(columns):
        matrix[:, place] = frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return matrix
