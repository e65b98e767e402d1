"""The score of indicators: by hand, from month to month, what moved it, and what is said of judgements."""

import json
import tomllib
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.errors import DataError, UsageError
from telcli.features.value_indicators import check_columns
from telcli.settings import resolve
from telcli.stages import Earlier, Inputs, Outcome
from telcli.stages.score_value import score_value
from telcli.stages.score_value_indicators import tried
from telcli.stages.score_value_judged import judged
from telcli.tables import contract
from telcli.tables.hierarchy import from_config, merged

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
SMALL = """
[items]
goal = ["worth", "bond"]
worth = ["fee", "use"]
bond = ["stay"]
[indicators.fee]
column = "plan_fee"
scaling = "range"
[indicators.use]
column = "data_mb"
[indicators.stay]
column = "complaints"
better = "less"
name = "Complaints"
name_zh = "投诉"
[judgements.goal]
"worth : bond" = 4
[judgements.worth]
"fee : use" = 3
"""


def months(rows: list[tuple[str, float | None, float | None, float | None]], month: date = JUNE) -> pl.LazyFrame:
    """One month of customers: plan_fee, data_mb, complaints; revenue is the fee."""
    frame = pl.DataFrame(
        rows,
        schema={"customer_id": pl.String, **dict.fromkeys(("plan_fee", "data_mb", "complaints"), pl.Float64)},
        orient="row",
    )
    told = {"month": pl.lit(month), "active": pl.lit(True), "left": pl.lit(False), "tenure_months": pl.lit(5.0)}
    return frame.with_columns(**told, revenue=pl.col("plan_fee").fill_null(1.0)).lazy()


def run(
    frame: pl.LazyFrame,
    own: str = SMALL,
    earlier: Outcome | None = None,
    month: date = JUNE,
    also: dict[str, pl.LazyFrame] | None = None,
    **values: Any,
) -> tuple[dict[str, pl.DataFrame], Outcome]:
    before = Earlier(earlier.as_of, earlier.tables) if earlier and earlier.as_of else None
    choices = {"value_hierarchy": from_config(tomllib.loads(own), "telcli.toml")} if own else {}
    inputs = Inputs({"customer_months": frame, **(also or {})}, month, choices=choices, earlier=before)
    outcome = score_value(inputs, resolve("score-value", values, environ={}).values)
    json.dumps(outcome.metrics, allow_nan=False)
    return {name: contract(name).require(table).collect() for name, table in outcome.tables.items()}, outcome


def codes(outcome: Outcome) -> set[str]:
    return {notice.code for notice in outcome.notices}


FOUR = [("a", 10.0, 1.0, 0.0), ("b", 20.0, 2.0, 0.0), ("c", 30.0, 3.0, 0.0), ("d", 40.0, 4.0, 2.0)]


def test_by_hand() -> None:
    made, outcome = run(months(FOUR))
    held = made["value_indicators"].sort("customer_id")
    # 1st and 99th percentile of 10, 20, 30, 40 are 10.3 and 39.7
    assert held["x_fee"].to_list() == pytest.approx([0.0, 100 * 9.7 / 29.4, 100 * 19.7 / 29.4, 100.0], abs=1e-4)
    assert held["x_use"].to_list() == [12.5, 37.5, 62.5, 87.5]
    assert held["x_stay"].to_list() == [62.5, 62.5, 62.5, 12.5]  # ranks 37.5 and 87.5, less is better
    weights = dict(made["value_weights"].select("item", "global_weight").iter_rows())
    assert weights == pytest.approx({"worth": 0.8, "fee": 0.6, "use": 0.2, "bond": 0.2, "stay": 0.2})
    expected = [0.6 * fee + 0.2 * use + 0.2 * stay for _, _, _, fee, stay, use in held.iter_rows()]
    assert held.columns == ["customer_id", "as_of", "known_weight", "x_fee", "x_stay", "x_use"]
    assert made["value_scores"]["value_score"].to_list() == pytest.approx(expected, abs=2e-4)
    assert made["value_scores"]["value_tier"].to_list() == ["bronze", "bronze", "silver", "gold"]
    assert made["value_tiers"]["customers"].to_list() == [0, 1, 1, 2]
    assert outcome.metrics["consistency"]["nodes"]["goal"]["cr"] == 0.0
    assert outcome.metrics["scale"] == {"since": "2024-06", "kept": False}


