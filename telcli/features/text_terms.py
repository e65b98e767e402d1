"""Terms in texts as they were said: words of letters, and pairs of Chinese characters."""

from __future__ import annotations

import polars as pl

__all__ = ["customers_by_term"]

_LETTERS = r"[a-zäöüß]{4,24}"
_HAN = r"\p{Han}+"
_STOP = frozenset(
    (
        *("about", "after", "also", "been", "before", "could", "customer", "from", "have"),
        *("that", "their", "them", "then", "there", "this", "they", "want", "wants"),
        *("were", "what", "when", "which", "will", "with", "would", "your", "please"),
        *("客户", "用户", "我们", "他们", "你们", "这个", "那个", "可以", "没有"),
        *("什么", "怎么", "现在", "已经", "一个", "进行", "要求", "反映", "表示"),
        *("来电", "nicht", "eine", "einen", "kunde", "kunden", "bitte", "werden", "wurde"),
    )
)
"""Words that say nothing of what a contact is about."""


def customers_by_term(texts: pl.DataFrame, least: int = 10) -> pl.DataFrame:
    """How many customers said each term, by month; terms that fewer than `least` customers said in all are not told.

    What identifies a person is not a term: digits and hidden numbers are no letters, and what few say is left out.

    Parameters
    ----------
    texts : frame
        customer_id, month and text.
    least : int
        Customers.

    Returns
    -------
    term, month, customers.

    >>> said = pl.DataFrame({"customer_id": ["a", "b"], "month": [1, 1], "text": ["Drone 5 网速", "the drone, 网速慢"]})
    >>> customers_by_term(said, 2).sort("term").rows()
    [('drone', 1, 2), ('网速', 1, 2)]
    """
    plain = pl.col("text").str.to_lowercase()
    words = texts.select("customer_id", "month", term=plain.str.extract_all(_LETTERS)).explode(
        "term", empty_as_null=False
    )
    runs = texts.select("customer_id", "month", run=plain.str.extract_all(_HAN)).explode("run", empty_as_null=False)
    runs = runs.drop_nulls("run").with_columns(at=pl.int_ranges(0, pl.col("run").str.len_chars().cast(pl.Int64) - 1))
    pairs = runs.explode("at", empty_as_null=False).drop_nulls("at")
    pairs = pairs.select("customer_id", "month", term=pl.col("run").str.slice(pl.col("at"), 2))
    said = pl.concat([words, pairs]).drop_nulls("term").filter(~pl.col("term").is_in(list(_STOP)))
    enough = said.group_by("term").agg(pl.col("customer_id").n_unique()).filter(pl.col("customer_id") >= least)
    kept = said.join(enough.select("term"), on="term", how="semi")
    counted = kept.group_by("term", "month").agg(customers=pl.col("customer_id").n_unique().cast(pl.Int64))
    return counted.sort("term", "month")
