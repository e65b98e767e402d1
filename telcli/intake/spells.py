"""Whose a number was and when: numbers that changed hands, and facts of numbers put under their customer.

A number that the lines hold under several customers from several days has been transferred. Its spells are kept
apart: the newest keeps the number as its name, an earlier one is called ``NUMBER@2020-01-31`` after its first day,
and ends, where the extract does not say when, with the day on which the next begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.facts import add_fault
from telcli.intake.history import FROM
from telcli.intake.understood import Understood
from telcli.tables.refused import LINE, SOURCE

__all__ = ["apart", "named", "owners", "spells", "transferred"]

_COLUMNS = ("subscription_id", "customer_id", "activated_on", FROM)
_DATES = ("started_at", "paid_at", "opened_at", "month")
_ALWAYS = date(9999, 12, 31)
_PLACED = pl.concat_str(
    SOURCE, pl.lit("\n"), pl.col(LINE).cast(pl.String).str.zfill(15), pl.lit("\n"), pl.col("customer_id")
)


def spells(ones: Sequence[Understood]) -> pl.DataFrame:
    """The spells of transferred numbers: subscription_id, `_start`, owner, `_from`, `_until`, `_name`, `_first`.

    A row starts with its validity, where the extract tells it, else with its activation. The first spell has no `_from`
    and the newest no `_until`, so that every day is of one spell. Where rows disagree on the owner from one day, the
    first of them stands, as it does in the table. Rows of one owner that follow each other by validity are one spell,
    of which `_first` is the first.
    """
    parts = [_starts(one) for one in ones if one.map.table == "subscriptions"]
    found = [part for part in parts if part is not None]
    if not found:
        return pl.DataFrame()
    rows = pl.concat(found, how="diagonal_relaxed").drop_nulls(["subscription_id", "customer_id", "_start"])
    several = [pl.col(name).min() != pl.col(name).max() for name in ("customer_id", "_start")]
    moved = rows.group_by("subscription_id").agg(_moved=several[0] & several[1]).filter("_moved")
    numbers = moved.select("subscription_id").collect(engine="streaming")
    if not numbers.height:
        return pl.DataFrame()
    found_rows = rows.join(numbers.lazy(), on="subscription_id", how="semi")
    starts = found_rows.group_by("subscription_id", "_start").agg(owner=_first_owner(), _valid=pl.col("_valid").all())
    return _timed(starts.sort("subscription_id", "_start").collect(engine="streaming"))


def _starts(one: Understood) -> pl.LazyFrame | None:
    """The rows of one extract of lines, each with the day on which it starts and whether that is of its validity."""
    readings = {reading.name: reading for reading in one.readings() if reading.name in _COLUMNS}
    days = [name for name in (FROM, "activated_on") if name in readings]
    if not days or not {"subscription_id", "customer_id"} <= set(readings):
        return None
    known = pl.col(FROM).is_not_null() if FROM in days else pl.lit(value=False)
    return one.clean(list(readings.values())).with_columns(_start=pl.coalesce(days), _valid=known)


def _timed(ordered: pl.DataFrame) -> pl.DataFrame:
    """Spells in order, from when until when each is; numbers that turn out to have one alone are left out."""
    goes_on = pl.col("_valid") & (pl.col("owner") == pl.col("owner").shift(1).over("subscription_id"))
    marked = ordered.with_columns(_first=~goes_on.fill_null(value=False)).with_columns(
        _run=pl.col("_first").cum_sum().over("subscription_id")
    )
    start, name = pl.col("_start"), "subscription_id"
    heads = marked.filter("_first").with_columns(
        _from=pl.when(start.shift(1).over(name).is_not_null()).then(start), _until=start.shift(-1).over(name)
    )
    earlier = pl.concat_str(name, pl.lit("@"), start.dt.to_string("%Y-%m-%d"))
    named_ = heads.with_columns(_name=pl.when(pl.col("_until").is_not_null()).then(earlier))
    spans = named_.select(name, "_run", "_from", "_until", "_name")
    told = marked.join(spans, on=[name, "_run"], maintain_order="left")
    return told.filter(pl.col("_run").max().over(name) > 1).drop("_run", "_valid")


def transferred(moved: pl.DataFrame) -> list[Notice]:
    """Say how many numbers changed hands, and what was made of that."""
    if not moved.height:
        return []
    return [
        Notice(
            "numbers-transferred",
            "{count} numbers changed hands. Facts go to who had the number on their day, those of a month to who had it"
            " on the first; a number's earlier spells are called NUMBER@START.",
            {"count": moved["subscription_id"].n_unique()},
        )
    ]


def apart(lines: pl.LazyFrame, moved: pl.DataFrame) -> pl.LazyFrame:
    """Give each earlier spell a name and an end of its own."""
    if not moved.height:
        return lines
    have = lines.collect_schema()
    named_ = moved.lazy().select("subscription_id", "_start", "_name", "_until").drop_nulls()
    dated = lines.with_columns(_start=pl.coalesce([name for name in (FROM, "activated_on") if name in have]))
    joined = dated.join(named_, on=["subscription_id", "_start"], how="left", maintain_order="left").drop("_start")
    ended = pl.coalesce("ended_on", "_until") if "ended_on" in have else pl.col("_until")
    return joined.with_columns(subscription_id=pl.coalesce("_name", "subscription_id"), ended_on=ended).drop(
        "_name", "_until"
    )


def owners(lines: pl.LazyFrame | None, moved: pl.DataFrame) -> pl.LazyFrame | None:
    """Owner of each number, once; of transferred ones once for each spell, with `_from` and `_until`."""
    if lines is None or "customer_id" not in lines.collect_schema():
        return None
    known = lines.select("subscription_id", "customer_id", SOURCE, LINE).drop_nulls(["subscription_id", "customer_id"])
    always = known.group_by("subscription_id").agg(owner=_first_owner())
    if "number_h" in lines.collect_schema():
        also = _by_number(lines).join(always, on="subscription_id", how="anti")
        always = pl.concat([always, also])
    if not moved.height:
        return always
    timed = moved.lazy().filter("_first").select("subscription_id", "owner", "_from", "_until")
    return pl.concat([always.join(timed, on="subscription_id", how="anti"), timed], how="diagonal")


def _by_number(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Owner of each number by its pseudonym, for facts that name the number and not the line's own code.

    Where several customers have had the number, only the one whose line has not ended is its owner.
    """
    ended = pl.col("ended_on") if "ended_on" in lines.collect_schema() else pl.lit(None, dtype=pl.Date)
    held = lines.select(subscription_id="number_h", owner="customer_id", live=ended.is_null()).drop_nulls()
    holders = held.group_by("subscription_id").agg(
        one=pl.col("owner").n_unique() == 1,
        any_=pl.col("owner").min(),
        live_one=pl.col("owner").filter("live").n_unique() == 1,
        live_any=pl.col("owner").filter("live").min(),
    )
    owner = pl.when("one").then("any_").when("live_one").then("live_any")
    return holders.select("subscription_id", owner=owner).drop_nulls()


