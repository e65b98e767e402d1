"""What contacting customers changed: planted effects found, arms kept as drawn, nothing counted twice, limits told."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError
from telcli.io import model_file
from telcli.pipeline.provenance import jsonable
from telcli.settings import EvaluateRetentionSettings
from telcli.stages import Inputs, Outcome, evaluate_retention_model
from telcli.stages.evaluate_retention import evaluate_retention
from telcli.tables import contract
from telcli.tables.effect_results import FIGURES
from tests.stages.trials_example import AS_OF, EFFECTS, Tables, months_of, operator, outcomes, plan

QUICK = {"draws": 40, "model_customers": 0}


def run(tables: Tables, as_of: date = AS_OF, churn: dict[str, Any] | None = None, **settings: Any) -> Outcome:
    inputs = Inputs(tables, as_of, choices={"churn": churn or {}})
    return evaluate_retention(inputs, EvaluateRetentionSettings(**{**QUICK, **settings}))


def table(outcome: Outcome, name: str) -> pl.DataFrame:
    found: pl.DataFrame = contract(name).require(outcome.tables[name]).collect()
    return found


def codes(outcome: Outcome) -> list[str]:
    return [notice.code for notice in outcome.notices]


def total(outcome: Outcome, campaign: str = "all", **group: str) -> dict[str, Any]:
    group = {"cell": "all", "offer_id": "all", **group}
    return table(outcome, "retention_effects").filter(campaign_id=campaign, **group).to_dicts()[0]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return operator()


@pytest.fixture(scope="module")
def small() -> Tables:
    return operator(size=300)


@pytest.fixture(scope="module")
def found(tables: Tables) -> Outcome:
    return run(tables)


def test_planted_effects_are_found_and_harm_is_named(found: Outcome) -> None:
    for offer, effect in EFFECTS.items():
        row = total(found, offer_id=offer)
        assert row["uplift_low"] <= effect <= row["uplift_high"], offer
        assert row["verdict"] == {0.14: "works", -0.14: "harms", 0.0: "cannot-tell"}[effect]
        assert (row["needed"] > 0) == (effect == 0.0)
    dogs = found.metrics["sleeping_dogs"]
    assert dogs and all("loyalty-call" in row["group"] and row["uplift_high"] < 0 for row in dogs)
    assert "sleeping-dogs" in codes(found)


def test_intention_to_treat_keeps_everyone_in_the_arm_of_the_draw(tables: Tables, found: Outcome) -> None:
    plans = tables["retention_plan"].collect()
    row = total(found)
    assert row["treated"] == (~plans["held_out"]).sum() and row["held_out"] == plans["held_out"].sum()
    left = tables["customer_months"].filter("left").select("customer_id").collect()["customer_id"].to_list()
    stayed = plans.with_columns(stayed=~pl.col("customer_id").is_in(left))
    rates = {held: part["stayed"].mean() for (held,), part in stayed.group_by("held_out")}
    assert row["stayed_treated"] == pytest.approx(rates[False])
    assert row["stayed_held_out"] == pytest.approx(rates[True], abs=0.002)
    # who was never reached is treated, who was contacted by mistake is held out; both are counted
    assert row["contaminated"] == 3 and row["contacted"] < row["treated"]
    assert row["saves"] == pytest.approx(row["uplift"] * row["treated"])


def test_the_effect_on_those_reached_is_larger_by_as_much_as_fewer_were(found: Outcome) -> None:
    row = total(found, offer_id="bill-credit")
    reached = row["contacted"] / row["treated"] - row["contaminated"] / row["held_out"]
    assert row["effect_contacted"] == pytest.approx(row["uplift"] / reached, rel=0.01)
    assert row["effect_contacted_low"] < row["effect_contacted"] < row["effect_contacted_high"]


def test_money_is_that_of_customers_kept_and_costs_are_those_reported(tables: Tables, found: Outcome) -> None:
    spent = tables["retention_outcomes"].filter(~pl.col("contaminated")).select(pl.col("cost").sum()).collect().item()
    row = total(found)
    assert row["cost"] == pytest.approx(spent)
    good, bad = total(found, offer_id="bill-credit"), total(found, offer_id="loyalty-call")
    assert good["value_saved_low"] > 0 > bad["value_saved_high"]
    assert good["value_saved"] == pytest.approx(300 * good["saves"], rel=0.4)
    assert good["cost_per_save"] == pytest.approx(good["cost"] / good["saves"])
    assert good["cost_per_save_low"] < good["cost_per_save"] < good["cost_per_save_high"]
    assert good["return_on_cost"] == pytest.approx(good["value_saved"] / good["cost"] - 1)
    assert bad["cost_per_save"] is None and bad["return_on_cost_high"] < 0
    plain = total(run({**tables}, cuped="off"), offer_id="bill-credit")
    assert plain["value_saved_high"] - plain["value_saved_low"] > good["value_saved_high"] - good["value_saved_low"]


def test_groups_add_up_and_what_is_known_only_afterwards_has_no_effect(found: Outcome) -> None:
    by = table(found, "retention_by").filter(campaign_id="all")
    assert set(by["dimension"]) == {
        *("segment", "theme", "offer", "channel", "risk_band", "value_band", "manager", "response")
    }
    for dimension, part in by.group_by("dimension"):
        if dimension != ("response",):
            assert part["treated"].sum() == total(found)["treated"], dimension
    response = by.filter(dimension="response")
    assert response["uplift"].is_null().all() and response["held_out"].sum() == 0
    assert set(response["value"]) == {"accepted", "refused", "thinking", "unreachable"}


def test_evidence_holds_counts_that_add_up(tables: Tables, found: Outcome) -> None:
    rows = table(found, "retention_evidence")
    plans = tables["retention_plan"].collect()
    assert set(rows["campaign_id"]) == {"retention-2024-02", "retention-2024-03"}
    assert rows["treated"].sum() + rows["held_out"].sum() == plans.height
    assert rows["stayed_treated"].sum() == round(total(found)["stayed_treated"] * total(found)["treated"])
    assert rows["accepted"].sum() == total(found)["accepted"]
    assert rows["cost"].sum() == pytest.approx(total(found)["cost"])


def test_curves_name_their_convention_and_end_at_the_whole_trial(found: Outcome) -> None:
    rows = table(found, "retention_curves")
    assert (
        set(rows["curve"]) == {"risk", "plan"}
        and rows.group_by("campaign_id", "curve").len()["len"].unique().item() == 21
    )
    ends = rows.filter(percent=100, campaign_id="all")
    assert np.allclose(ends["qini"], ends["random"]) and np.allclose(ends["lift"], total(found)["uplift"], atol=1e-6)
    assert (rows["qini_low"] <= rows["qini"]).all() and (rows["qini"] <= rows["qini_high"]).all()
    for one in found.metrics["orders"]:
        assert one["qini_low"] <= one["qini"] <= one["qini_high"]
        assert one["convention"] == "area to random (R uplift, causalml)"
        assert one["ratio_convention"] == "ratio to the perfect curve (scikit-uplift)"
        assert not one["beats_random"]  # neither risk nor worth knows of the offers' effects


def test_sound_arms_pass_and_broken_ones_are_told(tables: Tables, found: Outcome) -> None:
    checks = table(found, "retention_checks")
    assert checks["passed"].all() and checks.height == 14
    plans = tables["retention_plan"].collect()
    # somebody dropped held-out customers who were worth much
    broken = plans.filter(~(pl.col("held_out") & (pl.col("worth") > 300)))
    outcome = run({**tables, "retention_plan": broken.lazy()})
    failed = table(outcome, "retention_checks").filter(~pl.col("passed"))
    assert {"sample-ratio", "sample-ratio-strata", "balance-worth"} <= set(failed["check"])
    assert codes(outcome).count("check-failed") == failed.height == outcome.metrics["checks_failed"]
    # and somebody contacted every tenth customer held out
    wrong = outcomes(plans.with_columns(stays=True), contaminated=150)
    contaminated = run({**tables, "retention_outcomes": wrong.lazy()})
    assert not table(contaminated, "retention_checks").filter(check="contaminated")["passed"].all()
    assert total(contaminated)["uplift"] == pytest.approx(total(found)["uplift"])


def test_a_customer_held_out_and_contacted_by_the_next_plan_is_found(small: Tables) -> None:
    plans = small["retention_plan"].collect()
    held = plans.filter(pl.col("as_of") == date(2024, 2, 1), pl.col("held_out"))
    again = held.with_columns(
        as_of=pl.lit(date(2024, 3, 1)), campaign_id=pl.lit("retention-2024-03b"), held_out=pl.lit(value=False),
        action=pl.lit("offer"),
    )  # fmt: skip
    outcome = run({**small, "retention_plan": pl.concat([plans, again]).lazy()})
    row = table(outcome, "retention_checks").filter(campaign_id="retention-2024-02", check="elsewhere").to_dicts()[0]
    assert row["value"] == 1.0 and row["expected"] == 0.0 and row["passed"] is False
    assert "no-holdout" in codes(outcome)


def test_more_of_the_treated_contacted_again_is_found_too_and_overlapping_windows_are_told(small: Tables) -> None:
    plans = small["retention_plan"].collect()
    again = plans.filter(pl.col("as_of") == date(2024, 2, 1), ~pl.col("held_out")).with_columns(
        as_of=pl.lit(date(2024, 3, 1)),
        campaign_id=pl.lit("retention-2024-03b"),
        held_out=pl.int_range(pl.len()) % 9 == 0,
    )
    outcome = run({**small, "retention_plan": pl.concat([plans, again]).lazy()})
    row = table(outcome, "retention_checks").filter(campaign_id="retention-2024-02", check="elsewhere").to_dicts()[0]
    assert row["value"] < row["expected"] and row["passed"] is False
    assert "windows-overlap" in codes(outcome)


def test_leaving_counts_from_the_month_after_the_snapshot_to_the_end_of_the_window(small: Tables) -> None:
    plans = small["retention_plan"].collect().filter(pl.col("as_of") == date(2024, 2, 1))
    months = small["customer_months"].collect()

    def rate(step: str) -> float:
        when = (
            months.with_columns(
                month=pl.when("left").then(pl.lit(date(2024, 2, 1)).dt.offset_by(step)).otherwise("month")
            )
            .sort("left", descending=True)
            .unique(["customer_id", "month"], keep="first", maintain_order=True)
        )
        gone = when.filter("left").select("customer_id", last="month")
        kept = when.join(gone, on="customer_id", how="left").filter(
            pl.col("last").is_null() | (pl.col("month") <= pl.col("last"))
        )
        some = {"retention_plan": plans.lazy(), "customer_months": kept.lazy()}
        return float(total(run(some, date(2024, 6, 1)))["stayed_treated"])

    usual = rate("2mo")
    assert usual < 0.8
    assert rate("1mo") == rate("3mo") == usual  # the gap and the last month of the window
    assert rate("4mo") == 1.0  # the month after


def test_who_is_not_seen_to_the_end_is_in_neither_arm(small: Tables) -> None:
    gone = [f"c{at:06d}" for at in range(0, 60)]
    months = small["customer_months"].filter(
        ~(pl.col("customer_id").is_in(gone) & (pl.col("month") > date(2024, 3, 1)))
    )
    outcome = run({**small, "customer_months": months})
    assert total(outcome)["unseen"] == 60 and "unseen" in codes(outcome)
    assert total(outcome)["treated"] + total(outcome)["held_out"] == 540
    assert table(outcome, "retention_checks").filter(check="unseen")["passed"].all()
    held = (
        small["retention_plan"].filter("held_out", pl.col("as_of") == date(2024, 2, 1)).select("customer_id").collect()
    )
    some = held["customer_id"].head(40).to_list()
    months = small["customer_months"].filter(
        ~(pl.col("customer_id").is_in(some) & (pl.col("month") > date(2024, 3, 1)))
    )
    lost = table(run({**small, "customer_months": months}), "retention_checks")
    assert lost.filter(check="unseen", campaign_id="retention-2024-02")["passed"].to_list() == [False]


def test_too_early_is_said_with_the_month_that_is_not(small: Tables) -> None:
    early = run(small, date(2024, 5, 1))
    assert early.metrics["campaigns"] == 1 and codes(early).count("too-early") == 1
    told = next(notice for notice in early.notices if notice.code == "too-early")
    assert "retention-2024-03" in told.message and "2024-06" in told.message
    none = run(small, date(2024, 4, 1))
    assert none.tables == {} and [row["campaign_id"] for row in none.metrics["waiting"]] == [
        "retention-2024-02",
        "retention-2024-03",
    ]
    late = run(small, churn={"gap_months": 1, "outcome_months": 2, "late_months": 1})
    assert late.metrics["campaigns"] == 1
    longer = run(small, churn={"gap_months": 2, "outcome_months": 3})
    assert longer.metrics["campaigns"] == 0


def test_nothing_at_all_and_no_holdout_are_said(small: Tables) -> None:
    months = {"customer_months": small["customer_months"]}
    with pytest.raises(MissingInputError) as caught:
        run(months)
    assert caught.value.code == "nothing-to-evaluate" and "plan-retention" in caught.value.hint
    plans = small["retention_plan"].with_columns(held_out=pl.lit(value=False), action=pl.lit("offer"), assignment=0.0)
    nobody = run({**small, "retention_plan": plans})
    assert nobody.tables == {} and {"no-counterpart", "no-holdout"} <= set(codes(nobody))
    unplanned = small["retention_plan"].with_columns(action=pl.lit("none"))
    with pytest.raises(MissingInputError):
        run({**small, "retention_plan": unplanned})


def test_without_outcomes_costs_are_the_plans_and_nobody_is_said_to_be_reached(small: Tables) -> None:
    outcome = run({name: frame for name, frame in small.items() if name != "retention_outcomes"})
    row = total(outcome)
    assert "outcomes-missing" in codes(outcome) and row["contacted"] is None and row["effect_contacted"] is None
    assert row["cost"] == 6.0 * row["treated"]
    assert table(outcome, "retention_checks").filter(check="contaminated")["passed"].is_null().all()


def test_sheets_that_did_not_come_back_leave_the_effect_as_it_is_and_are_told(small: Tables) -> None:
    few = small["retention_outcomes"].filter(pl.col("manager_id") == "m1")
    some, whole = run({**small, "retention_outcomes": few}), run(small)
    assert "outcomes-partial" in codes(some) and "outcomes-partial" not in codes(whole)
    said = next(note for note in some.notices if note.code == "outcomes-partial")
    assert str(said.values["campaigns"]).endswith("%")
    assert total(some)["uplift"] == total(whole)["uplift"] and total(some)["cost"] < total(whole)["cost"]


def history(plans: pl.DataFrame, **more: Any) -> pl.DataFrame:
    """The first plan as a campaign of the operator's own."""
    held = pl.col("held_out")
    frame = plans.select(
        *("customer_id", *(["risky"] if "risky" in plans.columns else [])),
        campaign_id=pl.lit("spring"),
        arm=pl.when(held).then(pl.lit("held_out")).otherwise(pl.lit("treated")),
        offer_id=pl.when(~held).then(pl.lit("credit")),
        channel=pl.when(~held).then(pl.lit("phone")),
        contacted_on=pl.when(~held).then(pl.lit(date(2024, 3, 9))),
        response=pl.when(~held).then(pl.lit("yes")),
        cost=pl.when(~held).then(4.0),
    )
    return frame.with_columns(**more).drop("risky", strict=False)


