"""Segments against a grouping that is held already: an operator's own segmentation, or a planted truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

import polars as pl

from telcli.errors import Notice, UsageError
from telcli.features.leakage_names import plain_name
from telcli.methods.agreement import agreement
from telcli.stages.segment_count import Segmented
from telcli.tables import contract

__all__ = ["MOST_GROUPS", "Against", "against", "grouping_column"]

MOST_GROUPS = 100
"""A column with more values than this is no grouping."""

_OWN = ("customer_class", "gender", "region", "branch", "manager_id", "star_level")
_SCHEMA = {
    "attribute": pl.String(),
    "group_name": pl.String(),
    "segment": pl.Int64(),
    "segment_name": pl.String(),
    "segment_name_zh": pl.String(),
    "customers": pl.Int64(),
    "share_of_group": pl.Float64(),
    "share_of_segment": pl.Float64(),
}


@dataclass(frozen=True)
class Against:
    """Table segment_agreement, and what it comes to for the metrics; None where nothing was compared."""

    rows: pl.DataFrame
    metrics: Mapping[str, Any] | None = None
    notices: tuple[Notice, ...] = ()


def grouping_column(customers: pl.LazyFrame, wanted: str) -> str:
    """The column of customers that is meant, with or without its mark `x_`, whatever the case; "" where none is wanted.

    Raises
    ------
    UsageError
        There is no such column.

    >>> grouping_column(pl.LazyFrame({"customer_id": ["a"], "x_Old_Segment": ["gold"]}), "old segment")
    'x_Old_Segment'
    """
    if not wanted.strip():
        return ""
    kinds = contract("customers").conform(customers).collect_schema()
    told = (pl.String, pl.Boolean, pl.Float64, pl.Int64)
    names = [name for name in kinds if name in _OWN or (name.startswith("x_") and kinds[name] in told)]
    known = {plain_name(name): name for name in names}
    key = plain_name(wanted)
    if key in known:
        return known[key]
    near = get_close_matches(key, known, n=3, cutoff=0.5) or list(known)
    raise UsageError(
        "compare-unknown",
        "customers has no column {column} that segments could be compared with.",
        hint="Columns: {known}.",
        column=wanted,
        known=", ".join(sorted(known[name] for name in near)),
    )


def against(now: Segmented, profiled: pl.DataFrame, customers: pl.LazyFrame, column: str) -> Against:
    """Cross the segments of today with the groups of a column, and measure how far they agree.

    Customers whose group is not known are left out.

    Raises
    ------
    UsageError
        The column has more than `MOST_GROUPS` values among the customers of the month.
    """
    nothing = pl.DataFrame(schema=_SCHEMA).with_columns(as_of=pl.lit(now.as_of))
    if not column:
        return Against(nothing)
    held = contract("customers").conform(customers).select("customer_id", group_name=_text(column))
    mine = pl.DataFrame({"customer_id": now.people.frame["customer_id"], "segment": now.grouping.labels})
    both = mine.lazy().join(held, on="customer_id").drop_nulls().sort("customer_id").collect(engine="streaming")
    groups = both["group_name"].unique().sort()
    if not both.height:
        words = "{column} is known of no customer of the month: segments were compared with nothing."
        return Against(nothing, None, (Notice("compare-nobody", words, {"column": column}),))
    if len(groups) > MOST_GROUPS:
        raise UsageError(
            "compare-many",
            "{column} has {n} values; segments are compared with a grouping of at most {most}.",
            hint="Name a column with a value for each group.",
            column=column,
            n=len(groups),
            most=MOST_GROUPS,
        )
    given = both["group_name"].replace_strict(groups, pl.arange(len(groups), eager=True))
    measured = asdict(agreement(both["segment"].to_numpy(), given.to_numpy()))
    told = {"column": column, "groups": len(groups), **measured, "customers": both.height}
    return Against(_rows(both, profiled, column).with_columns(as_of=pl.lit(now.as_of)), told)


def _text(column: str) -> pl.Expr:
    """Groups as text, 1 rather than 1.0; blank ones are not known."""
    found = pl.col(column).cast(pl.String).str.strip_chars().str.strip_suffix(".0")
    return pl.when(found != "").then(found)


def _rows(both: pl.DataFrame, profiled: pl.DataFrame, column: str) -> pl.DataFrame:
    """Each pair of a group and a segment that has customers, groups in alphabetical order."""
    counted = both.group_by("group_name", pl.col("segment").cast(pl.Int64) + 1).agg(
        customers=pl.len().cast(pl.Int64),
    )
    share = pl.col("customers") / pl.col("customers").sum()
    shared = counted.with_columns(
        share_of_group=share.over("group_name"), share_of_segment=share.over("segment"), attribute=pl.lit(column)
    )
    names = profiled.select("segment", "segment_name", "segment_name_zh")
    return shared.join(names, on="segment").sort("group_name", "segment").select(*_SCHEMA)
