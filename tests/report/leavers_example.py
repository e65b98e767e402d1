"""Who left, when, why, and what calls for care, at the operator of `tests.report.example`."""

from datetime import date

import polars as pl

from telcli.features.churn_causes import causes
from telcli.features.churn_cells import churn_cells
from telcli.features.churn_dimensions import Described
from telcli.features.churn_pareto import churn_pareto
from telcli.features.churn_stay import churn_tenure
from telcli.tables.churn_around_results import TRIGGERS

SINCE = date(2024, 3, 1)


def tables(ids: list[str]) -> dict[str, pl.DataFrame]:
    """churn_by, churn_tenure, churn_causes and care_triggers."""
    return {"churn_by": _by(ids), "churn_tenure": _stay(), "churn_causes": _causes(), "care_triggers": _care(ids)}


def _by(ids: list[str]) -> pl.DataFrame:
    size = len(ids)
    left = [at % 9 == 0 or (at % 3 == 0 and at % 4 == 0) for at in range(size)]
    people = pl.DataFrame({"customer_id": ids, "left": left, "revenue_usual": 40.0}).with_columns(
        pay_mode=pl.Series(["prepaid" if at % 3 == 0 else "postpaid" for at in range(size)]),
        tenure=pl.Series(["0-3" if at % 4 == 0 else "4-12" for at in range(size)]),
    )
    told = Described(people, frozenset({"tenure"}), ("pay_mode", "tenure"))
    cells = churn_cells(told, None, 3).with_row_index("rank", 1)
    return cells.with_columns(pl.col("rank").cast(pl.Int64), since=pl.lit(SINCE), months=pl.lit(3, pl.Int64))


def _stay() -> pl.DataFrame:
    at_risk = [float(1800 - 12 * month) for month in range(100)]
    return churn_tenure(pl.DataFrame({"tenure": range(100), "at_risk": at_risk, "unknown": [n // 50 for n in at_risk]}))


def _causes() -> pl.DataFrame:
    counts = {"price": 60, "network-quality": 45, "attitude": 20, "moved": 3, "contract": 12}
    known = causes()
    rows = [(name, known[name].theme) for name, many in counts.items() for _ in range(many)]
    rows += [("unknown", "unknown")] * 30
    reasons, themes = zip(*rows, strict=True)
    register = pl.DataFrame({"reason": reasons, "theme": themes, "kind": "voluntary", "reason_source": "signs"})
    return churn_pareto(register.with_columns(value_lost=pl.lit(480.0)), known)


def _care(ids: list[str]) -> pl.DataFrame:
    rows = [(name, at, TRIGGERS[at % 4]) for at, name in enumerate(ids[:200])]
    names, places, triggers = zip(*rows, strict=True)
    return pl.DataFrame(
        {"customer_id": names, "trigger": triggers, "priority": [at + 1 for at in places]}
    ).with_columns(
        new=pl.col("priority") > 40,
        since=SINCE,
        value=pl.lit(1.0),
        unit=pl.lit("days"),
        text=pl.lit("-"),
        text_zh=pl.lit("-"),
        value_at_risk=pl.lit(80.0),
        manager_id=pl.lit(None, pl.String),
    )


def ahead() -> dict[str, pl.DataFrame]:
    """churn_hazard, churn_profit, churn_drivers, churn_drift and churn_by_month."""
    months = [date(2024 + (at + 6) // 12, (at + 6) % 12 + 1, 1) for at in range(12)]
    leavers = [1700 * 0.03 * 0.97**at for at in range(12)]
    hazard = pl.DataFrame({"month_ahead": range(1, 13), "month": months, "hazard": 0.03, "expected_leavers": leavers})
    hazard = hazard.with_columns(
        staying=1 - pl.col("expected_leavers").cum_sum() / 1700, tenure_hazard=0.03, tested_expected=0.0
    ).with_columns(tested_left=pl.lit(None, pl.Int64))
    curve = [at * (66 - at) * 20.0 for at in range(101)]
    profit = pl.DataFrame({"percent": range(101), "contacted": [at * 16 for at in range(101)], "profit": curve})
    profit = profit.with_columns(
        churners=pl.col("percent"),
        profit_low=pl.col("profit") - 4000,
        profit_high=pl.col("profit") + 4000,
        random_profit=-pl.col("percent") * 700.0,
    )
    drivers = pl.DataFrame(
        {
            "rank": [1, 2, 3],
            "feature": ["contract_months_left", "complaints", "data_mb_change_3"],
            "name": ["Contract months left", "Complaints", "Data use"],
            "name_zh": ["合约剩余月数", "投诉", "流量变化"],
            "theme": ["contract", "service", "use"],
            "effect": [0.6, 0.3, 0.1],
        }
    )
    drift = pl.DataFrame(
        {
            "kind": ["feature", "score"],
            "name": ["data_mb_change_3", "churn_probability"],
            "psi": [0.31, 0.12],
            "band": ["shifted", "moved"],
            "advice": ["watch", "watch"],
        }
    )
    by_month = pl.DataFrame(
        {
            "month": [date(2024, 2, 1), date(2024, 3, 1)],
            "customers": [1700, 1680],
            "churners": [110, 96],
            "expected": [104.2, 101.0],
            "expected_low": [86.0, 83.0],
            "expected_high": [123.0, 120.0],
            "auc": [0.78, 0.81],
            "log_loss": [0.2, 0.2],
        }
    )
    return {
        "churn_hazard": hazard,
        "churn_profit": profit,
        "churn_drivers": drivers,
        "churn_drift": drift,
        "churn_by_month": by_month,
    }
