"""Offers that customers may be kept with: the operator's own, else those of `retention_offers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from telcli.settings.own_offers import own_offers

__all__ = ["offers"]

_FIRST = 100
"""Priority of an offer that tells none."""
_SCHEMA: Mapping[str, Any] = {
    "offer_id": pl.String,
    "name": pl.String,
    "name_zh": pl.String,
    "channel": pl.String,
    "offer_cost": pl.Float64,
    "contact_cost": pl.Float64,
    "accept": pl.Float64,
    "take": pl.Float64,
    "when": pl.String,
    "themes": pl.List(pl.String),
    "strategies": pl.List(pl.String),
    "excludes": pl.List(pl.String),
    "talk": pl.String,
    "talk_zh": pl.String,
    "priority": pl.Int64,
    "limit": pl.Int64,
}


def offers(own: Mapping[str, Mapping[str, Any]] | None, take: float) -> pl.DataFrame:
    """One row per offer, by priority and code; `take` is the share of stayers who take one that tells none.

    An offer that names no strategies goes with any that spends money: all but to let a customer go. Columns are those
    of ``[plan-retention.offers]``, with offer_id, name and name_zh, and offer_cost for cost.

    >>> offers({"B": {"channel": "sms", "cost": 5, "contact_cost": 0.1, "accept": 0.2}}, 0.9).row(0)[:8]
    ('B', 'B', 'B', 'sms', 5.0, 0.1, 0.2, 0.9)
    >>> offers(None, 1.0)["offer_id"].to_list()[:2]
    ['care-visit', 'contract-renewal']
    """
    rows = [_row(code, said, take) for code, said in (own or _default()).items()]
    return pl.DataFrame(rows, schema=dict(_SCHEMA)).sort("priority", "offer_id")


def _row(code: str, said: Mapping[str, Any], take: float) -> dict[str, Any]:
    name = said.get("en") or said.get("zh") or code
    return {
        **{field: said.get(field) for field in ("when", "talk", "talk_zh", "limit")},
        **{field: list(said.get(field, ())) for field in ("themes", "excludes")},
        **{field: float(said[field]) for field in ("contact_cost", "accept")},
        "strategies": list(said.get("strategies", ("retain", "maintain", "develop", "watch", "serve"))),
        "offer_id": code,
        "name": name,
        "name_zh": said.get("zh") or name,
        "channel": said["channel"].strip(),
        "offer_cost": float(said["cost"]),
        "take": float(said.get("take", take)),
        "priority": said.get("priority", _FIRST),
    }


@cache
def _default() -> dict[str, dict[str, Any]]:
    text = files("telcli.features").joinpath("retention_offers.toml").read_text(encoding="utf-8")
    return own_offers({"offers": tomllib.loads(text)}, "retention_offers.toml")