def past(**more: Any) -> Tables:
    plans = plan(date(2024, 2, 1), 300).with_columns(offer_id=pl.lit("x"))
    months = contract("customer_months").conform(months_of(plans).lazy()).collect().lazy()
    return {"campaigns": history(plans, **more).lazy(), "customer_months": months}


def test_a_past_campaign_with_both_arms_is_a_trial_without_any_plan() -> None:
    outcome = run(past())
    row = total(outcome, "spring")
    assert row["plan_month"] == date(2024, 2, 1) and row["treated"] + row["held_out"] == 300
    assert total(outcome, "spring", offer_id="credit")["held_out"] == row["held_out"]  # the only offer there was
    assert row["cost"] == 4.0 * row["treated"] and row["accepted"] == row["treated"]
    assert abs(row["value_saved"] - 600 * row["saves"]) < 1e-6  # 12 months of 50
    checks = table(outcome, "retention_checks")
    assert checks.filter(check="sample-ratio")["passed"].is_null().all()  # nobody knows how they were drawn
    assert table(outcome, "retention_evidence")["segment_name"].unique().to_list() == ["unknown"]
    assert outcome.metrics["orders"] == []
    with pytest.raises(MissingInputError):
        run(past(), past_trials="off")


def test_past_campaigns_that_cannot_be_compared_are_told_and_a_plan_is_not_counted_twice(small: Tables) -> None:
    for more, code in (
        ({"arm": pl.lit("treated")}, "campaigns-without-holdout"),
        ({"contacted_on": pl.lit(None).cast(pl.Date)}, "campaigns-undated"),
    ):
        outcome = run({**small, "campaigns": history(plan(date(2024, 2, 1), 300), **more).lazy()})
        assert code in codes(outcome) and outcome.metrics["campaigns"] == 2
    twice = history(plan(date(2024, 2, 1), 300), campaign_id=pl.lit("retention-2024-02"))
    assert run({**small, "campaigns": twice.lazy()}).metrics["treated"] == run(small).metrics["treated"]


