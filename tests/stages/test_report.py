"""The report stage: figures worked by hand, optional tables absent, order of rows without effect."""

import json
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError
from telcli.settings import ReportSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.report import report
from telcli.tables import contract
from tests.report import example

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
ALL = ReportSettings(small_cell=1)


def months(*rows: tuple[str, date, bool, bool, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["customer_id", "month", "active", "left", "revenue"], orient="row")


def hand() -> dict[str, pl.DataFrame]:
    """Four customers in May, of whom D leaves in June; E joins in June."""
    found = months(
        ("A", MAY, True, False, 100.0), ("B", MAY, True, False, 60.0), ("C", MAY, True, False, 30.0),
        ("D", MAY, True, False, 10.0), ("A", JUNE, True, False, 110.0), ("B", JUNE, True, False, 60.0),
        ("C", JUNE, True, False, 25.5), ("D", JUNE, False, True, 5.0), ("E", JUNE, True, False, 20.0),
    )  # fmt: skip
    people = ["A", "B", "C", "E"]
    current, lifetime = np.array([600.0, 300.0, -100.0, 200.0]), np.array([1600.0, 800.0, -100.0, 700.0])
    return {
        **example.spread(people, current, lifetime),
        "customer_months": found,
        "customers": pl.DataFrame({"customer_id": [*people, "D"], "churned": pl.Series([None] * 5, dtype=pl.Boolean)}),
        "value_scores": pl.DataFrame(
            {
                "customer_id": people,
                "current_value": current,
                "retention_value": [1000.0, 500.0, 0.0, 500.0],
                "lifetime_value": lifetime,
                "value_tier": ["platinum", "gold", "bronze", "silver"],
            }
        ),
        "churn_scores": pl.DataFrame(
            {
                "customer_id": people,
                "churn_probability": [0.1, 0.5, 0.6, 0.5],
                "risk_band": ["low", "high", "high", "high"],
                "target": [False, True, False, True],
                "expected_saving": [-5.0, 40.0, -9.0, 35.0],
                "reason_1": ["fewer calls", "contract ends", None, "contract ends"],
                "reason_1_zh": ["通话减少", "合约到期", None, "合约到期"],
            }
        ),
    }


def run(tables: dict[str, pl.DataFrame], settings: ReportSettings = ALL, **choices: Any) -> Outcome:
    return report(Inputs({name: frame.lazy() for name, frame in tables.items()}, JUNE, choices=choices), settings)


def section(outcome: Outcome, name: str) -> dict[tuple[int, str], Any]:
    frame = outcome.tables["report_figures"].collect().filter(section=name)
    rows = frame.select("row", "metric", "value", "text").iter_rows()
    return {(row, metric): text if value is None else value for row, metric, value, text in rows}


def test_headline_figures_worked_by_hand() -> None:
    metrics = run(hand()).metrics
    assert metrics["customers"] == 4
    assert metrics["revenue"] == 220.5
    assert metrics["revenue_per_customer"] == 55.125
    assert metrics["left"] == 1
    assert metrics["churn_rate_month"] == 0.25
    assert metrics["lifetime_value_total"] == 3000.0
    assert metrics["at_risk_customers"] == 3
    assert metrics["at_risk_value"] == 500.0  # 0.5 x 500 twice, and 0.6 x 0
    assert metrics["targets"] == 2
    assert metrics["expected_saving"] == 75.0
    assert "auc" not in metrics
    json.dumps(metrics, allow_nan=False)


def test_changes_on_the_month_before() -> None:
    changes = section(run(hand()), "kpi_change")
    named = {metric: value for (_, metric), value in changes.items()}
    assert named["customers"] == 0.0
    assert named["revenue"] == pytest.approx(0.1025)
    assert named["revenue_per_customer"] == pytest.approx(0.1025)
    assert "churn_rate_month" not in named  # May has no month before it


def test_trend_ends_with_the_month_and_is_cut_to_the_setting() -> None:
    trend = section(run(hand()), "trend")
    assert (trend[1, "month"], trend[2, "month"]) == ("2024-05", "2024-06")
    assert (trend[2, "customers"], trend[2, "left"], trend[2, "churn_rate"]) == (4.0, 1.0, 0.25)
    long = example.tables(200, months=12)
    cut = report(example.inputs(long), ReportSettings(trend_months=3))
    assert [text for (_, metric), text in section(cut, "trend").items() if metric == "month"] == [
        "2024-04",
        "2024-05",
        "2024-06",
    ]


def test_value_curve_by_hand() -> None:
    outcome = run(hand())
    about = {metric: value for (_, metric), value in section(outcome, "value").items()}
    assert about["value"] == 1000.0
    assert (about["loss_makers"], about["loss"], about["gain"]) == (1.0, -100.0, 1100.0)
    assert (about["peak_at"], about["peak_share"]) == (0.75, 1.1)
    curve = section(outcome, "value_curve")
    points = [(curve[row, "customer_share"], curve[row, "value_share"]) for row in range(1, len(curve) // 2 + 1)]
    assert len(points) <= 200
    assert points == sorted(points)
    assert {(0.0, 0.0), (0.25, 0.6), (0.5, 0.9), (0.75, 1.1), (1.0, 1.0)} <= set(points)


def test_tenths_and_curve_are_those_of_the_tables_and_tell_of_no_few() -> None:
    found = example.tables(300)
    outcome = report(example.inputs(found), ReportSettings())
    told = section(outcome, "value_tenths")
    table = found["value_deciles"]
    assert [told[row, "customers"] for row in range(1, 11)] == table["customers"].to_list()
    assert [told[row, "added_share"] for row in range(1, 11)] == table["cumulative_share"].to_list()
    drawn = sorted(
        value for (_, metric), value in section(outcome, "value_curve").items() if metric == "customer_share"
    )
    peak = section(outcome, "value")[1, "peak_at"]
    steps = np.diff([share for share in drawn if share != round(peak, 6)]) * table["customers"].sum()
    assert steps.min() >= 9.999
    bare = {name: frame for name, frame in found.items() if name not in ("value_deciles", "value_curve")}
    assert not section(report(example.inputs(bare), ReportSettings()), "value_tenths")


def test_what_fewer_than_the_least_bring_is_not_told() -> None:
    outcome = run(hand(), ReportSettings())
    assert section(outcome, "value_few") == {(1, "least"): 10.0}
    assert not any(section(outcome, name) for name in ("value", "value_curve", "value_told", "survival"))
    assert "loss-makers" not in [one["kind"] for one in outcome.metrics["findings"]]


def test_bands_reasons_and_top_customers_by_hand() -> None:
    outcome = run(hand())
    risk = section(outcome, "risk")
    assert (risk[1, "band"], risk[1, "customers"], risk[1, "targets"]) == ("high", 3.0, 2.0)
    assert risk[1, "churn_probability"] == pytest.approx(1.6 / 3)
    assert (risk[2, "band"], risk[2, "at_risk_value"]) == ("low", 100.0)
    reasons = section(outcome, "reasons")
    assert (reasons[1, "reason"], reasons[1, "customers"], reasons[1, "share"]) == ("contract ends", 2.0, 1.0)
    top = section(outcome, "top_customers")
    # B and E are even at 250: the id decides
    assert [top[row, "customer_id"] for row in range(1, 5)] == ["B", "E", "A", "C"]
    few = run(hand(), ReportSettings(small_cell=1, top_customers=1))
    assert (2, "customer_id") not in section(few, "top_customers")
    assert not section(run(hand(), ReportSettings(top_customers=0)), "top_customers")


def test_small_cells_are_hidden_with_their_complements() -> None:
    found = example.tables(300)
    shown = section(report(example.inputs(found), ReportSettings(small_cell=25)), "segments")
    small = [row for (row, metric) in shown if metric == "small"]
    assert len(small) >= 2  # the smallest, and the one that would give it away
    for row in small:
        assert (row, "customers") not in shown
        assert (row, "at_risk_value") not in shown
        assert (row, "name") in shown
    grid = section(run(hand(), ReportSettings(small_cell=2)), "grid")
    assert not [metric for (_, metric), value in grid.items() if metric == "customers" and value]


def test_labelled_leavers_are_on_no_list_of_risk() -> None:
    found = hand()
    found["customer_months"] = (
        found["customer_months"].filter(pl.col("month") == JUNE).with_columns(active=True, left=False)
    )
    labels = {"A": False, "B": True, "C": None, "D": False, "E": False}
    found["customers"] = pl.DataFrame({"customer_id": list(labels), "churned": list(labels.values())})
    outcome = run(found)
    assert (outcome.metrics["churned"], outcome.metrics["churned_share"]) == (1, 0.25)
    assert "left" not in outcome.metrics
    assert outcome.metrics["at_risk_customers"] == 2
    assert outcome.metrics["at_risk_value"] == 250.0
    top = section(outcome, "top_customers")
    assert "B" not in top.values()
    assert [finding["kind"] for finding in outcome.metrics["findings"]].count("label-churn") == 1


def test_where_no_month_tells_who_left_no_rate_is_told() -> None:
    found = hand()
    stayed = found["customer_months"].with_columns(active=True, left=False)
    outcome = run({**found, "customer_months": stayed})
    assert {"left", "churn_rate_month"}.isdisjoint(outcome.metrics)
    assert not any(metric in ("left", "churn_rate") for _, metric in section(outcome, "trend"))
    assert "leaving" in section(outcome, "unknown").values()
    assert not any(finding["kind"].startswith("churn-") for finding in outcome.metrics["findings"])
    told = section(run(found), "unknown")
    assert "leaving" not in told.values()
    before = months(("Z", date(2024, 4, 1), False, True, 1.0))
    once = run({**found, "customer_months": pl.concat([stayed, before])})
    assert (once.metrics["left"], once.metrics["churn_rate_month"]) == (0, 0.0)


OPTIONAL = [
    (),
    ("rejects",),
    ("segments", "segment_profiles"),
    ("value_scores", "survival_curve"),
    ("churn_scores", "churn_lift", "churn_costs"),
]


@pytest.mark.parametrize("gone", OPTIONAL)
def test_optional_tables_may_be_absent(gone: tuple[str, ...]) -> None:
    found = {name: frame for name, frame in example.tables(300).items() if name not in gone}
    outcome = report(example.inputs(found), ReportSettings())
    contract("report_figures").require(outcome.tables["report_figures"])
    told = section(outcome, "absent")
    assert {told[1, "table"]} == {gone[0]} if gone and gone[0] != "rejects" else not told


def test_customers_without_scores_do_no_harm() -> None:
    found = hand()
    found["value_scores"] = found["value_scores"].head(2)
    found["churn_scores"] = found["churn_scores"].head(1)
    outcome = run(found)
    assert outcome.metrics["at_risk_customers"] == 0
    contract("report_figures").require(outcome.tables["report_figures"])


def test_all_losing_has_no_curve() -> None:
    found = hand()
    found["value_scores"] = found["value_scores"].with_columns(current_value=pl.lit(-1.0))
    assert not section(run(found), "value_curve")


def test_order_of_rows_changes_nothing() -> None:
    found = example.tables(500)
    one = report(example.inputs(found), ReportSettings())
    mixed = {name: frame.sample(fraction=1.0, shuffle=True, seed=5) for name, frame in found.items()}
    two = report(example.inputs(mixed), ReportSettings())
    assert one.tables["report_figures"].collect().equals(two.tables["report_figures"].collect())
    assert one.metrics == two.metrics


def test_the_contract_is_kept() -> None:
    outcome = report(example.inputs(example.kept(example.tables(500))), ReportSettings())
    figures = contract("report_figures").require(outcome.tables["report_figures"]).collect()
    assert figures["as_of"].unique().to_list() == [JUNE]
    texts = figures.filter(pl.col("text").is_not_null())
    assert texts["text_zh"].null_count() == 0


def test_a_month_without_customers_is_refused() -> None:
    found = {
        "customer_months": months(("A", JUNE, False, True, 1.0)),
        "customers": pl.DataFrame({"customer_id": ["A"]}),
    }
    with pytest.raises(MissingInputError) as caught:
        run(found)
    assert caught.value.code == "report-no-customers"
    with pytest.raises(MissingInputError):
        run({**found, "customer_months": found["customer_months"].clear()})


def billless() -> dict[str, pl.DataFrame]:
    """The four customers without a bill: revenue unknown, chances and an assumed saving known."""
    found = {name: frame for name, frame in hand().items() if name != "value_scores"}
    unknown = pl.lit(None, dtype=pl.Float64)
    costs = {"method": ["nobody", "model-bayes"], "cost": [5.0, 9.0], "contacted": [0, 2], "chosen": [False, True]}
    return found | {
        "customer_months": found["customer_months"].with_columns(revenue=unknown),
        "churn_costs": pl.DataFrame(costs),
    }


def test_unknown_revenue_is_left_out_and_not_nil() -> None:
    outcome = run(billless())
    figures = outcome.tables["report_figures"].collect()
    assert not {"revenue", "revenue_per_customer", "expected_saving"} & set(outcome.metrics)
    priced = pl.col("metric").str.contains("revenue|cost|saving|amount|at_risk") & (pl.col("section") != "bridge_base")
    assert figures.filter(priced).select("section", "metric").unique().rows() in ([], [("kpi", "at_risk_customers")])
    assert outcome.metrics["targets"] == 2
    assert section(outcome, "unknown") == {(1, "what"): "revenue"}
    assert "value_scores" not in section(outcome, "absent").values()
    said = " ".join(figures.filter(section="findings")["text"].drop_nulls())
    assert "¥" not in said and "revenue" not in said


def test_a_table_without_a_label_says_what_would_bring_the_risk() -> None:
    found = {name: hand()[name] for name in ("customer_months", "customers")}
    found["customer_months"] = found["customer_months"].filter(month=JUNE)
    outcome = run(found)
    assert section(outcome, "unknown") == {(1, "what"): "label"}
    assert set(section(outcome, "absent").values()) & {"churn_scores", "value_scores"} == {"value_scores"}