def test_what_is_not_known_of_one_takes_the_mean_of_what_is_known_of_its_node() -> None:
    made, _ = run(months([*FOUR, ("e", 20.0, None, None)]))
    held = made["value_indicators"].filter(pl.col("customer_id") == "e")
    assert held["x_use"].to_list() == [None]
    assert held["known_weight"].to_list() == [0.6]
    score = made["value_scores"].filter(pl.col("customer_id") == "e")["value_score"][0]
    assert score == pytest.approx(held["x_fee"][0], abs=1e-4)


def test_indicators_without_data_or_difference_have_no_weight() -> None:
    rows: list[Any] = [(name, fee, None, 3.0) for name, fee, _, _ in FOUR]
    made, outcome = run(months(rows))
    weights = made["value_weights"]
    assert dict(weights.select("item", "dropped").drop_nulls().iter_rows()) == {"use": "no-data", "stay": "constant"}
    assert dict(weights.select("item", "global_weight").iter_rows())["fee"] == pytest.approx(1.0)
    assert dict(weights.select("item", "judged_weight").iter_rows())["use"] == pytest.approx(0.25)
    (said,) = [notice for notice in outcome.notices if notice.code == "value-indicators-dropped"]
    assert said.values == {"names": "use, stay"}


def test_nothing_known_scores_the_middle() -> None:
    made, outcome = run(months([("a", None, None, None), ("b", None, None, None)]))
    assert made["value_scores"]["value_score"].to_list() == [50.0, 50.0]
    assert made["value_indicators"]["known_weight"].to_list() == [0.0, 0.0]
    assert "value-no-indicators" in codes(outcome)


def test_a_customer_who_stays_the_same_keeps_score_and_tier_whatever_others_do() -> None:
    _, first = run(months(FOUR, MAY), month=MAY)
    others: list[Any] = [(f"n{place}", 500.0 + place, 90.0 + place, 0.0) for place in range(50)]
    made, outcome = run(months([FOUR[0], FOUR[1], ("d", 40.0, 4.0, 2.0), *others]), earlier=first)
    was = first.tables["value_scores"].collect()
    both = made["value_scores"].join(was, on="customer_id", suffix="_then")
    assert both.height == 3
    assert both["value_score"].to_list() == both["value_score_then"].to_list()
    assert both["value_tier"].to_list() == both["value_tier_then"].to_list()
    assert made["value_moves"].height == 0
    assert outcome.metrics["scale"] == {"since": "2024-05", "kept": True}
    moves = outcome.metrics["moves"]
    assert (moves["up"], moves["down"], moves["same"]) == (0, 0, 3)
    assert moves["matrix"]["silver"]["none"] == 1  # c
    assert sum(moves["matrix"]["none"].values()) == 50


def test_who_moved_is_told_with_what_moved_the_score() -> None:
    _, first = run(months(FOUR, MAY), month=MAY)
    now = [("a", 39.7, 1.0, 0.0), *FOUR[1:]]
    made, outcome = run(months(now), earlier=first)
    assert made["value_moves"]["customer_id"].to_list() == ["a"]
    move = made["value_moves"].row(0, named=True)
    assert (move["tier_before"], move["value_tier"]) == ("bronze", "silver")
    assert move["change"] == pytest.approx(60.0, abs=1e-3)
    assert move["points_1"] == pytest.approx(move["change"], abs=1e-3)
    assert move["reason_1"] == "Score of fee rose from 0 to 100 of 100 (+60.0 points)"
    assert move["item_1"] == "fee"
    assert move["reason_2"] is None
    assert move["before"] == MAY
    assert outcome.metrics["moves"]["up"] == 1


