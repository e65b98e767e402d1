"""What a stage's result depends on in telcli.toml beside its own section."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from telcli import settings as knobs
from telcli.pipeline.hierarchy import own_hierarchy

__all__ = ["own_words"]

_WINDOWS = ("gap_months", "outcome_months", "late_months", "value_months", "customer_value")
"""Settings of predict-churn by which evaluate-retention tells who stayed, and what a customer is worth."""
_WORTH = _WINDOWS[3:]
"""The latter alone, by which plan-retention does."""
_COSTS = tuple(each.name for each in fields(knobs.MarginSettings))
"""Settings that other stages take from the section of score-value, since they would else stand in two places."""
_SALES = ("subsidy_months", "clawback_months")
"""The same, of what selling a line costs, for campaigns alone."""
_MONTHS = ("due_months", "max_months")
"""Of customer-months: which bills count as owed is the same for assess-credit."""
_STAGES_OF_LIFE = ("acquisition_months", "growth_months", "growth_slope", "decline_ratio", "dormant_months")
"""Settings of segment by which stages of life are told, for monitor."""
_CAPACITY = "manager_capacity"
"""Of plan-retention: import-outcomes tells it beside what each manager did."""
_Parsed = Mapping[str, Mapping[str, Any]]


def own_words(stage: str, workdir: Path) -> dict[str, Any]:
    """The operator's own words and the settings of other stages that this one goes by; empty for most stages.

    ``offers`` for plan-retention, where there are some, and what predict-churn takes a customer without a value score
    to be worth; ``dictionary`` for ingest, where it says anything; ``value_hierarchy`` and ``value_stars`` for
    score-value, ``exit_words`` and ``reasons`` for predict-churn, ``topics`` for complaints and ``rules`` for segment,
    where there are some; for segment, campaigns and recommend-offers what score-value takes off revenue too, for
    campaigns also how it spreads sales costs. ``churn`` for evaluate-retention: the windows of predict-churn.
    ``manager_capacity`` for import-outcomes, as plan-retention has it. Which bills count, for assess-credit, as
    customer-months has it. ``fraud_rules`` for detect-fraud: the thresholds of its rules in force. ``kpis`` for
    monitor, where there are some, and ``lifecycle``: what stages of life are, as segment has it.
    """
    found = _FOUND.get(stage)
    if found is None:
        return {}
    config = knobs.config_file(workdir)
    return found(knobs.read_config(config), config)


def _of_ingest(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    own = parsed.get(knobs.DICTIONARY)
    return {knobs.DICTIONARY: own} if own and _says_anything(own) else {}


def _of_churn(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    section, file = parsed.get("predict-churn", {}), _file(config)
    words, reasons = knobs.exit_words(section, file), knobs.own_reasons(section, file)
    return {**({"exit_words": words} if words else {}), **({"reasons": reasons} if reasons else {})}


def _of_plan(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    offers = knobs.own_offers(parsed.get("plan-retention", {}), _file(config))
    values = knobs.resolve("predict-churn", {}, parsed, _file(config)).values
    ranks = [
        name.strip() for name in knobs.resolve("campaigns", {}, parsed, _file(config)).values.priorities.split(",")
    ]
    return {
        **({"offers": offers} if offers else {}),
        **{name: getattr(values, name) for name in _WORTH},
        "window_months": values.gap_months + values.outcome_months,
        "priorities": [name for name in ranks if name],
    }


def _of_evaluation(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    values = knobs.resolve("predict-churn", {}, parsed, _file(config)).values
    return {"churn": {name: getattr(values, name) for name in _WINDOWS}}


def _of_outcomes(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    return {_CAPACITY: getattr(knobs.resolve("plan-retention", {}, parsed, _file(config)).values, _CAPACITY)}


def _of_value(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    section, values = parsed.get("score-value", {}), knobs.resolve("score-value", {}, parsed, _file(config)).values
    hierarchy = own_hierarchy(section, values.hierarchy, config)
    found: dict[str, Any] = {"value_hierarchy": hierarchy} if values.score_by == "indicators" and hierarchy else {}
    stars = knobs.own_rules(section, _file(config), knobs.STARS)
    # their order counts, which a mapping does not keep
    return {**found, **({"value_stars": [list(pair) for pair in stars.items()]} if stars else {})}


def _of_segment(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    rules = knobs.own_rules(parsed.get("segment", {}), _file(config))
    return {**_of_offers(parsed, config), **({"rules": rules} if rules else {})}


def _of_campaigns(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    return _costs(parsed, config, (*_COSTS, *_SALES))


def _of_complaints(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    topics = knobs.own_topics(parsed.get("complaints", {}), _file(config))
    return {"topics": topics} if topics else {}


def _of_offers(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    return _costs(parsed, config, _COSTS)


def _of_credit(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    values = knobs.resolve("customer-months", {}, parsed, _file(config)).values
    return {name: getattr(values, name) for name in _MONTHS}


def _of_fraud(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    return {"fraud_rules": knobs.own_fraud_rules(parsed.get("detect-fraud", {}), _file(config))}


def _costs(parsed: _Parsed, config: Path | None, names: Sequence[str]) -> dict[str, Any]:
    values = knobs.resolve("score-value", {}, parsed, _file(config)).values
    return {name: getattr(values, name) for name in names}


def _of_monitor(parsed: _Parsed, config: Path | None) -> dict[str, Any]:
    found = knobs.own_kpis(parsed.get("monitor", {}), _file(config))
    values = knobs.resolve("segment", {}, parsed, _file(config)).values
    return {
        **({"kpis": found} if found else {}),
        "lifecycle": {name: getattr(values, name) for name in _STAGES_OF_LIFE},
    }


_FOUND: Mapping[str, Callable[[_Parsed, Path | None], dict[str, Any]]] = {
    "ingest": _of_ingest,
    "segment": _of_segment,
    "score-value": _of_value,
    "predict-churn": _of_churn,
    "plan-retention": _of_plan,
    "import-outcomes": _of_outcomes,
    "evaluate-retention": _of_evaluation,
    "campaigns": _of_campaigns,
    "recommend-offers": _of_offers,
    "complaints": _of_complaints,
    "monitor": _of_monitor,
    "assess-credit": _of_credit,
    "detect-fraud": _of_fraud,
}


def _file(config: Path | None) -> str:
    """What the file in force is called in a sentence."""
    return str(config or "telcli.toml")


def _says_anything(own: Any) -> bool:
    """Whether there is more in it than names of sections."""
    return any(map(_says_anything, own.values())) if isinstance(own, Mapping) else own is not None
