"""score-value on small hand-worked months and on one flat table; what it says when something is missing."""

import json
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.settings import resolve
from telcli.stages import Inputs
from telcli.stages.score_value import score_value
from telcli.stages.score_value_backtest import failed
from telcli.stages.score_value_notes import about_customers
from telcli.tables import contract

JUNE = date(2024, 6, 1)
EMPTY = {"customer_id": pl.String, "month": pl.Date, "active": pl.Boolean, "left": pl.Boolean}


def month(number):
    """Months counted back from June 2024: 0 is June."""
    place = 2024 * 12 + 5 - number
    return date(place // 12, place % 12 + 1, 1)


def rows(customer, revenue, tenure=0, left=False):
    """One customer's months, ending in June or, for one who left, where told."""
    last = len(revenue) - 1
    return [
        {
            "customer_id": customer,
            "month": month(last - place + (left or 0)),
            "active": not (left is not False and place == last),
            "left": left is not False and place == last,
            "tenure_months": None if tenure is None else float(tenure + place),
            "revenue": amount,
            "contacts": 1.0,
        }
        for place, amount in enumerate(revenue)
    ]


def asked(**values):
    return resolve("score-value", values, environ={}).values


def run(lines, customers=None, subscriptions=None, as_of=JUNE, **values):
    schema = {"tenure_months": pl.Float64, "revenue": pl.Float64, "contacts": pl.Float64}
    tables = {"customer_months": pl.LazyFrame(lines, schema=EMPTY | schema)}
    if customers is not None:
        tables["customers"] = pl.LazyFrame(customers, schema={"customer_id": pl.String, "churned": pl.Boolean})
    if subscriptions is not None:
        lines_held = [{"subscription_id": f"s{place}", **line} for place, line in enumerate(subscriptions)]
        tables["subscriptions"] = pl.LazyFrame(lines_held)
    outcome = score_value(Inputs(tables, as_of), asked(**{"score_by": "lifetime"} | values))
    json.dumps(outcome.metrics, allow_nan=False)
    made = {name: contract(name).require(table).collect() for name, table in outcome.tables.items()}
    return made["value_scores"], made["survival_curve"], outcome


def codes(outcome):
    return {notice.code for notice in outcome.notices}


def flat(tenures, churned, revenue=10.0):
    names = [f"c{place:04d}" for place in range(len(tenures))]
    lines = [line for name, tenure in zip(names, tenures, strict=True) for line in rows(name, [revenue], tenure)]
    return lines, [{"customer_id": name, "churned": label} for name, label in zip(names, churned, strict=True)]


def test_by_hand():
    # tenure 1: four at risk, one leaves; tenure 2: three at risk, none leaves
    lines = rows("a", [10.0] * 3) + rows("b", [20.0] * 3) + rows("c", [40.0] * 3) + rows("d", [5.0] * 2, left=1)
    scores, curve, outcome = run(lines, horizon_months=2, discount_rate=0.0, min_at_risk=1)
    assert curve["at_risk"].to_list() == [4.0, 4.0, 3.0]
    assert curve["left"].to_list() == [0.0, 1.0, 0.0]
    assert curve["survival"].to_list() == [1.0, 0.75, 0.75]
    assert scores["customer_id"].to_list() == ["a", "b", "c"]
    assert scores["current_value"].to_list() == [30.0, 60.0, 120.0]
    assert scores["expected_months"].to_list() == [2.0] * 3
    assert scores["retention_value"].to_list() == [20.0, 40.0, 80.0]  # the tail is tenure 2, where nobody left
    assert scores["value_tier"].to_list() == ["bronze", "silver", "gold"]
    assert scores["incremental_value"].null_count() == 3
    assert outcome.metrics["lifetime_value_total"] == 350.0
    assert outcome.metrics["margin_basis"] == "revenue"
    assert {"value-is-revenue", "value-short-history", "value-no-incremental", "value-no-backtest"} <= codes(outcome)


def test_retention_is_conditional_on_tenure_and_discounted():
    lines = rows("young", [10.0] * 2) + rows("old", [10.0] * 2, tenure=1) + rows("gone", [10.0] * 3, left=0)
    scores, curve, _ = run(lines, horizon_months=2, discount_rate=0.21, min_at_risk=1)
    assert curve["hazard"].to_list() == pytest.approx([0.0, 0.0, 0.5])
    step = 1.21 ** (1 / 12)
    young, old = scores.sort("customer_id", descending=True)["retention_value"]
    assert scores.sort("customer_id", descending=True)["expected_months"].to_list() == [0.5 + 0.25, 0.5 + 0.25]
    assert young == pytest.approx(10 * (0.5 / step + 0.25 / step**2), abs=1e-4)
    assert old == pytest.approx(10 * (0.5 / step + 0.25 / step**2), abs=1e-4)


def test_margin_takes_contacts_off_and_finds_who_costs_money():
    lines = rows("a", [10.0] * 2) + rows("b", [1.0] * 2)
    scores, _, outcome = run(lines, margin_rate=0.5, cost_per_contact=2.0)
    assert scores["current_value"].to_list() == [6.0, -3.0]
    assert scores["retention_value"][1] < 0
    assert outcome.metrics["loss_maker_share"] == 0.5
    assert outcome.metrics["top_20_share"] == outcome.metrics["concentration"]["top_20_share"] == 0.8
    assert outcome.metrics["margin_basis"] == "margin"
    assert "value-is-revenue" not in codes(outcome)


def test_only_the_last_twelve_months_are_current():
    scores, _, outcome = run(rows("a", [100.0] * 3 + [10.0] * 12))
    assert scores["current_value"].to_list() == [120.0]
    assert "value-short-history" not in codes(outcome)


def test_a_month_without_rows_is_counted_as_missing():
    lines = [line for line in rows("a", [10.0] * 12) if line["month"] != month(4)]
    scores, _, outcome = run(lines)
    assert scores["current_value"].to_list() == [110.0]
    assert outcome.metrics["months_known"] == 11
    (gap,) = [notice for notice in outcome.notices if notice.code == "value-gaps"]
    assert gap.values == {"months": 11, "gaps": "2024-02"}
    short = about_customers(0, 0, [month(3), month(2), month(1), month(0)], [False, True, False, True])
    assert [notice.values for notice in short] == [{"months": 2, "first": "2024-04", "gaps": "2024-05"}]


def test_months_after_the_snapshot_are_not_seen():
    lines = rows("a", [10.0, 10.0, 99.0]) + rows("b", [10.0, 10.0, 99.0])
    scores, _, outcome = run(lines, as_of=month(1))
    assert scores["as_of"].unique().to_list() == [month(1)]
    assert scores["current_value"].to_list() == [20.0, 20.0]
    assert outcome.as_of == month(1)


def test_without_a_month_asked_the_last_one_is_taken():
    assert run(rows("a", [1.0]), as_of=None)[2].as_of == JUNE


def test_missing_bills_count_as_unknown_and_missing_customers_as_nothing():
    lines = rows("a", [10.0, 10.0, None]) + rows("b", [None] * 3)
    scores, _, outcome = run(lines, horizon_months=1, discount_rate=0.0)
    assert scores["current_value"].to_list() == [20.0, 0.0]
    assert scores["retention_value"].to_list() == [10.0, 0.0]
    assert "value-unbilled" in codes(outcome)


def test_who_is_never_billed_is_no_loss_maker_and_is_told():
    lines = [{**line, "numbers_held": 1.0} for line in rows("a", [10.0, 0.0]) + rows("b", [0.0, 0.0])]
    schema = {"revenue": pl.Float64, "month": pl.Date}
    tables = {"customer_months": pl.LazyFrame(lines, schema_overrides=schema)}
    tables["bills"] = pl.LazyFrame({"customer_id": ["a"], "month": [month(1)]})
    outcome = score_value(Inputs(tables, JUNE), asked(line_cost=4.0, score_by="lifetime"))
    assert outcome.tables["value_scores"].collect()["current_value"].to_list() == [2.0, 0.0]
    assert outcome.tables["value_parts"].collect()["lines"].to_list() == [8.0, 0.0]
    assert [one.values for one in outcome.notices if one.code == "value-unbilled"] == [{"customers": 1}]


def test_calls_that_do_not_tell_the_other_operator_are_told():
    lines = [{**line, "call_minutes_out": 5.0, "off_net_minutes_out": None} for line in rows("a", [10.0] * 2)]
    kinds = {"revenue": pl.Float64, "month": pl.Date, "off_net_minutes_out": pl.Float64}

    def told(columns, **values):
        tables = {"customer_months": pl.LazyFrame(lines, schema_overrides=kinds).select(columns)}
        return codes(score_value(Inputs(tables, JUNE), asked(score_by="lifetime", **values)))

    assert "value-off-net-unknown" in told(pl.all(), interconnect_rate=0.1)
    assert "value-off-net-unknown" not in told(pl.all())
    assert "value-off-net-unknown" not in told(pl.exclude("call_minutes_out"), interconnect_rate=0.1)


def test_payments_stand_in_for_bills():
    lines = [{**line, "paid": 7.0} for line in rows("a", [None] * 2)]
    tables = {"customer_months": pl.LazyFrame(lines, schema_overrides={"revenue": pl.Float64, "month": pl.Date})}
    outcome = score_value(Inputs(tables, JUNE), asked())
    assert outcome.tables["value_scores"].collect()["current_value"].to_list() == [14.0]
    assert "value-from-payments" in codes(outcome)


def test_no_revenue_is_an_error_that_says_what_to_do():
    with pytest.raises(MissingInputError, match="No revenue") as caught:
        run(rows("a", [None] * 2))
    assert "--map amount=" in caught.value.hint


def test_nobody_active_is_an_error():
    lines = rows("a", [10.0] * 3, left=0)
    with pytest.raises(DataError, match="No customer is active in 2024-06") as caught:
        run(lines)
    assert caught.value.hint.endswith("from 2024-04 to 2024-05.")
    with pytest.raises(DataError, match="2031-01"):
        run(lines, as_of=date(2031, 1, 1))
    with pytest.raises(DataError, match="in any month"):
        run([], as_of=None)


def test_shares_of_tiers_must_fit():
    with pytest.raises(UsageError, match=r"add up to 1\.35"):
        run(rows("a", [1.0]), platinum_share=0.9)


def test_nobody_left_means_everybody_stays():
    scores, curve, outcome = run(rows("a", [10.0] * 3), horizon_months=12, discount_rate=0.0)
    assert scores["retention_value"].to_list() == [120.0]
    assert curve["survival"].to_list() == [1.0] * 13
    assert "value-nobody-left" in codes(outcome)


def test_all_zero_revenue_and_one_customer():
    scores, _, outcome = run(rows("a", [0.0] * 12))
    assert scores.select("lifetime_value", "value_score").row(0) == (0.0, 50.0)
    assert outcome.metrics["top_20_share"] is None
    assert "value-backtest-small" in codes(outcome)


def test_unknown_tenure_takes_the_average():
    lines = rows("a", [10.0] * 2, tenure=None) + rows("b", [10.0] * 2) + rows("c", [10.0] * 2, left=0)
    scores, _, outcome = run(lines, horizon_months=1, discount_rate=0.0, min_at_risk=1)
    assert scores["retention_value"].to_list() == pytest.approx([10 * (1 - 1 / 6), 5.0], abs=1e-4)
    assert "value-no-tenure" in codes(outcome)


def test_flat_table_reads_tenure_as_the_whole_stay():
    lines, labels = flat([1, 1, 2, 3], [True, False, True, False])
    scores, curve, outcome = run(lines, labels, horizon_months=2, discount_rate=0.0, min_at_risk=1)
    assert curve["at_risk"].to_list() == [4.0, 4.0, 2.0, 1.0]
    assert curve["survival"].to_list() == pytest.approx([1.0, 0.75, 0.375, 0.375])
    assert scores.height == 4
    assert {"value-label-whole-stay", "value-leavers-valued", "value-short-history"} <= codes(outcome)


def test_flat_table_with_a_window_watches_only_that():
    lines, labels = flat([1, 1, 2, 3], [True, False, True, False])
    _, curve, outcome = run(lines, labels, label_months=1, min_at_risk=1, horizon_months=1)
    assert curve["at_risk"].to_list() == [0.0, 2.0, 1.0, 1.0]
    assert curve["hazard"].to_list()[1:] == pytest.approx([0.5, 1.0, 0.0])
    assert "value-label-window" in codes(outcome)


def test_flat_table_ignores_those_without_a_label():
    lines, labels = flat([1, 1, 2, 3], [True, False, None, None])
    scores, curve, _ = run(lines, labels, min_at_risk=1, horizon_months=1)
    assert curve["at_risk"].to_list() == [2.0, 2.0]
    assert scores.height == 4


@pytest.mark.parametrize("labels", [None, [None] * 4, [False] * 4])
def test_flat_table_without_leavers_says_so(labels):
    lines, named = flat([1, 2, 3, 4], labels or [None] * 4)
    scores, _, outcome = run(lines, None if labels is None else named, horizon_months=3, discount_rate=0.0)
    assert scores["retention_value"].to_list() == [30.0] * 4
    assert "value-nobody-left" in codes(outcome)


def test_flat_table_in_which_everybody_churned():
    lines, labels = flat([1, 2, 3, 4], [True] * 4)
    scores, curve, _ = run(lines, labels, min_at_risk=1, horizon_months=2, discount_rate=0.0)
    assert curve["survival"][-1] == 0.0
    # the tail pools tenures 3 and 4, where two of three customer-months ended in leaving
    assert scores["retention_value"].to_list()[-1] == pytest.approx(10 * (1 / 3 + 1 / 9), abs=1e-4)


def base(customers=200, months=12, seed=5):
    """Customers with a steady margin each; every tenth of each pay mode leaves early on."""
    random = np.random.default_rng(seed)
    lines, modes = [], []
    for place in range(customers):
        prepaid = place % 2 == 0
        stay = int(random.geometric(0.2 if prepaid else 0.04))
        level = float(random.uniform(10, 200))
        gone = stay < months
        count = stay + 1 if gone else months
        lines += rows(f"c{place:04d}", [level] * count, left=months - count if gone else False)
        modes.append({"customer_id": f"c{place:04d}", "pay_mode": "prepaid" if prepaid else "postpaid"})
    return lines, modes


def test_backtest_beats_or_admits():
    lines, modes = base(600)
    _, _, outcome = run(lines, subscriptions=modes)
    found = outcome.metrics["backtest"]
    assert (found["as_of"], found["months"]) == ("2024-02", 4)
    assert found["rank_correlation"] > found["naive_rank_correlation"]
    assert abs(found["calibration"] - 1) < 0.1 < found["naive_calibration"] - 1
    assert "value-naive-better" not in codes(outcome)


def test_backtest_admits_that_the_naive_forecast_ranks_better():
    # every customer's odd last months mislead a model that looks at three months only
    random = np.random.default_rng(1)
    lines = []
    for place in range(60):
        level = 10.0 + place
        history = [level] * 5 + [level * random.uniform(0.2, 2.0) for _ in range(3)] + [level] * 4
        lines += rows(f"c{place:03d}", history)
    _, _, outcome = run(lines, recent_months=3)
    assert outcome.metrics["backtest"]["naive_rank_correlation"] > outcome.metrics["backtest"]["rank_correlation"]
    assert "value-naive-better" in codes(outcome)


def test_values_that_foretell_nothing_are_called_so():
    # who brought most then brings least after, one odd month in each half telling nothing of ranges
    lines = [line for place in range(60) for line in rows(f"c{place:03d}", [10.0 + place] * 8 + [200.0 - place] * 4)]
    _, _, outcome = run(lines)
    found = outcome.metrics["backtest"]
    assert found["rank_correlation"] < -0.9
    assert found["foretells"] is False
    assert "value-backtest-failed" in codes(outcome)
    good = run(base(60)[0])[2]
    assert good.metrics["backtest"]["foretells"] is True
    assert "value-backtest-failed" not in codes(good)


@pytest.mark.parametrize(
    ("held", "of", "varied", "told"),
    [
        (0.0, 60, False, ["value-ranges-missed"]),
        (0.65, 60, True, ["value-ranges-missed"]),
        (0.65, 20, True, []),  # chance gives that of 20 customers
        (0.75, 100_000, True, []),  # beyond chance, but not far off
        (1.0, 60, True, ["value-ranges-wide"]),
        (1.0, 60, False, []),
        (None, 60, True, []),
    ],
)
def test_ranges_that_hold_far_fewer_or_more_than_they_say_are_told(held, of, varied, told):
    verdict = {"foretells": True, "coverage": held, "level": 0.8, "customers": of}
    assert [notice.code for notice in failed(verdict, varied=varied)] == told


def test_prepaid_and_postpaid_stay_differently():
    lines, modes = base(600)
    split, _, outcome = run(lines, subscriptions=modes)
    whole, _, _ = run(lines, subscriptions=modes, stratify="none")
    assert outcome.metrics["survival"]["stratified_by"] == "pay_mode"
    frame = split.join(whole, on="customer_id").join(pl.DataFrame(modes), on="customer_id")
    more = frame.group_by("pay_mode").agg((pl.col("retention_value") > pl.col("retention_value_right")).all())
    assert dict(more.rows()) == {"postpaid": True, "prepaid": False}


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random):
    lines, modes = base(40)
    shuffled = random.sample(lines, len(lines))
    for one, other in zip(run(lines, subscriptions=modes)[:2], run(shuffled, subscriptions=modes)[:2], strict=True):
        assert one.equals(other)


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1), st.floats(0.05, 1))
def test_more_horizon_is_worth_more_and_parts_add_up(short, more, rate, share):
    lines, _ = base(30)
    near, _, _ = run(lines, horizon_months=short, discount_rate=rate, margin_rate=share)
    far, _, _ = run(lines, horizon_months=short + more, discount_rate=rate, margin_rate=share)
    assert (far["retention_value"] >= near["retention_value"]).all()
    assert (near["current_value"] + near["retention_value"]).to_numpy() == pytest.approx(
        near["lifetime_value"].to_numpy()
    )
    full, _, _ = run(lines, horizon_months=short, discount_rate=rate, margin_rate=1.0)
    assert full["lifetime_value"].to_numpy() * share == pytest.approx(near["lifetime_value"].to_numpy(), abs=2e-3)


