"""What is kept of rows reported: nothing twice, and a correction in place of what it corrects, in whatever order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import polars as pl

from telcli.stages.import_outcomes_rows import FAULT
from telcli.tables.task_results import CONTRACTS

__all__ = ["Kept", "keep"]

_KEY = ("campaign_id", "customer_id")
_SAYS = ("result", "contacted_on", "channel", "offer_id", "cost")
_MARK = 8


@dataclass(frozen=True)
class Kept:
    """Rows of retention_outcomes, the rows checked with further faults, and how many rows did what.

    `counts` : new, corrected, unchanged (the same stands already), outdated (corrected since), older (of a contact
    before the one that stands), repeated (the same in several rows). `files` are those of rows outdated or older.
    """

    outcomes: pl.DataFrame
    rows: pl.DataFrame
    counts: dict[str, int]
    files: dict[str, tuple[str, ...]]


def keep(held: pl.DataFrame, rows: pl.DataFrame, *, last: bool = False) -> Kept:
    """Join rows as `checked` gives them with the outcomes held.

    What a row says has a mark. A row whose mark stands changes nothing; one whose mark was corrected before is out of
    date; one of a contact on an earlier day than what stands, or than what another row says, is older: in whatever
    order reports come, the latest contact stands. Any other is new or a correction. Rows of one task that say different
    new things of the same day are refused: nobody knows which is right. Where the `last` is to stand, neither marks nor
    days of before count: that is how a row is changed back, or a day mended to an earlier one.
    """
    rows = rows.with_columns(_mark=_marks(rows), _good=pl.col("faults").list.len() == 0)
    stands = held.with_columns(_stands=_marks(held)).select(*_KEY, "_stands", "earlier", _day="contacted_on")
    found = rows.join(stands, on=_KEY, how="left", maintain_order="left")
    past = pl.col("earlier").fill_null("").str.split(",").list.contains(pl.col("_mark")) & pl.lit(not last)
    before = pl.col("contacted_on").lt(pl.col("_day")).fill_null(value=False) & pl.lit(not last)
    same = pl.col("_mark").eq(pl.col("_stands")).fill_null(value=False)
    found = found.with_columns(
        _kind=pl.when(~pl.col("_good")).then(pl.lit("refused")).when(same).then(pl.lit("unchanged"))
        .when(past).then(pl.lit("outdated")).when(before).then(pl.lit("older")).otherwise(pl.lit("other"))
    )  # fmt: skip
    if not last:
        found = found.with_columns(_kind=_latest())
    several = pl.col("_mark").filter(pl.col("_kind") == "other").n_unique().over(_KEY) > 1
    clash = (pl.col("_kind") == "other") & several
    fault = pl.struct(rule=pl.lit("conflicting-rows"), column=pl.lit("task_id"), value=pl.lit(None, pl.String))
    found = found.with_columns(
        faults=pl.when(clash).then(pl.concat_list(fault.cast(FAULT))).otherwise("faults"),
        _kind=pl.when(clash).then(pl.lit("refused")).otherwise("_kind"),
    )
    other = found.filter(pl.col("_kind") == "other").sort("file", "line")
    fresh = other.unique(_KEY, keep="first", maintain_order=True)
    count = dict(found["_kind"].value_counts().iter_rows())
    corrected = fresh.filter(pl.col("_stands").is_not_null())
    counts = {
        "new": fresh.height - corrected.height,
        "corrected": corrected.height,
        "unchanged": count.get("unchanged", 0),
        "outdated": count.get("outdated", 0),
        "older": count.get("older", 0),
        "repeated": other.height - fresh.height,
    }
    files = {kind: _files(found.filter(pl.col("_kind") == kind)) for kind in ("outdated", "older")}
    return Kept(_joined(held, fresh), found.select(rows.columns).drop("_mark", "_good"), counts, files)


def _latest() -> pl.Expr:
    """The kind of each row, those new ones that another new one of the task is later than called older."""
    other = pl.col("_kind") == "other"
    day = pl.col("contacted_on").filter(other).max().over(_KEY)
    return pl.when(other & (pl.col("contacted_on") < day)).then(pl.lit("older")).otherwise("_kind")


def _files(rows: pl.DataFrame) -> tuple[str, ...]:
    return tuple(rows["file"].unique().sort().to_list())


def _joined(held: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """Outcomes held, with the fresh ones in place of what they correct and marks of what that said."""
    corrects = pl.concat_str("earlier", "_stands", separator=",", ignore_nulls=True)
    new = fresh.with_columns(earlier=pl.when(pl.col("_stands").is_not_null()).then(corrects))
    contract = CONTRACTS["retention_outcomes"]
    rest = held.join(fresh.select(_KEY), on=_KEY, how="anti")
    parts = [contract.conform(part.lazy()).collect() for part in (rest, new)]
    return pl.concat(parts).sort("as_of", *_KEY)


def _marks(rows: pl.DataFrame) -> pl.Series:
    """A short hash of what each row says."""
    told = rows.select(pl.col(name).cast(pl.String).fill_null("") for name in _SAYS).iter_rows()
    marks = [hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:_MARK] for row in told]
    return pl.Series(marks, dtype=pl.String)
