"""What further pictures are drawn of, at the operator of `tests.report.example`."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from telcli.tables import contract

AS_OF = date(2024, 6, 1)
_TRAITS = ("revenue_mean_3", "data_mb_mean_3", "call_minutes_mean_3", "tenure_months")
_METRICS = ("revenue", "active", "left", "new", "arrears", "complaints")
_AGES = {
    "0": 45000.0,
    "1-30": 6000.0,
    "31-60": 2000.0,
    "61-90": 1500.0,
    "91-180": 600.0,
    "181-365": 550.0,
    "365+": 200.0,
}


def tables(names: list[tuple[str, str]]) -> dict[str, pl.DataFrame]:
    """Each table; `names` are those of the segments, in English and Chinese."""
    made = {
        "segment_centres": [
            _centre(at, trait, place) for at in range(len(names)) for place, trait in enumerate(_TRAITS)
        ],
        "segment_moves": _moves(names),
        "churn_calibration": [_chances(at) for at in range(4)],
        "monitor_series": [
            row
            for kind, entity, metrics in (("kpi", "all", _METRICS), ("account", "C1", ("revenue",)))
            for metric in metrics
            for row in _series(kind, entity, metric)
        ],
        "credit_rolls": [_rolled(month, age) for month in (4, 5, 6) for age in _AGES],
        "source_quality": [
            _filled(source, table, column)
            for source, table in (("crm_customers.csv", "customers"), ("billing.csv", "bills"))
            for column in ("*", "customer_id", "note")
        ],
    }
    return {name: _whole(name, rows) for name, rows in made.items()}


def _whole(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    dated = [{"as_of": AS_OF, **row} for row in rows] if contract(name).partition == "as_of" else rows
    return contract(name).conform(pl.DataFrame(dated, infer_schema_length=None).lazy()).collect()


def _centre(at: int, trait: str, place: int) -> dict[str, Any]:
    effect = (1.4 - 0.6 * at) / (1 + place)
    return {"segment": at + 1, "column": trait, "value": 0.5, "mean": 100.0 + 40 * effect, "effect": effect}


def _moves(names: list[tuple[str, str]]) -> list[dict[str, Any]]:
    rows = []
    for one, (name, zh) in enumerate(names):
        for other, (to, to_zh) in enumerate(names):
            people = 200 if one == other else 12 if abs(one - other) == 1 else 0
            if people:
                told = {"from_group": name, "from_group_zh": zh, "to_group": to, "to_group_zh": to_zh}
                share = people / (224 if 0 < one < len(names) - 1 else 212)
                rows.append(
                    {"view": "segment", "before": date(2024, 5, 1), **told, "customers": people, "share": share}
                )
    return rows


def _chances(at: int) -> dict[str, Any]:
    people, left = (200, 400, 800, 1600)[at], (40, 18, 21, 30)[at]
    rate = left / people
    return {"bin": at + 1, "customers": people, "churners": left, "expected": 27.0, "mean_probability": 27.0 / people,
            "churn_rate": rate, "rate_low": 0.8 * rate, "rate_high": 1.2 * rate}  # fmt: skip


def _series(kind: str, entity: str, metric: str) -> list[dict[str, Any]]:
    seen = 100 + 4 * np.sin(np.arange(12))
    seen[-1] = 60.0 if entity != "all" else seen[-1]
    return [
        {"kind": kind, "entity": entity, "metric": metric, "month": date(2023 + (6 + at) // 12, (6 + at) % 12 + 1, 1),
         "observed": float(seen[at]), **({} if at < 4 else {"expected": 100.0, "low": 90.0, "high": 110.0})}
        for at in range(12)
    ]  # fmt: skip


def _rolled(month: int, age: str) -> dict[str, Any]:
    flows = dict.fromkeys(
        ("opening", "billed", "entered", "rolled", "paid", "settled", "written_off", "recovered", "difference"), 0.0
    )
    closing = _AGES[age] * (1 + 0.05 * (month - 6))
    return {
        "month": date(2024, month, 1),
        "bucket": age,
        **flows,
        "closing": closing,
        "roll_rate": 0.1 if age == "0" else 0.4,
    }


def _filled(source: str, table: str, column: str) -> dict[str, Any]:
    told = {"source": source, "table": table, "column": column, "rows": 1000}
    return {
        **told,
        "filled": {"*": 1000, "customer_id": 990}.get(column, 400),
        "unreadable": 0 if column == "*" else 10,
    }