def test_ends_of_lines_that_one_month_cannot_use_are_told():
    day = {"activated_on": date(2020, 1, 1)}
    ended = [{"customer_id": "b", "ended_on": date(2024, 5, 9), **day}, {"customer_id": "a", "ended_on": None, **day}]
    _, _, outcome = run(rows("a", [10.0]), subscriptions=ended)
    assert {"value-nobody-left", "value-ends-unused"} <= codes(outcome)
    assert "value-ends-unused" not in codes(run(rows("a", [10.0] * 2), subscriptions=ended)[2])


def test_assumptions_are_listed():
    sentences = run(rows("a", [1.0]))[2].metrics["assumptions"]
    assert len(sentences) == 9
    assert all(sentence.endswith(".") for sentence in sentences)
    assert "Current value is less commissions of lines sold and subsidies of devices" in sentences[0]


@pytest.mark.parametrize(
    ("months", "asked_for", "why"),
    [(1, 0, "too few months"), (6, 0, "too few months"), (7, 0, "foretold best"), (7, 6, "as set")],
)
def test_it_says_why_so_many_months_are_averaged(months, asked_for, why):
    _, _, outcome = run(rows("a", [1.0] * months), recent_months=asked_for)
    assert any(why in sentence for sentence in outcome.metrics["assumptions"])


