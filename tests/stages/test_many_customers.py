"""What stages tell of many customers is what they tell where all of them are worked on at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from telcli.features import ranges
from telcli.features.churn_design import ChurnDesign, Feature
from telcli.features.customer_month import customer_months
from telcli.features.survey import evidence, span_of
from telcli.settings import PredictChurnSettings, ScoreValueSettings, SegmentSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn_read import people_at
from telcli.stages.predict_churn_study import Study
from telcli.stages.score_value import score_value
from telcli.stages.segment import segment
from tests.features.operators import Tables, random_operator

CUSTOMERS, AS_OF = 120, date(2024, 5, 1)


@pytest.fixture(scope="module")
def operator() -> Tables:
    """Months, lines and bills of a few hundred customers, in memory and in the order of the files."""
    tables = random_operator(7, customers=CUSTOMERS)
    months = customer_months(tables, span_of(evidence(tables))).collect().sort("customer_id", "month")
    return {**tables, "customer_months": months.lazy()}


def apart(work: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """What comes of some work with all customers at once, and with a few at a time."""
    whole = work()
    monkeypatch.setattr(ranges, "MOST", CUSTOMERS // 9)
    return whole, work()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "settings"),
    [(segment, SegmentSettings(n_segments=3, algorithm="kmeans")), (score_value, ScoreValueSettings())],
)
def test_tables_are_the_same(
    stage: Callable[[Inputs, Any], Outcome], settings: Any, operator: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, some = apart(lambda: stage(Inputs(operator, AS_OF, seed=1), settings), monkeypatch)
    assert whole.metrics == some.metrics
    assert whole.notices == some.notices
    for name, rows in whole.tables.items():
        assert_frame_equal(rows, some.tables[name], check_exact=True)


def test_everyone_at_the_snapshot_is_read(operator: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study(Inputs(operator, AS_OF), PredictChurnSettings(), AS_OF)
    kinds = {"revenue": "number", "data_mb": "number", "plan_id": "category", "pay_mode": "category"}
    design = ChurnDesign(tuple(Feature(name, kind) for name, kind in kinds.items()), {})
    whole, some = apart(lambda: people_at(study, design), monkeypatch)
    assert whole.height > CUSTOMERS // 2
    assert whole["customer_id"].is_sorted()
    assert_frame_equal(whole, some, check_exact=True)
    assert {*whole.columns} == {"customer_id", "month", "revenue_mean_3", *kinds}
