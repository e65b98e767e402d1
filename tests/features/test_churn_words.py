"""Every monthly feature can be said in both languages, whatever its value."""

import numpy as np
import pytest

from telcli.features.churn_design import Feature
from telcli.features.churn_words import feature_name, phrases, themes
from telcli.tables.months import FEATURES

VALUES = np.array([-0.624, -0.001, 0.0, 0.4, 1.0, 3.0, 1234567.8, np.nan])


@pytest.mark.parametrize("name", [*FEATURES, "age"])
def test_every_feature_has_words(name: str) -> None:
    for typical in (0.0, 2.0, float("nan")):
        english, chinese = phrases(Feature(name, "number"), VALUES, typical)
        assert all(text and "{" not in text and "nan" not in text for text in (*english, *chinese))
        assert all(any("一" <= sign <= "鿿" for sign in text) for text in chinese), "Chinese is Chinese"
        assert not any("is high" in text or "is low" in text for text in english), "it has words of its own"


@pytest.mark.parametrize(
    ("feature", "value", "typical", "english", "chinese"),
    [
        (Feature("data_mb_change_3", "number"), -0.62, 0.0, "Data use fell 62% in 3 months", "近3个月流量下降62%"),
        (Feature("contract_months_left", "number"), 0.6, 9, "Contract ends within 1 month", "合约将在1个月内到期"),
        (Feature("contract_months_left", "number"), 0.0, 9, "Out of contract", "已不在合约期内"),
        (Feature("tenure_months", "number"), 1, 30, "Customer for only 1 month", "网龄仅1个月"),
        (Feature("complaints_sum_3", "number"), 3, 0, "3 complaints in 3 months", "近3个月投诉3次"),
        (
            Feature("x_Contract", "category", ("Month-to-month",)),
            0,
            1,
            "Contract: Month-to-month",
            "Contract：Month-to-month",
        ),
        (Feature("x_Contract", "category", ("a",), rest=True), 1, 0, "Contract: a rare value", "Contract：少见取值"),
        (Feature("gender", "category", ("female",)), 0, 1, "Gender: female", "性别：女"),
        (Feature("x_光纤", "flag"), 1, 0, "光纤: yes", "光纤：是"),
        (Feature("x_fee", "number"), 98.6549, 50, "fee is high (98.7)", "fee偏高（98.7）"),
        (Feature("x_fee", "number"), np.nan, 50, "fee is not known", "fee未知"),
        (Feature("x_since", "date"), 1, 50, "since: 1 day ago", "since：1天前"),
        (Feature("x_since", "date"), -20, 50, "since: in 20 days", "since：20天后"),
    ],
)
def test_what_is_said(feature: Feature, value: float, typical: float, english: str, chinese: str) -> None:
    said = phrases(feature, np.array([float(value)]), typical)
    assert (said[0][0], said[1][0]) == (english, chinese)


def test_many_values_are_said_at_once_in_order() -> None:
    values = np.tile([2.0, 5.0, 2.0], 1000)
    english, _ = phrases(Feature("complaints", "number"), values, 0.0)
    assert english[:3].tolist() == ["2 complaints this month", "5 complaints this month", "2 complaints this month"]


def test_means_of_one_thing_share_a_theme() -> None:
    names = ["revenue", "revenue_mean_3", "x_a", "x_b", "data_mb"]
    found = themes(tuple(Feature(name, "number") for name in names))
    assert found[0] == found[1]
    assert len(set(found.tolist())) == 4


def test_names_in_both_languages() -> None:
    assert feature_name("data_mb_mean_3") == ("Data, mean of 3 months", "近3个月平均流量")
    assert feature_name("x_Payment_Method") == ("Payment Method", "Payment Method")