def test_an_indicator_that_is_lost_is_said_and_a_new_one_waits() -> None:
    rows: list[Any] = [(name, fee, None, bad) for name, fee, _, bad in FOUR]
    _, first = run(months(rows, MAY), month=MAY)
    now: list[Any] = [(name, fee, use, None) for name, fee, use, _ in FOUR]
    made, outcome = run(months(now), earlier=first)
    assert {"value-indicators-gone", "value-indicators-wait"} <= codes(outcome)
    assert "value-indicators-dropped" not in codes(outcome)
    assert "x_use" not in made["value_indicators"].columns
    why = dict(made["value_weights"].select("item", "dropped").drop_nulls().iter_rows())
    assert why == outcome.metrics["indicators"]["dropped"] == {"use": "waits"}
    _, third = run(months(rows, date(2024, 7, 1)), earlier=outcome, month=date(2024, 7, 1))
    assert third.metrics["indicators"]["dropped"] == {"use": "no-data"}
    assert made["value_indicators"]["x_stay"].null_count() == 4


@pytest.mark.parametrize(
    ("own", "values", "code"),
    [
        (SMALL.replace("= 4", "= 5"), {}, "value-refit-weights"),
        (SMALL.replace('"data_mb"', '"call_minutes"'), {}, "value-refit-weights"),
        (SMALL, {"gold_share": 0.3}, "value-refit-settings"),
        (SMALL, {"refit": "always"}, "value-refit"),
    ],
)
def test_what_changes_scales_is_said_and_nothing_is_compared(own: str, values: dict[str, Any], code: str) -> None:
    _, first = run(months(FOUR, MAY), month=MAY)
    made, outcome = run(months(FOUR), own, earlier=first, **values)
    assert code in codes(outcome)
    assert outcome.metrics["scale"] == {"since": "2024-06", "kept": False}
    assert outcome.metrics["moves"] is None
    assert made["value_moves"].height == 0


def test_settings_that_the_score_does_not_use_leave_scales_and_moves() -> None:
    _, first = run(months(FOUR, MAY), month=MAY)
    _, outcome = run(months(FOUR), earlier=first, interval_level=0.9, horizon_months=36, margin_rate=0.5)
    assert outcome.metrics["scale"] == {"since": "2024-05", "kept": True}
    assert outcome.metrics["moves"]["same"] == 4


def test_scales_are_handed_on_from_month_to_month() -> None:
    _, first = run(months(FOUR, MAY), month=MAY)
    _, second = run(months([(name, fee * 2, use, bad) for name, fee, use, bad in FOUR]), earlier=first)
    made, third = run(months(FOUR, date(2024, 7, 1)), earlier=second, month=date(2024, 7, 1))
    assert third.metrics["scale"]["since"] == "2024-05"
    assert made["value_scores"]["value_score"].to_list() == (
        first.tables["value_scores"].collect()["value_score"].to_list()
    )


amounts = st.one_of(st.none(), st.floats(0, 1000, width=32))
people = st.lists(st.tuples(amounts, amounts, amounts), min_size=2, max_size=12)


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(people, people)
def test_whoever_stays_the_same_keeps_the_tier(same: Any, others: Any) -> None:
    stay = [(f"c{place:02d}", *row) for place, row in enumerate(same)]
    _, first = run(months(stay, MAY), month=MAY)
    joined = [(f"n{place:02d}", *row) for place, row in enumerate(others)]
    made, outcome = run(months(stay + joined), earlier=first)
    was = first.tables["value_scores"].collect().select("customer_id", then="value_tier", scored="value_score")
    both = made["value_scores"].join(was, on="customer_id")
    assert both.height == len(stay)
    assert outcome.metrics["scale"]["kept"]
    assert both["value_tier"].to_list() == both["then"].to_list()
    assert both["value_score"].to_list() == both["scored"].to_list()


