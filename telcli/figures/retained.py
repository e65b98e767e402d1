"""The plan for whom to keep, and what earlier plans earned: what may be shown of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from telcli.figures.base import Figures, hidden
from telcli.figures.crossing import hidden_cells
from telcli.tables.effect_results import ALL
from telcli.tables.plan_results import VALUE_BANDS
from telcli.tables.results import RISK_BANDS

__all__ = ["cell_rows", "effect_rows", "loop_blocks", "offer_rows", "put_loop"]

CELL_TEXTS = ("value_band", "risk_band", "strategy")
OFFER_TEXTS = ("offer", "channel", "evidence")
EFFECT_TEXTS = ("campaign", "offer", "verdict", "plan_month")
_EFFECTS = (
    *("treated", "held_out", "uplift", "uplift_low", "uplift_high", "saves", "value_saved", "value_saved_low"),
    *("value_saved_high", "cost", "return_on_cost", "return_on_cost_low", "return_on_cost_high", "needed"),
)


def loop_blocks(tables: Mapping[str, pl.LazyFrame], least: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of the plan's cells and offers and of the effects of earlier plans, by section, those that there are."""
    offers = tables["plan_offers"].collect() if "plan_offers" in tables else None
    found = {} if offers is None else {"plan_offers": offer_rows(offers, least)}
    if "retention_cells" in tables:
        found["plan_cells"] = cell_rows(tables["retention_cells"].collect(), least)
    if "retention_effects" in tables:
        found["effects"] = effect_rows(tables["retention_effects"].collect(), offers, least)
    return found


def put_loop(figures: Figures, blocks: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Put what `loop_blocks` found."""
    for section, texts in (("plan_cells", CELL_TEXTS), ("plan_offers", OFFER_TEXTS), ("effects", EFFECT_TEXTS)):
        figures.block(section, blocks.get(section, ()), texts)


def cell_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Value by risk with what is to be done in each cell, the whole (without bands) last; cells of few are hidden.

    How many are contacted is hidden too where it would tell of a few.
    """
    held = {(row["value_band"], row["risk_band"]): row for row in table.to_dicts()}
    values = [band for band in VALUE_BANDS if any(key[0] == band for key in held)][::-1]
    risks = [band for band in RISK_BANDS if any(key[1] == band for key in held)][::-1]
    counts = [[held[value, risk]["customers"] if (value, risk) in held else 0 for risk in risks] for value in values]
    mask = hidden_cells(counts, least)
    keys = [(value, risk) for value in values for risk in risks]
    few = hidden([held[key]["contacted"] if key in held else 0 for key in keys], least)
    rows: list[dict[str, Any]] = []
    for key, gone, thin in zip(keys, (one for line in mask for one in line), few, strict=True):
        if key not in held:
            continue
        row = held[key]
        told = {"value_band": key[0], "risk_band": key[1], "strategy": row["strategy"]}
        numbers = {name: row[name] for name in ("customers", "worth", "expected_loss")}
        rows.append({**told, **({"small": 1.0} if gone else numbers | _planned(row, thin=thin))})
    whole = held.get((None, None))
    if whole is not None and whole["customers"] >= least:
        numbers = {name: whole[name] for name in ("customers", "worth", "expected_loss", "power")}
        rows.append({**numbers, **_planned(whole, thin=0 < whole["contacted"] < least)})
    return rows


def _planned(row: dict[str, Any], *, thin: bool) -> dict[str, Any]:
    """Contacts of a cell and what they are expected to bring, without those of few."""
    if thin:
        return {"small_contacted": 1.0, "small_expected_value": 1.0, "small_cost": 1.0}
    return {name: row[name] for name in ("contacted", "expected_value", "cost")}


def offer_rows(table: pl.DataFrame, least: int) -> list[dict[str, Any]]:
    """Offers that the plan uses, the most money first; those for few are told together with no others, but hidden."""
    used = table.filter(pl.col("contacted") > 0).sort("expected_value", "offer_id", descending=[True, False]).to_dicts()
    gone = hidden([row["contacted"] for row in used], least)
    rows: list[dict[str, Any]] = []
    for row, few in zip(used, gone, strict=True):
        told = {
            "offer": row["name"],
            "offer_zh": row["name_zh"],
            "channel": row["channel"],
            "evidence": row["evidence"],
        }
        rows.append({**told, **({"small": 1.0} if few else {name: row[name] for name in ("contacted", "uplift")})})
        if not few:
            rows[-1] |= {name: row[name] for name in ("cost", "expected_value")}
    return rows


def effect_rows(table: pl.DataFrame, offers: pl.DataFrame | None, least: int) -> list[dict[str, Any]]:
    """What contacting changed: all plans together first, then each offer over all plans, then each plan.

    Groups with fewer than `least` in either arm are told as too few.
    """
    names = {} if offers is None else {row["offer_id"]: (row["name"], row["name_zh"]) for row in offers.to_dicts()}
    pooled = table.filter(pl.col("cell") == ALL).to_dicts()
    whole = [row for row in pooled if row["campaign_id"] == ALL and row["offer_id"] == ALL]
    by_offer = [row for row in pooled if row["campaign_id"] == ALL and row["offer_id"] != ALL]
    by_plan = [row for row in pooled if row["campaign_id"] != ALL and row["offer_id"] == ALL]
    by_plan.sort(key=lambda row: (str(row["plan_month"] or ""), row["campaign_id"]))
    by_offer.sort(key=lambda row: (-row["treated"], row["offer_id"]))
    rows: list[dict[str, Any]] = []
    for row in (*whole, *by_offer, *(by_plan if len(by_plan) > 1 else ())):
        offer = names.get(row["offer_id"], (row["offer_id"], row["offer_id"]))
        told = {
            "offer": "" if row["offer_id"] == ALL else offer[0],
            "offer_zh": "" if row["offer_id"] == ALL else offer[1],
        }
        told |= {"campaign": "" if row["campaign_id"] == ALL else row["campaign_id"], "verdict": row["verdict"]}
        told |= {"plan_month": f"{row['plan_month']:%Y-%m}" if row["plan_month"] else ""}
        small = min(row["treated"], row["held_out"]) < least
        arms = {arm: row[arm] for arm in ("treated", "held_out") if row[arm] >= least}
        rows.append({**told, **({"small": 1.0} | arms if small else {name: row[name] for name in _EFFECTS})})
    return rows
