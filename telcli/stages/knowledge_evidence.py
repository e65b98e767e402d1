"""Part of ``knowledge``: which trials and rows of experience count, each once, and how they are put into cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from telcli.methods.intervals import Z95
from telcli.settings import KnowledgeSettings
from telcli.tables.effect_results import CONTRACTS
from telcli.tables.knowledge_results import ANY

__all__ = ["KEYS", "WEIGHTS", "compared", "counted", "estimates", "experienced"]

KEYS = ("segment_name", "theme", "offer_id", "channel")
_COUNTS = ("treated", "held_out", "stayed_treated", "stayed_held_out")
WEIGHTS = ("weight_held_out", "weight_stayed", "square_held_out", "square_stayed")
"""Sums of the weights by which the held out stand for the treated, and of their squares; of all, and who stayed."""
_SUMS = (*_COUNTS, *WEIGHTS, "accepted", "cost", "accept_of", "cost_of")
_FEWEST, _MOST_ROWS = 8, 400
"""Customers that each arm of an estimate has at least, doubled until there are no more rows than that."""
_OWN = 10.0
"""Customers for which the share of the whole campaign stands in the variance of a small cell's."""
_COARSER = (("segment_name", "theme", "channel"), ("segment_name", "theme"), ("segment_name",), ())
_LEFT = ("period", "campaign_id", *KEYS, "source", "effect", "variance", *_SUMS)


def counted(evidence: pl.LazyFrame) -> pl.DataFrame:
    """Rows of retention_evidence, each campaign as it was evaluated last."""
    latest = pl.col("as_of") == pl.col("as_of").max().over("campaign_id")
    rows = CONTRACTS["retention_evidence"].conform(evidence).filter(latest).collect(engine="streaming")
    told = pl.col("accepted").is_not_null(), pl.col("cost").is_not_null()
    rows = rows.select(
        pl.col("plan_month").alias("period"),
        "campaign_id",
        *[pl.col(name).replace("unknown", ANY) for name in KEYS if name != "offer_id"],
        "offer_id",
        pl.lit("trial").alias("source"),
        *_COUNTS,
        # an evaluation that does not tell them had one share for all
        *[pl.col(name).fill_null(pl.col(of)) for name, of in zip(WEIGHTS, _COUNTS[1::2] * 2, strict=True)],
        pl.col("accepted").fill_null(0),
        pl.col("cost").fill_null(0.0),
        accept_of=pl.when(told[0]).then("treated").otherwise(0),
        cost_of=pl.when(told[1]).then("treated").otherwise(0),
        effect=pl.lit(None, pl.Float64),
        variance=pl.lit(None, pl.Float64),
    )
    return rows.select(_LEFT).sort("campaign_id", *KEYS)


def experienced(experience: pl.LazyFrame, weight: float) -> pl.DataFrame:
    """Rows of retention_experience alike, each once; those told by their gain alone have it with its variance."""
    rows = experience.sort("as_of", "row_id").collect(engine="streaming").unique("row_id", keep="first")
    if weight <= 0.0:
        rows = rows.clear()
    error = (pl.col("uplift_high") - pl.col("uplift_low")) / (2.0 * Z95)
    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in _COUNTS)
    zero = [pl.when(complete).then(pl.col(name)).otherwise(0).alias(name) for name in _COUNTS]
    # rows are put together by their treated, so that what is compared is compared within each
    each = pl.col("treated") / pl.col("held_out")
    sums = zip(WEIGHTS, ("held_out", "stayed_held_out") * 2, (1, 1, 2, 2), strict=True)
    weights = [pl.when(complete).then(pl.col(of) * each**power).otherwise(0.0).alias(name) for name, of, power in sums]
    told = pl.col("treated").fill_null(0)
    found = rows.select(
        "period",
        pl.concat_str(pl.lit("imported "), pl.col("period").dt.strftime("%Y-%m").fill_null("-")).alias("campaign_id"),
        *KEYS,
        pl.lit("imported").alias("source"),
        *zero,
        *weights,
        pl.col("accepted").fill_null(0),
        pl.col("cost").fill_null(0.0),
        accept_of=pl.when(pl.col("accepted").is_not_null()).then(told).otherwise(0),
        cost_of=pl.when(pl.col("cost").is_not_null()).then(told).otherwise(0),
        effect=pl.when(~complete).then("uplift"),
        variance=pl.when(~complete).then(error**2),
    )
    return found.select(_LEFT).sort("campaign_id", *KEYS)


