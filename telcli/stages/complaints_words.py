"""Table complaint_words: terms of texts without a topic that more customers say than before."""

from __future__ import annotations

import polars as pl

from telcli.features.complaint_topics import UNCODED
from telcli.features.text_terms import customers_by_term
from telcli.methods.event_rates import rate_ratio, rise_chance
from telcli.methods.rates import found_among
from telcli.stages.complaints_ground import SMALL, Ground
from telcli.tables import contract

__all__ = ["word_rows"]


def word_rows(ground: Ground) -> pl.DataFrame:
    """Table complaint_words without its month: terms that ten customers or more said, by how surely they rise."""
    settings = ground.settings
    bare = ground.last(settings.usual_months + 1).filter(code=UNCODED).select("contact_id", "customer_id", "month")
    said = contract("contacts").conform(ground.tables["contacts"]).select("contact_id", "text").drop_nulls("text")
    texts = bare.lazy().join(said, on="contact_id").collect()
    counted = customers_by_term(texts, SMALL)
    speakers = texts.group_by("month").agg(of=pl.col("customer_id").n_unique().cast(pl.Int64))
    of = dict(speakers.iter_rows())
    now = pl.col("month") == ground.as_of
    rows = counted.group_by("term").agg(
        customers=pl.col("customers").filter(now).sum(), customers_before=pl.col("customers").filter(~now).sum()
    )
    rows = rows.filter(pl.col("customers") > 0).sort("term")
    here, before = of.get(ground.as_of, 0), sum(many for month, many in of.items() if month < ground.as_of)
    x, y = rows["customers"].to_numpy().astype(float), rows["customers_before"].to_numpy().astype(float)
    chance = rise_chance(x, float(here), y, float(before))
    ratio = rate_ratio(x, float(here), y, float(before))
    known = before > 0 and rows.height > 0
    among = found_among(chance) if known else chance
    told = rows.with_columns(
        pl.lit(here, pl.Int64).alias("speakers"),
        pl.lit(before, pl.Int64).alias("speakers_before"),
        *(
            pl.Series(name, values, dtype=pl.Float64).replace([float("inf"), float("nan")], None)
            for name, values in zip(("ratio", "ratio_low", "ratio_high"), ratio, strict=True)
        ),
        pl.Series("chance", chance, dtype=pl.Float64).fill_nan(None),
        pl.Series("chance_among", among, dtype=pl.Float64).fill_nan(None),
    )
    many = (pl.col("customers") >= settings.least_count) & (pl.col("customers") >= SMALL)
    rising = (pl.col("chance_among") <= settings.false_share) & many
    told = told.with_columns(emerging=pl.when(pl.col("chance_among").is_not_null()).then(rising))
    ranked = told.sort("chance_among", "customers", "term", descending=[False, True, False], nulls_last=True)
    return ranked.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
