"""Alerts of stages of life: more customers than usual of a group moved into decline or dormancy, or left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from telcli.stages.monitor_warnings import STAGES

__all__ = ["moved_rows"]


def moved_rows(moves: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame | None:
    """A row of the table of alerts for each group and stage into which more moved than usual; None where there is none.

    Of several ways into one stage the least likely is told. The loss expected is what is at stake with those who went
    that way, by the part of them that is more than usual.

    Parameters
    ----------
    moves : pl.DataFrame
        Rows of lifecycle_moves.
    people : pl.DataFrame
        Who moved in the month: was, now, what groups are told apart by, and stake (money).
    """
    told = moves.filter("beyond", ~pl.col("small"), pl.col("usual_share").is_not_null())
    least = told.sort("chance", "from_stage").unique(["dimension", "level", "to_stage"], keep="first")
    rows = [_row(row, people) for row in least.sort("dimension", "level", "to_stage").to_dicts()]
    return pl.DataFrame(rows, infer_schema_length=None) if rows else None


def _row(row: Mapping[str, Any], people: pl.DataFrame) -> dict[str, Any]:
    seen, usual = float(row["customers"]), float(row["usual_share"] * row["of"])
    mine = people.filter(pl.col("was") == row["from_stage"], pl.col("now") == row["to_stage"])
    whole = row["dimension"] == "all"
    if not whole:
        mine = mine.filter(pl.col(row["dimension"]) == row["level"])
    stake = float(mine.sort("customer_id")["stake"].fill_null(0.0).sum())
    was, now = (tuple(STAGES[row[name]]) for name in ("from_stage", "to_stage"))
    share = f"{row['share']:.1%}", f"{row['usual_share']:.1%}"
    limits = f"{row['low']:,.0f}..{row['high']:,.0f}"
    return {
        "kind": "lifecycle",
        "entity": "all" if whole else f"{row['dimension']}={row['level']}",
        "metric": f"into-{row['to_stage']}",
        "unit": "count",
        "observed": seen,
        "expected": usual,
        "low": row["low"],
        "high": row["high"],
        "change": seen / usual - 1.0 if usual else None,
        "p_value": row["chance"],
        "found_p": row["chance_among"],
        "methods": "moves",
        "expected_loss": max(stake * (seen - usual) / seen, 0.0),
        "why": f"{seen:,.0f} customers moved from {was[0]} to {now[0]}, usually {usual:,.0f} ({limits}): {share[0]} of "
        f"those there, usually {share[1]}",
        "why_zh": f"{seen:,.0f}户由{was[1]}转入{now[1]}，常态{usual:,.0f}户（{limits}）：占原阶段客户的{share[0]}，"
        f"常态{share[1]}",
    }
