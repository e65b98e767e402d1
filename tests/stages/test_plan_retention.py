"""The plan of a month: who is contacted with what, who is held out, and why nobody else."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, UsageError
from telcli.stages import Outcome
from telcli.tables import contract
from tests.stages.plan_world import MONTH, OFFERS, codes, planned, table, world


@pytest.fixture(scope="module")
def free() -> Outcome:
    """Without any limit."""
    return planned()


@pytest.fixture(scope="module")
def tight() -> Outcome:
    """Within every kind of limit."""
    offers = {**OFFERS, "CALL": {**OFFERS["CALL"], "limit": 25}}
    return planned(offers=offers, budget="900", channel_capacity="outbound=20, sms=40", manager_capacity=8, holdout=0.2)


def contacted(plan: pl.DataFrame) -> pl.DataFrame:
    return plan.filter(pl.col("action") == "offer")


def test_everybody_who_is_here_has_a_row_that_says_why(free: Outcome) -> None:
    plan = table(free)
    assert plan["customer_id"].to_list() == [f"C{at:05d}" for at in range(400) if at % 100 != 99]
    assert set(plan.filter(pl.col("action") == "offer")["why"]) == {"planned"}
    assert set(plan.filter(pl.col("action") == "held-out")["why"]) == {"held-out"}
    none = plan.filter(pl.col("action") == "none")
    assert not {"planned", "held-out", "no-money", "no-capacity"} & set(none["why"])
    nothing = ("offer_id", "channel", "manager_id", "expected_value", "cost", "uplift", "deadline", "assignment")
    assert none.select(pl.col(nothing).count()).row(0) == (0,) * len(nothing)
    assert (plan["held_out"] == (plan["action"] == "held-out")).all()
    assert set(plan["campaign_id"]) == {"retention-2024-06"}


def test_the_value_is_the_published_formula_where_nothing_is_known(free: Outcome) -> None:
    for row in table(free).filter(pl.col("action") != "none").iter_rows(named=True):
        offer = OFFERS[row["offer_id"]]
        p, worth, d, f = row["churn_probability"], row["worth"], offer["cost"], offer["contact_cost"]
        fits = row["theme"] is None or row["theme"] in offer.get("themes", [row["theme"]])
        g, take = offer["accept"] * (1.0 if fits else 0.5), offer.get("take", 1.0)
        assert row["expected_value"] == pytest.approx(p * g * (worth - d) - (1 - p) * take * d - f)
        assert row["cost"] == pytest.approx((p * g + (1 - p) * take) * d + f)
        assert row["expected_value"] > 0
        assert row["evidence"] == "assumed"


def test_without_limits_each_has_the_offer_of_highest_value(free: Outcome) -> None:
    plan = table(free)
    for code in OFFERS:
        alone = table(planned(offers={code: OFFERS[code]})).select("customer_id", other="expected_value")
        joined = plan.join(alone, on="customer_id").filter(pl.col("other").is_not_null())
        assert (joined["expected_value"] >= joined["other"] - 1e-9).all()
    assert free.metrics["limits"]["gap"] == 0.0
    assert free.metrics["limit_costs"] == pytest.approx(0.0, abs=1e-6)


def test_a_tenth_is_held_out_by_lot_in_each_cell_and_offer(free: Outcome) -> None:
    chosen = table(free).filter(pl.col("action") != "none")
    strata = chosen.group_by("cell", "offer_id").agg(
        held=pl.col("held_out").sum(), share=pl.col("assignment").mean(), n=pl.len()
    )
    assert (strata["held"] - strata["share"] * strata["n"]).abs().max() < 1.0
    assert set(chosen["assignment"].round(9)) <= {round(0.1 + step / 100, 9) for step in range(11)}
    assert chosen["held_out"].sum() > 10


def test_the_order_of_rows_changes_nothing(tight: Outcome) -> None:
    shuffled = {
        name: frame.collect().sample(fraction=1.0, shuffle=True, seed=9).lazy() for name, frame in world().items()
    }
    offers = {**OFFERS, "CALL": {**OFFERS["CALL"], "limit": 25}}
    settings: dict[str, Any] = {"budget": "900", "channel_capacity": "outbound=20, sms=40", "manager_capacity": 8}
    again = planned(shuffled, offers=offers, holdout=0.2, **settings)
    for name, frame in tight.tables.items():
        assert frame.collect().equals(again.tables[name].collect()), name
    assert again.metrics == tight.metrics


def test_limits_hold_of_those_contacted_and_are_used(tight: Outcome) -> None:
    plan = contacted(table(tight))
    assert plan["cost"].sum() <= 900.0
    by_channel = dict(plan.group_by("channel").len().iter_rows())
    assert by_channel.get("outbound", 0) <= 20
    assert by_channel.get("sms", 0) <= 40
    hands = plan.filter(pl.col("channel") != "sms").group_by("manager_id").len()
    assert hands.filter(pl.col("manager_id") != "unassigned")["len"].max() <= 8
    assert plan.filter(pl.col("offer_id") == "CALL").height <= 25
    used = max(plan["cost"].sum() / 900, by_channel["outbound"] / 20, by_channel["sms"] / 40)
    assert used >= 0.9
    assert tight.metrics["limit_costs"] > 0
    assert {"no-money", "no-capacity"} & set(table(tight)["why"])


@pytest.mark.parametrize("capacity", [2, 5])
def test_hands_that_the_holdout_leaves_free_are_used(capacity: int) -> None:
    """A tenth of five hands is no whole hand: each manager's limit is widened by her own customers held out."""
    plan = table(planned(world(900), manager_capacity=capacity, holdout=0.2))
    hands = contacted(plan).filter(pl.col("channel") != "sms").group_by("manager_id").len()
    assert dict(hands.iter_rows()) == {f"M{at}": capacity for at in range(6)}
    chosen = plan.filter(pl.col("action") != "none")
    assert abs(chosen["held_out"].mean() - 0.2) < 0.03  # type: ignore[operator]


