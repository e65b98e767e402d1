"""Both roads of predict-churn: planted truth recovered, leaks refused, bad input named, the same bytes every time."""

import pickle
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, ExitCode, UsageError
from telcli.pipeline.catalog import stage
from telcli.pipeline.engines.spark_worker import mapped
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.engine import Embedded
from telcli.stages.predict_churn import predict_churn
from telcli.tables import contract

AS_OF = date(2024, 6, 1)
MAY_BE_EMPTY = {"flat_outcome": ("churn_cohorts", "care_triggers"), "month_outcome": ("care_triggers",)}
"""Tables without rows of one month alone, and where nothing happened."""
Tables = dict[str, pl.LazyFrame]


def conformed(**frames: pl.DataFrame) -> Tables:
    return {name: contract(name).conform(frame.lazy()).collect().lazy() for name, frame in frames.items()}


def flat(rows: int = 900, seed: int = 0, unlabelled: int = 60, **more: Any) -> Tables:
    """One table: tenure and a contract tell, a colour does not; some labels are missing."""
    rng = np.random.default_rng(seed)
    ids = pl.Series([f"c{i:05d}" for i in range(rows)])
    tenure, monthly = rng.integers(0, 72, rows), rng.random(rows) < 0.5
    p = 1 / (1 + np.exp(1.5 + 0.05 * tenure - 2.5 * monthly))
    churned = pl.Series(rng.random(rows) < p).to_frame("c").with_row_index()
    label = churned.select(pl.when(pl.col("index") >= unlabelled).then(pl.col("c"))).to_series()
    customers = pl.DataFrame(
        {
            "customer_id": ids,
            "gender": np.where(rng.random(rows) < 0.5, "male", "female"),
            "churned": label,
            "x_Contract": np.where(monthly, "Month-to-month", "Two year"),
            "x_colour": rng.choice(["red", "blue"], rows),
            "x_empty": pl.Series([None] * rows, dtype=pl.String),
            "x_name": ids + " Ltd",
            "x_country": "X",
            "x_row": np.arange(rows),
            **more,
        }
    )
    months = pl.DataFrame(
        {
            "customer_id": ids,
            "month": AS_OF,
            "active": True,
            "left": False,
            "tenure_months": tenure.astype(float),
            "revenue": rng.gamma(4, 15, rows),
        }
    ).with_columns(pl.col("month").cast(pl.Date))
    return conformed(customers=customers, customer_months=months)


