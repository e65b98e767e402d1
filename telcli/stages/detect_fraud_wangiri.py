"""Wangiri: one ring to very many, so that some of them call back a number that costs."""

from __future__ import annotations

import polars as pl

from telcli.features.fraud_callers import outside_code
from telcli.stages.detect_fraud_found import HITS, Found, Ground, nothing, scored, signs_of, with_loss

__all__ = ["wangiri"]

_BACK_MINUTES = 1.0
"""Length of a call back that is only expected: an assumption, as the share of them is."""


def wangiri(ground: Ground, callers: pl.DataFrame | None) -> tuple[Found, ...]:
    """Suspect callers who on a day rang `targets` numbers or more within the window, nearly all of them shortly.

    A caller is a customer, or a number of another network as a code: whose code is that of a customer's own number is
    that customer. Loss is what calls back cost, those seen and, where none were, the share of targets that is assumed.
    """
    rule, settings = ground.rules["wangiri"], ground.settings
    if callers is None or not callers.height:
        return (nothing("wangiri"),)
    rows = _own(ground, callers).with_columns(short=pl.col("short_calls") / pl.col("calls"))
    rows = rows.filter(pl.col("short") >= rule["short_share"])
    expected = pl.col("targets") * settings.call_back_share * _BACK_MINUTES
    minutes = pl.when(pl.col("called_back") > 0).then("back_minutes").otherwise(expected)
    found = (
        rows.with_columns(cost=minutes * settings.premium_rate)
        .group_by("subject", subject_id="caller", maintain_order=True)
        .agg(
            pl.col("targets").max(),
            pl.col("short").max(),
            pl.col("called_back", "cost").sum(),
            first_day=pl.col("day").min(),
            last_day=pl.col("day").max(),
            days=pl.len().cast(pl.Int64),
        )
    )
    facts = {
        "many-rung": (pl.col("targets") >= rule["targets"], pl.col("targets"), rule["targets"]),
        "short-share": (pl.col("short") >= rule["short_share"], pl.col("short"), rule["short_share"]),
        "called-back": (pl.col("called_back") > 0, pl.col("called_back"), None),
    }
    score = scored([(facts[name][0], facts[name][1] / rule[limit]) for name, limit in _LIMITS.items()])
    hits = with_loss(found.with_columns(score=score), ground, pl.col("cost"))
    return tuple(
        Found("wangiri", subject, own.select(HITS.names()), signs_of(own, facts))
        for subject in ("customer", "caller")
        for own in (hits.filter(pl.col("subject") == subject).sort("subject_id"),)
    )


_LIMITS = {"many-rung": "targets", "short-share": "short_share"}


def _own(ground: Ground, callers: pl.DataFrame) -> pl.DataFrame:
    """Callers under the name of the customer whose number it is; of a day seen from both ends the fuller one."""
    numbers = ground.lines.filter(pl.col("number_h").is_not_null()).select("number_h", "customer_id")
    own = {outside_code(number): who for number, who in numbers.iter_rows()}
    mine = pl.col("caller").replace_strict(list(own), list(own.values()), default=None, return_dtype=pl.String)
    named = callers.with_columns(
        caller=pl.coalesce(mine, "caller"),
        subject=pl.when(mine.is_null()).then("subject").otherwise(pl.lit("customer")),
    )
    order = named.sort("caller", "day", "targets", "calls", descending=[False, False, True, True])
    return order.unique(subset=["caller", "day"], keep="first", maintain_order=True)