def two_offers(**more: Any) -> Outcome:
    """A past campaign without any effect: 40% held out of the offer for the risky, 10% of the other."""
    size, rng = 3000, np.random.default_rng(0)
    risky = rng.random(size) < 0.5
    people = pl.DataFrame(
        {
            "customer_id": [f"c{at:05d}" for at in range(size)],
            "as_of": date(2024, 2, 1),
            "held_out": rng.random(size) < np.where(risky, 0.4, 0.1),
            "stays": rng.random(size) >= np.where(risky, 0.4, 0.05),
            "meant": np.where(risky, "rich", "plain"),
            "risky": risky,
        }
    )
    months = contract("customer_months").conform(months_of(people).lazy()).collect().lazy()
    more = {"offer_id": people["meant"], "channel": pl.lit("phone"), **more}
    return run({"campaigns": history(people, **more).lazy(), "customer_months": months})


def test_offers_of_a_past_campaign_with_other_shares_held_out_are_no_effect() -> None:
    outcome = two_offers()
    row = total(outcome, "spring")
    assert row["uplift_low"] < 0 < row["uplift_high"] and row["verdict"] == "cannot-tell"
    assert "campaigns-shares" in codes(outcome)


def test_what_is_not_known_of_the_draw_of_a_past_campaign_is_told() -> None:
    treated, risky = pl.col("arm") == "treated", pl.col("risky")
    used = pl.when(treated & risky).then(pl.lit("phone")).otherwise(pl.lit("text"))
    called = two_offers(offer_id=pl.lit("one"), channel=used)
    # parted by the channel used, those called would be left out and the rest would pass for an effect
    assert "campaigns-channels-used" in codes(called) and "campaigns-shares" not in codes(called)
    assert set(table(called, "retention_evidence")["channel"]) == {"unknown"}
    blind = two_offers(offer_id=pl.when(treated & risky).then(pl.lit("rich")).when(treated).then(pl.lit("plain")))
    assert "campaigns-offers-unknown" in codes(blind)


