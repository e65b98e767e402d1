"""An operator made up for the tests: every table the report reads, from one seed, no stage needed."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.stages import Inputs
from telcli.stages.score_value_sides import curve_rows, decile_rows
from telcli.tables import contract
from tests.report import leavers_example, loop_example, pictures_example, value_example, watch_example

AS_OF = date(2024, 6, 1)
SEGMENTS = [
    (
        "High-value data users",
        "高值流量型",
        "Uses 3 times the data of all",
        "流量为全体的3倍",
        "Offer the 5G bundle",
        "推荐5G融合套餐",
    ),
    (
        "Steady families",
        "稳定家庭型",
        "Broadband and three lines",
        "宽带加三个号码",
        "Renew before contract end",
        "合约到期前续约",
    ),
    (
        "Voice regulars",
        "语音依赖型",
        "Calls long, little data",
        "通话多、流量少",
        "Move to a bundle with data",
        "引导办理含流量套餐",
    ),
    ("Thrifty prepaid", "低值预付型", "Tops up rarely", "充值少", "Low-cost channel only", "以低成本渠道维系"),
    (
        "Fading users",
        "衰退沉默型",
        "Use falls by half in 3 months",
        "近3个月使用量减半",
        "Call before they go silent",
        "沉默前主动关怀",
    ),
]
BRANCHES = ("101", "102", "103", None)
REASONS = [
    ("contract ends within 2 months", "合约2个月内到期"),
    ("data use falling", "流量持续下降"),
    ("complaint unresolved", "投诉未办结"),
    ("pays for more than it uses", "套餐超出实际需求"),
    ("short tenure", "网龄短"),
]
METRICS: dict[str, Any] = {
    "ingest": {
        "sources": [
            {
                "source": "crm_customers.csv",
                "rows_read": 2010,
                "rows_kept": 2000,
                "rows_rejected": 10,
                "encoding": "gb18030",
            },
            {"source": "billing.csv", "rows_read": 24100, "rows_kept": 24021, "rows_rejected": 79, "encoding": "utf-8"},
        ]
    },
    "segment": {"k": 5, "silhouette": 0.31, "stability": 0.92},
    "score-value": value_example.METRICS,
    "predict-churn": {
        "split": "out-of-time",
        "auc": 0.842,
        "auc_low": 0.821,
        "auc_high": 0.863,
        "brier": 0.071,
        "ece": 0.012,
        "top_decile_lift": 4.1,
        "empc": 3.2,
        "chosen_method": "model-bayes",
    },
}


def tables(customers: int = 2000, months: int = 12, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Every table of the report, contracts kept."""
    random = np.random.default_rng(seed)
    ids = [f"C{n:07d}" for n in range(customers)]
    segment = random.choice(5, customers, p=[0.12, 0.28, 0.25, 0.25, 0.10])
    worth = np.array([160.0, 95.0, 55.0, 22.0, 38.0])[segment] * random.lognormal(0, 0.35, customers)
    risk = np.clip(np.array([0.05, 0.04, 0.08, 0.14, 0.35])[segment] * random.lognormal(0, 0.6, customers), 0.001, 0.97)
    leaves = np.where(random.random(customers) < 0.5 * risk, random.integers(1, months + 1, customers), months + 5)
    joins = np.where(random.random(customers) < 0.18, random.integers(0, months, customers), 0)
    found = {"customer_months": _months(ids, worth, leaves, joins, months, random)}
    alive = np.flatnonzero((leaves >= months) & (joins < months))
    found["customers"] = pl.DataFrame({"customer_id": ids, "churned": pl.Series([None] * customers, dtype=pl.Boolean)})
    found["customers"] = found["customers"].with_columns(
        branch=pl.Series([BRANCHES[n % 11 % 4] for n in range(customers)])
    )
    held = [ids[n] for n in alive]
    found |= {
        **leavers_example.tables(held),
        **leavers_example.ahead(),
        **loop_example.tables(),
        **watch_example.tables(),
        **pictures_example.tables([(name, zh) for name, zh, *_ in SEGMENTS]),
    }
    found |= {**_results(held, segment[alive], worth[alive], risk[alive], random), **value_example.tables(held)}
    return {name: frame.with_columns(as_of=pl.lit(AS_OF)) if _dated(name) else frame for name, frame in found.items()}


def inputs(
    found: dict[str, pl.DataFrame], metrics: dict[str, Any] | None = None, as_of: date = AS_OF, currency: str = "CNY"
) -> Inputs:
    """What the pipeline would hand to the report stage."""
    choices = {"metrics": METRICS if metrics is None else metrics, "currency": currency}
    return Inputs(tables={name: frame.lazy() for name, frame in found.items()}, as_of=as_of, choices=choices)


