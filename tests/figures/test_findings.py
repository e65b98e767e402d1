"""Findings: which rule speaks, what it compares, how they rank, and that both languages say the same."""

import string
from typing import Any

import pytest

from telcli.figures.finding import PARTS, Facts, sentences
from telcli.figures.findings import find, rows

BEFORE = {"month": None, "customers": 1000, "revenue": 50_000.0, "left": 10, "churn_rate": 0.01}
BANDS = [
    {
        "band": "high",
        "customers": 100,
        "customer_share": 0.1,
        "churn_probability": 0.5,
        "at_risk_value": 4000.0,
        "targets": 80,
        "expected_saving": 900.0,
    },
    {
        "band": "low",
        "customers": 900,
        "customer_share": 0.9,
        "churn_probability": 0.02,
        "at_risk_value": 1000.0,
        "targets": 0,
        "expected_saving": 0.0,
    },
]


def month(**changes: Any) -> dict[str, Any]:
    return {**BEFORE, **changes}


def kinds(facts: Facts) -> list[str]:
    return [finding.kind for finding in find(facts)]


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", list(sentences()))
def test_both_languages_have_the_same_placeholders(kind: str) -> None:
    found = sentences()[kind]
    assert {"title", "detail", "command"} <= set(found) <= {*PARTS, "command"}
    for part in PARTS:
        if part in found:
            assert set(found[part]) == {"en", "zh"}
            assert slots(found[part]["en"]) == slots(found[part]["zh"]), (kind, part)
            assert found[part]["en"].isascii() or "“" in found[part]["en"]


def test_revenue_splits_into_number_and_rate() -> None:
    facts = Facts("CNY", months=[month(), month(customers=900, revenue=45_900.0)])
    (found,) = (finding for finding in find(facts) if finding.kind.startswith("revenue"))
    assert (found.kind, found.tone, found.amount) == ("revenue-fell", "bad", 4100.0)
    # 100 customers fewer at 50 each, and 900 customers at 1 more
    assert found.texts["detail"].en.startswith("-¥5,000 comes from the number of customers, +¥900.00 from revenue per")
    assert "环比-4,100元（-8.2%）" in found.texts["title"].zh


@pytest.mark.parametrize(
    ("left", "kind"), [(10, "churn-usual"), (14, "churn-usual"), (40, "churn-above"), (1, "churn-below")]
)
def test_churn_is_unusual_only_beyond_chance(left: int, kind: str) -> None:
    # two standard errors of 1% among 1,000 customers are 0.63 points
    facts = Facts("CNY", months=[month(), month(), month(left=left, churn_rate=left / 1000)])
    assert kind in kinds(facts)


def test_money_ranks_and_the_rest_follows() -> None:
    value = {
        "customers": 100.0,
        "value": 9e5,
        "loss_makers": 7.0,
        "loss": -7000.0,
        "gain": 907_000.0,
        "top_20_share": 0.5,
    }
    costs = [
        {"method": "nobody", "cost": 100.0, "contacted": 0, "chosen": False},
        {"method": "everybody", "cost": 200.0, "contacted": 50, "chosen": False},
        {"method": "model-bayes", "cost": 60.0, "contacted": 9, "chosen": True},
    ]
    facts = Facts("CNY", months=[month(), month(revenue=60_000.0)], value=value, bands=BANDS, costs=costs)
    found = find(facts)
    assert [finding.kind for finding in found] == [
        "revenue-rose",
        "loss-makers",
        "value-at-risk",
        "churn-usual",
        "decision-saving",
    ]
    amounts = [finding.amount for finding in found]
    assert amounts == [10_000.0, 7000.0, 5000.0, 600.0, None]
    risk = found[2]
    assert (
        risk.texts["title"].en
        == "¥5,000 of customer value is expected to leave, ¥4,000 of it with 100 customers at high risk"
    )
    assert risk.texts["action"].zh == "优先联系挽留预期收益为正的80户，预计可节省900.00元。"
    assert "40.0% less than contacting nobody" in found[4].texts["title"].en


def test_a_list_dearer_than_a_blanket_policy_is_said() -> None:
    costs = [
        {"method": "everybody", "cost": 50.0, "contacted": 50, "chosen": False},
        {"method": "model-bayes", "cost": 60.0, "contacted": 9, "chosen": True},
    ]
    (found,) = find(Facts("CNY", costs=costs))
    assert (found.kind, found.tone) == ("decision-blanket", "bad")
    assert "20.0% more than contacting everybody" in found.texts["title"].en


