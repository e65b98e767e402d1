"""Moves into decline and dormancy: more than usual or not, and the customers behind them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.features.lifecycle import LifecycleRules
from telcli.features.lifecycle_moves import falls, monthly_moves
from telcli.features.month_index import add_months
from telcli.settings import MonitorSettings
from telcli.stages import Inputs
from telcli.stages.monitor import monitor
from telcli.stages.monitor_lifecycle import Lifecycle, lifecycle_of
from telcli.tables import contract

AS_OF = date(2024, 6, 1)
MONTHS = [add_months(AS_OF, -ago) for ago in range(17, -1, -1)]
RULES = LifecycleRules()


def world(silent: dict[str, int], customers: int = 400, months: list[date] = MONTHS) -> dict[str, pl.LazyFrame]:
    """Customers of two branches with steady use, of whom a few fall silent each month, `silent` more in the last."""
    rows, ends = [], {}
    usual = iter(range(customers))
    for at, month in enumerate(months[3:]):
        for _ in range(2 + at % 2):
            ends[next(usual)] = month
    for branch, more in silent.items():
        here = [who for who in range(customers) if ("N" if who % 2 else "S") == branch and who not in ends]
        ends |= dict.fromkeys(here[:more], AS_OF)
    for who in range(customers):
        for at, month in enumerate(months):
            used = not (who in ends and month >= ends[who])
            since = 0.0 if used else float((month.year - ends[who].year) * 12 + month.month - ends[who].month + 1)
            rows.append(
                {
                    "customer_id": f"C{who:03}",
                    "month": month,
                    "active": True,
                    "left": False,
                    "tenure_months": 40.0 + at,
                    "revenue": 50.0 if used else 10.0,
                    "active_days": 20.0 if used else 0.0,
                    "call_minutes": 200.0 if used else 0.0,
                    "data_mb": 1_000.0 if used else 0.0,
                    "months_since_use": since,
                }
            )
    people = [
        {"customer_id": f"C{who:03}", "branch": "N" if who % 2 else "S", "manager_id": "M1", "region": "R"}
        for who in range(customers)
    ]
    frame = contract("customers").conform(pl.DataFrame(people).lazy())
    return {"customer_months": contract("customer_months").conform(pl.DataFrame(rows).lazy()), "customers": frame}


def found(silent: dict[str, int], **more: Any) -> Lifecycle:
    return lifecycle_of(world(silent, **more), AS_OF, MonitorSettings(), RULES)


def way(life: Lifecycle, dimension: str, level: str) -> dict[str, Any]:
    rows = life.moves.filter(dimension=dimension, level=level, from_stage="maturity", to_stage="dormant")
    (only,) = rows.to_dicts()
    return only


def test_silence_beyond_the_usual_is_found_where_it_is() -> None:
    life = found({"N": 25})
    north, south = way(life, "branch", "N"), way(life, "branch", "S")
    assert north["beyond"]
    assert north["customers"] >= 25
    assert north["high"] < 10
    assert not south["beyond"]
    assert way(life, "all", "all")["beyond"]
    assert life.metrics["beyond"] >= 2
    assert life.metrics["into_dormant"] == life.metrics["warnings"]


def test_a_usual_month_is_no_alarm() -> None:
    life = found({})
    assert life.metrics["beyond"] == 0
    assert way(life, "all", "all")["usual_share"] == pytest.approx(2.5 / 375, rel=0.2)


def test_who_is_behind_it_is_named_with_what_fell() -> None:
    life = found({"N": 3})
    first = life.warnings.to_dicts()[0]
    assert (first["from_stage"], first["to_stage"], first["reason"]) == ("maturity", "dormant", "no-use")
    assert first["fell_share"] == 1.0
    assert first["signs"].split(",")[0] == "active_days:-100%"
    assert first["why"].startswith("from maturity to dormancy; active days fell 100%, calls fell 100%")
    assert first["why_zh"].startswith("由成熟转入沉默；活跃天数下降100%")
    assert first["manager_id"] == "M1"
    assert first["worth"] == pytest.approx(50.0 * 0.6 * 12)
    # nobody left in this world, which is known of more than ten who fell silent before
    assert first["leave_share"] == 0.0
    assert life.warnings["rank"].to_list() == list(range(1, life.warnings.height + 1))


def test_too_short_a_history_tells_no_usual() -> None:
    life = found({"N": 25}, months=MONTHS[-8:])
    assert [notice.code for notice in life.notices] == ["lifecycle-short"]
    assert way(life, "branch", "N")["usual_share"] is None
    assert way(life, "branch", "N")["beyond"] is None
    assert life.warnings.height >= 25


def test_who_left_is_counted_once_and_has_no_move_after() -> None:
    tables = world({})
    gone = pl.col("customer_id") == "C399"
    months = tables["customer_months"].with_columns(left=gone & (pl.col("month") == date(2024, 5, 1)))
    months = months.filter(~(gone & (pl.col("month") == AS_OF)))
    moves = monthly_moves(months, MONTHS[0], AS_OF, 12, RULES).filter(gone)
    assert moves.filter(pl.col("now") == "churned")["month"].to_list() == [date(2024, 5, 1)]
    assert moves.filter(pl.col("month") == AS_OF).is_empty()


def test_falls_are_told_as_the_rule_tells_them() -> None:
    rows = [
        {"customer_id": who, "month": month, "revenue": revenue, "call_minutes": 10.0, "data_mb": data}
        for who, revenues in (("shrunk", [90.0] * 6 + [30.0] * 3), ("steps", [90.0] * 7 + [80.0, 60.0]))
        for month, revenue, data in zip(MONTHS[-9:], revenues, [500.0] * 8 + [400.0], strict=True)
    ]
    people = pl.DataFrame({"customer_id": ["shrunk", "steps"], "reason": ["revenue-shrunk", "revenue-and-use-fall"]})
    told = falls(pl.LazyFrame(rows), people, AS_OF).filter(column="revenue").select("customer_id", "before", "after")
    assert told.rows() == [("shrunk", 90.0, 30.0), ("steps", 90.0, 60.0)]
    assert "call_minutes" not in falls(pl.LazyFrame(rows), people, AS_OF)["column"].to_list()


def test_lifecycle_alone_can_be_watched() -> None:
    outcome = monitor(Inputs(world({"N": 25}), AS_OF), MonitorSettings(watch="lifecycle"))
    assert outcome.metrics["alerts"] == 3
    assert outcome.metrics["lifecycle"]["beyond"] >= 2
    for name, frame in outcome.tables.items():
        contract(name).require(frame).collect()


def test_the_order_of_rows_changes_nothing() -> None:
    tables = world({"N": 9})
    shuffled = {
        name: frame.collect().sample(fraction=1.0, shuffle=True, seed=1).lazy() for name, frame in tables.items()
    }
    one, other = (lifecycle_of(each, AS_OF, MonitorSettings(), RULES) for each in (tables, shuffled))
    assert one.moves.equals(other.moves)
    assert one.warnings.equals(other.warnings)


def test_segments_count_as_they_were_before_the_move() -> None:
    tables = world({})
    snapshots = [
        {"customer_id": f"C{who:03}", "as_of": month, "segment_name": "old" if month < AS_OF else "new"}
        for who in range(400)
        for month in MONTHS[6:]
    ]
    tables["segments"] = pl.LazyFrame(snapshots)
    life = lifecycle_of(tables, AS_OF, MonitorSettings(), RULES)
    assert set(life.moves.filter(dimension="segment")["level"]) == {"old"}
    assert np.isfinite(way(life, "segment", "old")["usual_share"])


def test_moves_beyond_the_usual_are_alerts_with_what_they_cost() -> None:
    tables = world({"N": 25})
    leaving = tables["customers"].select("customer_id", churn_probability=pl.lit(0.5))
    outcome = monitor(Inputs(tables | {"churn_scores": leaving}, AS_OF), MonitorSettings(watch="lifecycle"))
    told = outcome.tables["alerts"].collect()
    contract("alerts").schema.validate(told, cast=False)
    assert set(told.select("kind", "entity", "metric").rows()) == {
        ("lifecycle", entity, "into-dormant") for entity in ("all", "branch=N", "region=R")
    }
    north = told.filter(entity="branch=N").row(0, named=True)
    assert north["high"] < 10 < north["observed"] and north["methods"] == "moves" and north["state"] == "new"
    assert "from maturity to dormancy" in north["why"] and "由成熟转入沉默" in north["why_zh"]
    warned = outcome.tables["lifecycle_warnings"].collect()
    risk = warned.filter(pl.col("branch") == "N", from_stage="maturity", to_stage="dormant")["value_at_risk"].sum()
    assert 0 < north["expected_loss"] <= risk
    assert outcome.metrics["expected_loss"] < told["expected_loss"].sum(), "each customer once"
    quiet = monitor(Inputs(world({}), AS_OF), MonitorSettings(watch="lifecycle"))
    assert quiet.tables["alerts"].collect().is_empty()
