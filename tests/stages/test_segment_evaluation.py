"""telcli segment, tried on an earlier month: what it told of who left since and of what they brought, and no more."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.features.lifecycle import LifecycleRules
from telcli.features.margin_parts import Rates
from telcli.methods.cluster_count import Candidate, Tried
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.segment import segment
from telcli.stages.segment_count import Grouping, Segmented, by_measure
from telcli.stages.segment_people import gather
from telcli.stages.segment_trial import Trial, trial
from telcli.tables import contract
from tests.stages.test_segment import AS_OF, MONTHS, brief, customers_of, flat, months_of, out, planted

MARCH = MONTHS[2]
UNTOLD = "segment-leaving-unknown"
RATES = {"young": 0.5, "voice": 0.1, "old": 0.05}


def leaving(rates: dict[str, float] = RATES) -> tuple[pl.DataFrame, dict[str, date]]:
    """Six months of the planted base, of which some leave in April, May or June; and who when."""
    frame, truth = planted()
    random = np.random.default_rng(5)
    goes = [bool(random.random() < rates[kind]) for kind in truth]
    months = [MONTHS[3 + int(random.integers(3))] for _ in truth]
    when = {name: month for name, month, go in zip(frame["customer_id"], months, goes, strict=True) if go}
    columns = {"customer_id": pl.String, "goes": pl.Date}
    last = pl.DataFrame({"customer_id": list(when), "goes": list(when.values())}, schema=columns)
    rows = months_of(frame).collect().join(last, on="customer_id", how="left")
    gone = (pl.col("month") == pl.col("goes")).fill_null(value=False)
    kept = rows.filter((pl.col("month") <= pl.col("goes")).fill_null(value=True))
    return kept.with_columns(left=gone, active=~gone, revenue=pl.when(~gone).then("revenue")).drop("goes"), when


def run(months: pl.DataFrame, as_of: date = AS_OF, **settings: Any) -> Outcome:
    people = customers_of(planted()[0])
    tables = {"customer_months": contract("customer_months").conform(months.lazy()), "customers": people}
    return segment(Inputs(tables, as_of), brief(**settings))


@pytest.fixture(scope="module")
def found() -> Outcome:
    return run(leaving()[0])


def rows(outcome: Outcome, kind: str) -> dict[str, dict[str, Any]]:
    """Rows of one outcome by the planted kind that the segment's name tells."""
    words = {"short tenure": "young", "voice": "voice", "long tenure": "old"}
    told = out(outcome, "segment_evaluation").filter(outcome=kind).to_dicts()
    return {next(planted for word, planted in words.items() if word in row["segment_name"]): row for row in told}


def test_churn_by_segment_is_that_of_the_customers_of_then(found: Outcome) -> None:
    _, truth = planted()
    when = leaving()[1]
    names = planted()[0]["customer_id"].to_list()
    for kind, row in rows(found, "churn").items():
        members = [name for name, one in zip(names, truth, strict=True) if one == kind]
        assert row["measured_on"] == MARCH
        assert row["customers"] == pytest.approx(120, abs=3)
        assert row["rate_or_mean"] == pytest.approx(np.mean([name in when for name in members]), abs=0.02)
        assert row["lift"] == pytest.approx(row["rate_or_mean"] / (len(when) / 360))
    assert set(rows(found, "churn")) == set(RATES)


def test_value_counts_months_after_leaving_as_nothing(found: Outcome) -> None:
    months, when = leaving()
    later = months.filter(pl.col("month") > MARCH)
    mean = later["revenue"].sum() / 3 / 360
    told = found.metrics["evaluation"]["value"]
    assert told["mean"] == pytest.approx(mean)
    assert told["customers"] == 360
    assert len(when) > 50
    table = out(found, "segment_evaluation").filter(outcome="value")
    assert (table["rate_or_mean"] * table["customers"]).sum() == pytest.approx(mean * 360)


def test_the_summary_says_what_was_measured_on_what(found: Outcome) -> None:
    told = found.metrics["evaluation"]
    assert (told["by"], told["month"], told["window"]) == ("later months", "2024-03", ["2024-04", "2024-06"])
    assert (told["customers"], told["k"]) == (360, 3)
    assert told["left_out"] == ["plan_fee"]
    for outcome in ("churn", "value"):
        about = told[outcome]
        assert about["p_value"] == 0.001
        assert about["information_gain"] > 10 * about["chance_gain"] > 0
        assert 0 < about["gain_ratio"] < 1
        assert 0.2 < about["cramers_v"] <= 1
        assert about["lowest_lift"] < 1 < about["highest_lift"]
    assert found.metrics["information_gain"] == told["churn"]["information_gain"]


