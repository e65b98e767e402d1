"""How loyal customers are by what they do: parts of 0..100, and their weighted mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.features.month_index import add_months

__all__ = ["PARTS", "Full", "loyalty_parts"]

PARTS = ("tenure", "contract", "bundle", "payments", "renewals", "competitor", "recommend")
_READ = (
    *("tenure_months", "contract_months_left", "numbers_held", "services_held"),
    *("months_overdue", "competitor_contacts"),
)
_YEAR, _ENDINGS, _CALLS = 12, 24, 3
"""Months in which payments, ends of contracts and calls to competitors are looked at."""
_NEAR = 3
"""Months before its end in which a contract is renewed, whatever else a customer takes."""


@dataclass(frozen=True)
class Full:
    """What counts as 100: months as a customer, months left of a contract, services or lines held."""

    tenure: int = 60
    contract: int = 24
    bundle: int = 4


def loyalty_parts(
    months: pl.LazyFrame,
    as_of: date,
    full: Full,
    weights: Mapping[str, float],
    nps: pl.DataFrame | None = None,
    least: float = 0.5,
) -> pl.DataFrame:
    """Parts of each customer there at the end of a month, `loyalty` and `known`; sorted by customer.

    tenure and bundle grow evenly up to what is full, contract falls with the months left of one (0 without one);
    payments is the share of the last 12 months without a charge unpaid since an earlier month; renewals is 100 where
    within 24 months a contract was prolonged or one that ended was followed by another, 50 where the customer stayed
    without; competitor is
    100 / (1 + contacts with competitors' hotlines in 3 months); recommend is the answer of 0..10 times ten. `loyalty`
    is their mean by `weights`, over parts that are known; `known` is the share of weight that these have, and below
    `least` of it there is no loyalty. A part whose source is missing for everybody is null.

    `months` is customer_months; `nps` has customer_id and nps.

    >>> june = date(2024, 6, 1)
    >>> rows = pl.LazyFrame({"customer_id": ["a"], "month": [june], "active": [True], "tenure_months": [30]})
    >>> loyalty_parts(rows, june, Full(), {"tenure": 1.0, "payments": 1.0}).select("loyalty", "known").row(0)
    (50.0, 0.5)
    """
    have = months.collect_schema().names()
    wanted = [pl.col(name).cast(pl.Float64) if name in have else pl.lit(None, pl.Float64).alias(name) for name in _READ]
    since = add_months(as_of, 1 - _ENDINGS)
    rows = months.filter(pl.col("month").is_between(since, as_of)).select("customer_id", "month", "active", *wanted)
    there = rows.filter(pl.col("month") == as_of, pl.col("active")).select("customer_id")
    rows = rows.join(there, on="customer_id", how="semi")
    now = pl.col("month") == as_of
    recent = pl.col("month") > add_months(as_of, -_YEAR)
    calls = pl.col("month") > add_months(as_of, -_CALLS)
    ending = (pl.col("contract_months_left") < 1) & (pl.col("month") < as_of)
    each = rows.group_by("customer_id").agg(
        *(pl.col(name).filter(now).first() for name in _READ[:4]),
        on_time=(pl.col("months_overdue").filter(recent) < 2).mean(),
        calls=pl.when(pl.col("competitor_contacts").filter(calls).count() > 0).then(
            pl.col("competitor_contacts").filter(calls).sum()
        ),
        ended=pl.col("month").filter(ending).max(),
        renewed=_renewed().any(),
        follows=pl.col("month").filter(pl.col("contract_months_left") >= 1).max(),
    )
    found = each.collect(engine="streaming").sort("customer_id")
    return _weighed(_pointed(found, full, nps), weights, least)


def _renewed() -> pl.Expr:
    """Months in which a contract grew longer: near its end, or with no further line, which would bring its own."""
    left, lines = (pl.col(name).sort_by("month") for name in ("contract_months_left", "numbers_held"))
    return (left.diff() > 0) & ((left.shift(1) <= _NEAR) | ~(lines.diff() > 0).fill_null(value=False))


def _pointed(found: pl.DataFrame, full: Full, nps: pl.DataFrame | None) -> pl.DataFrame:
    told = found.with_columns(nps=pl.lit(None, pl.Float64))
    if nps is not None:
        told = found.join(nps.select("customer_id", "nps"), on="customer_id", how="left", maintain_order="left")
    contracts = found["contract_months_left"].null_count() < found.height
    left = pl.col("contract_months_left").fill_null(0.0) if contracts else pl.lit(None, pl.Float64)
    held = pl.max_horizontal("numbers_held", "services_held")
    renewal = pl.when(pl.col("renewed").fill_null(value=False) | (pl.col("follows") > pl.col("ended"))).then(100.0)
    parts = {
        "tenure": pl.col("tenure_months") / full.tenure * 100.0,
        "contract": left / full.contract * 100.0,
        "bundle": (held - 1.0) / (full.bundle - 1.0) * 100.0,
        "payments": pl.col("on_time") * 100.0,
        "renewals": renewal.when(pl.col("ended").is_not_null()).then(50.0),
        "competitor": 100.0 / (1.0 + pl.col("calls")),
        "recommend": pl.col("nps") * 10.0,
    }
    return told.select("customer_id", **{name: part.clip(0.0, 100.0) for name, part in parts.items()})


def _weighed(parts: pl.DataFrame, weights: Mapping[str, float], least: float) -> pl.DataFrame:
    total = sum(weights.get(name, 0.0) for name in PARTS)
    there = pl.sum_horizontal(
        pl.when(pl.col(name).is_not_null()).then(weights.get(name, 0.0)).otherwise(0.0) for name in PARTS
    )
    made = pl.sum_horizontal(pl.col(name).fill_null(0.0) * weights.get(name, 0.0) for name in PARTS)
    rows = parts.with_columns(_there=there, _made=made)
    enough = (pl.col("_there") > 0) & (pl.col("_there") >= least * total - 1e-9)
    return rows.select(
        "customer_id",
        pl.when(enough).then((pl.col("_made") / pl.col("_there")).clip(0.0, 100.0)).alias("loyalty"),
        *PARTS,
        known=(pl.col("_there") / total if total > 0 else pl.lit(0.0)).clip(0.0, 1.0),
    )