def grown(customers=400, months=18, seed=2):
    """Customers who leave at 3% a month and whose months vary by a fifth."""
    random = np.random.default_rng(seed)
    lines = []
    for place in range(customers):
        stays = min(int(random.geometric(0.03)), months)
        gone = stays < months
        level = random.choice([20.0, 50.0, 90.0])
        paid = np.round(level * random.normal(1.0, 0.2, stays), 2).tolist()
        lines += list(rows(f"c{place:04d}", paid, left=months - stays if gone else False))
    return lines


def test_as_many_lie_within_their_range_as_it_says():
    covered = [run(grown(seed=seed), interval_level=0.8)[2].metrics["backtest"]["coverage"] for seed in range(4)]
    assert np.mean(covered) == pytest.approx(0.8, abs=0.05)


def without(lines, number):
    """The same, the revenue of one month being lost for everybody."""
    return [{**line, "revenue": None} if line["month"] == month(number) else line for line in lines]


def test_a_month_without_bills_cuts_the_test_short_and_is_told():
    lines = grown()  # 18 months, 6 of them held back
    _, _, outcome = run(without(lines, 1))
    found = outcome.metrics["backtest"]
    assert found["months"] == 4
    assert found["calibration"] == pytest.approx(1.0, abs=0.1)
    assert found["coverage"] == pytest.approx(0.8, abs=0.1)
    assert "value-backtest-cut" in codes(outcome)
    assert "value-backtest-cut" not in codes(run(lines)[2])
    _, _, early = run(without(lines, 4))
    assert early.metrics["backtest"] is None
    (gap,) = [notice for notice in early.notices if notice.code == "value-backtest-gap"]
    assert gap.values["month"] == "2024-02"