def test_those_who_leave_at_random_are_told_by_no_segment() -> None:
    about = run(leaving(dict.fromkeys(RATES, 0.3))[0]).metrics["evaluation"]["churn"]
    assert about["information_gain"] > 0
    assert about["p_value"] > 0.05


def test_segments_of_then_know_nothing_of_later_months(found: Outcome) -> None:
    months, _ = leaving()
    wild = pl.when(pl.col("month") > MARCH).then(pl.col("data_mb") * 0 + 7)
    changed = months.with_columns(
        wild.otherwise(pl.col(name)).alias(name) for name in ("data_mb", "data_mb_mean_3", "call_minutes")
    )
    table = out(run(changed), "segment_evaluation")
    same = ["outcome", "segment", "customers", "rate_or_mean"]
    assert table.select(same).equals(out(found, "segment_evaluation").select(same))


@pytest.mark.slow
def test_a_column_that_is_overwritten_today_tells_nothing_of_who_left() -> None:
    """Who stayed has another plan by now; where it is on record what plans were then, the same column may tell."""
    months, when = leaving(dict.fromkeys(RATES, 0.3))
    fee = pl.when(pl.col("customer_id").is_in(list(when))).then(10.0).otherwise(90.0)
    since = pl.lit(MONTHS[0]).alias("valid_from")
    lines = months.select("customer_id", since, subscription_id="customer_id").unique("customer_id").lazy()
    tables = {"customer_months": months.with_columns(plan_fee=fee).lazy(), "customers": customers_of(planted()[0])}
    told = []
    for more in ({}, {"subscriptions": contract("subscriptions").conform(lines)}):
        outcome = segment(Inputs({**tables, **more}, AS_OF), brief(6))
        told.append(outcome.metrics["evaluation"])
    assert [one["left_out"] for one in told] == [["plan_fee"], []]
    assert told[0]["churn"]["p_value"] > 0.05
    assert told[0]["churn"]["information_gain"] < 0.1
    assert told[1]["churn"]["information_gain"] > 0.8


def trial_of(months: pl.DataFrame) -> Trial:
    tables = {"customer_months": contract("customer_months").conform(months.lazy())}
    people = gather({**tables, "customers": customers_of(planted()[0])}, AS_OF, LifecycleRules.of(SegmentSettings()))
    values = people.values[:, : len(people.behaviour)]
    preparation = BehaviourPreparation().fit(values)
    prepared = preparation.transform(values)
    grouping = Grouping(np.zeros(len(values), np.int32), prepared.mean(axis=0, keepdims=True), "alone")
    tiers = pl.Series(["middle"] * len(values))
    found = trial(tables, Segmented(AS_OF, people, preparation, prepared, grouping, tiers), SegmentSettings(), Rates())
    assert found is not None
    return found


def test_customers_of_then_are_prepared_by_their_own_month() -> None:
    months, _ = leaving()
    today = pl.col("month") == AS_OF
    changed = months.with_columns(
        pl.when(today).then(pl.col("call_minutes") ** 3 + 1e6).otherwise("call_minutes").alias("call_minutes"),
        pl.when(today).then(pl.col("tenure_months") * 0 + 5).otherwise("tenure_months").alias("tenure_months"),
        *(
            pl.when(~today).then(pl.col(name)).alias(name)
            for name in ("data_mb", "data_mb_mean_3", "call_minutes_mean_3")
        ),
        texts=pl.when(today).then(pl.col("revenue")),
    )
    assert np.array_equal(trial_of(changed).prepared, trial_of(months).prepared)


def test_months_after_the_snapshot_change_nothing() -> None:
    months, _ = leaving()
    may = date(2024, 5, 1)
    whole, cut = (
        run(rows, may, evaluation_months=2, algorithm="kmeans")
        for rows in (months, months.filter(pl.col("month") <= may))
    )
    assert whole.metrics == cut.metrics
    assert whole.metrics["evaluation"]["window"] == ["2024-04", "2024-05"]
    for name in cut.tables:
        assert out(whole, name).equals(out(cut, name)), name