@settings(max_examples=5, deadline=None)
@given(people, people)
def test_contributions_sum_to_the_change(then: Any, now: Any) -> None:
    named = [[(f"c{place:02d}", *row) for place, row in enumerate(rows)] for rows in (then, now)]
    _, first = run(months(named[0], MAY), month=MAY)
    made, outcome = run(months(named[1]), earlier=first)
    weights = dict(
        made["value_weights"].filter(pl.col("column").is_not_null()).select("item", "global_weight").iter_rows()
    )
    scores = made["value_scores"]["value_score"]
    assert scores.is_between(0, 100).all()
    if not outcome.metrics["scale"]["kept"]:
        return
    from telcli.methods.indicator_score import Tree
    from telcli.stages.score_value_moves import contributions
    from telcli.stages.score_value_record import recall

    record = recall(Earlier(MAY, first.tables))
    assert record is not None
    tree: Tree = record.measure.tree
    if not tree.children:
        return
    assert {leaf: tree.weights[leaf] for leaf in tree.leaves} == pytest.approx(
        {item: weight for item, weight in weights.items() if weight}, abs=1e-8
    )
    both = made["value_indicators"].join(record.indicators, on="customer_id", suffix="_then").sort("customer_id")
    after, before = (
        {leaf: both[f"x_{leaf}{side}"].fill_null(np.nan).to_numpy() for leaf in tree.leaves} for side in ("", "_then")
    )
    joined = made["value_scores"].join(record.customers, on="customer_id", suffix="_then").sort("customer_id")
    change = (joined["value_score"] - joined["value_score_then"]).to_numpy()
    assert contributions(tree, before, after).sum(axis=1) == pytest.approx(change, abs=3e-4)


def test_the_chance_of_leaving_is_that_of_the_month_before() -> None:
    scores = pl.LazyFrame({"customer_id": ["a", "b", "c", "d"], "churn_probability": [0.9, 0.1, 0.2, 0.3]})
    own = '[items]\ngoal = ["risk"]\n[indicators.risk]\ncolumn = "churn_probability"\nbetter = "less"\n'
    made, _ = run(months(FOUR), own, also={"churn_scores": scores})
    assert made["value_indicators"]["x_risk"].to_list() == [12.5, 87.5, 62.5, 37.5]


def test_it_is_said_how_the_chance_of_leaving_is_taken_in() -> None:
    scores = pl.LazyFrame({"customer_id": ["a", "b", "c", "d"], "churn_probability": [0.9, 0.1, 0.2, 0.3]})
    own = '[items]\ngoal = ["risk", "fee"]\n[indicators.risk]\ncolumn = "churn_probability"\n[indicators.fee]\n'
    own += 'column = "plan_fee"\n[judgements.goal]\n"risk : fee" = 2\n'
    _, first = run(months(FOUR, MAY), own, month=MAY)
    (said,) = [notice for notice in first.notices if notice.code == "value-indicators-churn"]
    assert said.values == {"names": "risk"}
    assert "score-value --refit" in said.message
    _, second = run(months(FOUR), own, earlier=first, also={"churn_scores": scores})
    assert "value-indicators-churn" not in codes(second)
    assert second.metrics["indicators"]["dropped"] == {"risk": "waits"}
    _, taken = run(months(FOUR), own, earlier=first, also={"churn_scores": scores}, refit="always")
    assert taken.metrics["indicators"]["dropped"] == {}


def test_judgements_that_contradict_each_other_name_what_would_mend_them() -> None:
    own = '[judgements.goal]\n"current : incremental" = 3\n"incremental : retention" = 3\n"retention : current" = 3\n'
    with pytest.raises(DataError) as caught:
        run(months(FOUR), own)
    assert caught.value.exit_code == 4
    said = caught.value.values
    assert (said["node"], said["cr"]) == ("goal", "1.149")
    assert float(said["fitted"]) <= float(said["mended"]) < 0.1
    assert said["implied"] == "1/9"
    assert said["pair"] == "current : incremental"
    far = own.replace("= 3", "= 9")
    with pytest.raises(DataError, match="no single change mends it"):
        run(months(FOUR), far)
    mended = own.replace('"retention : current" = 3', '"retention : current" = "1/9"')
    assert run(months(FOUR), mended)[1].metrics["consistency"]["nodes"]["goal"]["cr"] < 0.1


