"""What moves satisfaction, what is predicted, what follows, and loyalty, from drawn customers whose truth is known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import UsageError
from telcli.features.loyalty import Full, loyalty_parts
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.score_satisfaction import score_satisfaction
from telcli.tables import contract

JUNE, MARCH = date(2024, 6, 1), date(2024, 3, 1)
ITEMS = {"服务态度": "service", "套餐内容": "product", "资费价格": "price"}


def _people(rows: int = 600) -> tuple[list[str], pl.LazyFrame]:
    ids = [f"C{at:04d}" for at in range(rows)]
    return ids, pl.LazyFrame({"customer_id": ids, "customer_class": ["public", "business"] * (rows // 2)})


def _planted(effects: tuple[float, float, float], seed: int, *, asked: int = 400) -> dict[str, pl.LazyFrame]:
    """Surveys of March in which overall satisfaction is made of three matters; complaints of February move it too."""
    rng = np.random.default_rng(seed)
    ids, customers = _people()
    common = rng.normal(size=len(ids))
    matters = [0.6 * common + 0.8 * rng.normal(size=len(ids)) for _ in ITEMS]
    complaints = rng.poisson(0.7, len(ids))
    noise = rng.normal(size=len(ids))
    overall = 6.5 + sum(e * m for e, m in zip(effects, matters, strict=True)) - sum(effects) * 0.5 * complaints + noise
    rows = []
    for name, values in {
        "总体满意度": overall,
        **dict(zip(ITEMS, (6.5 + 1.5 * m for m in matters), strict=True)),
    }.items():
        rows += [
            {
                "customer_id": one,
                "surveyed_on": date(2024, 3, 15),
                "item": name,
                "score": float(np.clip(round(v), 1, 10)),
            }
            for one, v in zip(ids[:asked], values, strict=False)
        ]
    blank = dict.fromkeys(("expected", "perceived", "nps", "weight"))
    schema = {"customer_id": pl.String, "surveyed_on": pl.Date, "item": pl.String}
    schema |= dict.fromkeys(("score", "expected", "perceived", "nps", "weight"), pl.Float64)
    left = (overall < 5) & (rng.random(len(ids)) < 0.6)
    months = []
    for at, month in enumerate([date(2024, 2, 1), MARCH, date(2024, 4, 1), date(2024, 5, 1), JUNE]):
        gone = left & (at == 4)
        months.append(
            pl.LazyFrame(
                {
                    "customer_id": ids,
                    "month": [month] * len(ids),
                    "active": (~gone).tolist(),
                    "left": gone.tolist(),
                    "revenue": [50.0] * len(ids),
                    "complaints_sum_3": complaints.astype(float).tolist(),
                }
            )
        )
    surveys = pl.LazyFrame([row | blank for row in rows], schema=schema)
    return {"customer_months": pl.concat(months), "customers": customers, "surveys": surveys}


def _scored(tables: dict[str, pl.LazyFrame], as_of: date = JUNE, **settings: Any) -> Outcome:
    found = score_satisfaction(Inputs(tables, as_of), ScoreSatisfactionSettings(scale="1-10", **settings))
    for name, frame in found.tables.items():
        contract(name).schema.validate(frame.collect(), cast=False)
    return found


@pytest.fixture(scope="module")
def planted() -> Outcome:
    return _scored(_planted((1.6, 0.9, 0.35), 1))


def test_the_order_planted_is_found_and_its_reverse_contradicted(planted: Outcome) -> None:
    assert planted.metrics["claim"] == "holds"
    assert planted.metrics["claim_tested"]["basis"] == "answers"
    rows = planted.tables["satisfaction_drivers"].filter(level="theme").collect()
    share = dict(zip(rows["driver"], rows["importance"], strict=True))
    assert share["service"] > share["product"] > share["price"]
    complaints = planted.tables["satisfaction_drivers"].filter(driver="complaints_sum_3").collect().row(0, named=True)
    assert (complaints["theme"], complaints["told_by"], complaints["direction"]) == ("service", "records", "down")
    reverse = _scored(_planted((1.6, 0.9, 0.35), 1), predict="never", claimed_order="price, product, service")
    assert reverse.metrics["claim"] == "contradicted"


def test_of_themes_that_matter_alike_or_not_at_all_nobody_can_tell() -> None:
    alike = _scored(_planted((1.0, 1.0, 1.0), 2), predict="never")
    assert alike.metrics["claim"] == "cannot tell"
    none = _scored(_planted((0.0, 0.0, 0.0), 3), predict="never")
    assert none.metrics["claim"] == "cannot tell"
    assert "satisfaction-drivers-chance" in [notice.code for notice in none.notices]
    assert none.tables["satisfaction_drivers"].collect()["importance"].null_count() > 0


def test_who_was_not_asked_is_predicted_where_that_beats_the_mean(planted: Outcome) -> None:
    scores = planted.tables["satisfaction_scores"].collect()
    told = scores.filter(~pl.col("surveyed"))
    assert set(told["source"]) == {"predicted"}
    assert (told["satisfaction_low"] <= told["satisfaction"]).all()
    assert (told["satisfaction"] <= told["satisfaction_high"]).all()
    assert planted.metrics["gain_low"] > 0
    assert planted.metrics["coverage"] == pytest.approx(0.9, abs=0.05)


def test_predictions_are_held_against_answers_by_tenth_and_groups_have_intervals(planted: Outcome) -> None:
    tenths = planted.tables["satisfaction_calibration"].collect()
    scores = tenths.filter(predicted="satisfaction")
    asked = planted.tables["satisfaction_scores"].filter("surveyed").collect().height
    assert scores["customers"].sum() == asked and scores["expected"].is_sorted() and scores.height >= 8
    assert planted.metrics["calibration_error"] < 2.5 * planted.metrics["calibration_error_chance"]
    index = planted.tables["satisfaction_index"].collect()
    told = planted.tables["satisfaction_scores"].collect()
    assert (index["predicted_low"] <= index["predicted_index"]).all()
    assert index.row(0, named=True)["predicted_index"] == pytest.approx(told["satisfaction"].mean(), abs=1.0)


def test_noise_gives_everybody_the_mean_and_says_so() -> None:
    found = _scored(_planted((0.0, 0.0, 0.0), 4, asked=150))
    told = found.tables["satisfaction_scores"].filter(~pl.col("surveyed")).collect()
    assert set(told["source"]) == {"mean"}
    assert "satisfaction-mean" in [notice.code for notice in found.notices]


def test_those_less_satisfied_leave_later(planted: Outcome) -> None:
    link = planted.metrics["links"]["churn"]
    assert link["difference_low"] > 0
    assert link["adjusted_low"] > 0
    soon = _scored(_planted((1.0, 1.0, 1.0), 2), as_of=MARCH, predict="never")
    assert soon.metrics["followed"] == 0
    assert "satisfaction-no-links" in [notice.code for notice in soon.notices]


def test_what_came_before_the_survey_is_no_consequence() -> None:
    tables = _planted((1.0, 1.0, 1.0), 2)
    ids = [f"C{at:04d}" for at in range(400)]
    opened = {0: datetime(2024, 3, 15, 8), 1: datetime(2024, 3, 16, 8), 2: datetime(2024, 7, 1, 8)}
    contacts = pl.LazyFrame(
        {"customer_id": ids, "opened_at": [opened[at % 3] for at in range(400)], "kind": ["complaint"] * 400}
    )
    found = _scored(tables | {"contacts": contacts}, predict="never")
    rows = found.tables["satisfaction_links"].filter(outcome="complaint").collect()
    assert rows["events"].sum() == sum(at % 3 == 1 for at in range(400))


def test_a_claim_that_names_no_theme_is_refused() -> None:
    with pytest.raises(UsageError, match="claimed_order"):
        _scored(_planted((1.0, 1.0, 1.0), 2), claimed_order="service, luck")


def test_a_claim_of_a_theme_that_nothing_tells_of_says_so(planted: Outcome) -> None:
    found = _scored(_planted((1.6, 0.9, 0.35), 1), predict="never", claimed_order="service, network")
    assert found.metrics["claim"] == "cannot tell"
    (said,) = (notice for notice in found.notices if notice.code == "satisfaction-claim-theme")
    assert said.values["missing"] == "network"
    assert "satisfaction-claim-theme" not in {notice.code for notice in planted.notices}


def test_loyalty_is_the_weighted_mean_of_what_is_known() -> None:
    rows = pl.LazyFrame(
        {
            "customer_id": ["a", "a", "b", "b"],
            "month": [date(2024, 5, 1), JUNE] * 2,
            "active": [True] * 4,
            "tenure_months": [29.0, 30.0, 120.0, 121.0],
            "contract_months_left": [0.5, 12.0, 0.0, 0.0],
            "numbers_held": [1.0, 1.0, 4.0, 4.0],
            "months_overdue": [0.0, 3.0, 0.0, 0.0],
        }
    )
    weights = {"tenure": 1.0, "contract": 1.0, "bundle": 1.0, "payments": 1.0, "renewals": 1.0, "competitor": 5.0}
    found = loyalty_parts(rows, JUNE, Full(), weights, pl.DataFrame({"customer_id": ["a"], "nps": [9.0]}))
    a, b = found.to_dicts()
    assert [a[name] for name in ("tenure", "contract", "bundle", "payments", "renewals")] == [50, 50, 0, 50, 100]
    assert [b[name] for name in ("tenure", "contract", "bundle", "payments", "renewals")] == [100, 0, 100, 100, 50]
    assert (a["loyalty"], b["loyalty"], a["known"]) == (50.0, 70.0, 0.5)
    assert (a["competitor"], a["recommend"], b["recommend"]) == (None, 90.0, None)