def monthly(rows: int = 2500, months: int = 12, seed: int = 0) -> Tables:
    """Months: data use collapses two months or more before most leave; complaints come with it."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"c{i:06d}" for i in range(rows)])
    alive, trouble, tenure = np.ones(rows, bool), np.zeros(rows), rng.integers(0, 60, rows)
    parts = []
    for t in range(months):
        trouble = np.where((trouble > 0) | (rng.random(rows) < 0.04), trouble + 1, 0)
        gone = alive & (rng.random(rows) < np.where(trouble > 1, 0.25, 0.02)) & (t > 0)
        fall = np.where(trouble > 0, 0.4, 1.0) * rng.lognormal(0, 0.1, rows) - 1
        month = AS_OF.year * 12 + AS_OF.month - months + t
        part = pl.DataFrame(
            {
                "customer_id": ids,
                "active": ~gone,
                "left": gone,
                "tenure_months": (tenure + t).astype(float),
                "revenue": np.full(rows, 50.0),
                "data_mb_change_3": np.maximum(fall, -1.0),
                "complaints": (rng.random(rows) < 0.03 + 0.1 * (trouble > 0)).astype(float),
            }
        ).with_columns(month=pl.lit(date(month // 12, month % 12 + 1, 1)))
        parts.append(part.filter(pl.Series(alive)))
        alive &= ~gone
    customers = pl.DataFrame({"customer_id": ids, "region": rng.choice(["north", "south"], rows)})
    lines = pl.DataFrame(
        {
            "subscription_id": ids,
            "customer_id": ids,
            "plan_id": rng.choice(["A", "B"], rows),
            "activated_on": date(2019, 1, 1),
            "status": np.where(alive, "active", "ended"),
        }
    ).with_columns(end_reason=pl.when(pl.col("status") == "ended").then(pl.lit("voluntary")))
    return conformed(customers=customers, customer_months=pl.concat(parts), subscriptions=lines)


def run(tables: Tables, **settings: Any) -> Outcome:
    return predict_churn(Inputs(tables, AS_OF), PredictChurnSettings(**settings))


def scores(outcome: Outcome) -> pl.DataFrame:
    found: pl.DataFrame = contract("churn_scores").require(outcome.tables["churn_scores"]).collect()
    return found


@pytest.fixture(scope="module")
def flat_outcome() -> Outcome:
    return run(flat())


@pytest.fixture(scope="module")
def month_outcome() -> Outcome:
    return run(monthly())


@pytest.mark.parametrize("road", ["flat_outcome", "month_outcome"])
def test_every_table_keeps_its_contract(road: str, request: pytest.FixtureRequest) -> None:
    outcome = request.getfixturevalue(road)
    wanted = {
        "churn_scores",
        "churn_lift",
        "churn_calibration",
        "churn_costs",
        "churn_profit",
        "churn_windows",
        "churn_by",
        "churn_tenure",
        "churn_cohorts",
    }
    assert wanted <= set(outcome.tables) <= set(stage("predict-churn").gives)
    for name, frame in outcome.tables.items():
        held = contract(name).require(frame).collect().height
        assert held > 0 or name in MAY_BE_EMPTY[road]
    assert contract("churn_lift").require(outcome.tables["churn_lift"]).collect().height == 10
    parts, tenths = (outcome.tables[name].collect() for name in ("churn_calibration", "churn_lift"))
    assert [parts[name].sum() for name in ("customers", "churners")] == [
        tenths[name].sum() for name in ("customers", "churners")
    ]
    costs = outcome.tables["churn_costs"].collect()
    assert costs["chosen"].sum() == 1
    used, best = costs.filter("chosen"), costs.sort("cost").row(0, named=True)
    assert used["method"].item() == "model-bayes" or used["cost"].item() == best["cost"]
    assert used["method"].item() == best["method"] or best["diff_high"] > -0.1 * used["cost"].item()
    assert (costs["diff"] == costs["cost"] - used["cost"].item()).all()


@pytest.mark.parametrize("road", ["flat_outcome", "month_outcome"])
def test_scripts_find_their_metrics_with_intervals(road: str, request: pytest.FixtureRequest) -> None:
    metrics = request.getfixturevalue(road).metrics
    for name in ("auc", "pr_auc", "log_loss", "brier", "ece", "top_decile_lift", "mpc", "empc", "savings"):
        assert metrics[f"{name}_low"] <= metrics[name] <= metrics[f"{name}_high"], name
    assert {"split", "rows", "churn_rate", "total_cost", "chosen_method"} <= set(metrics)
    assert metrics["chosen_method"] in metrics["total_cost"]


def test_flat_labelled_rows_are_out_of_fold_and_unlabelled_ones_scored(flat_outcome: Outcome) -> None:
    found = scores(flat_outcome)
    assert found.height == 900
    assert found["labelled"].value_counts().sort("labelled")["count"].to_list() == [60, 840]
    assert flat_outcome.metrics["split"] == "cross-validation"
    assert flat_outcome.metrics["rows"] == 840
    assert 0.75 < flat_outcome.metrics["auc"] < 0.9
    assert flat_outcome.metrics["ece"] < 0.06


def test_flat_leaves_out_what_is_no_feature(flat_outcome: Outcome) -> None:
    left_out = flat_outcome.metrics["left_out"]
    assert left_out == {"x_country": "constant", "x_empty": "empty", "x_name": "identifier", "x_row": "identifier"}
    assert flat_outcome.metrics["features"] == ["tenure_months", "revenue", "gender", "x_Contract", "x_colour"]


def test_flat_reasons_name_what_was_planted(flat_outcome: Outcome) -> None:
    risky = scores(flat_outcome).sort("churn_probability", descending=True).head(50)
    assert risky["reason_1"].is_not_null().all()
    said = risky.select(pl.concat_str(["reason_1", "reason_2"], separator="; ", ignore_nulls=True)).to_series()
    assert said.str.contains("Contract: Month-to-month").mean() > 0.8
    assert said.str.contains("Customer for only").mean() > 0.8
    assert risky["reason_1_zh"].str.contains("网龄仅|Contract：").all()
    assert [driver["feature"] for driver in flat_outcome.metrics["drivers"][:2]] == ["x_Contract", "tenure_months"] or [
        driver["feature"] for driver in flat_outcome.metrics["drivers"][:2]
    ] == ["tenure_months", "x_Contract"]


def test_reasons_have_odds_and_a_side_that_holds(flat_outcome: Outcome) -> None:
    found = scores(flat_outcome)
    told = found.filter(pl.col("reason_1").is_not_null())
    assert told["reason_1_odds"].min() > 1.05
    assert (told["reason_1_odds"] >= told["reason_2_odds"].fill_null(0.0)).all()
    assert (found["reason_1"].is_null() == found["reason_1_odds"].is_null()).all()
    held = found.filter(pl.col("holds").str.contains("Two year"))
    assert held.height > 20
    # What holds a customer is never what puts her at risk.
    assert (
        not held.select(pl.concat_str(["reason_1", "reason_2", "reason_3"], ignore_nulls=True).str.contains("Two year"))
        .to_series()
        .any()
    )
    assert (found["holds"].is_null() == found["holds_zh"].is_null()).all()


def test_targets_are_those_whose_contact_is_expected_to_save(flat_outcome: Outcome) -> None:
    found = scores(flat_outcome)
    left = flat()["customers"].filter("churned").select("customer_id").collect().to_series()
    worth = (found["expected_saving"] > 0) & ~found["customer_id"].is_in(left.implode())
    assert (found["target"] == worth).all()
    band = found.group_by("risk_band").agg(pl.col("churn_probability").min().alias("low")).sort("low")
    assert band["risk_band"].to_list() == ["low", "medium", "high"]


def test_months_are_tested_on_a_later_month(month_outcome: Outcome) -> None:
    metrics = month_outcome.metrics
    assert metrics["split"] == "out-of-time"
    assert metrics["windows"]["test"] == "2024-03-01"
    assert metrics["windows"]["calibrate"] == "2023-12-01"
    assert metrics["windows"]["train"] == ["2023-09-01", "2023-10-01", "2023-11-01"]
    assert 0.65 < metrics["auc"] < 0.95
    assert metrics["ece"] < 0.05
    assert not {"status", "end_reason", "ended_on"} & set(metrics["features"])
    assert {name for name, why in metrics["left_out"].items() if why == "not known as of then"} == {"plan_id", "region"}


def test_windows_are_told_with_their_dates_and_the_tested_one_is_that_of_the_figures(month_outcome: Outcome) -> None:
    metrics, found = month_outcome.metrics, month_outcome.tables["churn_windows"].collect().sort("snapshot")
    roles = ["train"] * 3 + ["calibrate", "final-train", "final-train", "test", "score"]
    assert found["role"].to_list() == roles
    tested = found.row(by_predicate=pl.col("role") == "test", named=True)
    days = ("observe_from", "observe_to", "outcome_from", "outcome_to")
    assert [str(tested[name]) for name in days] == ["2024-01-01", "2024-03-31", "2024-05-01", "2024-06-30"]
    assert (tested["customers"], tested["churn_rate"]) == (metrics["rows"], pytest.approx(metrics["churn_rate"]))
    assert found.filter(role="score")["churners"].to_list() == [None]
    told = next(row for row in metrics["label"]["snapshots"] if row["role"] == "test")
    assert told["churners"] == tested["churners"] == sum(told["by_kind"].values())


def test_a_month_too_poor_to_calibrate_on_is_not_said_to_have_done_so() -> None:
    told = run(monthly(rows=50), compare="quick", earlier_tests=0)
    assert told.metrics["split"] == "out-of-time"
    assert "not-calibrated" in {notice.code for notice in told.notices}
    assert told.metrics["windows"]["calibrate"] is None
    assert told.metrics["windows"]["train"]
    assert "calibrate" not in told.tables["churn_windows"].collect()["role"].to_list()


@pytest.mark.slow
def test_a_level_far_from_what_came_is_said(month_outcome: Outcome) -> None:
    assert "level-off" not in [notice.code for notice in month_outcome.notices]
    tables = monthly()
    calm = (
        pl.col("left") & (pl.col("month") > date(2024, 4, 1)) & (pl.col("customer_id").str.slice(-1).cast(pl.Int64) > 2)
    )
    months = tables["customer_months"].with_columns(left=pl.col("left") & ~calm, active=pl.col("active") | calm)
    outcome = run({**tables, "customer_months": months})
    notice = next(notice for notice in outcome.notices if notice.code == "level-off")
    assert notice.values["expected"] > 2 * notice.values["observed"] > 0


def test_months_score_everyone_active_and_say_why(month_outcome: Outcome) -> None:
    alive = monthly()["customer_months"].filter(pl.col("month") == AS_OF, "active", ~pl.col("left")).collect()
    found = scores(month_outcome)
    assert found["customer_id"].sort().to_list() == alive["customer_id"].sort().to_list()
    risky = found.sort("churn_probability", descending=True).head(30)
    assert risky["reason_1"].str.contains("Data use fell").mean() > 0.9
    assert risky["reason_1_zh"].str.contains("近3个月流量下降").mean() > 0.9


@pytest.mark.slow
def test_nothing_after_the_snapshot_is_read() -> None:
    """Change the future of the test month: neither features nor training of the tested model may move."""
    tables = monthly(1500)
    frame = tables["customer_months"].collect()
    later = pl.col("month") > date(2024, 3, 1)
    changed = frame.with_columns(
        data_mb_change_3=pl.when(later).then(5.0).otherwise("data_mb_change_3"),
        complaints=pl.when(later).then(9.0).otherwise("complaints"),
    )
    before = run(tables).metrics
    after = run({**tables, "customer_months": changed.lazy()}).metrics
    assert before["auc"] == after["auc"]
    assert before["log_loss"] == after["log_loss"]


def renewed(rows: int = 3000) -> Tables:
    """Churn by chance alone. Contracts of a year are renewed for those still there; the extract holds today's end."""
    rng = np.random.default_rng(1)
    gone = np.minimum(rng.geometric(0.03, rows), 99)
    began = rng.integers(-12, 0, rows)
    term = began + 12 * (1 + (np.minimum(gone, 12) - 1 - began) // 12)
    parts = []
    for t in range(12):
        month, here = AS_OF.year * 12 + AS_OF.month - 12 + t, gone >= t
        part = {
            "customer_id": [f"c{i:05d}" for i in np.flatnonzero(here)],
            "left": gone[here] == t,
            "active": gone[here] != t,
            "contract_months_left": np.maximum(term - t, 0)[here].astype(float),
            "revenue": rng.gamma(4, 15, int(here.sum())),
        }
        parts.append(pl.DataFrame(part).with_columns(month=pl.lit(date(month // 12, month % 12 + 1, 1))))
    customers = pl.DataFrame(
        {"customer_id": [f"c{i:05d}" for i in range(rows)], "x_tariff": rng.choice(["A", "B"], rows)}
    )
    return conformed(customers=customers, customer_months=pl.concat(parts))


@pytest.mark.slow
def test_what_stands_today_does_not_tell_the_past_who_will_stay() -> None:
    outcome = run(renewed())
    assert outcome.metrics["features"] == ["revenue"]
    assert outcome.metrics["auc_low"] < 0.5 < outcome.metrics["auc_high"]
    told = next(notice for notice in outcome.notices if notice.code == "columns-of-today")
    assert told.values["columns"] == "contract_months_left, tariff"
    assert "trust_export" in told.message
    trusted = run(renewed(), trust_export="contract_months_left, tariff")
    assert trusted.metrics["features"] == ["contract_months_left", "revenue", "x_tariff"]
    assert trusted.metrics["auc_low"] > 0.5, "the leak that no later month shows"
    assert "columns-of-today" not in [notice.code for notice in trusted.notices]


@pytest.mark.slow
def test_short_histories_fall_back_and_say_so() -> None:
    outcome = run(monthly(1200, months=6))
    assert outcome.metrics["split"] == "cross-validation"
    assert "history-short" in [notice.code for notice in outcome.notices]
    with pytest.raises(DataError) as caught:
        run(monthly(300, months=6), split="out-of-time")
    assert caught.value.code == "history-no-test"


def test_who_left_is_told_where_there_is_too_little_for_a_model() -> None:
    outcome = run(monthly(300, months=3))
    assert [notice.code for notice in outcome.notices] == ["history-too-short", "no-model"]
    assert outcome.notices[0].values["needed"] == 4
    assert "churn_scores" not in outcome.tables
    held = {name: contract(name).require(frame).collect().height for name, frame in outcome.tables.items()}
    assert min(held[name] for name in ("churn_by", "churn_tenure", "churn_register", "churn_causes")) > 0
    assert not outcome.models
    nobody_left = monthly(300, months=3)
    stay = nobody_left["customer_months"].filter(~pl.col("left")).with_columns(active=pl.lit(value=True))
    with pytest.raises(DataError) as caught:
        run({**nobody_left, "customer_months": stay})
    assert caught.value.code == "history-too-short"


@pytest.mark.slow
@pytest.mark.parametrize("road", ["flat", "months"])
def test_the_same_run_twice_is_the_same(road: str) -> None:
    first, second = (run(flat(400) if road == "flat" else monthly(800)) for _ in range(2))
    assert first.metrics == second.metrics
    assert scores(first).equals(scores(second))
    assert first.models["churn"][1] == second.models["churn"][1]


class Scattered(Embedded):
    """An engine whose rows are sent elsewhere out of order, a few at a time, with the work that is to be done."""

    def rows(
        self,
        rows: pl.DataFrame,
        work: Callable[[pl.DataFrame], pl.DataFrame],
        kinds: Mapping[str, pl.DataType],
        size: int,
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        sent = pickle.loads(pickle.dumps(partial(mapped, work=work, schema=rows.schema, kinds=kinds)))  # noqa: S301
        batches = rows.sample(fraction=1.0, shuffle=True, seed=1).to_arrow().to_batches(max_chunksize=37)
        made = pl.concat([pl.DataFrame(pl.from_arrow(batch)) for batch in sent(iter(batches))])
        assert made.schema == kinds
        yield made.height, made.sort("customer_id")


@pytest.mark.slow
@pytest.mark.parametrize(("road", "scored"), [("flat_outcome", 60), ("month_outcome", 1200)])
def test_customers_scored_elsewhere_are_scored_the_same_to_the_bit(
    road: str, scored: int, request: pytest.FixtureRequest
) -> None:
    here: Outcome = request.getfixturevalue(road)
    told: list[tuple[str, int, int]] = []
    tables = flat() if road == "flat_outcome" else monthly()
    inputs = Inputs(tables, AS_OF, engine=Scattered(), progress=lambda *step: told.append(step))
    there = predict_churn(inputs, PredictChurnSettings())
    assert next(total for what, _, total in told if what == "scores") >= scored
    assert scores(there)["reason_1"].null_count() < len(scores(there))
    for name, frame in here.tables.items():
        assert there.tables[name].collect().equals(frame.collect()), name


def leaky(rows: int = 900) -> dict[str, Any]:
    label = flat(rows)["customers"].collect()["churned"].fill_null(False)
    rng = np.random.default_rng(0)
    return {
        "x_Churn Reason": pl.select(pl.when(label).then(pl.lit("price"))).to_series(),
        "x_final score": label.cast(pl.Float64) + rng.normal(0, 0.1, rows),
        "x_CLTV": rng.normal(size=rows),
    }


def test_leaks_are_refused_by_name_with_the_way_out() -> None:
    with pytest.raises(DataError) as caught:
        run(flat(**leaky()))
    error = caught.value
    assert error.code == "leak-found"
    assert error.exit_code == ExitCode.CONTRACT
    assert error.values["columns"] == "CLTV, Churn Reason, final score"
    assert '--exclude "Churn Reason"' in error.hint
    assert "--allow-leak COLUMN" in error.hint


@pytest.mark.slow
def test_leaks_may_be_left_out_or_allowed() -> None:
    outcome = run(flat(**leaky()), exclude="Churn Reason, x_final score,cltv")
    assert outcome.metrics["left_out"]["x_CLTV"] == "excluded"
    assert outcome.metrics["auc"] < 0.9
    outcome = run(flat(**leaky()), exclude="Churn Reason,final score", allow_leaks="CLTV")
    assert "leak-allowed" in [notice.code for notice in outcome.notices]
    assert "x_CLTV" in outcome.metrics["features"]
    with pytest.raises(UsageError) as caught:
        run(flat(), allow_leaks="nonsense")
    assert caught.value.code == "column-unknown"


@pytest.mark.slow
def test_values_come_from_the_value_stage_where_there_are_scores() -> None:
    tables = flat(400)
    ids = tables["customers"].collect()["customer_id"]
    worth = pl.DataFrame({"customer_id": ids, "as_of": [AS_OF] * 400, "retention_value": [5.0] * 400})
    outcome = run({**tables, "value_scores": worth.lazy()})
    assert outcome.metrics["value_from"] == "retention_value"
    assert outcome.metrics["value_mean"] == 5.0
    assert not scores(outcome)["target"].any(), "an offer dearer than the customer never pays"
    assert outcome.metrics["empc"] is None
    assert outcome.metrics["chosen_method"] in ("nobody", "model-bayes")


@pytest.mark.parametrize(("rows", "churners"), [(10, 3), (50, 1), (60, 1), (250, 2)])
def test_few_rows_and_few_churners_do_not_crash(rows: int, churners: int) -> None:
    tables = flat(rows, unlabelled=0)
    labelled = tables["customers"].with_columns(churned=pl.int_range(pl.len()) < churners)
    outcome = run({**tables, "customers": labelled})
    assert scores(outcome).height == rows
    assert "few-churners" in [notice.code for notice in outcome.notices]
    assert outcome.metrics["model"]["kind"] == "logistic"


@pytest.mark.parametrize(
    ("label", "rows", "code"),
    [
        (pl.lit(True), 100, "one-class-label"),
        (pl.lit(False), 1, "one-class-label"),
        (pl.lit(None, pl.Boolean), 100, "no-label"),
    ],
)
def test_labels_that_cannot_be_learned_from_are_named(label: pl.Expr, rows: int, code: str) -> None:
    tables = flat(rows, unlabelled=0)
    with pytest.raises(DataError) as caught:
        run({**tables, "customers": tables["customers"].with_columns(churned=label)})
    assert caught.value.code == code
    assert caught.value.hint


def test_no_label_names_the_flag_to_use() -> None:
    tables = flat(50)
    with pytest.raises(DataError) as caught:
        run({**tables, "customers": tables["customers"].drop("churned")})
    assert "--map churned=COLUMN" in caught.value.hint


def test_a_table_without_any_feature_still_answers() -> None:
    ids = [f"c{i}" for i in range(300)]
    customers = pl.DataFrame({"customer_id": ids, "churned": [i % 4 == 0 for i in range(300)]})
    months = pl.DataFrame({"customer_id": ids, "month": [AS_OF] * 300, "active": True, "left": False})
    outcome = run(conformed(customers=customers, customer_months=months))
    assert scores(outcome)["churn_probability"].mean() == pytest.approx(0.25, abs=0.01)
    assert outcome.metrics["auc"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.slow
def test_training_is_bounded_and_probabilities_stay_right() -> None:
    outcome = run(monthly(4000), max_training_rows=6000)
    notice = next(notice for notice in outcome.notices if notice.code.startswith("training-"))
    assert notice.code == "training-sampled"
    assert 0 < notice.values["kept"] < 1
    found = outcome.tables["churn_lift"].collect()
    predicted = (found["mean_probability"] * found["customers"]).sum()
    assert predicted == pytest.approx(found["churners"].sum(), rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("road", ["flat", "months"])
def test_rows_drawn_alike_are_not_said_to_be_churners_first(road: str) -> None:
    """More than half churners, or a test on the rows themselves: nothing was put first and nothing corrected."""
    if road == "flat":
        tables = flat(2500)
        few = tables["customers"].with_columns(churned=pl.col("churned") | (pl.int_range(pl.len()) % 2 == 0))
        outcome = run({**tables, "customers": few}, max_training_rows=1000)
    else:
        outcome = run(monthly(1200, months=6), max_training_rows=1000)
    codes = [notice.code for notice in outcome.notices]
    assert "training-drawn" in codes
    assert "training-sampled" not in codes


@pytest.mark.slow
def test_a_campaign_may_cost_nothing() -> None:
    """Warnings are errors here, so none may reach the screen either."""
    metrics = run(flat(400), offer_cost=0.0, contact_cost=0.0).metrics
    assert metrics["empc_low"] <= metrics["empc"] <= metrics["empc_high"]
    assert metrics["empc"] == pytest.approx(metrics["empc_perfect"])


@pytest.mark.slow
def test_every_setting_does_something() -> None:
    plain = run(flat(500))
    base = plain.metrics
    assert run(flat(500), accept_rate=0.6).metrics["total_cost"] != base["total_cost"]
    assert run(flat(500), value_months=1.0).metrics["value_mean"] == pytest.approx(base["value_mean"] / 12)
    high = scores(run(flat(500), high_risk_lift=1.2))["risk_band"].eq("high").sum()
    assert high > scores(plain)["risk_band"].eq("high").sum()
    with pytest.raises(DataError):
        run(flat(500), leak_auc=0.6)
    with pytest.raises(DataError):
        run(flat(500), split="out-of-time")