def test_a_manager_called_by_a_number_is_not_shown_by_it(tables: Tables) -> None:
    plans = tables["retention_plan"].collect()
    harmed = plans.with_columns(
        manager_id=pl.when(pl.col("offer_id") == "loyalty-call").then(pl.lit("13812345678")).otherwise("manager_id")
    )
    outcome = run({**tables, "retention_plan": harmed.lazy()})
    groups = [row["group"] for row in outcome.metrics["sleeping_dogs"]]
    assert "manager=138******78" in groups
    assert "13812345678" not in repr(outcome.metrics) + repr(outcome.notices)


def test_a_campaign_called_all_is_not_taken_for_all_of_them() -> None:
    effects = table(run(past(campaign_id=pl.lit("all"))), "retention_effects")
    assert set(effects["campaign_id"]) == {"all", "all (campaign_id)"}


def test_order_of_rows_changes_nothing_and_every_figure_has_its_column(tables: Tables, found: Outcome) -> None:
    mixed = {name: frame.collect().sample(fraction=1.0, shuffle=True, seed=5).lazy() for name, frame in tables.items()}
    again = run(mixed)
    for name in found.tables:
        assert table(again, name).equals(table(found, name)), name
    assert again.metrics == found.metrics
    assert set(FIGURES) <= set(found.metrics)


