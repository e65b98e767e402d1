"""RFM for telecom: how recently, how often, how much; for postpaid customers how long and how content beside.

Billed service has no purchases to count. Prepaid: days since the last top-up, top-ups in 90 days, what is paid a month.
Postpaid: whole months of 30 days since the last payment (the day within a month is that of the bill), days of use in 3
months, margin a month, tenure and complaints of 6 months.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.features.ruling import Rule, ruled

__all__ = ["SCORES", "quintile", "rfm_group", "rfm_scores", "rfm_variant"]

SCORES = ("recency", "frequency", "monetary", "tenure", "complaints")
_HIGH, _LOW = 4, 2


def quintile(column: pl.Expr, *, low_is_best: bool = False) -> pl.Expr:
    """Score 1 to 5 by fifths of rank, 5 the best; equal values share the score of their middle rank.

    >>> frame = pl.DataFrame({"n": [1.0, 2.0, 3.0, 4.0, 5.0, None], "t": [7.0] * 6})
    >>> frame.select(quintile(pl.col("n"), low_is_best=True), quintile(pl.col("t"))).rows()
    [(5, 3), (4, 3), (3, 3), (2, 3), (1, 3), (None, 3)]
    """
    place = (column.rank("average", descending=low_is_best) - 0.5) / column.count()
    # halves of ranks over whole numbers: a hair keeps 0.6 of 5 customers from falling short by rounding
    return (place * 5 + 1e-9).floor().cast(pl.Int64).clip(0, 4) + 1


def rfm_variant() -> list[pl.Expr]:
    """`rfm_variant`: prepaid where every line is, postpaid where any is; null where none says."""
    mode = pl.col("prepaid")
    told = pl.when(mode).then(pl.lit("prepaid")).when(mode.is_not_null()).then(pl.lit("postpaid"))
    return [told.alias("rfm_variant")]


def rfm_scores() -> list[pl.Expr]:
    """`recency`, `frequency`, `monetary`, `tenure_score`, `complaint_score`: each 1 to 5 among customers who pay alike.

    Where payments are not known, months since use stand for recency; where they say nothing of top-ups, days of use for
    frequency. Money is payments of prepaid and margin of other customers, or the other one where that is known of
    nobody who pays alike; both are never ranked among each other, so whose is not known has no score. Who pays in
    neither known way is measured as the postpaid are, without tenure and complaints.

    >>> frame = pl.DataFrame({"rfm_variant": ["prepaid"] * 2, "payment_days": [3, 40], "months_since_use": [0.0, 0.0],
    ...     "top_ups": [4, 1], "use_days": [9.0, 60.0], "paid_mean": [90.0, 20.0], "margin": [None, None],
    ...     "tenure_months": [3.0, 9.0], "complaints_sum_6": [0.0, 0.0]})
    >>> frame.select(rfm_scores()).rows()
    [(4, 4, 4, None, None), (2, 2, 2, None, None)]
    """
    prepaid, postpaid = pl.col("rfm_variant") == "prepaid", pl.col("rfm_variant") == "postpaid"
    days = pl.coalesce("payment_days", pl.col("months_since_use") * 30)
    since = pl.when(prepaid).then(days).otherwise((days / 30).floor())
    often = pl.when(prepaid).then(_one_of("top_ups", "use_days")).otherwise("use_days")
    much = pl.when(prepaid).then(_one_of("paid_mean", "margin")).otherwise(_one_of("margin", "paid_mean"))
    columns = {
        "recency": quintile(since, low_is_best=True),
        "frequency": quintile(often),
        "monetary": quintile(much),
        "tenure_score": quintile(pl.when(postpaid).then("tenure_months")),
        "complaint_score": quintile(pl.when(postpaid).then("complaints_sum_6"), low_is_best=True),
    }
    return [score.over("rfm_variant").alias(name) for name, score in columns.items()]


def _one_of(first: str, second: str) -> pl.Expr:
    """The first column, or the second where the first is known of nobody who pays alike."""
    return pl.when(pl.col(first).is_not_null().any()).then(first).otherwise(second)


def rfm_group(settings: Any) -> list[pl.Expr]:
    """`rfm_group` and `rfm_reason`, of the scores; 4 and 5 are high, 1 and 2 low, and of recency 3 is recent enough.

    Who complains more than most is never among the best, whatever they spend. Where complaints are not known, they do
    not speak against a customer.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"recency": [5, 1, 1, 3, 5], "frequency": [4, 5, 1, 3, 5], "monetary": [5, 5, 1, 3, 5],
    ...     "complaint_score": [4, None, None, None, 1], "tenure_months": [30.0] * 5})
    >>> frame.select(rfm_group(SegmentSettings()))["rfm_group"].to_list()
    ['best', 'slipping', 'lapsed', 'middling', 'slipping']
    """
    recent, often, much = pl.col("recency"), pl.col("frequency"), pl.col("monetary")
    complains = (pl.col("complaint_score") <= _LOW).fill_null(value=False)
    rules = [
        Rule(pl.any_horizontal(one.is_null() for one in (recent, often, much)), None, "not-known"),
        Rule(pl.col("tenure_months") <= settings.acquisition_months, "new", "joined-lately"),
        Rule((recent > _LOW) & (often >= _HIGH) & (much >= _HIGH) & ~complains, "best", "recent-often-much"),
        Rule((much >= _HIGH) & (recent <= _LOW), "slipping", "much-not-recent"),
        Rule((much >= _HIGH) & (often <= _LOW), "slipping", "much-not-often"),
        Rule((much >= _HIGH) & complains, "slipping", "much-complains"),
        Rule(much >= _HIGH, "big", "much"),
        Rule((recent <= _LOW) & (often <= _LOW), "lapsed", "neither-recent-nor-often"),
        Rule((often >= _HIGH) & (much <= _LOW), "busy", "often-little"),
        Rule(much <= _LOW, "small", "little"),
        Rule(much.is_not_null(), "middling", "in-the-middle"),
    ]
    return ruled("rfm_group", "rfm_reason", rules)