@pytest.mark.slow
def test_whoever_is_at_the_margin_is_held_out_as_often_as_others() -> None:
    """Were limits filled by who is known to be held out, those who just come in would all be."""
    tables, runs = world(300), 40
    offers = {code: OFFERS[code] for code in ("CREDIT", "CALL")}
    plans = [table(planned(tables, offers=offers, seed=seed, manager_capacity=3, holdout=0.2)) for seed in range(runs)]
    chosen = pl.concat(plan.with_columns(run=pl.lit(at)) for at, plan in enumerate(plans))
    chosen = chosen.filter(pl.col("action") != "none")
    chosen = chosen.with_columns(
        off=pl.col("held_out") - pl.col("assignment"), often=pl.len().over("customer_id") / runs
    )
    margin = chosen.filter(pl.col("often").is_between(0.1, 0.9))
    worth = chosen["expected_value"]
    by_value = chosen.with_columns(off=pl.col("off") * (pl.col("expected_value") - worth.mean()) / worth.std())
    assert margin.height > 100
    for part in (margin, chosen, by_value):
        sums = part.group_by("run").agg(pl.col("off").sum())["off"].to_numpy()
        assert abs(sums.mean()) < 3.0 * sums.std() / len(sums) ** 0.5


def test_tasks_are_those_contacted(tight: Outcome) -> None:
    plan, tasks = contacted(table(tight)), table(tight, "retention_tasks")
    assert sorted(tasks["customer_id"]) == plan["customer_id"].to_list()
    assert not tasks["manager_id"].is_in(["unassigned"]).all()
    first = tasks.filter(pl.col("owner")).join(world()["customers"].collect(), on="customer_id")
    assert (first["manager_id"] == first["manager_id_right"]).all()
    assert "账单上涨" in tasks["why_zh"][0]


def test_cells_and_offers_add_up_to_the_plan(free: Outcome) -> None:
    plan, cells, offers = table(free), table(free, "retention_cells"), table(free, "plan_offers")
    whole, parts = cells.filter(pl.col("cell") == "all"), cells.filter(pl.col("cell") != "all")
    assert parts.height == 9
    for name in ("customers", "contacted", "held_out"):
        assert parts[name].sum() == whole[name].item()
    for name in ("worth", "expected_loss", "expected_value", "cost"):
        assert parts[name].sum() == pytest.approx(whole[name].item())
    assert whole["customers"].item() == plan.height
    assert offers["contacted"].sum() == contacted(plan).height == whole["contacted"].item()
    assert (offers["eligible"] >= offers["worthwhile"]).all()
    assert (offers["worthwhile"] >= offers["wanted"]).all()
    assert free.metrics["contacted"] == contacted(plan).height
    seen = whole.row(0, named=True)
    assert 0 < seen["power"] < 1
    assert seen["needed_contacted"] > seen["contacted"]


