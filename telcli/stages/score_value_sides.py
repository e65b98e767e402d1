"""How value is spread: tenths of customers, the whale curve, and groups against the mean of all."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.features.exact import amount, units
from telcli.methods.concentration import concentration, lorenz_curve, whale_curve
from telcli.tables.worth import FAR_ABOVE

__all__ = ["curve_rows", "decile_rows", "index_rows", "spread_told"]

_TENTHS = 10


def decile_rows(people: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """value_deciles: customers in tenths by current value, the best first; where there are fewer than ten, fewer rows.

    Shares are of the net total, and null where that is not above nothing. Of customers of the same value those whose
    id comes first go first, so that rows in any order make the same tenths.

    Parameters
    ----------
    people : polars.DataFrame
        ``customer_id``, ``current_value``, ``lifetime_value`` and ``revenue`` of 12 months.
    as_of : date
        The snapshot's month.
    """
    ordered = people.sort("current_value", "customer_id", descending=[True, False])
    place = pl.int_range(pl.len())
    cut = ordered.with_columns(decile=(place * _TENTHS // pl.len() + 1).cast(pl.Int64))
    mean = amount_of(people["current_value"]) / max(people.height, 1)
    money = {name: amount(units(pl.col(name)).sum()) for name in ("revenue", "current_value", "lifetime_value")}
    found = cut.group_by("decile", maintain_order=True).agg(
        customers=pl.len().cast(pl.Int64),
        lowest=pl.col("current_value").min(),
        loss_makers=(pl.col("current_value") < 0).sum().cast(pl.Int64),
        **money,
    )
    whole = float(amount_of(found["current_value"]))
    running = pl.col("current_value").cum_sum()
    return found.select(
        as_of=pl.lit(as_of),
        decile="decile",
        customers="customers",
        revenue="revenue",
        margin="current_value",
        margin_per_customer=(pl.col("current_value") / pl.col("customers")).round(4),
        margin_share=_over(pl.col("current_value"), whole),
        cumulative_share=_over(running, whole),
        value_index=_over(pl.col("current_value") / pl.col("customers"), mean),
        lowest="lowest",
        loss_makers="loss_makers",
        lifetime_value="lifetime_value",
    )


def amount_of(money: pl.Series) -> float:
    """A sum of money that does not depend on the order of its terms."""
    return float(money.to_frame("m").select(amount(units(pl.col("m")).sum())).item())


def _over(above: pl.Expr, below: float) -> pl.Expr:
    """The quotient to six decimals; null where what is below is not above nothing."""
    return (above / below).round(6) if below > 0 else pl.lit(None, dtype=pl.Float64)


def curve_rows(values: pl.Series, as_of: date) -> pl.DataFrame:
    """value_curve: the whale curve (best first) and the Lorenz curve (worst first) of current value, point by point."""
    money = values.to_numpy()
    shares, best = whale_curve(money)
    worst = lorenz_curve(money)[1]
    whole = amount_of(values)
    none = np.full(len(shares), np.nan)
    return pl.DataFrame(
        {
            "as_of": pl.Series([as_of], dtype=pl.Date).new_from_index(0, len(shares)),
            "point": pl.Series(range(len(shares)), dtype=pl.Int64),
            "customer_share": shares.round(6),
            "whale_margin": best.round(4),
            "whale_share": pl.Series((best / whole).round(6) if whole > 0 else none, nan_to_null=True),
            "lorenz_share": pl.Series((worst / whole).round(6) if whole > 0 else none, nan_to_null=True),
        }
    )


def spread_told(values: pl.Series) -> dict[str, Any]:
    """For the JSON: the curves in figures."""
    found = asdict(concentration(values.to_numpy()))
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in found.items()}


def index_rows(people: pl.DataFrame, kinds: dict[str, str], as_of: date) -> pl.DataFrame:
    """value_index: each group's mean margin and mean revenue of 12 months over those of all.

    Parameters
    ----------
    people : polars.DataFrame
        ``revenue``, ``current_value``, ``expected_months`` and the columns named in `kinds`, null where there is
        no group.
    kinds : mapping
        What a grouping is called -> its column.
    as_of : date
        The snapshot's month.
    """
    size = max(people.height, 1)
    bases = {name: amount_of(people[name]) / size for name in ("revenue", "current_value")}
    frames = [
        people.drop_nulls(column)
        .group_by(group=pl.col(column).cast(pl.String))
        .agg(
            customers=pl.len().cast(pl.Int64),
            revenue=amount(units(pl.col("revenue")).sum()),
            margin=amount(units(pl.col("current_value")).sum()),
            stay=amount(units(pl.col("expected_months")).sum()),
        )
        .with_columns(kind=pl.lit(kind))
        for kind, column in kinds.items()
    ]
    found = pl.concat(frames).with_columns(
        revenue_index=_over(pl.col("revenue") / pl.col("customers"), bases["revenue"]),
        margin_index=_over(pl.col("margin") / pl.col("customers"), bases["current_value"]),
    )
    reached = pl.max_horizontal("revenue_index", "margin_index") >= FAR_ABOVE
    return found.sort("kind", "group").select(
        pl.lit(as_of).alias("as_of"),
        "kind",
        "group",
        "customers",
        (pl.col("customers") / size).round(6).alias("customer_share"),
        "revenue",
        "margin",
        "revenue_index",
        "margin_index",
        (pl.col("stay") / pl.col("customers")).round(4).alias("expected_months"),
        reached.fill_null(value=False).alias("far_above"),
    )
