"""The mix of revenue and the pipeline itself: what is planted is told, and nothing else is."""

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.methods.mix_change import mix_chance, mix_moves
from telcli.stages import monitor_mix
from telcli.stages.monitor_plans import REST
from tests.stages.test_monitor import JUNE, MONTHS, alerts, base, people, watched


def mixed(voice: float = 0.3) -> pl.DataFrame:
    """The base with charges by kind; `voice` is its share in the last month, 30% in the others."""
    rng = np.random.default_rng(1)
    frame = base()
    share = np.where(frame["month"].to_numpy() == np.datetime64(JUNE), voice, 0.3) * rng.uniform(0.9, 1.1, frame.height)
    parts = {"billed_voice": share, "recurring_fee": 0.5 - (share - 0.3), "billed_data": np.full(frame.height, 0.2)}
    zero = dict.fromkeys(("billed_text", "billed_value_added", "billed_other"), 0.0)
    held = [pl.Series(name, part * frame["revenue"].to_numpy()) for name, part in parts.items()]
    return frame.with_columns(held).with_columns(**{name: pl.lit(value) for name, value in zero.items()})


def test_a_mix_that_moves_beyond_its_habit_is_told() -> None:
    told = alerts(watched(mixed(voice=0.1), watch="mix", kpi_by="region"))
    assert set(told["entity"]) == {"all", "region=R"} and set(told["metric"]) == {"revenue-mix"}
    row = told.filter(entity="all").row(0, named=True)
    assert row["observed"] == pytest.approx(0.2, abs=0.02) and "recurring fees 50% -> 70%" in row["why"]
    with_noise = watched(mixed(), watch="mix,accounts")
    assert "mix" not in set(alerts(with_noise)["kind"]) and with_noise.metrics["mixes"] == 2


def test_the_mix_of_a_key_account_is_told() -> None:
    moved = mixed().with_columns(
        pl.when((pl.col("customer_id") == "C02") & (pl.col("month") == JUNE))
        .then(change)
        .otherwise(column)
        .alias(column)
        for column, change in (("billed_voice", pl.col("revenue") * 0.02), ("recurring_fee", pl.col("revenue") * 0.78))
    )
    keys = people().with_columns(
        customer_class=pl.when(pl.col("customer_id") < "C10").then(pl.lit("key")).otherwise(pl.lit("public"))
    )
    told = alerts(watched(moved, watch="mix", customers=keys))
    assert told.select("entity", "metric").rows() == [("C02", "revenue-mix")]
    assert alerts(watched(moved, watch="mix", customers=keys, least_amount=5000.0)).is_empty()
    assert alerts(watched(moved, watch="mix")).is_empty()


def test_the_plans_of_a_key_account_are_told_beside_those_of_the_base() -> None:
    first, now = date(2022, 1, 1), date(2024, 6, 5)
    names = [f"C{at:02d}" for at in range(30) for _ in range(20)]
    plans = ["basic" if at % 2 else "plus" for at in range(600)]
    said = pl.DataFrame({"subscription_id": [f"L{at:03d}" for at in range(600)], "customer_id": names,
                         "activated_on": first, "plan_id": plans, "valid_from": first})  # fmt: skip
    said = said.with_columns(ended_on=pl.lit(None, pl.Date))
    later = (pl.col("customer_id") == "C03") & (pl.col("plan_id") == "plus")
    lines = said.with_columns(
        plan_id=pl.when(later).then(pl.lit("basic")).otherwise("plan_id"),
        valid_from=pl.when(later).then(pl.lit(now)).otherwise("valid_from"),
    )
    tables = {"subscriptions": lines.lazy(),
              "subscription_history": said.filter(later).with_columns(valid_to=pl.lit(now)).lazy()}  # fmt: skip
    keys = people(customer_class=pl.when(pl.col("customer_id") < "C10").then(pl.lit("key")))
    found = alerts(watched(mixed(), watch="mix", kpi_by="", tables=tables, customers=keys))
    assert found.select("entity", "metric").rows() == [("C03", "plan-mix")]
    assert "50% -> 100%" in found["why"].item()


