"""Table contact_agents: calls of each agent, by code, with intervals, and pulled towards all as far as chance goes."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from telcli.features.call_load import AGENT, known_calls
from telcli.methods.shrinking import shrunk_means
from telcli.stages.complaints_ground import Ground
from telcli.stages.complaints_load import load_figures
from telcli.tables import contract

__all__ = ["LEAST_CALLS", "agent_rows"]

LEAST_CALLS = 30
"""Contacts of an agent from which they are told."""
_SCHEMA: dict[str, Any] = {
    **{"agent": pl.String, "contacts": pl.Int64, "calls": pl.Int64, "rated": pl.Int64},
    **{f"{name}_{end}": pl.Float64 for name in ("answered", "settled") for end in ("share", "low", "high", "shrunk")},
    **{f"{name}{end}": pl.Float64 for name in ("wait_s", "talk_s") for end in ("", "_low", "_high")},
    **{f"rating{end}": pl.Float64 for end in ("", "_low", "_high", "_shrunk")},
}


def agent_rows(ground: Ground) -> pl.DataFrame:
    """Table contact_agents without its month, over the last `handling_months`: those of 30 contacts or more.

    Shares and ratings pulled towards those of all agents are what to compare agents by: of few calls the best and the
    worst are so by chance.
    """
    given = contract("contacts").conform(ground.tables["contacts"])
    if AGENT not in given.collect_schema().names():
        return pl.DataFrame(schema=_SCHEMA)
    calls = known_calls(given).join(given.select("contact_id", agent=AGENT), on="contact_id", how="left").collect()
    frame = ground.last(ground.settings.handling_months).join(calls, on="contact_id", maintain_order="left")
    frame = frame.drop_nulls("agent").with_columns(
        settled=pl.when(pl.col("answered").fill_null(value=True)).then("settled")
    )
    frame = frame.sort("agent", "contact_id")
    rows = [
        {"agent": agent, **load_figures(part, 1)}
        for (agent,), part in frame.group_by("agent", maintain_order=True)
        if part.height >= LEAST_CALLS
    ]
    if not rows:
        return pl.DataFrame(schema=_SCHEMA)
    told = pl.DataFrame(rows, infer_schema_length=None)
    kept = frame.filter(pl.col("agent").is_in(told["agent"].to_list()))
    pulled = {f"{name}_shrunk": _pulled(kept, told["agent"], name) for name in ("answered", "settled", "rating")}
    return told.with_columns(**pulled).select(list(_SCHEMA)).cast(pl.Schema(_SCHEMA))


def _pulled(frame: pl.DataFrame, agents: pl.Series, name: str) -> pl.Series:
    """Means of agents pulled towards that of all; null where nothing is known of an agent."""
    known = frame.drop_nulls(name).select("agent", value=pl.col(name).cast(pl.Float64)).sort("agent", "value")
    sums = known.group_by("agent").agg(n=pl.len(), total=pl.col("value").sum(), squares=(pl.col("value") ** 2).sum())
    each = agents.to_frame().join(sums, on="agent", how="left", maintain_order="left")
    n, total, squares = (each[what].fill_null(0).cast(pl.Float64).to_numpy() for what in ("n", "total", "squares"))
    return pl.Series(np.where(n > 0, shrunk_means(n, total, squares), np.nan)).fill_nan(None)
