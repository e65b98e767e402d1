"""The page of treatments names every rule by which rows are refused."""

import re
from pathlib import Path

from telcli.figures.quality import RULES

ROOT = Path(__file__).parent.parent


def test_every_rule_is_on_the_page() -> None:
    page = (ROOT / "docs" / "treatment.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z-]+)`", page))
    unsaid = {"empty", "infinite", "not-a-whole-number", "not-a-year"}  # of the kinds that "..." stands for
    assert set(RULES) - told <= unsaid