def test_a_grid_of_two_has_four_cells() -> None:
    outcome = planned(grid=2, value_by="quantile", high_value_share=0.25)
    assert set(table(outcome)["cell"]) == {"high-high", "high-low", "low-high", "low-low"}
    assert table(outcome, "retention_cells").height == 5
    high = table(outcome).filter(pl.col("value_band") == "high")
    assert high.height == 99
    assert high["worth"].min() >= table(outcome).filter(pl.col("value_band") == "low")["worth"].max()


@pytest.mark.parametrize(
    ("offers", "given", "code", "why"),
    [
        (OFFERS, {"budget": "0"}, "plan-no-money", "no-money"),
        (OFFERS, {"channel_capacity": "outbound=0, phone=0, sms=0"}, "plan-no-capacity", "no-capacity"),
        ({"A": {**OFFERS["CREDIT"], "cost": 9999}}, {}, "plan-not-worth", "not-worth"),
        ({"A": {**OFFERS["CREDIT"], "when": "churn_probability > 2"}}, {}, "plan-not-eligible", "not-eligible"),
    ],
)
def test_where_nobody_can_be_contacted_it_says_why(
    offers: dict[str, Any], given: dict[str, Any], code: str, why: str
) -> None:
    outcome = planned(offers=offers, **given)
    plan = table(outcome)
    assert set(plan["action"]) == {"none"}
    assert code in codes(outcome)
    assert why in set(plan["why"])
    assert outcome.metrics["expected_value"] == 0


def test_conditions_of_offers_choose_customers() -> None:
    only = {"A": {**OFFERS["TEXT"], "when": "age < 40 AND value_band <> 'low'", "strategies": ["retain"]}}
    plan = table(planned(offers=only)).filter(pl.col("action") != "none")
    ages = world()["customers"].with_columns(age=2024 - pl.col("birth_year")).collect()
    assert plan.height > 0
    assert plan.join(ages, on="customer_id")["age"].max() < 40
    assert set(plan["strategy"]) == {"retain"}
    with pytest.raises(UsageError, match=r"\[plan-retention.offers\] names vaule_band"):
        planned(offers={"A": {**OFFERS["TEXT"], "when": "vaule_band = 'low'"}})


def test_without_value_scores_worth_is_revenue_and_it_says_so() -> None:
    tables = {name: frame for name, frame in world().items() if name != "value_scores"}
    outcome = planned(tables)
    assert "plan-no-value" in codes(outcome)
    revenue = world()["customer_months"].select("customer_id", worth=12 * pl.col("revenue_mean_3")).collect()
    joined = table(outcome).join(revenue, on="customer_id")
    assert joined["worth"].to_list() == pytest.approx(joined["worth_right"].to_list())


def test_who_is_listed_is_left_alone(free: Outcome) -> None:
    named = contacted(table(free))["customer_id"].to_list()[:5]
    outcome = planned(choices={"left_alone": {name: (at + 1,) for at, name in enumerate(named)}})
    assert "plan-suppressed-unknown" not in codes(outcome)
    plan = table(outcome).filter(pl.col("customer_id").is_in(named))
    assert set(plan["why"]) == {"suppressed"}
    assert set(plan["action"]) == {"none"}


def test_lines_of_a_list_that_name_nobody_are_told_by_number_alone() -> None:
    listed = {"C00001": (2,), "13812345678": (3, 9), **{f"X{at}": (at,) for at in range(20, 29)}}
    outcome = planned(choices={"left_alone": listed}, suppress="list.csv")
    told = next(note for note in outcome.notices if note.code == "plan-suppressed-unknown").message
    lines = "3, 9, 20, 21, 22, 23, 24, 25, 26, 27, ..."
    assert told == f"Of 12 lines of the list list.csv, 11 (line {lines}) name no customer of this month."


