"""A run for an earlier month reads nothing that came after it, and labels are made once in a run."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.predict_churn import predict_churn
from telcli.stages.predict_churn_labels import label_months, labels_at
from telcli.stages.predict_churn_study import Study
from telcli.tables import contract

from .test_predict_churn import monthly
from .test_predict_churn_labels import AS_OF, SNAPSHOTS, operator

THEN = date(2024, 4, 1)
QUICK = {"compare": "quick", "earlier_tests": 1}


def history() -> dict[str, pl.LazyFrame]:
    """A year to June: months, lines that end, one begun in May, complaints, and a label that stands in the extract."""
    tables = monthly(700)
    left = tables["customer_months"].filter("left").collect().sort("customer_id")
    contacts = left.head(60).select(
        pl.col("customer_id"),
        contact_id=pl.int_range(60).cast(pl.String),
        opened_at=pl.col("month").cast(pl.Datetime("us")),
        kind=pl.lit("complaint"),
        topic=pl.lit("资费争议"),
    )
    lines = pl.DataFrame(
        {
            "subscription_id": left["customer_id"] + "/1",
            "customer_id": left["customer_id"],
            "activated_on": [date(2023, 1, 1)] * (left.height - 1) + [date(2024, 5, 2)],
            "ended_on": left["month"].dt.offset_by("8d"),
            "end_reason": "port-out",
            "pay_mode": "postpaid",
        }
    )
    people = tables["customers"].collect().with_columns(churned=pl.lit(None, pl.Boolean))
    more = {"contacts": contacts, "subscriptions": lines, "customers": people}
    return {**tables, **{name: contract(name).conform(frame.lazy()).collect().lazy() for name, frame in more.items()}}


def cut(tables: dict[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """The same, as an extract of April has it."""
    known = pl.col("ended_on") < date(2024, 5, 1)
    ends = [pl.when(known).then(pl.col(name)) for name in ("ended_on", "end_reason")]
    return {
        **tables,
        "customer_months": tables["customer_months"].filter(pl.col("month") <= THEN),
        "contacts": tables["contacts"].filter(pl.col("opened_at") < datetime(2024, 5, 1)),
        "subscriptions": tables["subscriptions"].filter(pl.col("activated_on") <= THEN).with_columns(ends),
    }


def run(tables: dict[str, pl.LazyFrame], **settings: Any) -> Outcome:
    return predict_churn(Inputs(tables, THEN), PredictChurnSettings(**{**QUICK, **settings}))


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"churn_level": "number", "return_days": 30}])
def test_a_run_for_april_is_the_same_whatever_came_in_may_and_june(settings: dict[str, Any]) -> None:
    tables = history()
    now, then = run(tables, **settings), run(cut(tables), **settings)
    assert set(now.tables) == set(then.tables) >= {"churn_scores", "churn_by", "churn_tenure", "churn_cohorts"}
    for name, frame in now.tables.items():
        assert frame.collect().equals(then.tables[name].collect()), name
    assert now.metrics == then.metrics
    assert now.notices == then.notices
    assert max(now.tables["churn_register"].collect()["month"]) == THEN


def test_leavings_that_came_later_do_not_make_a_labelled_month_one_of_months() -> None:
    """Nobody left by the first month: its label tells, whoever leaves in the months after."""
    tables = history()
    months = tables["customer_months"]
    first = months.filter(pl.col("month") == months.select(pl.col("month").min()).collect().item()).collect()
    labels = [at % 3 == 0 for at in range(tables["customers"].collect().height)]
    tables |= {"customers": tables["customers"].collect().with_columns(churned=pl.Series(labels)).lazy()}
    asked = Inputs(tables, first["month"][0])
    now = predict_churn(asked, PredictChurnSettings(**QUICK))
    assert now.metrics["split"] == "cross-validation"
    assert now.tables["churn_by"].collect()["months"].is_null().all()


LEVELS = ("customer", "account", "number")


@pytest.mark.parametrize("level", LEVELS)
def test_labels_of_a_few_customers_are_those_of_all(level: str) -> None:
    accounts = [f"a{at // 3}" for at in range(400)]
    asked = Study(Inputs(operator(account_id=accounts), AS_OF), PredictChurnSettings(churn_level=level), AS_OF)
    ids = pl.Series([f"c{at:04d}" for at in range(0, 400, 7)])
    whole = labels_at(asked, SNAPSHOTS)
    few = labels_at(asked, SNAPSHOTS, ids)
    assert few.equals(whole.filter(pl.col("customer_id").is_in(ids.implode())))
    label_months(asked, SNAPSHOTS[:1])
    assert labels_at(asked, SNAPSHOTS, ids).equals(few)


def test_a_month_is_labelled_once_in_a_run() -> None:
    asked = Study(Inputs(operator(), AS_OF), PredictChurnSettings(), AS_OF)
    rows = label_months(asked, SNAPSHOTS).rows
    asked.inputs.tables.clear()  # type: ignore[attr-defined]
    assert labels_at(asked, SNAPSHOTS).equals(rows)
    assert labels_at(asked.by({}), SNAPSHOTS[:1]).equals(rows.filter(pl.col("month") == SNAPSHOTS[0]))
    with pytest.raises(KeyError):
        labels_at(asked.by({"outcome_months": 1}), SNAPSHOTS)
