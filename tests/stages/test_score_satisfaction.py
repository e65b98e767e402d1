"""The index of customers by group and item, from drawn answers whose truth is known."""

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.score_satisfaction import score_satisfaction
from telcli.tables import contract

JUNE = date(2024, 6, 1)
_SURVEYS = {
    "customer_id": pl.String,
    "surveyed_on": pl.Date,
    "item": pl.String,
    **dict.fromkeys(("expected", "perceived", "score", "nps", "weight"), pl.Float64),
}


def surveys(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    """The subject table."""
    blank: dict[str, Any] = {**dict.fromkeys(_SURVEYS), "surveyed_on": date(2024, 5, 10)}
    return pl.LazyFrame([blank | row for row in rows], schema=_SURVEYS)


def scored(tables: dict[str, pl.LazyFrame], people: int = 40, **settings: Any) -> Outcome:
    ids = [f"C{at:03d}" for at in range(people)]
    customers = pl.LazyFrame(
        {
            "customer_id": ids,
            "branch": [("north", "south")[at % 2] for at in range(people)],
            "x_network": ["5G"] * people,
        }
    )
    months = pl.LazyFrame({"customer_id": ids, "month": [JUNE] * people, "active": [True] * people})
    given = {"customer_months": months, "customers": customers, **tables}
    found = score_satisfaction(Inputs(given, JUNE), ScoreSatisfactionSettings(**settings))
    for name, frame in found.tables.items():
        contract(name).schema.validate(frame.collect(), cast=False)
    return found


def group(found: Outcome, by: str, name: str) -> dict[str, Any]:
    return found.tables["satisfaction_index"].filter(by=by, group=name).collect().row(0, named=True)


def three(**more: Any) -> pl.LazyFrame:
    """Thirty customers who all say 8, 7 and 7."""
    answers = {"总体满意度": 8.0, "与期望相比": 7.0, "与理想相比": 7.0}
    rows = [
        {"customer_id": f"C{at:03d}", "item": item, "score": value} | more
        for at in range(30)
        for item, value in answers.items()
    ]
    rows.append({"customer_id": "C000", "item": "清晰度", "score": 10.0})
    return surveys(rows)


def test_three_items_make_the_acsi_index() -> None:
    found = scored({"surveys": three()}, scale="1-10")
    assert found.metrics["index"] == pytest.approx(70.370, abs=5e-4)
    assert scored({"surveys": three()}, scale="1-10", index_weights="ohio").metrics["index"] == pytest.approx(
        70.983, abs=5e-4
    )
    assert found.metrics["respondents"] == 30 and found.metrics["response_rate"] == 0.75
    few = scored({"surveys": three()}, index_weights="first-component")
    assert few.metrics["weights_by"] == "equal" and few.notices[0].code == "satisfaction-weights-equal"
    own = scored({"surveys": three()}, scale="1-10", index_weights="own", own_weights="1, 0, 0")
    assert own.metrics["index"] == pytest.approx(700 / 9)
    with pytest.raises(UsageError, match="own_weights"):
        scored({"surveys": three()}, index_weights="own", own_weights="1, 2")


def test_the_last_answer_in_the_window_counts_and_groups_are_told_apart() -> None:
    rows = [
        {
            "customer_id": f"C{at:03d}",
            "item": "overall",
            "score": 10.0 if at % 2 else 1.0,
            "nps": 10.0 if at % 2 else 0.0,
        }
        for at in range(38)
    ]
    old = [{**row, "score": 5.0, "surveyed_on": date(2024, 1, 5)} for row in rows]
    gone = [{**rows[0], "customer_id": "gone"}, {**rows[0], "customer_id": "C039", "surveyed_on": date(2022, 5, 1)}]
    found = scored({"surveys": surveys(rows + old + gone)})
    assert (group(found, "branch", "north")["index"], group(found, "branch", "south")["index"]) == (0.0, 100.0)
    assert (group(found, "branch", "north")["nps"], group(found, "branch", "south")["nps"]) == (-100.0, 100.0)
    assert group(found, "network", "5G")["respondents"] == 38 and found.metrics["index"] == 50.0
    scores = found.tables["satisfaction_scores"].collect()
    assert scores.height == 40 and scores["surveyed"].sum() == 38
    assert scores.filter(customer_id="C039")["satisfaction"].item() is None
    small = scored({"surveys": surveys(rows[:18])})
    assert group(small, "branch", "north")["withheld"] and group(small, "branch", "north")["index"] is None


def test_gaps_of_items_with_their_intervals() -> None:
    chance = np.random.default_rng(1)
    rows = [
        {
            "customer_id": f"C{at:03d}",
            "item": "coverage",
            "expected": 8.0,
            "perceived": float(np.clip(chance.normal(6.5, 1.0), 1, 10)),
        }
        for at in range(40)
    ]
    found = scored({"surveys": surveys(rows)}, scale="1-10")
    [item] = found.tables["satisfaction_items"].collect().to_dicts()
    assert item["gap_low"] < -1.5 < item["gap_high"] < 0 and item["gap_answers"] == 40 and item["role"] == "overall"
    assert item["performance"] == pytest.approx((item["perceived"] - 1) / 9 * 100)


def test_ratings_of_contacts_stand_in_and_nothing_at_all_is_a_sentence() -> None:
    contacts = pl.LazyFrame(
        {
            "customer_id": [f"C{at:03d}" for at in range(20)],
            "opened_at": [datetime(2024, 5, 3)] * 20,
            "closed_at": [None] * 20,
            "rating": [10.0, 6.0] * 10,
        },
        schema_overrides={"closed_at": pl.Datetime},
    )
    found = scored({"contacts": contacts}, scale="0-10")
    assert found.metrics["source"] == "ratings" and found.metrics["index"] == pytest.approx(80.0)
    assert found.notices[0].code == "satisfaction-ratings"
    with pytest.raises(MissingInputError, match="No customer answered"):
        scored({})
    with pytest.raises(UsageError, match="no column floor"):
        scored({"contacts": contacts}, group_by="floor")


def test_the_order_of_rows_does_not_matter() -> None:
    chance = np.random.default_rng(3)
    rows = [
        {"customer_id": f"C{at:03d}", "item": item, "score": float(chance.integers(1, 11)), "weight": float(at % 3 + 1)}
        for at in range(40)
        for item in ("overall", "signal", "price")
    ]
    one, other = (scored({"surveys": surveys(order)}) for order in (rows, rows[::-1]))
    for name, frame in one.tables.items():
        assert frame.collect().equals(other.tables[name].collect())
