"""Money that stands in no amount, as score-value tells it in one sentence."""

from collections.abc import Iterator

import pytest

from telcli.cli._value_left import eaten, leavers
from telcli.cli._words import settle

GONE = {"customers": 20, "revenue": 2_340.0, "commission": 9_000.0, "subsidy": 1_000.0, "margin": -7_760.0}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    settle(["--lang", "en"])


def test_who_left_is_told_in_both_languages() -> None:
    settle(["--lang", "en"])
    said = (
        "not in these amounts: 20 who left in 12 months brought 2,340, cost 10,100 (10,000 commissions and subsidies), "
    )
    assert leavers({"margin_of_leavers": GONE}) == said + "margin -7,760"
    settle(["--lang", "zh"])
    assert "离网客户 20 户：收入 2,340，成本 10,100（其中佣金与补贴 10,000）" in str(
        leavers({"margin_of_leavers": GONE})
    )


def test_nobody_left_nothing_is_told() -> None:
    assert leavers({"margin_of_leavers": {**GONE, "customers": 0}}) is None
    assert leavers({}) is None


def test_a_part_is_told_in_money_where_there_is_no_share() -> None:
    settle(["--lang", "en"])
    assert eaten({"part": "lines", "amount": 3600.0, "revenue_share": None}) == "lines 3,600"
    assert eaten({"part": "lines", "amount": 3600.0, "revenue_share": 0.25}) == "lines 25.0%"