def test_how_sure_names_the_test_and_its_interval() -> None:
    model = {"auc": 0.8, "auc_low": 0.75, "auc_high": 0.85, "split": "out-of-time"}
    (found,) = find(Facts("CNY", bands=BANDS, model=model))
    assert found.texts["sure"].en == "Estimated; tested on later months: AUC 0.800 (0.750 to 0.850)."
    assert found.texts["sure"].zh == "为估计值；跨期检验：AUC 0.800（0.750～0.850）。"


def test_a_weak_model_and_a_poor_forecast_are_said() -> None:
    model = {"auc": 0.55, "rank_correlation": 0.5, "naive_rank_correlation": 0.6}
    assert kinds(Facts("CNY", model=model)) == ["weak-model", "value-backtest"]


def test_no_offer_pays() -> None:
    bands = [{**band, "targets": 0, "expected_saving": 0.0} for band in BANDS]
    assert kinds(Facts("CNY", bands=bands)) == ["value-at-risk-no-target"]


def test_a_segment_must_stand_out() -> None:
    def row(segment: int, risk: float) -> dict[str, Any]:
        return {
            "segment": segment, "name": f"S{segment}", "name_zh": f"群{segment}", "customers": 100,
            "customer_share": 0.5,
            "churn_probability": risk, "at_risk_value": 10.0, "revenue_per_customer": 5.0, "treatment": "Call",
        }  # fmt: skip

    bands = [{**BANDS[1], "customers": 200, "churn_probability": 0.2}]
    assert kinds(Facts("CNY", segments=[row(1, 0.19), row(2, 0.21)], bands=bands)) == []
    (found,) = find(Facts("CNY", segments=[row(1, 0.10), row(2, 0.30)], bands=bands))
    assert found.command == 'telcli show segments --where "segment = 2"'
    assert found.texts["title"].zh == "客群“群2”流失风险最高：30.0%，全体在网客户为20.0%"


def test_hidden_cells_make_no_finding() -> None:
    grid = [
        {"tier": "platinum", "band": "high", "small": 1.0},
        {"tier": "gold", "band": "high", "customers": 50, "at_risk_value": 500.0},
    ]
    assert kinds(Facts("CNY", grid=grid)) == []


def test_rows_carry_every_text_in_both_languages() -> None:
    for row in rows(find(Facts("CNY", months=[month(), month()], bands=BANDS))):
        assert {"kind", "tone", "command", "title", "title_zh", "detail", "detail_zh"} <= set(row)


@pytest.mark.parametrize("used", [99.96, 100.04])
def test_costs_that_hardly_differ_are_no_news(used: float) -> None:
    costs = [
        {"method": "nobody", "cost": 100.0, "contacted": 0, "chosen": False},
        {"method": "model-bayes", "cost": used, "contacted": 9, "chosen": True},
    ]
    (found,) = find(Facts("CNY", costs=costs))
    assert (found.kind, found.tone) == ("decision-even", "neutral")
    assert "%" not in found.texts["title"].en + found.texts["detail"].en
    assert "in the test" in found.texts["detail"].en


def test_a_list_that_contacts_nobody_is_not_set_against_contacting_nobody() -> None:
    costs = [
        {"method": "nobody", "cost": 100.0, "contacted": 0, "chosen": False},
        {"method": "model-bayes", "cost": 100.0, "contacted": 0, "chosen": True},
    ]
    assert find(Facts("CNY", costs=costs)) == []


def test_rows_and_reasons_are_told_apart() -> None:
    quality = {
        "rejected": 63, "reasons": 75, "read": 9000, "rule": "not a date", "rule_zh": "不是日期", "source": "a.csv",
        "rule_rows": 40,
    }  # fmt: skip
    (found,) = find(Facts("CNY", quality=quality))
    assert found.texts["title"].en.startswith("63 rows of the extracts were refused, 0.70% of all (75 reasons:")
    assert "75条原因" in found.texts["title"].zh


def test_leavers_without_a_price_have_no_money() -> None:
    nil = {"revenue": None}
    facts = Facts("CNY", months=[month(**nil), month(**nil), month(left=40, churn_rate=0.04, **nil)])
    (found,) = find(facts)
    assert (found.kind, found.amount) == ("churn-above", None)
    assert found.texts["sure"].en == "Leavers are counted, not estimated."