def test_other_chances_of_being_held_out_are_weighed(tables: Tables) -> None:
    # risky cells are held out more often: a plain comparison would take them for an effect of the campaign
    size = 1500
    calm, wild = (plan(date(2024, 2, 1), size, 3, share, first) for share, first in ((0.1, 0), (0.5, size)))
    noise = np.random.default_rng(0)
    both = pl.concat(
        [
            calm.with_columns(stays=pl.Series(noise.random(size) < 0.95)),
            wild.with_columns(stays=pl.Series(noise.random(size) < 0.55)),
        ]
    ).with_columns(offer_id=pl.lit("x"))
    months = contract("customer_months").conform(months_of(both).lazy()).collect().lazy()
    row = total(run({"retention_plan": both.drop("stays").lazy(), "customer_months": months}))
    assert row["uplift_low"] < 0 < row["uplift_high"] and row["verdict"] == "cannot-tell"
    plain = {held: part["stays"].mean() for (held,), part in both.group_by("held_out")}
    assert plain[False] - plain[True] > 0.15


@pytest.fixture(scope="module")
def learned(tables: Tables) -> Outcome:
    return run(tables, model_customers=400)


@pytest.mark.slow
def test_a_model_that_beats_chance_out_of_fold_is_trusted_and_can_be_lent(learned: Outcome, tmp_path: Any) -> None:
    model, about = learned.models["uplift"]
    assert about["trusted"] is True and about["qini_low"] > 0 and about["over_risk_low"] > 0
    assert about["offers"] == sorted(EFFECTS) and about["convention"] == "area to random (R uplift, causalml)"
    model_file.write(tmp_path / "uplift", model, jsonable(about))
    again, told = model_file.read(tmp_path / "uplift")
    unknown = np.full((3, len(about["features"])), np.nan)
    gains = again.predict(unknown, np.array(sorted(EFFECTS)))
    assert gains.tolist() == model.predict(unknown, np.array(sorted(EFFECTS))).tolist()
    assert gains[0] > 0.05 > -0.05 > gains[1] and told["trusted"]
    order = [one for one in learned.metrics["orders"] if one["campaign_id"] == "all" and one["curve"] == "uplift"]
    assert order[0]["beats_random"] and order[0]["qini"] == pytest.approx(about["qini"])
    assert set(table(learned, "retention_curves")["curve"]) == {"risk", "plan", "uplift"}