def test_each_expert_answers_for_himself_and_together_they_weigh() -> None:
    own = (
        '[experts.li.goal]\n"current : incremental" = 4\n"current : retention" = 2\n"retention : incremental" = 2\n'
        '[experts.wang.goal]\n"current : incremental" = 9\n"current : retention" = 3\n"retention : incremental" = 3\n'
    )
    made, outcome = run(months(FOUR), own)
    goal = outcome.metrics["consistency"]["nodes"]["goal"]
    assert goal["experts"] == {"li": 0.0, "wang": 0.0}
    assert goal["kendall_w"] == 1.0
    row = made["value_weights"].filter(pl.col("item") == "current").row(0, named=True)
    parts = [6.0, 1.0, np.sqrt(6.0)]  # geometric means of 4 and 9, and of 2 and 3
    assert row["judged_weight"] == pytest.approx(parts[0] / sum(parts), abs=1e-6)
    assert row["expert_ratios"] == "li 0.000, wang 0.000"
    with pytest.raises(DataError, match=r"goal \(wang\)"):
        run(months(FOUR), own.replace('"retention : incremental" = 3', '"retention : incremental" = "1/3"'))


def test_experts_who_do_not_agree_and_what_nobody_judged_are_told() -> None:
    def by(current: str, retention: str) -> str:
        return f'"current : incremental" = {current}\n"retention : incremental" = {retention}\n'

    own = "".join(
        f"[experts.{name}.goal]\n{by(*told)}"
        for name, told in (("li", ("5", "2")), ("wu", ('"1/5"', '"1/3"')), ("he", ("1", "3")))
    )
    outcome = run(months(FOUR), own + "[experts.ma.goal]\n")[1]
    told = {notice.code: notice.values for notice in outcome.notices}
    goal = outcome.metrics["consistency"]["nodes"]["goal"]
    assert (goal["agree"], goal["w_chance"] > 0.05, goal["kendall_w"] < 0.3) == (False, True, True)
    assert told["judgements-disagree"] == {"nodes": f"goal {goal['kendall_w']:.2f}"}
    assert told["judgements-blank"] == {"names": "goal (ma)"}
    assert told["judgements-filled"] == {"names": "goal (he) 1/3, goal (li) 1/3, goal (wu) 1/3"}
    same = "".join(f"[experts.{name}.goal]\n{by('5', '2')}" for name in ("li", "wu", "he"))
    assert "judgements-disagree" not in codes(run(months(FOUR), same)[1])
    assert not {"judgements-filled", "judgements-blank"} & codes(run(months(FOUR), "")[1])


def test_judgements_of_a_workbook_are_named_by_sheet_and_cell() -> None:
    items = ["current", "incremental", "retention"]
    labels = {"current": "当前价值", "incremental": "增量价值", "retention": "存量价值"}
    cells = {
        f"{one} : {other}": f"{'BCD'[at]}{row}" for row, one in enumerate(items, 2) for at, other in enumerate(items)
    }
    place = {"sheet": "客户价值 (王)", "labels": labels, "cells": cells}
    pairs = [["incremental", "current", 1 / 3], ["current", "retention", 1 / 3], ["incremental", "retention", 3.0]]

    def own(pairs: list[list[Any]], place: dict[str, Any] = place) -> dict[str, Any]:
        empty = {"names": {}, "items": {}, "indicators": {}, "cells": {}}
        return {
            **{"source": "h.xlsx", "judgements": {"王": {"goal": pairs}}},
            **{"places": {"王": {"goal": place}} if place else {"王": {}}, **empty},
        }

    with pytest.raises(DataError) as caught:
        judged(merged(own(pairs)), "classic")
    assert str(caught.value).startswith("h.xlsx, sheet 客户价值 (王): judgements on 客户价值 (王) contradict")
    assert "B3 (增量价值 : 当前价值) = 1/3 fits the others least: they imply 9" in str(caught.value)
    with pytest.raises(UsageError, match="how important 存量价值 are") as lacks:
        judged(merged(own(pairs[:1])), "classic")
    assert lacks.value.hint == "Fill in one of D2, D3 at least."
    small = {**place, "labels": {item: labels[item] for item in items[:2]}}
    with pytest.raises(UsageError) as lacks:
        judged(merged(own(pairs[:1], small)), "classic")
    assert lacks.value.hint.startswith("Add a row and a column of retention")
    with pytest.raises(UsageError) as lacks:
        judged(merged(own(pairs[:1], {})), "classic")
    assert lacks.value.hint.startswith("Add a sheet called goal")


