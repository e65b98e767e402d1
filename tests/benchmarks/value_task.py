"""What `telcli score-value` is seen doing in its back-test, and the same task for others; for `value_quality.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.margin import Book, book, whole_tenure
from telcli.methods.lifetime_value import usual_margin
from telcli.stages import score_value, score_value_backtest
from telcli.stages.score_value_staying import Stays

Array = NDArray[np.float64]
FITS = ("by_months", "outlook", "tested")
"""What telcli's predictions take: who leaves, by all months and by those before; what that means for each; the test."""
KINDS = (
    *("contract_months_left", "plan_fee", "plan_downs", "over_bundle_fee", "revenue_change_3", "numbers_held"),
    *("arrears", "months_overdue", "complaints_sum_3", "contacts_sum_3", "faults", "rating", "products_held"),
    *("months_since_use", "active_days_change_3"),
)
"""Columns of customer_months that a regression of leaving is given, as far as they tell customers apart."""


@dataclass
class Watched:
    """What the stage was seen doing: arguments and results of its parts, and CPU seconds of those that foretell."""

    calls: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    gave: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def kept(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*words: Any, **more: Any) -> Any:
            self.calls[name] = words
            start = time.process_time()
            self.gave[name] = found = function(*words, **more)
            self.seconds += (time.process_time() - start) * (name in FITS)
            return found

        return wrapped


@contextmanager
def watching() -> Iterator[Watched]:
    """Keep what the stage gives its parts, for as long as this lasts."""
    seen = Watched()
    places: list[tuple[Any, str]] = [(score_value, name) for name in ("book", "by_months", "tested")]
    with ExitStack() as stack:
        test = [(score_value_backtest, name) for name in ("backtest", "usual_months")]
        for place, name in [*places, (Stays, "outlook"), *test]:
            stack.enter_context(mock.patch.object(place, name, seen.kept(name, getattr(place, name))))
        yield seen


def task(work: Path, seen: Watched) -> dict[str, Any]:
    """What peers are given, of the operator that the stage was seen working on; arrays by name.

    ``months`` (all customers ever seen x months), ``valued`` (which of them are valued), and of those ``tenure``,
    ``group``, ``usual`` (telcli's usual month) and ``first`` (month they were first seen in); ``future``, the number
    of months to foretell; stays of all, see `stays`; the window before, see `windows`.
    """
    frame, _, source, rates, marks, modes, counted = seen.calls["book"]
    everyone, _, calendar, future = seen.calls["tested"][:4]
    whole = book(frame, calendar, source, rates, marks, modes, counted)
    early, past = len(calendar) - future, everyone.active_at(1)
    valued = whole.ids.is_in(past.ids.implode()).to_numpy()
    rows = pl.scan_parquet(work / "customer_months" / "**" / "*.parquet")
    found = {
        "months": whole.margins[:, :early],
        "valued": valued,
        "future": future,
        "tenure": np.maximum(past.tenure[1], 0),
        "group": past.group,
        "usual": np.nan_to_num(seen.gave["usual_months"][0]),
        **stays(rows, whole, calendar[:early]),
        **windows(rows, whole, calendar, early, future),
    }
    return {**found, "first": found.pop("first_seen")[valued]}


def stays(rows: pl.LazyFrame, whole: Book, months: Sequence[date]) -> dict[str, Any]:
    """A stay for each customer whose tenure is known: tenure on entry and in the last month, and whether she left."""
    here = rows.filter(pl.col("month") <= months[-1], pl.col("active") | pl.col("left"), whole_tenure().is_not_null())
    picked = here.sort("month").group_by("customer_id")
    each = picked.agg(
        whole_tenure().first().alias("entry"),
        whole_tenure().last().alias("exit"),
        pl.col("left").last().cast(pl.Int64),
        pl.col("month").first().replace_strict(months, range(len(months)), return_dtype=pl.Int64).alias("first"),
    )
    everyone = pl.LazyFrame({"customer_id": whole.ids, "group": whole.group})
    joined = everyone.join(each, on="customer_id", how="left", maintain_order="left").collect()
    told = joined.filter(pl.col("entry").is_not_null())
    names = ("entry", "exit", "left", "group", "first")
    seen = joined["first"].fill_null(len(months) - 1).to_numpy()
    return {"first_seen": seen, **{f"stay_{name}": told[name].to_numpy() for name in names}}