def test_few_customers_have_no_coverage_and_ranges_of_few_months_are_called_narrow():
    _, _, small = run(grown(60))
    assert small.metrics["backtest"]["coverage"] is None
    _, _, smaller = run(grown(45, seed=1))
    assert {"value-range-narrow"} <= codes(smaller)
    assert "value-range-narrow" not in codes(run(grown())[2])


def test_the_middle_of_ranges_is_nearer_to_most_customers_than_their_means():
    found = run(grown())[2].metrics["backtest"]
    assert found["median_error"] < found["error"]


def test_ranges_hold_lifetime_value_and_widen_with_their_level():
    lines = grown()
    near, _, _ = run(lines, interval_level=0.5)
    far, _, outcome = run(lines, interval_level=0.95)
    assert (near["lifetime_value_low"] <= near["lifetime_value_high"]).all()
    assert (far["lifetime_value_low"] <= near["lifetime_value_low"]).all()
    assert (far["lifetime_value_high"] >= near["lifetime_value_high"]).all()
    assert far["lifetime_value"].is_between(far["lifetime_value_low"], far["lifetime_value_high"]).all()
    bands = outcome.tables["value_backtest"].collect()
    assert contract("value_backtest").require(bands.lazy()).collect().height == 10
    assert bands["customers"].sum() == outcome.metrics["backtest"]["customers"]
    assert bands["predicted"].is_sorted(descending=True)