def test_channels_and_names_of_offers_that_are_not_known_are_told() -> None:
    offers = {
        "A": {**OFFERS["TEXT"], "channel": "smss", "en": "Text"},
        "B": {**OFFERS["CALL"], "channel": "电话", "en": "Call", "zh": "电话"},
        "C": {**OFFERS["CALL"], "channel": "kiosk", "zh": "终端"},
        "D": {**OFFERS["CALL"], "channel": "pigeon", "en": "Bird", "zh": "鸽"},
    }
    notices = planned(offers=offers, channel_capacity="kiosk=9").notices
    assert [note.values for note in notices if note.code == "plan-offer-channel"][:2] == [
        {"offers": "A", "channel": "smss", "near": "sms"},
        {"offers": "B", "channel": "电话", "near": "phone"},
    ]
    told = {note.code: note.values["offers"] for note in notices if note.code.startswith("plan-offer")}
    assert told == {"plan-offer-channel": "D", "plan-offer-no-en": "C", "plan-offer-no-zh": "A"}
    assert not [code for code in codes(planned(offers=None)) if code.startswith("plan-offer")]


def test_contacts_of_the_past_hold_back_and_exclude(free: Outcome) -> None:
    names = contacted(table(free)).filter(pl.col("offer_id") == "CREDIT")["customer_id"].to_list()[:8]
    days = [date(2024, 6, 20)] * 2 + [date(2024, 5, 2), date(2024, 5, 20)] * 2 + [date(2024, 4, 20)] * 2
    who = [*names[:2], names[2], names[2], names[3], names[3], *names[4:6]]
    past = {"campaign_id": ["near"] * 2 + ["m1", "m2"] * 2 + ["gift"] * 2, "customer_id": who, "contacted_on": days}
    campaigns = contract("campaigns").conform(pl.LazyFrame({**past, "arm": ["treated"] * len(who)}))
    offers = {**OFFERS, "CREDIT": {**OFFERS["CREDIT"], "excludes": ["gift"]}}
    outcome = planned({**world(), "campaigns": campaigns}, offers=offers)
    plan = {row["customer_id"]: row for row in table(outcome).iter_rows(named=True)}
    assert [plan[name]["why"] for name in names[:4]] == ["quiet-period"] * 2 + ["frequency"] * 2
    assert all(plan[name]["offer_id"] not in ("CREDIT",) for name in names[4:6])
    assert all(plan[name]["offer_id"] == "CREDIT" for name in names[6:8])
    overlap = table(outcome, "plan_overlap").filter(pl.col("first") == "retention-2024-06")
    held = dict(overlap.select("second", "held_back").iter_rows())
    assert held["near"] == 2
    assert "gift" in held


def test_both_arms_rest_until_that_plan_can_be_told(free: Outcome) -> None:
    earlier = table(free).with_columns(as_of=pl.lit(date(2024, 5, 1)), campaign_id=pl.lit("retention-2024-05"))
    tables = {**world(), "retention_plan": earlier.with_columns(deadline=pl.lit(date(2024, 1, 1))).lazy()}
    choices = {"window_months": 3}
    rested = table(free).filter(pl.col("action") != "none")["customer_id"]
    plan = table(planned(tables, choices=choices)).filter(pl.col("customer_id").is_in(rested.implode()))
    assert set(plan["why"]) == {"resting"}
    assert "resting" not in set(table(planned(tables, choices=choices, rest="off"))["why"])
    assert "resting" not in set(table(planned(tables, choices={"window_months": 1}))["why"])


def test_nobody_left_is_a_sentence() -> None:
    gone = {**world(), "customer_months": world()["customer_months"].with_columns(left=pl.lit(value=True))}
    with pytest.raises(DataError, match="nobody to plan for in 2024-06"):
        planned(gone)


def test_without_a_holdout_it_warns() -> None:
    outcome = planned(holdout=0.0)
    assert "plan-no-holdout" in codes(outcome)
    assert table(outcome)["held_out"].sum() == 0


def test_offers_of_telcli_work_without_settings() -> None:
    outcome = planned(offers=None)
    assert outcome.metrics["contacted"] > 0
    assert codes(outcome) == ["plan-assumed"]
    assert contract("retention_plan").schema.validate(table(outcome)).height == table(outcome).height
    assert outcome.as_of == MONTH
