"""Words: both languages, the same placeholders, and none that nothing says."""

import re
import string
from collections.abc import Iterable
from pathlib import Path

import pytest

from telcli.features.leaving_signs import EFFECTS
from telcli.figures.bridge_steps import BASE_PARTS, REVENUE_PARTS
from telcli.figures.period import COMPARED
from telcli.report import model
from telcli.report.words import known, word, words
from telcli.stages.predict_churn_trials import METHODS
from telcli.tables.churn_around_results import THEMES, TRIGGERS
from telcli.tables.churn_results import CHURN_THEMES
from telcli.tables.results import VALUE_TIERS
from telcli.tables.score_results import DROPPED
from telcli.tables.value_results import COUNTED, MARGIN_PARTS, OFFER_KINDS
from telcli.tables.value_view_results import HELD_KINDS, PRODUCT_COUNTED, TIER_MEASURES, TOP_HELD

HERE = Path(model.__file__).parent
LISTED = {"tier", "band", "method", "split", "tone", "basis", "yes", "model", "kpi", "col", "chart", "told"}
"""Sections whose words are asked for by a name that data or a column gives."""
NAMED = {"tier", "band", "method", "split", "tone", "basis", "chart", "reach"}
NAMED |= {"part", "counted", "dropped", "verdict", "product_counted", "index_kind", "value_group", "held_kind"}
NAMED |= {"held_by", "service", "fact", "sign", "level", "place"}
NAMED |= {"strategy", "channel", "evidence", "alert_kind", "alert_state", "stage", "quadrant", "bucket", "pattern"}
NAMED |= {"unit", "control_left", "control_right", "control_state", "control_part"}
NAMED |= {"heat", "watch_metric"}
NAMED |= {"dimension", "dimension_level", "theme", "trigger", "drift_band", "drift_advice"}
NAMED |= {"bridge", "flow", "formula"}


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_each_word_has_both_languages_with_the_same_placeholders() -> None:
    for section, found in words().items():
        for name, pair in found.items():
            assert set(pair) == {"en", "zh"}, (section, name)
            assert slots(pair["en"]) == slots(pair["zh"]), (section, name)
            assert not re.search(r"[\u3400-\u9fff]", pair["en"]), (section, name)


def test_no_word_is_left_over() -> None:
    source = "".join(
        file.read_text(encoding="utf-8") for file in sorted(HERE.glob("*.*")) if file.suffix in (".py", ".j2")
    )
    for section, found in words().items():
        for name in found:
            said = f"{section}.{name}" in source or (section in LISTED and re.search(rf"\b{re.escape(name)}\b", source))
            assert said or section in NAMED, f"{section}.{name}"


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ("bridge", {*BASE_PARTS, *REVENUE_PARTS}),
        ("formula", COMPARED),
        ("theme", {*THEMES, *CHURN_THEMES}),
        ("drift_band", ("stable", "moved", "shifted")),
        ("drift_advice", ("none", "watch", "retrain")),
        ("trigger", TRIGGERS),
        ("part", MARGIN_PARTS),
        ("counted", COUNTED),
        ("method", ["nobody", "everybody", "model-bayes", "model-half", "top-decile", *METHODS]),
        ("dropped", DROPPED),
        ("reach", OFFER_KINDS),
        ("product_counted", PRODUCT_COUNTED),
        ("held_kind", HELD_KINDS),
        ("held_by", [name for name in TOP_HELD if name != "no"]),
        ("fact", [name for name in TIER_MEASURES if name != "signs"]),
        ("tier", [*VALUE_TIERS, "new", "gone"]),
        ("sign", [sign for sign, _ in EFFECTS if sign != "way of paying"]),
        ("level", [level for sign, level in EFFECTS if sign != "way of paying" and not level.isdigit()]),
    ],
)
def test_what_tables_name_has_a_word(section: str, named: Iterable[str]) -> None:
    assert not [name for name in named if name not in words()[section]]


def test_a_missing_word_is_a_fault() -> None:
    with pytest.raises(KeyError):
        word("page.absent", "en")
    assert known("method", "someone-elses", "zh") == "someone-elses"