@pytest.mark.parametrize(("moved", "told"), [(0, []), (1, []), (20, ["plan-mix", "product-mix"])])
def test_the_mix_of_plans_and_products_held(moved: int, told: list[str]) -> None:
    names = [f"C{at % 30:02d}" for at in range(60)]
    now, first = date(2024, 6, 5), date(2022, 1, 1)
    line = {"subscription_id": [f"L{at}" for at in range(60)], "customer_id": names, "activated_on": first}
    plans = ["basic" if at < 30 else "plus" for at in range(60)]
    said = pl.DataFrame(line | {"plan_id": plans, "valid_from": first}).with_columns(ended_on=pl.lit(None, pl.Date))
    later = pl.col("subscription_id").is_in([f"L{at}" for at in range(30, 30 + moved)])
    lines = said.with_columns(
        plan_id=pl.when(later).then(pl.lit("basic")).otherwise("plan_id"),
        valid_from=pl.when(later).then(pl.lit(now)).otherwise("valid_from"),
    )
    past = said.filter(later).with_columns(valid_to=pl.lit(now))
    held = pl.DataFrame({"subscription_id": line["subscription_id"], "product_id": plans, "started_on": first})
    products = held.with_columns(ended_on=pl.when(later).then(pl.lit(now)))
    tables = {"subscriptions": lines.lazy(), "subscription_history": past.lazy(), "products": products.lazy()}
    found = alerts(watched(mixed(), watch="mix", kpi_by="", tables=tables))
    assert found["metric"].sort().to_list() == told
    key = people(customer_class=pl.when(pl.col("customer_id") < "C02").then(pl.lit("key")))
    assert (
        alerts(watched(mixed(), watch="mix", kpi_by="", tables=tables, customers=key))["metric"].sort().to_list()
        == told
    )
    if told:
        row = found.row(0, named=True)
        assert row["low"] == 0.0 and row["expected"] <= row["high"] < row["observed"]
        assert "50% -> 83%" in found.filter(metric="plan-mix")["why"].item()


def test_the_chance_of_a_mix_holds_where_nothing_is() -> None:
    rng = np.random.default_rng(2)
    chances = []
    for _ in range(400):
        amounts = 1000 * rng.dirichlet(60 * np.array([0.4, 0.3, 0.2, 0.1]), 18)
        chances.append(mix_chance(mix_moves(amounts)[0], 4))
    assert np.mean(np.array(chances) <= 0.05) < 0.09
    assert np.mean(np.array(chances) <= 0.01) < 0.03


def payments(last_day: int = 30, part: float = 1.0) -> pl.LazyFrame:
    """Two hundred payments a month up to its last days; in June a part of them, up to a day."""
    rows = []
    for month in MONTHS:
        here = month == JUNE
        for at in range(int(200 * (part if here else 1.0))):
            day = 1 + at % (last_day if here else 28)
            rows.append((f"C{at % 30:02d}", datetime(month.year, month.month, day)))
    return pl.LazyFrame(rows, schema={"customer_id": pl.String, "paid_at": pl.Datetime("us")}, orient="row")


@pytest.mark.parametrize(
    ("rows", "told"),
    [(payments(), set()), (payments(part=0.3), {"rows"}), (payments(last_day=12), {"lag-days"})],
)
def test_rows_that_lack_or_stop_early_are_told(rows: pl.LazyFrame, told: set[str]) -> None:
    found = alerts(watched(base(), watch="pipeline", tables={"payments": rows}))
    assert set(found["metric"]) == told and (found["kind"] == "pipeline").all()


@pytest.mark.parametrize(("part", "last_day", "told"), [(1.0, 30, set()), (0.3, 30, {"rows"}), (1.0, 12, {"lag-days"})])
def test_calls_that_lack_or_stop_early_are_told(part: float, last_day: int, told: set[str]) -> None:
    calls = payments(last_day, part).rename({"paid_at": "started_at"})
    found = alerts(watched(base(), watch="pipeline", tables={"calls": calls}))
    assert set(found["metric"]) == told and set(found["entity"]) <= {"calls"}


