"""Who was in which of today's segments some months ago, for what became of them since."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.features.margin import month_range
from telcli.features.month_index import add_months
from telcli.methods.clustering import assign
from telcli.methods.value_backtest import held_back
from telcli.stages.segment_count import Segmented
from telcli.stages.segment_people import behaviour_at
from telcli.tables import contract

__all__ = ["before_rows"]

_SCHEMA = {
    **{"customer_id": pl.String(), "month": pl.Date(), "segment": pl.Int64()},
    **dict.fromkeys(("segment_name", "segment_name_zh"), pl.String()),
}


def before_rows(now: Segmented, profiled: pl.DataFrame, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Table segments_before: everybody active before the last third of history, by today's centres and names.

    Without rows where history is too short to watch anybody. Whoever has left since is in it, as nobody who left is in
    a segment of today.
    """
    months = month_range(contract("customer_months").conform(tables["customer_months"]), now.as_of)
    back = held_back(len(months))
    found = pl.DataFrame(schema=_SCHEMA)
    if back:
        month = add_months(now.as_of, -back)
        then = behaviour_at(tables, month, now.people.behaviour)
        if len(then.customers):
            labels = assign(now.preparation.transform(then.values), now.grouping.centres)[0]
            numbered = pl.DataFrame({"customer_id": then.customers, "segment": pl.Series(labels, dtype=pl.Int64) + 1})
            named = profiled.select("segment", "segment_name", "segment_name_zh")
            joined = numbered.join(named, on="segment", how="left", maintain_order="left")
            found = joined.with_columns(month=pl.lit(month)).select(list(_SCHEMA))
    return found.with_columns(as_of=pl.lit(now.as_of))