def test_value_is_a_mean_of_the_months_that_are_known_of_the_customer() -> None:
    """A last bill that is not loaded yet takes nothing from who stayed; a month after leaving does."""
    months, when = leaving()
    stayed = next(name for name in months["customer_id"].to_list() if name not in when)
    gone = next(name for name, month in when.items() if month == MONTHS[4])
    late = (pl.col("customer_id") == stayed) & (pl.col("month") == AS_OF)
    found = trial_of(months.with_columns(revenue=pl.when(~late).then("revenue")))
    value = dict(zip(found.customers, found.value, strict=True))
    bill = dict(months.filter(month=MONTHS[3]).select("customer_id", "revenue").iter_rows())
    assert value[stayed] == pytest.approx(bill[stayed])
    assert value[gone] == pytest.approx(bill[gone] / 3)
    unbilled = trial_of(months.with_columns(revenue=pl.when(pl.col("month") <= MARCH).then("revenue")))
    assert np.isnan(unbilled.value).all()


@pytest.mark.parametrize(("as_of", "asked", "month"), [(5, 3, 2), (2, 3, 1), (6, 1, 5), (3, 24, 1)])
def test_it_goes_back_as_far_as_asked_and_as_history_reaches(as_of: int, asked: int, month: int) -> None:
    outcome = run(leaving()[0], date(2024, as_of, 1), evaluation_months=asked)
    assert outcome.metrics["evaluation"]["month"] == f"2024-{month:02d}"
    assert out(outcome, "segment_evaluation")["measured_on"].unique().to_list() == [date(2024, month, 1)]


@pytest.mark.parametrize("settings", [{"evaluation_months": 0}, {"n_segments": 1}])
def test_nothing_to_measure(settings: dict[str, int]) -> None:
    outcome = run(leaving()[0], **settings)
    assert outcome.metrics["evaluation"] is None
    assert outcome.metrics["information_gain"] is None
    assert out(outcome, "segment_evaluation").height == 0


def test_few_customers_then_are_not_measured_on() -> None:
    months = leaving()[0].filter((pl.col("month") > MARCH) | (pl.col("customer_id") < "C00020"))
    assert run(months).metrics["evaluation"] is None


@pytest.mark.slow
def test_nobody_left_in_the_months_after() -> None:
    """One who left before shows that leaving is on record: nobody after the month is a rate of nothing."""
    months, _ = leaving(dict.fromkeys(RATES, 0.0))
    gone = months.filter((pl.col("month") == MONTHS[0]) & (pl.col("customer_id") == "C00000"))
    before = gone.with_columns(customer_id=pl.lit("Z"), left=pl.lit(value=True), active=pl.lit(value=False))
    outcome = run(pl.concat([months, before]))
    about = outcome.metrics["evaluation"]["churn"]
    assert (about["rate"], about["information_gain"], about["p_value"]) == (0.0, 0.0, 1.0)
    assert out(outcome, "segment_evaluation").filter(outcome="churn")["lift"].null_count() == 3
    assert UNTOLD not in [notice.code for notice in outcome.notices]


def test_where_no_leaving_is_on_record_churn_is_not_known() -> None:
    outcome = run(leaving(dict.fromkeys(RATES, 0.0))[0])
    assert "churn" not in outcome.metrics["evaluation"]
    assert outcome.metrics["information_gain"] is None
    assert set(out(outcome, "segment_evaluation")["outcome"]) == {"value"}
    assert UNTOLD in [notice.code for notice in outcome.notices]
    assert out(outcome, "segment_counts")["information_gain"].is_null().all()


@pytest.mark.slow
def test_value_is_margin_where_a_cost_is_set_and_says_so(found: Outcome) -> None:
    """A rate alone scales revenue; a cost of lines is taken off what each brings, and not of months after leaving."""
    months, when = leaving()
    people = customers_of(planted()[0])
    lined = months.with_columns(numbers_held=pl.lit(2.0))
    tables = {"customer_months": contract("customer_months").conform(lined.lazy()), "customers": people}

    def valued(choices: dict[str, Any], **settings: Any) -> dict[str, Any]:
        outcome = segment(Inputs(tables, AS_OF, choices=choices), brief(3, **settings))
        told: dict[str, Any] = outcome.metrics["evaluation"]["value"]
        table = out(outcome, "segment_evaluation")
        assert set(table.filter(outcome="value")["measure"]) == {told["measure"]}
        assert set(table.filter(outcome="churn")["measure"]) == {"left"}
        return told

    plain = valued({"margin_rate": 1.0, "cost_per_contact": 0.0})
    assert plain["measure"] == found.metrics["evaluation"]["value"]["measure"] == "revenue"
    assert plain["mean"] == pytest.approx(found.metrics["evaluation"]["value"]["mean"])
    half = valued({"margin_rate": 0.5})
    assert (half["measure"], half["mean"]) == ("margin", pytest.approx(plain["mean"] / 2))
    assert half["highest_lift"] == pytest.approx(plain["highest_lift"])
    dear = valued({"line_cost": 3.0})
    billed = months.filter((pl.col("month") > MARCH) & pl.col("revenue").is_not_null()).height
    assert len(when) > 50
    assert dear["measure"] == "margin"
    assert dear["mean"] == pytest.approx(plain["mean"] - 2 * 3.0 * billed / 3 / 360)