def kept(found: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same tables after their contracts, as the pipeline loads them."""
    return {name: contract(name).require(frame.lazy()).collect() for name, frame in found.items()}


def _dated(name: str) -> bool:
    return contract(name).partition == "as_of"


def _months(
    ids: list[str], worth: np.ndarray, leaves: np.ndarray, joins: np.ndarray, months: int, random: np.random.Generator
) -> pl.DataFrame:
    parts = []
    for at in range(months):
        here = np.flatnonzero((joins <= at) & (leaves >= at + 1))
        gone = leaves[here] == at + 1
        season = 1 + 0.03 * np.sin(at / 2) + 0.004 * at
        parts.append(
            pl.DataFrame(
                {
                    "customer_id": [ids[n] for n in here],
                    "month": date(2023 + (6 + at) // 12, (6 + at) % 12 + 1, 1),
                    "active": ~gone,
                    "left": gone,
                    "revenue": (worth[here] * season * random.lognormal(0, 0.1, len(here))).round(2),
                }
            )
        )
    return pl.concat(parts)


def _results(
    ids: list[str], segment: np.ndarray, worth: np.ndarray, risk: np.ndarray, random: np.random.Generator
) -> dict[str, pl.DataFrame]:
    current = (worth * 12 * 0.6 - random.exponential(90, len(ids))).round(2)
    retention = (np.maximum(current, 0) * 1.6 * (1 - risk)).round(2)
    rank = np.argsort(np.argsort(current + retention)) / len(ids)
    band = np.where(risk > 0.3, "high", np.where(risk > 0.1, "medium", "low"))
    saving = (risk * 0.3 * (retention - 10) - (1 - risk) * 10 - 1).round(2)
    reason = random.choice(len(REASONS), (len(ids), 2))
    names = pl.DataFrame(
        {
            "segment": segment + 1,
            "segment_name": [SEGMENTS[n][0] for n in segment],
            "segment_name_zh": [SEGMENTS[n][1] for n in segment],
        }
    )
    return {
        "segments": names.with_columns(
            customer_id=pl.Series(ids),
            customer_class=pl.lit("public"),
            lifecycle_stage=pl.lit("maturity"),
            consumption_tier=pl.lit("mid"),
        ),
        "segment_profiles": _profiles(segment, worth),
        "value_scores": pl.DataFrame(
            {
                "customer_id": ids,
                "current_value": current,
                "retention_value": retention,
                "lifetime_value": current + retention,
                "value_score": (rank * 100).round(2),
                "value_tier": np.select(
                    [rank > 0.95, rank > 0.8, rank > 0.5], ["platinum", "gold", "silver"], "bronze"
                ),
            }
        ),
        **spread(ids, current, current + retention),
        "survival_curve": _survival(),
        "churn_scores": pl.DataFrame(
            {
                "customer_id": ids,
                "churn_probability": risk,
                "risk_band": band,
                "target": saving > 0,
                "expected_saving": saving,
                "reason_1": [REASONS[n][0] for n in reason[:, 0]],
                "reason_1_zh": [REASONS[n][1] for n in reason[:, 0]],
            }
        ),
        "churn_lift": _lift(),
        "churn_costs": pl.DataFrame(
            {
                "method": ["nobody", "everybody", "model-bayes"],
                "cost": [91_000.0, 64_000.0, 48_500.0],
                "contacted": [0, 1800, 410],
                "chosen": [False, False, True],
            }
        ),
        "rejects": pl.DataFrame(
            {
                "source": ["billing.csv"] * 79 + ["crm_customers.csv"] * 10,
                "line": list(range(100, 189)),
                "rule": ["not-a-month"] * 79 + ["duplicate-key"] * 10,
                "column": ["month"] * 79 + ["customer_id"] * 10,
            }
        ),
    }


def spread(ids: list[str], current: np.ndarray, lifetime: np.ndarray) -> dict[str, pl.DataFrame]:
    """What score-value tells of how value is spread."""
    people = pl.DataFrame({"customer_id": ids, "current_value": current, "lifetime_value": lifetime, "revenue": 0.0})
    return {"value_deciles": decile_rows(people, AS_OF), "value_curve": curve_rows(people["current_value"], AS_OF)}


def _profiles(segment: np.ndarray, worth: np.ndarray) -> pl.DataFrame:
    rows = []
    for number, (name, zh, profile, profile_zh, treatment, treatment_zh) in enumerate(SEGMENTS):
        inside = worth[segment == number]
        rows.append(
            {
                "segment": number + 1,
                "segment_name": name,
                "segment_name_zh": zh,
                "customers": len(inside),
                "customer_share": len(inside) / len(worth),
                "revenue_share": float(inside.sum() / worth.sum()),
                "value_index": float(inside.mean() / worth.mean()) if len(inside) else None,
                "profile": profile,
                "profile_zh": profile_zh,
                "rule": "data use above 8000" if number == 0 else None,
                "rule_zh": "流量大于8000" if number == 0 else None,
                "rule_fidelity": 0.875 if number == 0 else None,
                "treatment": treatment,
                "treatment_zh": treatment_zh,
            }
        )
    return pl.DataFrame(rows)


def _survival() -> pl.DataFrame:
    months = np.arange(0, 61)
    hazard = 0.008 + 0.03 * np.exp(-months / 5) + np.where(months % 24 == 0, 0.03, 0.0)
    at_risk = (20_000 * np.exp(-months / 18)).round()
    return pl.DataFrame(
        {
            "tenure_month": months,
            "at_risk": at_risk,
            "left": (at_risk * hazard).round(),
            "hazard": hazard,
            "survival": np.cumprod(1 - hazard),
            "survival_low": [
                value if month < 49 else None
                for month, value in zip(months, np.cumprod(1 - hazard) * 0.95, strict=True)
            ],
            "survival_high": [
                value if month < 49 else None
                for month, value in zip(months, np.cumprod(1 - hazard) ** 0.9, strict=True)
            ],
        }
    )


def _lift() -> pl.DataFrame:
    lift = np.array([4.1, 2.0, 1.2, 0.8, 0.6, 0.45, 0.35, 0.25, 0.15, 0.1])
    return pl.DataFrame(
        {
            "decile": np.arange(1, 11),
            "customers": [180] * 10,
            "churners": (lift * 0.1 * 180).round().astype(int),
            "churn_rate": (lift * 0.1 * 180).round() / 180,
            "mean_probability": lift * 0.098,
            "lift": lift,
        }
    )