def test_judgements_not_made_are_filled_where_others_link_the_items() -> None:
    own = '[judgements.goal]\n"current : incremental" = 4\n"current : retention" = 2\n'
    made, _ = run(months(FOUR), own)
    found = dict(made["value_weights"].filter(pl.col("node") == "goal").select("item", "judged_weight").iter_rows())
    assert found == pytest.approx({"current": 4 / 7, "incremental": 1 / 7, "retention": 2 / 7}, abs=1e-6)
    with pytest.raises(UsageError, match="nothing says how important retention are"):
        run(months(FOUR), '[judgements.goal]\n"current : incremental" = 4\n')
    with pytest.raises(UsageError, match="how important fee, stay are"):
        run(
            months(FOUR),
            SMALL.replace('bond = ["stay"]', 'bond = ["fee", "stay"]')
            .replace('["fee", "use"]', '["use"]')
            .replace('[judgements.worth]\n"fee : use" = 3', ""),
        )


def test_a_column_that_is_none_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        run(months(FOUR), SMALL.replace('"plan_fee"', '"plan_fees"'))
    assert "the indicator fee is made of plan_fees" in str(caught.value)
    assert "plan_fee" in caught.value.hint


def test_a_column_of_text_is_called_text_and_named_by_its_cell() -> None:
    with pytest.raises(
        UsageError, match="fee is made of plan_id, which is text in subscriptions, not a number"
    ) as caught:
        check_columns({"fee": {"column": "plan_id"}}, "telcli.toml")
    assert "mean" not in caught.value.hint
    with pytest.raises(UsageError, match=r"h.xlsx, sheet h, cell C5: the indicator fee is made of plan_fees"):
        check_columns({"fee": {"column": "plan_fees"}}, "h.xlsx", {"fee": ("h", "C5")})


def test_the_random_index_is_a_choice() -> None:
    own = '[judgements.goal]\n"current : incremental" = 3\n"current : retention" = 2\n"retention : incremental" = 2\n'
    ratios = {
        table: run(months(FOUR), own, random_index=table)[1].metrics["consistency"]["nodes"]["goal"]
        for table in ("classic", "saaty-2005", "donegan-dodd")
    }
    assert {about["ri"] for about in ratios.values()} == {0.58, 0.52, 0.4914}
    assert len({about["ci"] for about in ratios.values()}) == 1
    assert len({about["cr"] for about in ratios.values()}) == 3


def test_sensitivity_shifts_each_weight_both_ways() -> None:
    random = np.random.default_rng(3)
    rows = [(f"c{place:03d}", *random.uniform(0, 100, 3)) for place in range(200)]
    made, outcome = run(months(rows))
    found = made["value_sensitivity"]
    assert set(found.select("item", "step").rows()) == {
        (item, step) for item in ("worth", "bond", "fee", "use") for step in ("up", "down")
    }
    assert found["rank_correlation"].is_between(0.9, 1.0).all()
    assert 0 < found["tiers_changed"].max() < 0.5
    assert outcome.metrics["sensitivity"]["tiers_changed"] == found["tiers_changed"].max()