def named(frame: pl.LazyFrame, known: pl.LazyFrame | None) -> pl.LazyFrame:
    """Name the customer of facts that know only the number; numbers that nobody has are noted as ``orphan``."""
    have = frame.collect_schema()
    own = pl.col("customer_id") if "customer_id" in have else pl.lit(None, dtype=pl.String)
    if known is None:
        return frame.with_columns(customer_id=pl.coalesce(own, "subscription_id"))
    joined = frame.join(known, on="subscription_id", how="left")
    if "_from" in known.collect_schema():
        dates = [pl.col(name).cast(pl.Date) for name in _DATES if name in have]
        day = pl.coalesce(*dates, pl.lit(_ALWAYS))
        begun = pl.col("_from").is_null() | (day >= pl.col("_from"))
        lasting = pl.col("_until").is_null() | (day < pl.col("_until"))
        joined = joined.filter(begun & lasting).drop("_from", "_until")
    whose = joined.with_columns(customer_id=pl.coalesce(own, "owner")).drop("owner")
    lost = pl.col("customer_id").is_null() & pl.col("subscription_id").is_not_null()
    return add_fault(whose, lost, "orphan", "subscription_id")


def _first_owner() -> pl.Expr:
    """The customer of the row that stands first, by file and line."""
    return _PLACED.min().str.replace(r"(?s)^.*\n\d{15}\n", "")