def windows(rows: pl.LazyFrame, whole: Book, calendar: Sequence[date], early: int, future: int) -> dict[str, Any]:
    """What was known of customers there when values are made (``now``) and as many months earlier (``then``).

    ``months_*`` last months' margins, tenure and way of paying; ``wide_*`` all numbers of customer_months beside;
    ``kinds_*`` KINDS, prepared for a regression. Of those of then, ``money`` is what they brought in the months to
    come, ``span`` and ``gone`` for how many of these they stayed and whether they left.
    """
    then = early - future
    length = min(12, then)
    made: dict[str, Any] = {}
    numbers, kinds = [], []
    for side, end in (("then", then), ("now", early)):
        known = rows.filter(pl.col("month") == calendar[end - 1]).collect()
        at = whole.ids.to_frame("customer_id").join(known, on="customer_id", how="left", maintain_order="left")
        there = at["active"].fill_null(False).to_numpy()
        at, months, group = at.filter(there), whole.margins[there][:, end - length : end], whole.group[there]
        made[f"months_{side}"] = np.column_stack([months, at["tenure_months"].to_numpy(), group])
        numbers.append(at.select(pl.col(pl.Float64)))
        kinds.append(kinds_of(at, usual_margin(months), group))
        if side == "then":
            made["money"] = np.nansum(whole.margins[there][:, end : end + future], axis=1)
            made |= spans(rows, at["customer_id"], calendar[end : end + future])
    made["kinds_then"], made["kinds_now"] = alike(*kinds)
    told = [name for name in numbers[0].columns if numbers[0][name].drop_nulls().n_unique() > 1]
    for side, each in zip(("then", "now"), numbers, strict=True):
        made[f"wide_{side}"] = np.column_stack([made[f"months_{side}"], each.select(told).to_numpy()])
    return made


def kinds_of(at: pl.DataFrame, usual: Array, group: Array) -> Array:
    """KINDS, whether a contract binds, usual month, way of paying and tenure; what is not known is 0."""
    known = at.select(pl.col(name).fill_null(0.0) for name in KINDS if name in at.columns).to_numpy()
    bound = at["contract_months_left"].fill_null(0.0).to_numpy() > 0
    tenure = at["tenure_months"].fill_null(0.0).to_numpy()
    return np.column_stack([known, bound, np.log1p(np.maximum(np.nan_to_num(usual), 0.0)), group, np.log1p(tenure)])


def spans(rows: pl.LazyFrame, ids: pl.Series, months: Sequence[date]) -> dict[str, Any]:
    """For how many of these months customers stayed, and whether they left then."""
    place = pl.col("month").replace_strict(months, range(1, len(months) + 1), return_dtype=pl.Int64)
    gone = rows.filter(pl.col("month").is_in(months) & pl.col("left")).group_by("customer_id").agg(at=place.min())
    each = ids.to_frame("customer_id").join(gone.collect(), on="customer_id", how="left", maintain_order="left")
    return {
        "span": each["at"].fill_null(len(months)).cast(pl.Float64).to_numpy(),
        "gone": each["at"].is_not_null().cast(pl.Int64).to_numpy(),
    }


def alike(then: Array, now: Array) -> tuple[Array, Array]:
    """Both in standard deviations of the former, far ends pulled in, columns that tell nothing left out."""
    low, high = np.quantile(then, [0.01, 0.99], axis=0)
    told = np.clip(then, low, high)
    centre, size = told.mean(axis=0), told.std(axis=0)
    tells = size > 1e-9
    first, second = ((np.clip(side, low, high) - centre)[:, tells] / size[tells] for side in (then, now))
    return first, second