def test_by_lifetime_value_there_are_ranks_and_no_indicators() -> None:
    made, outcome = run(months(FOUR), "", score_by="lifetime")
    assert made["value_scores"]["value_score"].to_list() == [12.5, 37.5, 62.5, 87.5]
    assert [made[name].height for name in ("value_weights", "value_indicators", "value_moves")] == [0, 0, 0]
    assert made["value_tiers"]["customers"].sum() == 4
    assert outcome.metrics["score_by"] == "lifetime"
    later, then = run(months(FOUR), "", earlier=outcome)
    assert then.metrics["scale"] == {"since": "2024-06", "kept": False}
    assert later["value_moves"].height == 0


BROUGHT = '[items]\ngoal = ["brought", "risk"]\n[indicators.brought]\ncolumn = "current_value"\n'
RISK = '[indicators.risk]\ncolumn = "churn_probability"\nbetter = "less"\n[judgements.goal]\n"brought : risk" = 2\n'


def history(count: int = 60, length: int = 12) -> pl.LazyFrame:
    random = np.random.default_rng(7)
    frames = []
    for at in range(length):
        rows: list[Any] = [(f"c{place:03d}", 10.0 + place, random.uniform(1, 9), 0.0) for place in range(count)]
        frames.append(months(rows, date(2023 + (6 + at) // 12, (6 + at) % 12 + 1, 1)))
    return pl.concat(frames)


def test_the_back_test_says_where_plain_average_margin_ranks_better() -> None:
    _, outcome = run(history())
    found = outcome.metrics["backtest"]
    assert found["naive_rank_correlation"] == 1.0 > found["score_rank_correlation"] > 0.5
    assert "value-score-naive-better" in codes(outcome)
    assert found["score_without"] == []
    fee = '[items]\ngoal = ["fee"]\n[indicators.fee]\ncolumn = "plan_fee"\n'
    scores = pl.LazyFrame({"customer_id": ["c000", "c001"], "churn_probability": [0.9, 0.1]})
    _, good = run(
        history(),
        fee.replace('"fee"]', '"fee", "risk"]') + RISK.replace("brought", "fee"),
        also={"churn_scores": scores},
    )
    assert good.metrics["backtest"]["score_rank_correlation"] == 1.0
    assert good.metrics["backtest"]["score_without"] == ["risk"]
    assert "value-score-naive-better" not in codes(good)


@pytest.mark.parametrize(
    ("sold", "ranks"), [(date(2024, 2, 20), -1.0), (date(2024, 3, 20), 1.0), (date(2023, 2, 20), 1.0)]
)
def test_current_value_of_the_back_test_is_less_what_selling_had_cost_by_then(sold: date, ranks: float) -> None:
    ids = pl.Series("customer_id", [f"c{place:03d}" for place in range(60)])
    lines = ids.to_frame().with_columns(
        subscription_id="customer_id", activated_on=pl.lit(sold), commission=pl.int_range(60) * 24.0
    )
    inputs = Inputs(
        {"customer_months": history(length=1), "subscriptions": lines.lazy()},
        JUNE,
        choices={"value_hierarchy": from_config(tomllib.loads(BROUGHT + RISK), "telcli.toml")},
    )
    month = np.arange(60.0)[:, None]
    then, margins = (ids, date(2024, 2, 1)), (np.repeat(month, 12, axis=1), month)
    told, said = tried(inputs, resolve("score-value", {}, environ={}).values, then, margins, ["brought", "risk"], 1.0)
    assert told == {"score_rank_correlation": pytest.approx(ranks), "score_without": ["risk"]}
    worse = {"naive": 1.0, "score": -1.0, "names": "risk"}
    assert [one.values for one in said] == ([worse] if ranks < 1 else [])


def test_the_back_test_knows_nothing_of_later_months() -> None:
    frame = history().collect()
    later = frame.with_columns(
        data_mb=pl.when(pl.col("month") > date(2024, 2, 1)).then(pl.lit(0.0)).otherwise("data_mb")
    )
    found = [run(one.lazy())[1].metrics["backtest"]["score_rank_correlation"] for one in (frame, later)]
    assert found[0] == found[1]


def test_the_same_twice_to_the_last_digit() -> None:
    one, other = (run(history())[0] for _ in range(2))
    assert all(one[name].equals(other[name]) for name in one)
