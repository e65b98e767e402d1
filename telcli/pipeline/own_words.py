"""What a stage's result depends on in telcli.toml beside its own section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from telcli import settings as knobs
from telcli.pipeline.hierarchy import own_hierarchy

__all__ = ["own_words"]

_WINDOWS = ("gap_months", "outcome_months", "late_months", "value_months", "customer_value")
"""Settings of predict-churn by which evaluate-retention tells who stayed, and what a customer is worth."""
_COSTS_OF, _COSTS = "score-value", tuple(each.name for each in fields(knobs.MarginSettings))
"""Settings that segment and campaigns take from another stage's section, since they would else stand in two places."""


def own_words(stage: str, workdir: Path) -> dict[str, Any]:
    """The operator's own words and the settings of other stages that this one goes by; empty for most stages.

    ``dictionary`` for ingest, where it says anything; ``value_hierarchy`` and ``value_stars`` for score-value,
    ``exit_words`` and ``reasons`` for predict-churn and ``rules`` for segment, where there are some; for segment and
    campaigns what score-value takes off revenue too. ``churn`` for evaluate-retention: the windows of predict-churn.
    """
    config = knobs.config_file(workdir)
    if stage == "ingest":
        own = knobs.read_config(config).get(knobs.DICTIONARY)
        return {knobs.DICTIONARY: own} if _says_anything(own) else {}
    if stage == "predict-churn":
        section, file = knobs.read_config(config).get(stage, {}), str(config or "telcli.toml")
        words, reasons = knobs.exit_words(section, file), knobs.own_reasons(section, file)
        return {**({"exit_words": words} if words else {}), **({"reasons": reasons} if reasons else {})}
    if stage == "evaluate-retention":
        values = knobs.resolve("predict-churn", {}, knobs.read_config(config), str(config or "telcli.toml")).values
        return {"churn": {name: getattr(values, name) for name in _WINDOWS}}
    if stage not in ("segment", "campaigns", _COSTS_OF):
        return {}
    parsed, file = knobs.read_config(config), str(config or "telcli.toml")
    values = knobs.resolve(_COSTS_OF, {}, parsed, file).values
    if stage == _COSTS_OF:
        hierarchy = own_hierarchy(parsed.get(stage, {}), values.hierarchy, config)
        found: dict[str, Any] = {"value_hierarchy": hierarchy} if values.score_by == "indicators" and hierarchy else {}
        stars = knobs.own_rules(parsed.get(stage, {}), file, knobs.STARS)
        # their order counts, which a mapping does not keep
        return {**found, **({"value_stars": [list(pair) for pair in stars.items()]} if stars else {})}
    rules = knobs.own_rules(parsed.get("segment", {}), file) if stage == "segment" else {}
    return {**{name: getattr(values, name) for name in _COSTS}, **({"rules": rules} if rules else {})}


def _says_anything(own: Any) -> bool:
    """Whether there is more in it than names of sections."""
    return any(map(_says_anything, own.values())) if isinstance(own, Mapping) else own is not None
