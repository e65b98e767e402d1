"""Reasons for leaving by how many gave them: the Pareto."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from telcli.features.churn_causes import UNKNOWN, Cause
from telcli.features.churn_register import SOURCES
from telcli.features.exact import amount, units

__all__ = ["ALL", "VOLUNTARY", "churn_pareto"]

ALL, VOLUNTARY = "all", "voluntary"
"""Scopes: every leaving, and those that the customer chose."""
_CHOSEN = ("voluntary", "port-out")


def churn_pareto(register: pl.DataFrame, causes: Mapping[str, Cause]) -> pl.DataFrame:
    """One row per scope, theme and reason, the commonest first, what is not known last.

    `share` is of all leavings of the scope; `share_known` of those whose reason is known, which `cumulative` adds up;
    `theme_share` is that of the theme among them.

    >>> made = {"kind": ["voluntary"] * 3 + ["inactive"], "reason": ["price", "price", "moved", "unknown"],
    ...     "theme": ["price", "price", "life", "unknown"], "reason_source": ["recorded", "signs", "contact", None],
    ...     "value_lost": [100.0, 50.0, 20.0, None]}
    >>> table = churn_pareto(pl.DataFrame(made), {"price": Cause("price", "Price", "资费", ())})
    >>> table.filter(pl.col("scope") == "all").select("reason", "churners", "share", "share_known", "cumulative").rows()
    [('price', 2, 0.5, 0.6666666666666666, 0.6666666666666666), ('moved', 1, 0.25, 0.3333333333333333, 1.0),
     ('unknown', 1, 0.25, None, None)]
    """
    chosen = register.filter(pl.col("kind").is_in(_CHOSEN)).with_columns(scope=pl.lit(VOLUNTARY))
    known = pl.col("reason") != UNKNOWN
    money = units(pl.col("value_lost"))
    counted = pl.concat([register.with_columns(scope=pl.lit(ALL)), chosen]).group_by("scope", "theme", "reason").agg(
        churners=pl.len().cast(pl.Int64),
        recorded=(pl.col("reason_source") == SOURCES[0]).fill_null(value=False).sum().cast(pl.Int64),
        value_lost=pl.when(money.count() > 0).then(amount(money.sum())),
    )  # fmt: skip
    ordered = counted.sort(pl.col("scope"), known, "churners", "reason", descending=[False, True, True, False])
    churners = pl.col("churners")
    told = churners.filter(known).sum().over("scope")
    shares = ordered.with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("scope"),
        share=churners / churners.sum().over("scope"),
        share_known=pl.when(known).then(churners / told),
        theme_share=pl.when(known).then(churners.sum().over("scope", "theme") / told),
        cumulative=pl.when(known).then(churners.cum_sum().over("scope") / told),
    )
    names = {name: (cause.en, cause.zh) for name, cause in causes.items()} | {UNKNOWN: ("Not known", "原因不明")}
    called = {
        column: pl.col("reason").replace_strict(
            {name: both[tongue] for name, both in names.items()}, default=pl.col("reason"), return_dtype=pl.String
        )
        for tongue, column in enumerate(("reason_name", "reason_name_zh"))
    }
    return shares.with_columns(**called)
