"""Profitability, loyalty and strategic value: three flags, and where they overlap."""

from __future__ import annotations

from typing import Any

import polars as pl

from telcli.features.ruling import NOT_KNOWN, Rule, ruled
from telcli.tables.by_size import by_size

__all__ = ["FLAGS", "loyal", "overlap", "profitable", "strategic"]

FLAGS = ("profitable", "loyal", "strategic")
_FADING = ("decline", "dormant")


def profitable(settings: Any) -> list[pl.Expr]:
    """`profitable` and `profit_reason`: the mean monthly margin against the mean of all customers with one.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"margin": [30.0, 5.0, -2.0, None]})
    >>> frame.select(profitable(SegmentSettings()))["profit_reason"].to_list()
    ['above-mean', 'below-mean', 'loses', 'not-known']
    """
    margin = pl.col("margin")
    # sorted, so that the sum does not depend on how rows were parted
    bar = settings.profitable_index * margin.pipe(by_size).mean()
    rules = [
        Rule(margin < 0, False, "loses"),
        Rule((margin >= bar) & (margin > 0), True, "above-mean"),
        Rule(margin.is_not_null(), False, "below-mean"),
    ]
    return ruled("profitable", "profit_reason", rules, pl.Boolean)


def loyal(settings: Any) -> list[pl.Expr]:
    """`loyal` and `loyalty_reason`: who has stayed long, complains and owes little, and is not fading.

    What is not known (complaints, arrears, the stage of life) does not speak against a customer, nor does a label that
    says who left: it came afterwards, and the groups are held against it.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"tenure_months": [30.0, 30.0, 3.0], "complaints_sum_6": [0.0, 4.0, 0.0],
    ...     "months_in_arrears_6": [None, 0.0, 0.0], "lifecycle_stage": ["maturity"] * 3})
    >>> frame.select(loyal(SegmentSettings()))["loyalty_reason"].to_list()
    ['long-stay', 'complains', 'short-stay']
    """
    tenure, stage = pl.col("tenure_months"), pl.col("lifecycle_stage")
    rules = [
        Rule(tenure.is_null(), None, NOT_KNOWN),
        Rule(tenure < settings.loyal_months, False, "short-stay"),
        Rule(pl.col("complaints_sum_6") > settings.loyal_complaints, False, "complains"),
        Rule(pl.col("months_in_arrears_6") > settings.loyal_arrears, False, "pays-late"),
        Rule(stage.is_in(_FADING), False, "fading"),
        Rule(tenure.is_not_null(), True, "long-stay"),
    ]
    return ruled("loyal", "loyalty_reason", rules, pl.Boolean)


def strategic(settings: Any) -> list[pl.Expr]:
    """`strategic` and `strategic_reason`: key accounts, leased lines, many lines, large groups, high stars.

    >>> from telcli.settings import SegmentSettings
    >>> frame = pl.DataFrame({"told_class": ["key", "public", None], "leased": [None, True, None],
    ...     "numbers_held": [2.0, 1.0, None], "group_customers": [None] * 3, "star_level": [None] * 3})
    >>> frame.select(strategic(SegmentSettings()))["strategic_reason"].to_list()
    ['told-key', 'leased-line', 'not-known']
    """
    told, lines, members, stars = (
        pl.col(name) for name in ("told_class", "numbers_held", "group_customers", "star_level")
    )
    large = members >= settings.strategic_group if settings.strategic_group else pl.lit(value=False)
    known = [one.is_not_null() for one in (told, pl.col("leased"), members, stars)]  # a count of lines says too little
    rules = [
        Rule(told == "key", True, "told-key"),
        Rule(pl.col("leased"), True, "leased-line"),
        Rule(lines >= settings.strategic_lines, True, "many-lines"),
        Rule(large, True, "large-group"),
        Rule(stars >= settings.strategic_stars, True, "high-star"),
        Rule(pl.any_horizontal(known), False, "ordinary"),
    ]
    return ruled("strategic", "strategic_reason", rules, pl.Boolean)


def overlap() -> list[pl.Expr]:
    """`value_overlap`, the names of the flags that are set, and `value_reason`, how many; needs the three flags.

    >>> frame = pl.DataFrame({"profitable": [True, False, True], "loyal": [True, False, None],
    ...     "strategic": [False, False, None]})
    >>> frame.select(overlap()).rows()
    [('profitable+loyal', 'two-of-three'), ('none', 'none-of-three'), ('profitable', 'partly-known')]
    """
    names = [pl.when(pl.col(name)).then(pl.lit(name)) for name in FLAGS]
    told = pl.concat_str(names, separator="+", ignore_nulls=True)
    held = pl.sum_horizontal(pl.col(name).fill_null(value=False).cast(pl.Int8) for name in FLAGS)
    all_known = pl.all_horizontal(pl.col(name).is_not_null() for name in FLAGS)
    words = {3: "all-three", 2: "two-of-three", 1: "one-of-three", 0: "none-of-three"}
    counted = held.replace_strict(words, return_dtype=pl.String)
    return [
        pl.when(held > 0).then(told).when(all_known).then(pl.lit("none")).alias("value_overlap"),
        pl.when(all_known)
        .then(counted)
        .when(held > 0)
        .then(pl.lit("partly-known"))
        .otherwise(pl.lit(NOT_KNOWN))
        .alias("value_reason"),
    ]