def test_kpis_of_one_pass_are_what_each_would_be_alone() -> None:
    months = base().with_columns(data_mb=pl.when(pl.col("customer_id") < "C05").then(None).otherwise("data_mb"))
    own = {
        "paying": {"table": "payments", "how": "count"},
        "known": {"column": "data_mb", "how": "count"},
        "usual": {"column": "data_mb", "how": "mean"},
    }
    held = {"payments": payments()}
    told = watched(months, watch="kpis", choices={"kpis": own}, tables=held).tables["monitor_series"].collect()
    seen = dict(told.filter(month=JUNE, entity="all").select("metric", "observed").iter_rows())
    june = months.filter(month=JUNE)
    assert (seen["paying"], seen["known"]) == (200, 25)
    assert seen["usual"] == pytest.approx(june["data_mb"].mean())
    assert seen["revenue"] == pytest.approx(june["revenue"].sum())


def test_rejects_drift_and_what_is_out_of_date() -> None:
    quality = pl.LazyFrame({"source": ["a.csv", "b.csv"], "column": ["*", "*"], "rows": [1000, 1000]})
    rejects = pl.LazyFrame({"source": ["a.csv"] * 90 + ["b.csv"], "line": [*range(90), 1]})
    months = base(size=120).with_columns(data_mb=pl.when(pl.col("month") == JUNE).then(0.0).otherwise("data_mb"))
    given: dict[str, Any] = {"tables": {"source_quality": quality, "rejects": rejects, "payments": payments()}}
    told = alerts(watched(months, watch="pipeline", choices={"stale": ["score-value"]}, **given))
    rows = set(told.select("entity", "metric").iter_rows())
    assert rows == {("a.csv", "rejects"), ("data_mb", "psi"), ("score-value", "stale")}
    assert told.filter(metric="rejects")["observed"].item() == pytest.approx(0.09)


def test_a_source_that_stops_is_told_and_an_occasional_one_is_not() -> None:
    spring = ["2024-03-01", "2024-04-01", "2024-05-01"]
    told = {
        "bills_*.csv": [*spring, "2024-06-01"],
        "usage_*.csv": spring,
        "crm.csv": ["2024-05-01"],
        "quarter.csv": ["2023-11-01", "2024-02-01", "2024-05-01"],
        "given_up.csv": ["2023-11-01", "2023-12-01", "2024-01-01"],
        "later.csv": [*spring, "2024-07-01"],
    }
    found = alerts(watched(base(), watch="pipeline", choices={"deliveries": told}, tables={"payments": payments()}))
    rows = found.select("entity", "metric").sort("entity").rows()
    assert rows == [("later.csv", "not-delivered"), ("usage_*.csv", "not-delivered")]
    assert "2024-05" in found["why"][0] and "2024-05" in found["why_zh"][0]


def test_what_is_over_is_said_of_parts_too() -> None:
    may = date(2024, 5, 1)
    first = alerts(watched(base(), watch="pipeline", choices={"stale": ["segment"]}, tables={"payments": payments()}))
    before = first.with_columns(pl.lit(may).alias("as_of"), pl.lit(may).alias("first_seen"))
    over = alerts(watched(base(), watch="pipeline", before=before, tables={"payments": payments()}))
    assert over.select("entity", "state").rows() == [("segment", "over")]


def test_what_few_hold_stands_beside_plans_in_a_column_of_its_own() -> None:
    months = [date(2023, month, 1) for month in range(1, 13)]
    rows = {"entity": ["all"] * 12, "month": months, "A": [50.0, 49.0] * 6, "^B.*$": [30.0] * 12, REST: [9.0, 8.0] * 6}
    (told,) = monitor_mix._judged(pl.DataFrame(rows), months[-1], "plan-mix")
    assert told["observed"] < 0.05 < told["p_value"]