def estimates(rows: pl.DataFrame, settings: KnowledgeSettings) -> pl.DataFrame:
    """One row per cell and campaign with effect and variance; cells with few in an arm are taken with their like.

    A cell without enough customers in both arms is put together with others of its campaign and offer, first over
    channels, then reasons, then segments; the rest of an offer counts as long as both arms have somebody.
    """
    told = rows.filter(pl.col("effect").is_not_null())
    known = rows.filter(pl.col("effect").is_null())
    fewest = _FEWEST
    found = _merged(known, fewest)
    while found.height > _MOST_ROWS:
        fewest *= 2
        found = _merged(known, fewest)
    columns = ["campaign_id", *KEYS, "source", "effect", "variance"]
    whole = pl.concat([_measured(found).select(columns), told.select(columns)])
    discount = pl.when(pl.col("source") == "imported").then(settings.imported_weight).otherwise(1.0)
    return whole.with_columns(pl.col("variance") / discount).sort("campaign_id", *KEYS)


def _merged(rows: pl.DataFrame, fewest: int) -> pl.DataFrame:
    found: list[pl.DataFrame] = []
    rest = rows
    for kept in _COARSER:
        rest = rest.with_columns(pl.lit(ANY).alias(name) for name in KEYS if name != "offer_id" and name not in kept)
        rest = _summed(rest, ["campaign_id", "source", *KEYS])
        least = fewest if kept else 1
        enough = (pl.col("treated") >= least) & (pl.col("held_out") >= least)
        found.append(rest.filter(enough))
        rest = rest.filter(~enough)
    return pl.concat(found)


def _summed(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    return rows.group_by(by, maintain_order=True).agg(pl.col(*_COUNTS, *WEIGHTS).sum()).sort(by)


def compared(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `share` and `other`, the shares that stayed of both arms, and `rests`, the held out it rests on.

    The held out count as they stand for the treated: where more are held out of those at risk, arms are not alike as
    they are. `rests` is their effective number, (sum w)^2 / sum w^2; all three are null where an arm is empty.
    """
    weight, square = pl.col("weight_held_out"), pl.col("square_held_out")
    return rows.with_columns(
        share=pl.when(pl.col("treated") > 0).then(pl.col("stayed_treated") / pl.col("treated")),
        other=pl.when(weight > 0).then(pl.col("weight_stayed") / weight),
        rests=pl.when(square > 0).then(weight**2 / square),
    )


def _measured(rows: pl.DataFrame) -> pl.DataFrame:
    """Difference of the shares that stayed; in the variance a small cell's shares lean on those of all of its campaign.

    A share of 0 or 1 in a cell of ten would else look as if it were certain. The variance of the weighted share is
    sum w^2 (y - p)^2 / (sum w)^2, whose weights and outcomes may go together.
    """
    found = compared(rows)
    treated = _leaning(pl.col("stayed_treated"), pl.col("treated"), pl.col("treated"))
    other = _leaning(pl.col("weight_stayed"), pl.col("weight_held_out"), pl.col("rests"))
    heavy = _leaning(pl.col("square_stayed"), pl.col("square_held_out"), pl.col("rests"))
    spread = heavy * (1.0 - other) ** 2 + (1.0 - heavy) * other**2
    noise = treated * (1.0 - treated) / pl.col("treated") + spread / pl.col("rests")
    return found.with_columns(effect=pl.col("share") - pl.col("other"), variance=noise.clip(np.finfo(float).tiny))


def _leaning(part: pl.Expr, of: pl.Expr, customers: pl.Expr) -> pl.Expr:
    by = ["campaign_id", "offer_id"]
    each = of / customers
    whole = ((part / each).sum().over(by) + 0.5) / (customers.sum().over(by) + 1.0)
    return (part / each + _OWN * whole) / (customers + _OWN)
