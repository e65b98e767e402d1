"""The screen of evaluate-retention."""

import sys

import pytest

from telcli.cli import _words
from telcli.cli._effect_view import lines
from telcli.cli._knowledge_view import offer_lines
from telcli.settings import EvaluateRetentionSettings
from telcli.stages import Inputs
from telcli.stages.evaluate_retention import evaluate_retention
from tests.cli.test_output import Terminal
from tests.stages.trials_example import AS_OF, operator


@pytest.fixture(scope="module")
def metrics() -> dict[str, object]:
    settings = EvaluateRetentionSettings(draws=40, model_customers=0)
    return dict(evaluate_retention(Inputs(operator(), AS_OF), settings).metrics)


def test_the_screen_says_what_works_what_harms_and_what_cannot_be_told(metrics: dict[str, object]) -> None:
    text = "\n".join(lines(metrics))
    rows = {line.split()[0]: line for line in text.splitlines() if line.startswith("    ")}
    assert rows["bill-credit"].endswith("works") and rows["loyalty-call"].endswith("harms")
    assert "cannot tell yet, needs" in rows["newsletter"] and rows["newsletter"].endswith("more")
    for word in ("cost per save", "return on cost", "R uplift, causalml", "scikit-uplift", "held out but contacted 3"):
        assert word in text
    assert "all campaigns" in text
    nobody = {**metrics["by_offer"][0], "held_out": 0, "treated": 90, "stayed_held_out": None, "needed": 4000}  # type: ignore[index]
    bare = {**metrics, "by_offer": [nobody], "save_rate": None, "cost_per_save": None}
    text = "\n".join(lines(bare))
    assert text.count("nobody held out") == 1 and "4,000" not in text
    assert "none of those held out left" in text and "no more stayed" in text
    small = {**metrics, "by_offer": [{**row, "treated": 5, "held_out": 4} for row in metrics["by_offer"]]}  # type: ignore[attr-defined]
    assert "bill-credit" not in "\n".join(lines(small))


def test_it_is_told_in_chinese_and_where_there_is_nothing(
    metrics: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(lines({"campaigns": 0})) == ["  Nothing can be compared yet."]
    monkeypatch.setattr(_words, "language", lambda: "zh")
    text = "\n".join(lines(metrics, {"bill-credit": "账单抵扣"}))
    assert "账单抵扣" in text and "bill-credit" not in text
    assert "有效" in text and "有害" in text and "尚不能判断，还需" in text and "verdict" not in text
    assert not [word for word in ("kept", "cost ", "accepted", "Qini coefficient", "by risk") if word in text]


@pytest.mark.parametrize("columns", [60, 80])
def test_the_interval_and_the_verdict_are_whole_on_a_narrow_terminal(
    metrics: dict[str, object], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {**metrics["by_offer"][0], "held_out": 16, "treated": 132, "stayed_treated": 0.848, "stayed_held_out": 0.938}  # type: ignore[index]
    gain = {"uplift": -0.089, "uplift_low": -0.177, "uplift_high": 0.138, "needed": 914, "verdict": "cannot-tell"}
    campaign = {**row, **gain, "campaign_id": "retention-2024-03"}
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = list(lines({**metrics, "by_campaign": [campaign], "by_offer": []}))
    text = " ".join(" ".join(shown).split())
    assert "retention-2024-03" in text and "-8.9 (-17.7..+13.8) cannot tell" in text and "914 more" in text
    table = [line for line in shown if line.startswith("    ")]
    assert "cannot tell yet" in text and "…" not in text and max(map(len, table)) <= columns
    known = {**row, **gain, "offer_id": "service-recovery", "periods": 1, "accept_rate": None, "cost_per_contact": 5.85}
    shown = list(offer_lines([{**known, "expected_value": -243.6}], "by offer, over all campaigns"))
    text = " ".join(" ".join(shown).split())
    assert "service-recovery" in text and "-8.9 (-17.7 to +13.8)" in text and "cannot tell" in text
    assert "…" not in text and max(map(len, shown)) <= columns