def test_earlier_payments_and_endless_months_are_worth_more():
    lines = grown()
    plain = run(lines)[0]["retention_value"]
    assert (run(lines, payment_timing="start")[0]["retention_value"] >= plain).all()
    assert (run(lines, tail="endless")[0]["retention_value"] >= plain).all()
    fading = run(lines, tail="fading")[0]["retention_value"]
    assert (fading >= plain).all()
    assert (fading != run(lines, tail="endless")[0]["retention_value"]).any()
    with pytest.raises(UsageError, match="no end"):
        run(rows("a", [10.0] * 3), tail="endless", discount_rate=0.0)
    with pytest.raises(UsageError, match="no end"):
        run(lines, tail="fading", discount_rate=0.0)


def test_parts_add_up_to_current_value():
    lines = [{**line, "numbers_held": 1.0, "campaign_cost": 0.5} for line in grown(60)]
    schema = {"tenure_months": pl.Float64, "revenue": pl.Float64, "contacts": pl.Float64, "numbers_held": pl.Float64}
    tables = {"customer_months": pl.LazyFrame(lines, schema=EMPTY | schema | {"campaign_cost": pl.Float64})}
    outcome = score_value(Inputs(tables, JUNE), asked(margin_rate=0.7, line_cost=1.5, content_share=0.4))
    scores, parts = (outcome.tables[name].collect() for name in ("value_scores", "value_parts"))
    assert parts["margin"].to_list() == scores["current_value"].to_list()
    eaten = ("other", "interconnect", "content", "contacts", "lines", "campaigns", "bad_debt")
    assert (parts["revenue"] - sum(parts[name] for name in eaten)).to_numpy() == pytest.approx(
        parts["margin"].to_numpy()
    )
    whole = {row["part"]: row for row in outcome.tables["value_margin"].collect().to_dicts()}
    assert whole["margin"]["amount"] == pytest.approx(scores["current_value"].sum(), abs=0.01)
    assert {part: row["counted"] for part, row in whole.items()} == {
        **{"revenue": "data", "margin": "data", "other": "set", "lines": "set", "campaigns": "data"},
        **{"commission": "no-data", "subsidy": "no-data"},
        **{"content": "no-data", "interconnect": "not-set", "contacts": "not-set", "bad_debt": "no-data"},
    }
    assert outcome.metrics["margin_basis"] == "margin"
    assert "value-cost-without-data" in codes(outcome)


