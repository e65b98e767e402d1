"""How the rows of a load succeed those that are held: what `ingest` leaves to be done once its rows are checked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from telcli.intake.history import FROM, TO, Succession, merged
from telcli.intake.history import restated as restated_rows
from telcli.intake.history import succeed as succeed_rows

__all__ = [
    "Succession",
    "added_to",
    "alike_held",
    "histories",
    "late_to",
    "restated",
    "succeed",
    "without_charges",
    "without_validity",
]

_EVENTS = {"calls": ("started_at", ""), "payments": ("paid_at", "payment_id"), "contacts": ("opened_at", "contact_id")}
"""Table of events -> when they were, and their number."""
_MADE_NUMBER = r"^[0-9a-f]{20}(?:-\d+)?$"
"""Numbers that `telcli.intake.repeats` makes of what an event says."""


def succeed(
    held: pl.LazyFrame,
    fresh: pl.LazyFrame,
    key: Sequence[str],
    at: date | None,
    *,
    whole: bool,
    dated: pl.LazyFrame | None,
) -> Succession:
    """Let the rows of one load succeed those held, key by key; see `telcli.intake.history.succeed`."""
    past = None if dated is None else dated.select(key).unique().collect(engine="streaming")
    before, now = (frame.collect(engine="streaming") for frame in (held, fresh))
    return succeed_rows(before, now, key, at, whole=whole, dated=past)


def histories(
    held: Sequence[pl.LazyFrame], given: pl.LazyFrame | None, current: pl.DataFrame, key: Sequence[str]
) -> pl.LazyFrame:
    """What was kept of the past, the newest first, and what a load says of it; see `telcli.intake.history.merged`."""
    kept = pl.concat(held, how="diagonal_relaxed").collect(engine="streaming")
    said = kept.clear() if given is None else given.collect(engine="streaming")
    return merged(kept, said, current, key).lazy()


def restated(
    current: pl.LazyFrame, past: pl.LazyFrame, fresh: pl.LazyFrame, key: Sequence[str], at: date
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """An earlier month said anew: what of it is still the state, and the past; see `telcli.intake.history.restated`."""
    frames = [frame.collect(engine="streaming") for frame in (current, past, fresh)]
    rest, found = restated_rows(frames[0], frames[1], frames[2], key, at)
    return rest.lazy(), found.lazy()


def added_to(held: pl.LazyFrame, fresh: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """The rows of an open month after one more load: those given now, and those held that were not given again.

    >>> held = pl.LazyFrame({"id": ["a", "b"], "n": [1, 2]})
    >>> added_to(held, pl.LazyFrame({"id": ["b", "c"], "n": [5, 6]}), ["id"]).collect().sort("id").rows()
    [('a', 1), ('b', 5), ('c', 6)]
    """
    return pl.concat([fresh, held.join(fresh.select(key), on=list(key), how="anti")], how="diagonal_relaxed")


def late_to(held: pl.LazyFrame, fresh: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame | None:
    """The rows of a closed month with those that came late; None where one given says something else than one held.

    >>> held = pl.LazyFrame({"id": ["a", "b"], "n": [1, None]})
    >>> late_to(held, pl.LazyFrame({"id": ["b", "c"], "n": [None, 6]}), ["id"]).collect().sort("id").rows()
    [('a', 1), ('b', None), ('c', 6)]
    >>> late_to(held, pl.LazyFrame({"id": ["b"], "n": [5]}), ["id"]) is None
    True
    """
    new = fresh.join(held.select(key), on=list(key), how="anti")
    both = pl.concat([new, held], how="diagonal_relaxed")
    said = fresh.collect_schema().names()
    repeated = fresh.join(held.select(key), on=list(key), how="semi")
    other = repeated.join(both.select(said), on=said, how="anti", nulls_equal=True)
    return None if other.select(pl.len()).collect(engine="streaming").item() else both


def alike_held(table: str, held: pl.LazyFrame, fresh: pl.LazyFrame, key: Sequence[str]) -> int:
    """How many rows given are under the key of one held, though neither a number nor a time of day tells them apart.

    Those are calls of an extract that gives days alone, and payments and contacts of a day that are known by what they
    say: a second event on one day looks like the first.

    >>> from datetime import datetime
    >>> rows = pl.LazyFrame({"payment_id": ["0" * 20, "P1"], "paid_at": [datetime(2024, 5, 3)] * 2})
    >>> alike_held("payments", rows, rows, ["payment_id"])
    1
    """
    moment, number = _EVENTS.get(table, ("", ""))
    if not moment:
        return 0
    daily = pl.col(moment).dt.truncate("1s").dt.time() == pl.time(0)
    if number:
        some = fresh.filter(daily & pl.col(number).str.contains(_MADE_NUMBER))
    elif fresh.select(daily.all()).collect(engine="streaming").item():
        some = fresh
    else:
        return 0
    found = some.join(held.select(key), on=list(key), how="semi").select(pl.len())
    return int(found.collect(engine="streaming").item())


def without_charges(held: pl.LazyFrame, given: pl.LazyFrame, kinds: Collection[str]) -> pl.LazyFrame:
    """The bills held without charges of these kinds of customers whose bill of the month is given again.

    A charge that came to nothing has no row, so that the one held would stay beside what is given.

    >>> held = pl.LazyFrame({"customer_id": ["a", "b"], "month": [6, 6], "kind": ["data", "data"]})
    >>> given = pl.LazyFrame({"customer_id": ["a"], "month": [6], "kind": ["voice"]})
    >>> without_charges(held, given, ["data", "voice"]).collect()["customer_id"].to_list()
    ['b']
    """
    again = held.join(given.select("customer_id", "month").unique(), on=["customer_id", "month"], how="semi")
    return held.join(again.filter(pl.col("kind").is_in(list(kinds))), on=["customer_id", "month", "kind"], how="anti")


def without_validity(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The frame without the interval of its rows, where its table keeps none."""
    return frame.drop([name for name in (FROM, TO) if name not in columns], strict=False)
