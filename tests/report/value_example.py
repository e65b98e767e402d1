"""What score-value tells of the operator made up for the tests: small tables and its record."""

from datetime import date
from typing import Any

import polars as pl

from telcli.tables import contract

BEFORE = date(2024, 5, 1)
MATRIX = {
    "platinum": {"platinum": 60, "gold": 20, "silver": 0, "bronze": 0, "none": 12},
    "gold": {"platinum": 14, "gold": 190, "silver": 40, "bronze": 11, "none": 15},
    "silver": {"platinum": 0, "gold": 29, "silver": 400, "bronze": 66, "none": 20},
    "bronze": {"platinum": 0, "gold": 3, "silver": 35, "bronze": 729, "none": 18},
    "none": {"platinum": 11, "gold": 12, "silver": 17, "bronze": 20},
}
METRICS: dict[str, Any] = {
    "backtest": {
        "as_of": "2024-02",
        "months": 4,
        "customers": 1600,
        "rank_correlation": 0.83,
        "naive_rank_correlation": 0.78,
        "score_rank_correlation": 0.7,
        "calibration": 0.98,
        "naive_calibration": 1.05,
        "error": 12.5,
        "naive_error": 14.0,
        "squared_error": 40.0,
        "naive_squared_error": 44.0,
        "coverage": 0.775,
        "level": 0.8,
    },
    "horizon_months": 24,
    "discount_rate": 0.1,
    "margin_basis": "margin",
    "current_value_total": 1_000_000.0,
    "retention_value_total": 1_700_000.0,
    "incremental_value_total": 9_600.0,
    "moves": {"before": "2024-05", "up": 81, "down": 137, "same": 1379, "matrix": MATRIX},
}
_ITEMS = [
    ("current", "goal", "current value", "当前价值", 0.6, None),
    ("margin", "current", "Monthly margin of 12 months", "近12个月月均毛利", 0.6, "margin_mean_12"),
    ("retention", "goal", "retention value", "存量价值", 0.4, None),
    ("tenure", "retention", "Tenure", "网龄", 0.4, "tenure_months"),
    ("days", "retention", "Days to pay", "缴费天数", 0.0, "days_to_pay"),
]


def tables(ids: list[str]) -> dict[str, pl.DataFrame]:
    """Result tables of score-value beside value_scores, without as_of."""
    told = {**_money(), **_score(), "value_moves": _moves(ids), "value_stars": _stars(ids), **_trust(), **_sides()}
    return {name: _whole(name, frame) for name, frame in told.items()}


