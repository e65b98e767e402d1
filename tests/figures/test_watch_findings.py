"""Findings of what is watched and of what plans earned."""

from typing import Any

import pytest

from telcli.figures.finding import Facts
from telcli.figures.findings import find
from telcli.figures.retained import loop_blocks
from telcli.figures.watched import watch_blocks
from tests.report import loop_example, watch_example

HELD = {name: frame.lazy() for name, frame in {**loop_example.tables(), **watch_example.tables()}.items()}
BLOCKS = {**loop_blocks(HELD, 10), **watch_blocks(HELD, 10)}


def test_each_is_told_with_its_money() -> None:
    found = {one.kind: one for one in find(Facts("CNY", blocks=BLOCKS))}
    assert list(found) == ["plans-earned", "alerts", "fraud-suspected", "topic-emerges"]
    assert [one.amount for one in found.values()] == pytest.approx([18_000.0, 800.0, 101.0 + 102.0 + 207.0, None])
    said = found["plans-earned"].texts
    assert said["sure"].en == "95% interval ¥4,000 to ¥32,000."
    assert "400 customers were to be contacted and 120 customers were held out" in said["detail"].en
    assert found["alerts"].texts["title"].zh == "2项异常超出偶然，最大的为：收入低10%"
    assert "4 are open" in found["fraud-suspected"].texts["detail"].en


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"verdict": "harms", "value_saved": -900.0}, "plans-harm"),
        ({"verdict": "cannot-tell"}, ""),
        ({"value_saved": None}, ""),
    ],
)
def test_what_cannot_be_told_is_no_finding(changed: dict[str, Any], kind: str) -> None:
    rows = [{**BLOCKS["effects"][0], **changed}]
    assert [one.kind for one in find(Facts("CNY", blocks={"effects": rows}))] == ([kind] if kind else [])
    assert find(Facts("CNY", blocks={"fraud": [{"pattern": "irsf", "cases": 3, "new": 0, "expected_loss": 9.0}]})) == []
