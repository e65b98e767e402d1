"""The plan on the screen: grid, offers, power, limits, in both languages."""

import pytest

from telcli.cli import plan_retention
from telcli.cli._plan_view import planned
from telcli.cli._words import _words, settle, tr
from telcli.pipeline.catalog import stage
from telcli.pipeline.provenance import jsonable
from telcli.tables.plan_results import EVIDENCE, STRATEGIES, VALUE_BANDS, WHYS
from tests.stages.plan_world import planned as plan


def test_the_screen_shows_grid_offers_power_and_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    metrics = jsonable(plan(budget="600", channel_capacity="phone=10").metrics)
    text = "\n".join(planned(metrics))
    assert "  high   high    retain" in text
    assert "phone 10/10" in text or "phone 9/10" in text
    assert "budget 600" in text
    assert "limits cost" in text
    assert f"contacted {metrics['contacted']}" in text
    assert "retention-2024-06" in text
    settle(["--lang", "zh"])
    chinese = "\n".join(planned(metrics, verbose=True))
    settle(["--lang", "en"])
    assert "挽留" in chinese
    assert "限额损失预期收益" in chinese
    assert list(planned({})) == []


def test_a_plan_that_shows_nothing_alone_says_so_and_cells_are_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    metrics = jsonable(plan(budget="600", channel_capacity="phone=10").metrics)
    cells = {power: [{**row, "power": power} for row in metrics["cells"]] for power in (0.03, 0.5)}
    weak, strong = ("\n".join(planned({**metrics, "cells": rows})) for rows in cells.values())
    assert "too small to show" in weak
    assert "least gain" not in weak
    assert "too small to show" not in strong
    assert "strategy is that of the cell" in strong
    settle(["--lang", "zh"])
    chinese = "\n".join(planned({**metrics, "cells": cells[0.5]}))
    settle(["--lang", "en"])
    assert "高-高" in chinese
    assert "电话 " in chinese
    assert "phone" not in chinese


def test_every_word_has_its_chinese() -> None:
    kinds = {"value_band": VALUE_BANDS, "strategy": STRATEGIES, "evidence": EVIDENCE, "why": WHYS}
    assert not [f"{kind}={word}" for kind, words in kinds.items() for word in words if f"{kind}={word}" not in _words()]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_names_every_table(language: str) -> None:
    about = " ".join((plan_retention.plan_retention.__doc__ or "").split("\n\n")[1].split())
    settle(["--lang", language])
    said = tr(about)
    settle(["--lang", "en"])
    assert (said == about) == (language == "en")
    assert [table for table in stage("plan-retention").gives if table not in said] == []