def _whole(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The same with every column that its contract asks for; what no picture is made of is 1."""
    needed = [(column, kind) for column, kind in contract(name).schema.columns().items() if not kind.nullable]
    untold = [(column, kind) for column, kind in needed if column not in ("as_of", *frame.columns)]
    return frame.with_columns(pl.lit(1).cast(kind.dtype).alias(column) for column, kind in untold)


def _money() -> dict[str, pl.DataFrame]:
    parts = [
        ("revenue", 2e6, 1.0, 1600, "data"),
        ("other", 8e5, 0.4, 1600, "set"),
        ("lines", 1e5, 0.05, 1600, "set"),
        ("bad_debt", -2e4, -0.01, 60, "data"),
        ("campaigns", 0.0, 0.0, 0, "no-data"),
        ("content", 0.0, 0.0, 0, "not-set"),
        ("margin", 1.12e6, 0.56, 1600, "data"),
    ]
    names = ("part", "amount", "revenue_share", "customers", "counted")
    offers = [_offer("sales-channel", "101", 500), _offer("sales-channel", "102", 300)]
    offers += [_offer("plan", f"{200 + place}", 40 + place) for place in range(12)]
    offers.append(_offer("plan", "299", 4))
    cohorts = [
        {
            "cohort_year": year,
            "tenure_year": 2025 - year - late,
            "customer_months": 900 if year > 2012 else 30,
            "revenue_a_month": 90.0 + year - 2000,
            "margin_a_month": 50.0 + year - 2000,
        }
        for year in range(2008, 2025)
        for late in (0, 1)
        if 2025 - year - late
    ]
    return {
        "value_margin": pl.DataFrame([dict(zip(names, part, strict=True)) for part in parts]),
        "value_offers": pl.DataFrame(offers),
        "value_cohorts": pl.DataFrame(cohorts),
    }


def _offer(kind: str, item: str, customers: int) -> dict[str, Any]:
    found = {"kind": kind, "item": item, "customers": customers, "lines": customers, "margin": customers * 300.0}
    found |= {
        "margin_per_customer": 300.0,
        "margin_share": customers / 2000,
        "loss_maker_share": 12 / (customers + 100),
    }
    return found | {"lines_sold": customers, "early_end_share": 0.25}


def _score() -> dict[str, pl.DataFrame]:
    weights = [
        {
            "item": item,
            "node": node,
            "place": place,
            "name": name,
            "name_zh": zh,
            "judged_weight": 0.5,
            "local_weight": 0.5,
            "global_weight": weight,
            "column": column,
            "known_share": 1.0 if column else None,
            "dropped": None if weight else "no-data",
            "experts": 1,
            "since": BEFORE,
        }
        for place, (item, node, name, zh, weight, column) in enumerate(_ITEMS, 1)
    ]
    steps = [
        {
            "item": item,
            "node": "goal",
            "step": step,
            "factor": factor,
            "tiers_changed": changed,
            "rank_correlation": 0.9,
        }
        for item, changed in (("current", 0.1), ("retention", 0.04))
        for step, factor in (("up", 1.25), ("down", 0.75))
    ]
    tiers = [
        {
            "value_tier": tier,
            "place": place,
            "least_score": score,
            "customers": 1,
            "customer_share": 0.25,
            "since": BEFORE,
        }
        for place, (tier, score) in enumerate(
            [("platinum", 80.0), ("gold", 60.0), ("silver", 40.0), ("bronze", 0.0)], 1
        )
    ]
    kinds = {"column": pl.String, "dropped": pl.String}
    return {
        "value_weights": pl.DataFrame(weights, schema_overrides=kinds),
        "value_sensitivity": pl.DataFrame(steps),
        "value_tiers": pl.DataFrame(tiers),
    }


def _moves(ids: list[str]) -> pl.DataFrame:
    ways = (["up"] * 30 + ["down"] * 40)[: len(ids)]
    return pl.DataFrame(
        {
            "customer_id": ids[: len(ways)],
            "before": [BEFORE] * len(ways),
            "tier_before": ["silver" if way == "up" else "gold" for way in ways],
            "value_tier": ["gold" if way == "up" else "silver" for way in ways],
            "score_before": [60.0] * len(ways),
            "score": [65.0 if way == "up" else 56.0 for way in ways],
            "change": [5.0 if way == "up" else -4.0 for way in ways],
            "item_1": ["margin" if place % 3 else "tenure" for place in range(len(ways))],
            "points_1": [4.0 if way == "up" else -3.0 for way in ways],
        }
    )


def _stars(ids: list[str]) -> pl.DataFrame:
    levels = ["5*" if place % 10 == 0 else "4*" if place % 3 == 0 else None for place in range(len(ids))]
    places = [1 if star == "5*" else 2 if star else None for star in levels]
    return pl.DataFrame({"customer_id": ids, "star": levels, "place": places, "star_before": levels[1:] + levels[:1]})


def _trust() -> dict[str, pl.DataFrame]:
    tenths = [
        {
            "decile": tenth,
            "customers": 160,
            "predicted": 600.0 / tenth,
            "naive": 650.0 / tenth,
            "realised": 590.0 / tenth,
        }
        for tenth in range(1, 11)
    ]
    groups = [
        {"kind": "pay-mode", "group": group, "tenure_month": month, "at_risk": 300.0, "left": 2.0, "hazard": 0.02}
        | {"survival": 0.98**month}
        for group in ("postpaid", "prepaid")
        for month in range(25)
    ]
    return {"value_backtest": pl.DataFrame(tenths), "survival_groups": pl.DataFrame(groups)}


def _sides() -> dict[str, pl.DataFrame]:
    products = [
        {"product_id": item, "holders": holders, "eligible": 500, "take_up": 0.02, "give_up": 0.01, "monthly_fee": 15.0}
        | {"expected_margin": 900.0, "expected_loss": -100.0, "counted": "counted"}
        for item, holders in (("301", 80), ("302", 4), ("303", 60))
    ]
    index = [
        {"kind": kind, "group": group, "customers": customers, "customer_share": 0.5}
        | {"revenue_index": 1.5, "margin_index": 1.25}
        for kind, group, customers in (
            ("pay-mode", "postpaid", 900),
            ("pay-mode", "prepaid", 700),
            ("customer-class", "key", 9),
            ("customer-class", "public", 900),
            ("customer-class", "business", 100),
            ("value-tier", "gold", 100),
        )
    ]
    best = [
        {"kind": "service", "item": item, "value_tier": "platinum", "customers": 100, "in_tier": inside}
        | {"share_of_holders": inside / 100, "share_index": 4.0, "held_by_tier": held}
        for item, inside, held in (("tv", 40, "more"), ("mobile", 30, "no"), ("landline", 95, "mostly"))
    ]
    facts = [
        {"value_tier": tier, "measure": measure, "known": known, "mean": mean}
        for tier in ("platinum", "gold")
        for measure, known, mean in (("use_falls", 100, 0.03), ("services_held", 100, 2.5), ("signs", 100, 0.03))
    ]
    effects = [
        {"sign": sign, "level": level, "month_from": month, "at_risk": 300, "left": left, "odds_ratio": odds}
        | {"odds_low": 1.1, "odds_high": 9.0}
        for sign, level, month, left, odds in (
            ("months overdue", "3 or more", 1, 20, 2.5),
            ("use in 3 months", "fell 50%", 1, 30, 7.0),
            ("use in 3 months", "fell 50%", 2, 30, 3.0),
            ("faults this month", "1 or more", 1, 4, 3.0),
            ("way of paying", "prepaid", 1, 90, 0.9),
        )
    ]
    named = {"value_products": products, "value_index": index, "value_top_held": best, "value_tier_facts": facts}
    return {name: pl.DataFrame(rows) for name, rows in (named | {"survival_effects": effects}).items()}
