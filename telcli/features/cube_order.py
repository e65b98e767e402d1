"""In which order the groups of a dimension stand: bands from low to high, tiers from the top, names by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from telcli.tables.metric_dictionary import UNKNOWN
from telcli.tables.results import LIFECYCLE_STAGES, RISK_BANDS, TIERS, VALUE_TIERS
from telcli.tables.subjects import CUSTOMER_CLASSES

__all__ = ["LEVEL", "in_order", "ordered_values"]

LEVEL = "level"
"""The column that says of what level of an organisation a row is."""
_WORDS: Mapping[str, tuple[str, ...]] = {
    "customer_class": CUSTOMER_CLASSES,
    "lifecycle_stage": LIFECYCLE_STAGES,
    "consumption_tier": TIERS,
    "value_tier": VALUE_TIERS,
    "risk_band": RISK_BANDS,
}
_NUMBERS = ("age_band", "tenure_band", "bucket", "star_level")
"""Dimensions whose values begin with a number, by which they stand."""


def in_order(names: Sequence[str]) -> list[pl.Expr]:
    """What rows are sorted by so that each dimension stands in its own order; unknown comes last.

    Sums of several levels of an organisation stand by the names of these, parents (null below) first.

    >>> bands = pl.DataFrame({"risk_band": ["high", "unknown", "low", "medium"]})
    >>> bands.sort(in_order(["risk_band"]))["risk_band"].to_list()
    ['low', 'medium', 'high', 'unknown']
    >>> ages = pl.DataFrame({"age_band": ["65+", "0-17", "18-24"]})
    >>> ages.sort(in_order(["age_band"]))["age_band"].to_list()
    ['0-17', '18-24', '65+']
    """
    return [key for name in names if name != LEVEL for key in (_place(name), pl.col(name))]


def ordered_values(name: str, values: Sequence[str]) -> list[str]:
    """Values of one dimension, each once, in their order.

    >>> ordered_values("value_tier", ["silver", "platinum", "silver"])
    ['platinum', 'silver']
    """
    found = pl.DataFrame({name: values}, schema={name: pl.String}).unique().sort(in_order([name]))
    return [str(value) for value in found[name]]


def _place(name: str) -> pl.Expr:
    value = pl.col(name)
    if name in _WORDS:
        places = {word: float(place) for place, word in enumerate(_WORDS[name])}
        place = value.replace_strict(places, default=float(len(places)), return_dtype=pl.Float64)
    elif name in _NUMBERS:
        place = value.str.extract(r"^(\d+)").cast(pl.Float64).fill_null(float("inf"))
    else:
        place = pl.lit(0.0)
    return pl.when(value == UNKNOWN).then(float("inf")).otherwise(place).alias(f"{name}|place")
