"""The operator's own levels of customers, this month and in the snapshot before."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features.value_stars import remarks, stars
from telcli.stages import Inputs
from telcli.tables import contract

__all__ = ["star_notices", "star_rows", "stars_told"]


def star_rows(inputs: Inputs, scores: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table value_stars; without rows where the operator has no levels.

    Raises
    ------
    UsageError
        A condition cannot be meant.
    """
    rules = inputs.choices.get("value_stars", ())
    if not rules:
        return contract("value_stars").schema.create_empty()
    found = stars(rules, scores, inputs.tables, as_of).with_columns(as_of=pl.lit(as_of))
    before = inputs.earlier.tables.get("value_stars") if inputs.earlier else None
    if before is None:
        return found.with_columns(star_before=pl.lit(None, dtype=pl.String))
    was = before.select("customer_id", star_before="star").collect(engine="streaming")
    return found.join(was, on="customer_id", how="left", maintain_order="left")


def star_notices(inputs: Inputs, scores: pl.DataFrame, as_of: date) -> list[Notice]:
    """What is odd about the operator's levels."""
    rules = inputs.choices.get("value_stars", ())
    return remarks(rules, scores, inputs.tables, as_of) if rules else []


def stars_told(rows: pl.DataFrame, rules: Any) -> list[dict[str, Any]] | None:
    """How many customers are in each level, the best first, then in none; None where there are no levels."""
    if not rules:
        return None
    counts = dict(rows.group_by("star").len().iter_rows())
    return [{"star": name, "customers": counts.get(name, 0)} for name in (*(name for name, _ in rules), None)]
