"""Who moved since the month before: between segments, stages of life, tiers of spending and classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.lifecycle import LifecycleRules, lifecycle_stage
from telcli.features.month_index import add_months
from telcli.features.ranges import of_customers
from telcli.methods.clustering import assign
from telcli.settings import SegmentSettings
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_people import behaviour_at, spending
from telcli.stages.segment_record import Record
from telcli.stages.segment_words import value_zh
from telcli.tables import contract
from telcli.tables.segment_results import VIEWS

__all__ = ["GONE", "INACTIVE", "NOBODY", "RETURNED", "UNKNOWN", "Past", "move_rows", "moved", "past"]

GONE = ("left", "已离网")
NOBODY = ("not yet a customer", "尚未入网")
RETURNED = ("returned", "重新入网")
INACTIVE = ("inactive", "非在网")
"""Groups of those who are in no segment in one of the months."""
UNKNOWN = ("unknown", "未知")
"""Who is there in the month, but not in the grouping."""
_SCHEMA = {
    **dict.fromkeys(("view", "from_group", "from_group_zh", "to_group", "to_group_zh"), pl.String()),
    "customers": pl.Int64(),
    "share": pl.Float64(),
}


@dataclass(frozen=True)
class Past:
    """What customers were in the month before.

    Parameters
    ----------
    groups : customer_id, segment_name, segment_name_zh, lifecycle_stage, consumption_tier, and customer_class where it
        is known what it was.
    told : whether they are those of an earlier snapshot; else that month's customers are assigned to the segments of
        today, by their behaviour of then.
    """

    as_of: date
    groups: pl.DataFrame
    told: bool


def past(
    record: Record | None,
    tables: Mapping[str, pl.LazyFrame],
    now: Segmented,
    profiled: pl.DataFrame,
    settings: SegmentSettings,
) -> Past | None:
    """The snapshot before, else the month before as today's centres see it; None where neither is held."""
    if record is not None:
        names = ("customer_id", "segment_name", "segment_name_zh", "lifecycle_stage", "consumption_tier")
        return Past(record.as_of, record.customers.select(*names, "customer_class"), told=True)
    month = add_months(now.as_of, -1)
    months = contract("customer_months").conform(tables["customer_months"])
    then = behaviour_at(tables, month, now.people.behaviour)
    if not len(then.customers):
        return None
    labels = assign(now.preparation.transform(then.values), now.grouping.centres)[0]
    stages = of_customers(lifecycle_stage(months, month, LifecycleRules.of(settings)), then.customers)
    groups = pl.DataFrame(
        {
            "customer_id": then.customers,
            "segment": pl.Series(labels, dtype=pl.Int64) + 1,
            "consumption_tier": spending(then.revenue, settings),
        }
    )
    names_of = profiled.select("segment", "segment_name", "segment_name_zh")
    groups = groups.join(names_of, on="segment", how="left", maintain_order="left")
    return Past(month, groups.hstack(stages), told=False)


def moved(before: Past, segments: pl.DataFrame) -> pl.DataFrame:
    """Each customer of either month once: customer_id, here, and each view's group before and now, null where none."""
    views = [name for name in _columns() if name in before.groups.columns]
    was = before.groups.select("customer_id", pl.col(views).name.prefix("from_"), was=pl.lit(value=True))
    now = segments.select("customer_id", pl.col(views).name.prefix("to_"), here=pl.lit(value=True))
    return was.join(now, on="customer_id", how="full", coalesce=True)


def move_rows(
    before: Past | None,
    segments: pl.DataFrame,
    profiled: pl.DataFrame,
    as_of: date,
    tables: Mapping[str, pl.LazyFrame],
) -> pl.DataFrame:
    """Table segment_moves; without rows where there is no month before.

    `tables` holds customer_months, which tells why somebody is in no segment in one of the months.
    """
    frames = [pl.DataFrame(schema=_SCHEMA)]
    if before is not None:
        both = _explained(moved(before, segments), tables, before.as_of, as_of)
        named = pl.concat([before.groups.select(_NAMES), profiled.select(_NAMES)]).unique(_NAMES[0], keep="last")
        told = dict(named.iter_rows())
        frames += [_ways(both, view, told) for view in VIEWS if _known(both, _column(view))]
    return pl.concat(frames).with_columns(as_of=pl.lit(as_of), before=pl.lit(before.as_of if before else as_of))


_NAMES = ("segment_name", "segment_name_zh")


def _known(both: pl.DataFrame, column: str) -> bool:
    """Whether a view was looked at in both months, and any group of it is known."""
    names = (f"from_{column}", f"to_{column}")
    return names[1] in both.columns and any(both[name].null_count() < both.height for name in names)


def _column(view: str) -> str:
    return "segment_name" if view == "segment" else view


def _columns() -> list[str]:
    return [_column(view) for view in VIEWS]


def _explained(both: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], before: date, as_of: date) -> pl.DataFrame:
    """The customers of `moved`, with the groups that stand where they have none: `no_from` and `no_to`."""
    months = contract("customer_months").conform(tables["customer_months"])
    for name, known, month, never, away in (
        ("no_from", "was", before, NOBODY, RETURNED),
        ("no_to", "here", as_of, GONE, GONE),
    ):
        absent = both.lazy().filter(pl.col(known).is_null()).select("customer_id")
        held = months.filter(pl.col("month") <= month).join(absent, on="customer_id", how="semi")
        at = pl.col("month") == month
        told = held.group_by("customer_id").agg(
            away=~at.any() | (at & pl.col("left")).any(), active=(at & pl.col("active")).any()
        )
        why = (
            pl.when("away").then(pl.lit(away[0])).when("active").then(pl.lit(UNKNOWN[0])).otherwise(pl.lit(INACTIVE[0]))
        )
        found = told.select("customer_id", why.alias(name)).collect(engine="streaming")
        both = both.join(found, on="customer_id", how="left", maintain_order="left")
        here = pl.when(known).then(pl.lit(UNKNOWN[0])).otherwise(pl.col(name).fill_null(never[0]))
        both = both.with_columns(here.alias(name))
    return both


def _ways(both: pl.DataFrame, view: str, names: Mapping[str, str]) -> pl.DataFrame:
    column = _column(view)
    ways = both.select(
        from_group=pl.coalesce(f"from_{column}", "no_from"), to_group=pl.coalesce(f"to_{column}", "no_to")
    )
    counted = ways.group_by("from_group", "to_group").agg(customers=pl.len().cast(pl.Int64))
    chinese = {**names, **dict((GONE, NOBODY, RETURNED, INACTIVE, UNKNOWN))}

    def in_chinese(group: str) -> str:
        return chinese.get(group) or value_zh(group)

    shown = counted.sort("from_group", "to_group").with_columns(
        pl.lit(view).alias("view"),
        share=pl.col("customers") / pl.col("customers").sum().over("from_group"),
        from_group_zh=pl.col("from_group").map_elements(in_chinese, pl.String),
        to_group_zh=pl.col("to_group").map_elements(in_chinese, pl.String),
    )
    return shown.select(list(_SCHEMA))
