"""The month's plan and what earlier plans earned, at the operator of `tests.report.example`."""

from datetime import date
from typing import Any

import polars as pl

from telcli.tables import contract

AS_OF = date(2024, 6, 1)
_CELLS = {
    ("high", "high"): ("retain", 60, 25), ("high", "medium"): ("retain", 90, 6), ("high", "low"): ("maintain", 300, 0),
    ("mid", "high"): ("retain", 120, 40), ("mid", "medium"): ("watch", 200, 12), ("mid", "low"): ("develop", 500, 0),
    ("low", "high"): ("let-go", 4, 0), ("low", "medium"): ("serve", 260, 0), ("low", "low"): ("serve", 466, 0),
}  # fmt: skip
_ARMS = (("all", "all", 400, 120), ("all", "fee-credit", 250, 80), ("all", "care-visit", 150, 6))


def tables() -> dict[str, pl.DataFrame]:
    """retention_cells, plan_offers and retention_effects."""
    return {"retention_cells": _cells(), "plan_offers": _offers(), "retention_effects": _effects()}


def _whole(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return contract(name).conform(pl.DataFrame(rows, infer_schema_length=None).lazy()).collect()


def _cells() -> pl.DataFrame:
    rows = [
        {"cell": f"{value}-{risk}", "value_band": value, "risk_band": risk, "strategy": strategy, "customers": people}
        | _money(people, contacted)
        for (value, risk), (strategy, people, contacted) in _CELLS.items()
    ]
    rows.append({"cell": "all", "customers": 2000, **_money(2000, 83), "power": 0.41, "detectable": 0.05})
    return _whole("retention_cells", [{"as_of": AS_OF, "refined": 0, "held_out": 9, **row} for row in rows])


def _money(people: int, contacted: int) -> dict[str, float]:
    worth = {"worth": 900.0 * people, "expected_loss": 60.0 * people}
    return {**worth, "contacted": contacted, "cost": 12.0 * contacted, "expected_value": 31.5 * contacted}


def _offers() -> pl.DataFrame:
    about = {"offer_cost": 20.0, "contact_cost": 4.0, "worthwhile": 200, "wanted": 90, "barred": 0, "held_out": 9}
    names = {"fee-credit": ("Credit on the fee", "月费减免", 60), "care-visit": ("Care visit", "上门关怀", 23)}
    rows = [
        {"as_of": AS_OF, "offer_id": offer, "name": en, "name_zh": zh, "channel": "outbound", "eligible": 500, **about}
        | {
            "contacted": many,
            "cost": 12.0 * many,
            "expected_value": 31.5 * many,
            "uplift": 0.04,
            "evidence": "knowledge",
        }
        for offer, (en, zh, many) in names.items()
    ]
    return _whole("plan_offers", rows)


def _effects() -> pl.DataFrame:
    rows = []
    for campaign, offer, treated, held_out in _ARMS:
        verdict = {"fee-credit": "works", "all": "works"}.get(offer, "cannot-tell")
        row = {"as_of": AS_OF, "campaign_id": campaign, "cell": "all", "offer_id": offer, "verdict": verdict}
        row |= {"treated": treated, "held_out": held_out, "uplift": 0.05, "uplift_low": 0.01, "uplift_high": 0.09}
        row |= {"value_saved": 18_000.0, "value_saved_low": 4_000.0, "value_saved_high": 32_000.0, "cost": 4_800.0}
        rows.append(row | {"return_on_cost": 2.75, "needed": 0})
    return _whole("retention_effects", rows)
