"""Validity that an extract itself delivers: of several rows of one key, which holds now, and which held before.

A row holds from `valid_from` up to, and without, `valid_to`; one without an end holds until the next begins. Where
intervals of one key overlap, the one that begins later holds from its beginning and ends the earlier one; of rows that
begin on one day the last by file and line holds and the others are refused. A row without an end that says what the
one before it says tells nothing new: the first of them stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.errors import Notice
from telcli.intake.cleaning import FAULT_TYPE
from telcli.intake.facts import HIDDEN, add_fault
from telcli.intake.history import FROM, TO
from telcli.tables.refused import FAULTS, LINE, SOURCE

__all__ = ["BACKWARD", "OVERLAP", "Parted", "parted"]

BACKWARD, OVERLAP = "ends-before-it-begins", "overlapping-validity"
"""Rules by which rows are refused."""

_SOUND = pl.col(FAULTS).list.len() == 0
_DAY = pl.duration(days=1)


@dataclass(frozen=True)
class Parted:
    """The rows of one table that hold, with those refused; and those that held before, None where nothing tells.

    `aside` are the lines of keys with several, but for the ones that hold: nothing else is to be read of them. `ahead`
    counts, by source, rows that begin after the load and were left for a later one; `clipped` are rows that the next
    one of their key ended, `lapsed` those that hold no more though no other follows, `again` those that say what the
    one before them says, and were left out; `inclusive` says that an end
    was taken for the last day that is part of the interval.
    """

    current: pl.LazyFrame
    past: pl.LazyFrame | None = None
    aside: pl.DataFrame | None = None
    ahead: pl.DataFrame | None = None
    clipped: int = 0
    lapsed: int = 0
    again: int = 0
    inclusive: bool = False

    def notices(self, table: str) -> list[Notice]:
        """What is to be said of it."""
        late = int(self.ahead["rows"].sum()) if self.ahead is not None else 0
        clipped, lapsed, ahead = ({"table": table, "count": count} for count in (self.clipped, self.lapsed, late))
        found = [
            Notice(
                "validity-overlaps",
                "{table}: {count} rows were still said to hold when the next one of their key began; they end there.",
                clipped,
            ),
            Notice(
                "validity-lapsed",
                "{table}: {count} rows hold no more by their own dates and no other follows; they stand as they last "
                "were.",
                lapsed,
            ),
            Notice(
                "validity-ahead",
                "{table}: {count} rows begin after the month of this load and were left for a later one.",
                ahead,
            ),
            Notice(
                "validity-inclusive",
                "{table}: the day on which a row's validity ends is taken as part of it, since the next rows begin on "
                "the day after.",
                {"table": table, "count": int(self.inclusive)},
            ),
        ]
        return [notice for notice in found if notice.values["count"]]


def parted(frame: pl.LazyFrame, key: Sequence[str], month: date | None) -> Parted:  # noqa: D417 (numpy sections)
    """Part the rows that hold at the end of a month from those that held before.

    Parameters
    ----------
    frame : rows of a state table with the hidden columns; without `valid_from` and `valid_to` they pass untouched.
    month : of the load; None where it is not known, so that every row has begun.

    >>> from telcli.intake.cleaning import NO_FAULTS
    >>> days = {FROM: [date(2024, 1, 1), date(2024, 3, 1)], TO: [None, None]}
    >>> rows = pl.LazyFrame({"id": ["a", "a"], "plan": ["X", "Y"], **days, SOURCE: ["f"] * 2, LINE: [2, 3]})
    >>> found = parted(rows.with_columns(NO_FAULTS), ["id"], date(2024, 6, 1))
    >>> found.current.select("plan").collect().item(), found.past.select("plan", TO).collect().rows(), found.clipped
    ('Y', [('X', datetime.date(2024, 3, 1))], 1)
    """
    have = frame.collect_schema()
    if FROM not in have and TO not in have:
        return Parted(frame)
    days = [(pl.col(name) if name in have else pl.lit(None)).cast(pl.Date).alias(name) for name in (FROM, TO)]
    checked = add_fault(frame.with_columns(days), pl.col(TO) < pl.col(FROM), BACKWARD, TO)
    keyed = pl.all_horizontal(pl.col(name).is_not_null() for name in key)
    twice = checked.filter(_SOUND & keyed).group_by(key).len().filter(pl.col("len") > 1).select(key).collect()
    marked = checked.join(twice.lazy().with_columns(_again=True), on=list(key), how="left", maintain_order="left")
    again = _SOUND & pl.col("_again").fill_null(value=False)
    rows = marked.filter(again).drop("_again").collect(engine="streaming").sort(*key, SOURCE, LINE)
    dated = _dated(rows, key, month)
    until = pl.when(pl.col(FROM) == pl.col(TO)).then(pl.col(FROM) + _DAY).otherwise(_end(inclusive=dated.inclusive))
    alone = marked.filter(~again).drop("_again").with_columns(until.alias(TO))
    ended = pl.col(TO) < _after(month) if month else pl.lit(value=False)
    lapsed = alone.filter(_SOUND & ended).select(pl.len()).collect().item() + dated.of("current").filter(ended).height
    refused = add_fault(dated.of("refused").lazy(), pl.lit(value=True), OVERLAP, FROM)
    current = pl.concat([alone, dated.of("current").lazy(), refused])
    aside = dated.rows.filter(pl.col("_kind") != "current").select(SOURCE, LINE)
    late = dated.of("ahead").group_by(source=SOURCE).agg(rows=pl.len())
    return Parted(
        current, dated.of("past").lazy(), aside, late, dated.clipped, lapsed, dated.of("again").height, dated.inclusive
    )


@dataclass(frozen=True)
class _Dated:
    """Rows with what each is (`_kind`), and what was done to their ends."""

    rows: pl.DataFrame
    clipped: int
    inclusive: bool

    def of(self, kind: str) -> pl.DataFrame:
        return self.rows.filter(pl.col("_kind") == kind).drop("_kind")


def _dated(rows: pl.DataFrame, key: Sequence[str], month: date | None) -> _Dated:
    """Settle the ends of rows whose keys have several: the next row's beginning, where none lies before it."""
    values = [name for name in rows.columns if name not in HIDDEN]
    first = rows.unique(values, keep="first", maintain_order=True).with_row_index("_at")
    marked = rows.join(first.select(*values, "_at"), on=values, how="left", nulls_equal=True, maintain_order="left")
    last = first.unique([*key, FROM], keep="last", maintain_order=True)
    ordered = last.sort(*key, FROM, nulls_last=False)
    ahead = pl.col(FROM) >= _after(month) if month else pl.lit(value=False)
    begun = (~ahead.fill_null(value=False)).any().over(key)
    late = ahead.fill_null(value=False) & (begun | (pl.int_range(pl.len()).over(key) > 0))
    begun_rows = ordered.filter(~late)
    again = _says_again(begun_rows, key, [name for name in values if name not in (*key, FROM, TO)])
    held = begun_rows.filter(~again)
    follows = pl.col(FROM).shift(-1).over(key)
    gaps = held.select(touch=(follows == pl.col(TO)).sum(), apart=(follows == pl.col(TO) + _DAY).sum()).row(0)
    inclusive = bool((gaps[1] or 0) > (gaps[0] or 0))
    closed = held.with_columns(_next=follows, _end=_end(inclusive=inclusive))
    over = (pl.col("_end") > pl.col("_next")) | (pl.col("_end").is_null() & pl.col("_next").is_not_null())
    bridged = pl.col("_end") + _DAY == pl.col("_next")
    kind = pl.when(pl.col("_next").is_null()).then(pl.lit("current")).otherwise(pl.lit("past"))
    end = pl.when(over | bridged).then("_next").when(pl.col("_end") <= pl.col(FROM)).then(pl.col(FROM) + _DAY)
    settled = closed.select("_at", _kind=kind, _end=end.otherwise("_end"))
    whole = marked.join(settled, on="_at", how="left", maintain_order="left")
    left_out = pl.when(pl.col("_at").is_in(ordered.filter(late)["_at"].implode())).then(pl.lit("ahead"))
    said = left_out.when(pl.col("_at").is_in(begun_rows.filter(again)["_at"].implode())).then(pl.lit("again"))
    told = whole.with_columns(pl.coalesce("_kind", said, pl.lit("refused")).alias("_kind"), pl.col("_end").alias(TO))
    return _Dated(told.drop("_at", "_end"), closed.filter(over).height, inclusive)


def _says_again(rows: pl.DataFrame, key: Sequence[str], values: Sequence[str]) -> pl.Expr:
    """Whether a row says what the one before it of its key says, which still holds: it tells nothing new.

    `rows` stand in the order of their keys and days.
    """
    open_ = [pl.col(TO).is_null(), pl.col(TO).shift(1).is_null()]
    same = [
        pl.col(name).eq_missing(pl.col(name).shift(1)) for name in (*key, *values) if rows.schema[name] != FAULT_TYPE
    ]
    return pl.all_horizontal(*open_, *same) & (pl.int_range(pl.len()) > 0)


def _after(month: date | None) -> pl.Expr:
    return pl.lit(month, dtype=pl.Date).dt.offset_by("1mo")


def _end(*, inclusive: bool) -> pl.Expr:
    return pl.col(TO) + _DAY if inclusive else pl.col(TO)