def stepping(up=0.0, customers=300, months=14):
    """Customers who stay, whose fees rise by 12 in a share `up` of months and fall by 6 in one of twenty."""
    random = np.random.default_rng(9)
    lines = []
    for place in range(customers):
        fee = 40.0 + np.cumsum(12.0 * (random.random(months) < up)) - np.cumsum(6.0 * (random.random(months) < 0.05))
        mine = rows(f"c{place:04d}", fee.tolist(), tenure=100)
        lines += [{**line, "plan_fee": value} for line, value in zip(mine, fee, strict=True)]
    return lines


def valued(lines, **settings):
    schema = {"tenure_months": pl.Float64, "revenue": pl.Float64, "contacts": pl.Float64, "plan_fee": pl.Float64}
    outcome = score_value(
        Inputs({"customer_months": pl.LazyFrame(lines, schema=EMPTY | schema)}, JUNE), asked(**settings)
    )
    return outcome, outcome.tables["value_scores"].collect()


def test_growth_is_what_fees_of_customers_alike_rose_by():
    outcome, scores = valued(stepping(up=0.10), horizon_months=10, discount_rate=0.0, margin_rate=0.5)
    # 12 a rise, in a tenth of months, half of it margin; months 1 to 10 hold 55 steps
    assert scores["incremental_value"].mean() == pytest.approx(12 * 0.10 * 0.5 * 55, rel=0.1)
    growth = contract("value_growth").require(outcome.tables["value_growth"]).collect()
    assert growth["customer_months"].sum() == 300 * 12
    assert growth["down_used"].max() < 0 < growth["up_used"].min()
    assert "value-no-incremental" not in codes(outcome)


def test_falling_fees_are_taken_off_retention_and_components_never_overlap():
    _, scores = valued(stepping(), horizon_months=12)
    assert (scores["incremental_value"] == 0).all()
    steady = run([{**line, "revenue": line["plan_fee"]} for line in stepping()], horizon_months=12)[0]
    assert (scores["retention_value"] < steady["retention_value"]).all()
    whole = scores["current_value"] + scores["incremental_value"] + scores["retention_value"]
    assert whole.to_numpy() == pytest.approx(scores["lifetime_value"].to_numpy(), abs=2e-4)


def test_growth_brings_predictions_nearer_where_fees_rise():
    told = valued(stepping(up=0.10))[0].metrics["backtest"]
    assert told["squared_error"] < told["fees_unchanged"]["squared_error"]
    assert abs(told["calibration"] - 1) < abs(told["naive_calibration"] - 1)
