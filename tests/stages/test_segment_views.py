"""The business views beside the segments: the same customers, groups that add up, and flat tables."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import UsageError
from telcli.features.view_words import REASONS
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.segment import segment
from telcli.stages.segment_views import view_groups
from tests.stages.test_segment import AS_OF, customers_of, months_of, out, planted

ROWS = 360


def run(settings: dict[str, Any] | None = None, choices: dict[str, Any] | None = None, **tables: Any) -> Outcome:
    frame, _ = planted()
    classes = ["public", "business", "key"] * (ROWS // 3)
    given = {"customer_months": months_of(frame), "customers": customers_of(frame, customer_class=classes), **tables}
    return segment(
        Inputs(given, AS_OF, choices=choices or {}), SegmentSettings(n_segments=1, max_segments=2, **(settings or {}))
    )


@pytest.fixture(scope="module")
def found() -> Outcome:
    ids = planted()[0]["customer_id"]
    payments = pl.LazyFrame(
        {
            "payment_id": [str(n) for n in range(4 * ROWS)],
            "customer_id": [*ids] * 4,
            "paid_at": [datetime(2024, month, 1 + n % 28) for month in (3, 4, 5, 6) for n in range(ROWS)],
            "amount": [9.0] * 4 * ROWS,
            "channel": (["app"] * 200 + ["store"] * 160) * 4,
        }
    )
    lines = pl.LazyFrame({"subscription_id": ids, "customer_id": ids, "pay_mode": ["prepaid", "postpaid"] * 180})
    return run(payments=payments, subscriptions=lines)


def test_the_same_customers_and_tiers_as_segments(found: Outcome) -> None:
    segments, views = out(found, "segments"), out(found, "customer_views")
    for name in ("customer_id", "as_of", "lifecycle_stage", "consumption_tier"):
        assert segments[name].equals(views[name]), name
    assert (views["account_class"] == "key").sum() >= 120
    assert views["own_groups"].null_count() == ROWS


def test_who_uses_nothing_or_next_to_nothing_is_told() -> None:
    """Of 360: 30 used nothing for 3 months, 30 nothing this month, 30 hardly anything; 30 tell of calls alone."""
    frame, _ = planted()
    months = months_of(frame).collect().with_columns(place=pl.col("customer_id").str.slice(1).cast(pl.Int64))
    place, now = pl.col("place"), pl.col("month") == AS_OF
    late = pl.col("month") >= AS_OF.replace(month=4)
    silent = ((place < 30) & late) | (place.is_between(30, 59) & now)
    small, calls = place.is_between(60, 89) & now, place.is_between(90, 119) & now
    months = months.with_columns(
        call_minutes=pl.when(silent | calls).then(0.0).when(small).then(3.0).otherwise("call_minutes"),
        data_mb=pl.when(silent).then(0.0).when(small).then(2.0).when(~calls).then("data_mb"),
    )
    views = out(run(customer_months=months.drop("place").lazy()), "customer_views")
    assert views["use_level"].to_list() == (
        ["without"] * 30 + ["zero"] * 30 + ["very-low"] * 30 + [None] * 30 + ["in-use"] * 240
    )


def test_customers_are_scored_beside_their_flags(found: Outcome) -> None:
    views = out(found, "customer_views")
    for flag, score in (("profitable", "profit"), ("loyal", "loyalty"), ("strategic", "strategic")):
        named = f"{score}_score"
        assert views[named].null_count() == 0
        assert ((views[named] >= 50) == views[flag]).all(), named
    assert views["profit_score"].n_unique() > 300
    assert views["loyalty_score"].n_unique() > 300


def test_groups_of_a_view_add_up_to_everybody(found: Outcome) -> None:
    groups, views = out(found, "view_groups"), out(found, "customer_views")
    assert set(groups["view_name"]) == set(REASONS)
    for (view,), rows in groups.group_by("view_name"):
        assert rows["customers"].sum() == ROWS, view
        assert rows["customer_share"].sum() == pytest.approx(1)
        assert rows["revenue_share"].sum() == pytest.approx(1)
        assert (rows["value_index"] * rows["customer_share"]).sum() == pytest.approx(1)
    key = groups.filter((pl.col("view_name") == "account_class") & (pl.col("reason") == "told-key")).row(0, named=True)
    assert key["customers"] == (views["account_reason"] == "told-key").sum() == 120
    assert key["meaning"] == "key account: marked as a key account in the CRM"
    assert key["meaning_zh"] == "大客户：CRM 已标为大客户"
    assert sum(found.metrics["views"]["online"].values()) == pytest.approx(1)


def test_a_group_of_everybody_has_no_more_than_the_whole_revenue(found: Outcome) -> None:
    views = out(found, "customer_views")
    for seed in range(9):
        people: Any = SimpleNamespace(revenue=np.random.default_rng(seed).normal(70, 25, ROWS), churned=None)
        shares = view_groups(views, pl.DataFrame(), people, AS_OF)["revenue_share"]
        assert shares.max() == pytest.approx(1)
        assert shares.max() <= 1


def test_channels_and_ways_of_paying_reach_the_views(found: Outcome) -> None:
    views = out(found, "customer_views")
    assert views["online"].to_list() == [True] * 200 + [False] * 160
    assert views["rfm_variant"].to_list() == ["prepaid", "postpaid"] * 180
    assert views.filter(rfm_variant="prepaid")["tenure_score"].null_count() == 180
    assert views["recency"].min() == 1


def test_costs_of_score_value_decide_who_is_an_exit_candidate() -> None:
    dear = run({"exit_months": 2}, {"margin_rate": 0.0})
    views = out(dear, "customer_views")
    kept = views.filter(pl.col("account_class") == "key")
    assert not kept["exit_candidate"].any()
    assert views.filter(pl.col("account_class") != "key")["exit_candidate"].all()
    assert views.filter("exit_candidate")["exit_remedy"].unique().to_list() == ["re-plan"]
    free = out(run(), "customer_views")
    assert not free["exit_candidate"].any()


def test_order_of_rows_does_not_matter(found: Outcome) -> None:
    frame, _ = planted()
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    classes = dict(zip(frame["customer_id"], ["public", "business", "key"] * 120, strict=True))
    customers = customers_of(shuffled, customer_class=[classes[one] for one in shuffled["customer_id"]])
    again = run(customer_months=months_of(shuffled), customers=customers)
    plain = run()
    for table in ("customer_views", "view_groups"):
        assert out(again, table).equals(out(plain, table))


def test_a_flat_table_without_bills_use_or_tenure_invents_nothing() -> None:
    people = pl.LazyFrame(
        {
            "customer_id": [f"C{n:03d}" for n in range(60)],
            "churned": [n % 3 == 0 for n in range(60)],
            "x_Score": [float(n * n % 37) for n in range(60)],
        }
    )
    bare = pl.DataFrame({"customer_id": [f"C{n:03d}" for n in range(60)], "month": [AS_OF] * 60})
    months = months_of(bare.drop("month").with_columns(tenure_months=pl.lit(None, dtype=pl.Float64)))
    one = months.filter(pl.col("month") == AS_OF)
    outcome = segment(Inputs({"customer_months": one, "customers": people}, AS_OF), SegmentSettings(max_segments=3))
    views, groups = out(outcome, "customer_views"), out(outcome, "view_groups")
    stayed = views.filter(pl.col("lifecycle_stage") != "churned")
    for view, reason in REASONS.items():
        assert set(stayed[reason]) == {"not-known"}, view
        if view != "lifecycle_stage":
            assert stayed[view].null_count() == stayed.height, view
    assert groups["revenue_share"].null_count() == groups.height
    gone = groups.filter((pl.col("view_name") == "lifecycle_stage") & (pl.col("group_name") == "churned"))
    by_label = groups.filter(pl.col("view_name").is_in(["lifecycle_stage", "exit_candidate"]))
    assert by_label.height == 4
    assert by_label["churn_rate"].null_count() == 4, "the label made these groups"
    (online,) = groups.filter(view_name="online")["churn_rate"].to_list()
    assert online == pytest.approx(1 / 3)
    assert gone["reason"].to_list() == ["labelled"]
    assert gone["meaning"].to_list() == ["churned: the label of the extract says that they left"]
    left = views.filter(pl.col("lifecycle_stage") == "churned")
    assert set(left["exit_reason"]) == {"left"}
    assert set(left["loyalty_reason"]) == {"not-known"}, "the label came afterwards"


def test_crossing_amounts_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        run({"high_tier_revenue": 10.0, "low_tier_revenue": 20.0})
    assert caught.value.code == "tier-amounts-cross"
    views = out(run({"high_tier_revenue": 100.0, "low_tier_revenue": 50.0}), "customer_views")
    revenue = planted()[0]["revenue"]
    expected = ["high" if one >= 100 else "low" if one < 50 else "mid" for one in revenue]
    assert views["consumption_tier"].to_list() == expected


def test_payments_of_other_months_alone_are_no_error() -> None:
    later = {"payment_id": ["1"], "customer_id": ["C00000"], "paid_at": [datetime(2024, 9, 1)], "amount": [5.0]}
    views = out(run(payments=pl.LazyFrame(later)), "customer_views")
    assert views["online"].null_count() == ROWS
    assert set(views["online_reason"]) == {"not-known"}