def test_one_month_is_measured_by_its_label() -> None:
    months, people = flat()
    left = pl.Series([n % 7 == 0 for n in range(300)])
    tables = {"customer_months": months, "customers": people.with_columns(churned=left)}
    outcome = segment(Inputs(tables, AS_OF), brief(2))
    told = outcome.metrics["evaluation"]
    assert (told["by"], told["month"], told["window"]) == ("label", "2024-06", None)
    assert told["churn"]["information_gain"] == outcome.metrics["information_gain"]
    assert told["churn"]["information_gain"] == outcome.metrics["about_churn"]["information_gain"]
    assert "value" not in told
    profiles = dict(out(outcome, "segment_profiles").select("segment_name", "churn_rate").iter_rows())
    table = out(outcome, "segment_evaluation")
    assert dict(table.select("segment_name", "rate_or_mean").iter_rows()) == pytest.approx(profiles)
    unlabelled = segment(Inputs({"customer_months": months, "customers": people}, AS_OF), brief(2))
    assert unlabelled.metrics["evaluation"] is None


def test_segments_that_became_none_of_today_are_called_by_month_and_number() -> None:
    months, _ = leaving()
    strange = months.with_columns(
        customer_id=pl.when(pl.col("month") == AS_OF).then(pl.lit("N") + pl.col("customer_id")).otherwise("customer_id")
    )
    table = out(run(strange), "segment_evaluation").filter(outcome="churn")
    assert table["segment_name"].to_list() == [f"Segment {place} of 2024-03" for place in (1, 2, 3)]
    assert table["segment_name_zh"].to_list() == [f"2024-03客群{place}" for place in (1, 2, 3)]


def test_such_a_segment_is_said_to_be_mostly_of_one_of_today() -> None:
    outcome = run(leaving()[0], name_overlap=1.0)
    today = set(out(outcome, "segment_profiles")["segment_name"])
    told = out(outcome, "segment_evaluation").filter(outcome="churn")
    ends = [name.partition(", most of it now in: ") for name in told["segment_name"]]
    assert [start for start, _, _ in ends] == [f"Segment {place} of 2024-03" for place in (1, 2, 3)]
    assert {end for _, _, end in ends} == today
    assert all("（现多属" in name for name in told["segment_name_zh"])


@pytest.mark.slow
def test_each_number_of_segments_is_measured_too() -> None:
    outcome = run(leaving()[0], n_segments=0, max_segments=4)
    table = out(outcome, "segment_counts")
    assert table["k"].to_list() == [2, 3, 4]
    assert table.filter("recommended")["k"].to_list() == [outcome.metrics["k"]]
    assert (table["information_gain"] > table["chance_gain"]).all()
    assert table["chance_gain"].is_sorted()
    assert [one["information_gain"] for one in outcome.metrics["k_table"]] == table["information_gain"].to_list()


def test_of_what_a_number_tells_counts_what_is_above_chance() -> None:
    """More segments always tell more of a label; here four tell no more than chance would."""
    tried = Tried([Candidate(k, 9.0 / k, 0.5, 1.0, 9.0, 0.9, 0.2) for k in (2, 3, 4)])
    grouping = Grouping(np.zeros(9, np.int32), np.zeros((3, 1)), "chosen", tried)
    gains = {2: (0.10, 0.01), 3: (0.20, 0.05), 4: (0.30, 0.29)}
    assert by_measure(grouping, gains)["information_gain"] == 3
    assert by_measure(grouping, {2: (0.10, 0.01), 3: (0.11, 0.03), 4: (0.12, 0.06)})["information_gain"] == 2
    assert "information_gain" not in by_measure(grouping, {2: (0.1, 0.1), 3: (0.2, 0.3)})


@pytest.mark.slow
def test_the_number_asked_for_has_a_row_beside_the_one_recommended() -> None:
    asked = out(run(leaving()[0]), "segment_counts")
    assert asked.select("k", "recommended", "in_use").rows() == [(2, True, False), (3, False, True)]
    alone = out(run(leaving()[0], n_segments=1), "segment_counts").row(0, named=True)
    assert (alone["k"], alone["silhouette"], alone["recommended"], alone["in_use"]) == (1, None, False, True)