@pytest.mark.slow
def test_a_model_learns_from_some_customers_and_judges_all(tables: Tables, learned: Outcome) -> None:
    some = run(tables, model_customers=400, model_rows=1000)
    facts, whole = some.models["uplift"][1], learned.models["uplift"][1]
    assert 900 <= facts["rows"] <= 1100 < whole["rows"] == whole["customers"] == facts["customers"]
    assert facts["qini"] > 0.0


def test_a_model_of_offers_that_do_nothing_is_not_trusted() -> None:
    plans = plan(date(2024, 2, 1), 500)
    plans = plans.with_columns(stays=pl.Series(np.random.default_rng(3).random(500) < 0.7))
    months = contract("customer_months").conform(months_of(plans).lazy()).collect().lazy()
    outcome = run({"retention_plan": plans.drop("stays").lazy(), "customer_months": months}, model_customers=400)
    about = outcome.models["uplift"][1]
    assert about["trusted"] is False and about["qini_low"] <= 0


def test_too_few_customers_make_no_model(small: Tables) -> None:
    outcome = run(small, model_customers=10_000)
    assert outcome.models == {} and outcome.metrics["uplift_model"] == {
        "trained": False,
        "customers": 600,
        "needed": 10_000,
    }


def test_no_customer_is_judged_by_a_model_that_saw_her(monkeypatch: pytest.MonkeyPatch, small: Tables) -> None:
    # every customer of the first plan is in the second too, and leaves or stays alike: a model that saw the one
    # would know the other
    plans = small["retention_plan"].collect()
    seen: list[Any] = []

    def watched(*trial: Any, groups: Any, **options: Any) -> Any:
        seen.append(groups)
        return np.zeros(len(groups))

    monkeypatch.setattr(evaluate_retention_model, "out_of_fold", watched)
    first = plans.filter(pl.col("as_of") == date(2024, 2, 1))
    second = first.with_columns(as_of=pl.lit(date(2024, 3, 1)), campaign_id=pl.lit("retention-2024-03"))
    run({**small, "retention_plan": pl.concat([first, second]).lazy()}, model_customers=400)
    assert len(seen[0]) == 600 and len(set(seen[0].tolist())) == 300
