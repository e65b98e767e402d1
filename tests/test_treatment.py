"""The page of treatments names every rule by which rows are refused."""

import re
from pathlib import Path

from telcli.figures.quality import RULES
from telcli.tables import contract

ROOT = Path(__file__).parent.parent


def test_the_page_of_quality_names_every_measure() -> None:
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    measures = {column.name for column in contract("quality_profile").columns()} - {"as_of", "table", "column", "name"}
    assert not [name for name in measures - {"rows", "needed", "scope"} if name not in page]


def test_every_rule_is_on_the_page() -> None:
    page = (ROOT / "docs" / "treatment.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z-]+)`", page))
    unsaid = {"empty", "infinite", "not-a-whole-number", "not-a-year"}  # of the kinds that "..." stands for
    assert set(RULES) - told <= unsaid
