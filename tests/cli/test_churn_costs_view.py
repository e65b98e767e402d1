"""The total-cost table and the campaign on the screen of predict-churn."""

from collections.abc import Iterator
from typing import Any

import pytest

from telcli.cli._churn_costs_view import campaign, costed
from telcli.cli._words import settle


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    settle(["--lang", "en"])
    yield
    settle(["--lang", "en"])


def row(method: str, cost: float, *, chosen: bool = False) -> dict[str, Any]:
    diff = cost - 100.0
    about = {"diff": diff, "diff_low": diff - 5, "diff_high": diff + 5, "savings": 1 - cost / 200}
    return {"method": method, "cost": cost, "contacted": 1234, "chosen": chosen, **about}


ROWS = [row("nobody", 200.0), row("everybody", 300.0), row("model-bayes", 100.0, chosen=True)]
ROWS += [row(name, 110.0 + place) for place, name in enumerate(["adacost", "adamec", "metacost", "under-sampling"])]


def test_the_cheapest_stand_first_and_blankets_always() -> None:
    lines = list(costed({"costs": ROWS}))
    assert "cost on tested customers" in lines[0]
    assert lines[1].split() == ["→", "model-bayes", "100", "50.0%", "1,234"] or "model" in lines[1]
    shown = "\n".join(lines)
    assert all(name in shown for name in ("adacost", "nobody", "everybody")) and "under-sampling" not in shown
    assert "10 (5..15)" in shown
    assert lines[-1].strip() == "1 more: telcli show churn_costs"
    assert "under-sampling" in "\n".join(costed({"costs": ROWS}, verbose=True))


def test_it_is_said_why_the_cheapest_is_not_in_use() -> None:
    assert not any("beyond chance" in line for line in costed({"costs": ROWS}))
    lines = " ".join(" ".join(costed({"costs": [row("adacost", 90.0), *ROWS]})).split())
    assert "adacost cost less here, but not beyond chance: model-bayes stays in use" in lines


def test_savings_that_have_no_meaning_are_a_dash() -> None:
    assert " - " in list(costed({"costs": [{**ROWS[0], "savings": None}]}))[1]


def test_limits_are_told_and_chinese_is_there() -> None:
    facts = {"contacts": 25, "spend": 310.4, "expected_saving": 900.0, "best_contacts": 60, "break_even_contacts": 200}
    facts |= {"budget": None, "capacity": None, "limit_costs": 0.0}
    assert not any("limit" in said for said in campaign({"campaign": facts}))
    limited = campaign({"campaign": {**facts, "capacity": 25, "limit_costs": 44.0}})
    assert limited[-1] == "limit costs 44" and limited[2] == "spend 310"
    assert campaign({"campaign": {**facts, "budget": 0.5, "spend": 0.25}})[2] == "spend 0.25 of 0.50"
    settle(["--lang", "zh"])
    assert campaign({"campaign": facts})[0] == "挽留名单 25 户"
    assert campaign({}) == []
