"""Which settings make tiers anew: those that the indicators in use depend on, and no others."""

import json
from dataclasses import asdict, fields, replace
from hashlib import sha256
from typing import Any

import pytest

from telcli.features.value_indicators import WORTH
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_depends import APART, BEHIND, TIERS, made_as_before, made_with
from telcli.tables.hierarchy import default

USUAL = ScoreValueSettings()
DEFAULT = {about["column"] for about in default()["indicators"].values()}
OTHER: dict[str, Any] = {"payment_timing": "start", "tail": "endless", "stratify": "none", "leaving_signs": "none"}


def other(name: str) -> ScoreValueSettings:
    """All settings but one at their default."""
    return replace(USUAL, **{name: OTHER.get(name, 0.25 if isinstance(getattr(USUAL, name), float) else 7)})


def of_before(settings: ScoreValueSettings) -> str | None:
    """The hash of all settings, as tables made before have it."""
    held, usual = asdict(settings), asdict(USUAL)
    left = {name: value for name, value in held.items() if value != usual[name]}
    left = {name: value for name, value in left.items() if name not in ("refit", "hierarchy", "random_index")}
    return sha256(json.dumps(left, sort_keys=True).encode()).hexdigest()[:16] if left else None


def test_every_setting_is_behind_something_or_apart() -> None:
    behind = {name for names in BEHIND.values() for name in names}
    assert behind | set(TIERS) | set(APART) == {one.name for one in fields(USUAL)}
    assert not (behind | set(TIERS)) & set(APART)
    assert set(BEHIND) == set(WORTH)


@pytest.mark.parametrize(
    "name", ["interval_level", "label_months", "payment_timing", "leaving_signs", "min_at_risk", "horizon_months"]
)
def test_settings_that_no_default_indicator_depends_on_leave_tiers_alone(name: str) -> None:
    assert made_with(other(name), DEFAULT) == made_with(USUAL, DEFAULT)
    if name not in APART:
        assert made_with(other(name), {"lifetime_value"}) != made_with(USUAL, {"lifetime_value"})


@pytest.mark.parametrize(
    ("name", "columns", "behind"),
    [
        ("gold_share", {"tenure_months"}, True),
        ("margin_rate", DEFAULT, True),
        ("cost_per_contact", {"tenure_months"}, False),
        ("subsidy_months", DEFAULT, False),
        ("subsidy_months", {"current_value"}, True),
        ("subsidy_months", {"retention_value", "incremental_value"}, False),
        ("spike_limit", {"incremental_value"}, False),
        ("line_cost", {"incremental_value"}, True),
        ("spike_limit", {"lifetime_value"}, True),
    ],
)
def test_a_setting_counts_where_a_column_depends_on_it(name: str, columns: set[str], behind: bool) -> None:
    assert (made_with(other(name), columns) != made_with(USUAL, columns)) is behind


def test_a_hash_of_all_settings_made_before_is_still_known() -> None:
    now = replace(other("margin_rate"), interval_level=0.9)
    assert of_before(now) != made_with(now, DEFAULT)
    assert made_as_before(of_before(now), now, DEFAULT)
    # One set since, of those that do not matter, when all that did matter was hashed.
    assert made_as_before(of_before(replace(now, interval_level=0.8)), now, DEFAULT)
    assert not made_as_before(of_before(other("gold_share")), now, DEFAULT)
