"""Part of ``knowledge``: what is suggested for a segment or a customer, with what stands behind it, and what to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from telcli.features.known_offers import PRECEDENCE
from telcli.features.retention_offers import offers as offers_of
from telcli.methods.trial_design import sample_size
from telcli.stages.knowledge_evidence import KEYS, WEIGHTS, compared, counted
from telcli.stages.knowledge_totals import without_totals
from telcli.tables.knowledge_results import ANY

__all__ = ["Asked", "Suggested", "named", "suggested"]

_TOLD = (
    *("offer_id", "level", "segment_name", "theme", "channel", "source", "periods", "treated", "held_out", "uplift"),
    *("uplift_low", "uplift_high", "uplift_next_low", "uplift_next_high", "accept_rate", "cost_per_contact", "worth"),
    *("expected_value", "verdict", "needed"),
)
_PARTS = ("segment_name", "theme", "channel")
_HELD = 0.1
"""Share held out of a trial that is proposed."""


@dataclass(frozen=True)
class Asked:
    """For whom: segment and theme, or any; a customer's own chance of leaving and worth where one was named."""

    segment_name: str = ANY
    theme: str = ANY
    customer_id: str | None = None
    leaving: float | None = None
    worth: float | None = None


@dataclass(frozen=True)
class Suggested:
    """Offers by expected value, the best first; those that harm; those never tried; campaigns by offer."""

    asked: Asked
    offers: list[dict[str, Any]] = field(default_factory=list)
    harmful: list[dict[str, Any]] = field(default_factory=list)
    untried: list[dict[str, Any]] = field(default_factory=list)
    evidence: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def named(text: str, names: Sequence[tuple[str, str | None]]) -> str:
    """The segment that a text names, in either language and any case; empty where there is none.

    >>> names = [("heavy data", "重度流量")]
    >>> named("HEAVY data", names), named("重度流量", names), named("x", names)
    ('heavy data', 'heavy data', '')
    """
    plain = text.strip().casefold()
    found = [en for en, zh in names if plain in (en.casefold(), (zh or "").casefold())]
    return found[0] if found else ""


def suggested(
    asked: Asked,
    knowledge: pl.DataFrame,
    evidence: pl.LazyFrame | None,
    experience: pl.DataFrame | None,
    own_offers: Any,
) -> Suggested:
    """Rank the offers known for such customers; one that harms is never among them, one never tried stands apart."""
    found = [_fitting(rows, asked) for _, rows in sorted(knowledge.group_by("offer_id"), key=lambda pair: pair[0])]
    rows = [_valued(row, asked) for row in found if row]
    harmful = [row for row in rows if row["verdict"] == "harms"]
    good = [row for row in rows if row["verdict"] != "harms"]
    good.sort(key=lambda row: (-_rank(row), row["offer_id"]))
    catalogue = offers_of(own_offers, 1.0)
    leaving = asked.leaving if asked.leaving is not None else _leaving(knowledge)
    known = {row["offer_id"] for row in rows}
    untried = [_untried(offer, leaving) for offer in catalogue.iter_rows(named=True) if offer["offer_id"] not in known]
    behind = {row["offer_id"]: _behind(row, evidence, experience) for row in rows}
    return Suggested(asked, good, harmful, untried, behind)


def _fitting(rows: pl.DataFrame, asked: Asked) -> dict[str, Any] | None:
    """An offer's most particular row that fits, whichever the channel: no row with one channel alone."""
    wanted = {"segment_name": asked.segment_name, "theme": asked.theme}
    for particular in PRECEDENCE:
        if "channel" in particular or any(wanted[name] == ANY for name in particular):
            continue
        where = {name: wanted[name] if name in particular else ANY for name in wanted} | {"channel": ANY}
        fits = rows.filter(*[pl.col(name) == value for name, value in where.items()])
        if fits.height:
            return fits.select(_TOLD).row(0, named=True)
    return None


def _valued(row: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """A row with the value that contacting such a customer is expected to bring; of one customer by her own worth."""
    worth = asked.worth if asked.worth is not None else row["worth"]
    cost = row["cost_per_contact"]
    value = None if worth is None or cost is None else row["uplift"] * worth - cost
    return {**row, "worth": worth, "expected_value": value}


def _rank(row: dict[str, Any]) -> float:
    return float(row["uplift"] if row["expected_value"] is None else row["expected_value"])


def _leaving(knowledge: pl.DataFrame) -> float | None:
    """Who leaves of those held out, over all offers."""
    whole = knowledge.filter(level="offer").drop_nulls("left_held_out")
    found: float | None = whole.select(pl.col("left_held_out").mean()).item()
    return found


def _untried(offer: dict[str, Any], leaving: float | None) -> dict[str, Any]:
    """An offer without any evidence: the gain that its settings assume, and how many customers would show it."""
    told: dict[str, Any] = {
        name: offer[name] for name in ("offer_id", "channel", "accept", "offer_cost", "contact_cost")
    }
    if not leaving or not offer["accept"]:
        return {**told, "assumed_uplift": None, "needed": None, "needed_held_out": None}
    gain = leaving * offer["accept"]
    held, treated = sample_size(1.0 - leaving, 1.0 - leaving + gain, ratio=(1.0 - _HELD) / _HELD)
    return {**told, "assumed_uplift": gain, "needed": held + treated, "needed_held_out": held}


def _behind(
    row: dict[str, Any], evidence: pl.LazyFrame | None, experience: pl.DataFrame | None
) -> list[dict[str, Any]]:
    """Campaigns and rows of experience of such customers with the offer, the latest first."""
    fits = [pl.col("offer_id") == row["offer_id"], *(pl.col(n) == row[n] for n in _PARTS if row[n] != ANY)]
    sums = ("treated", "held_out", "stayed_treated", "stayed_held_out")
    found: list[dict[str, Any]] = []
    if evidence is not None:
        trials = counted(evidence).filter(fits).sort("campaign_id", *KEYS)
        by_campaign = trials.group_by("campaign_id", "period", maintain_order=True).agg(pl.col(*sums, *WEIGHTS).sum())
        gain = (pl.col("share") - pl.col("other")).alias("uplift")
        behind = compared(by_campaign).select("campaign_id", "period", *sums, gain, source=pl.lit("trial"))
        found += behind.to_dicts()
    if experience is not None:
        told = without_totals(experience.unique("row_id", keep="first", maintain_order=True)).filter(fits)
        found += [
            {"campaign_id": f"{each['file']}, {each['line']}", **{n: each[n] for n in ("period", *sums)},
             "uplift": _difference(each), "source": "imported"}
            for each in told.to_dicts()
        ]  # fmt: skip
    found.sort(key=lambda each: (str(each["period"] or ""), each["campaign_id"]), reverse=True)
    return found


def _difference(row: dict[str, Any]) -> float | None:
    """The gain that a row of experience tells, by its counts or by itself."""
    if not row["treated"] or not row["held_out"] or row["stayed_treated"] is None or row["stayed_held_out"] is None:
        told: float | None = row["uplift"]
        return told
    return float(row["stayed_treated"] / row["treated"] - row["stayed_held_out"] / row["held_out"])
