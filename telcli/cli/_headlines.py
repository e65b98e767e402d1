"""The figures of a stage's run that its screen leads with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from telcli.cli._help import pack
from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.pipeline.run import StageRun

__all__ = ["figure", "headlines", "width"]

HEADLINES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "segment": (
        ("k", "segments", "count"),
        ("silhouette", "silhouette", "number"),
        ("stability", "stability", "number"),
        ("between_months.stayed", "stayed in their segment", "share"),
        ("rules.fidelity", "put right by the rules", "share"),
        ("against.ari", "adjusted Rand index", "number"),
    ),
    "predict-churn": (
        ("split", "tested by", "text"),
        ("model_from.as_of", "model of", "text"),
        ("scored", "customers scored", "count"),
        ("rows", "customers tested", "count"),
        ("churn_rate", "churn rate", "share"),
        ("auc", "AUC", "number"),
        ("pr_auc", "PR-AUC", "number"),
        ("brier", "Brier score", "number"),
        ("ece", "calibration error", "number"),
        ("ece_chance", "by chance alone", "number"),
        ("top_decile_lift", "lift of the top tenth", "number"),
        ("empc", "EMPC", "number"),
        ("empc_null", "no EMPC:", "text"),
        ("chosen_method", "chosen method", "text"),
        ("score_psi", "PSI of the scores", "number"),
        ("drift_max_psi", "largest PSI of a feature", "number"),
    ),
    "import-outcomes": (
        ("new", "new rows", "count"),
        ("corrected", "corrected", "count"),
        ("unchanged", "as they stood", "count"),
        ("rejected", "refused rows", "count"),
        ("contaminated", "held out but contacted", "count"),
        ("open", "not filled in", "count"),
        ("plans", "plan of", "text"),
        ("tasks", "tasks", "count"),
        ("reported", "reported", "count"),
        ("not_due", "not yet due", "count"),
        ("reported_share", "reported of those due", "share"),
        ("on_time_share", "contacted on time", "share"),
        ("acceptance", "acceptance", "share"),
    ),
    "detect-fraud": (
        ("cases", "suspected cases", "count"),
        ("new_cases", "new to the latest day", "count"),
        ("new_this_month", "new since the month before", "count"),
        ("closed_cases", "gone since the month before", "count"),
        ("subjects", "subjects in them", "count"),
        ("expected_loss", "expected loss", "count"),
    ),
    "recommend-offers": (
        ("customers", "customers in the base", "count"),
        ("offered", "customers with an offer", "count"),
        ("offers", "offers in all", "count"),
    ),
}
"""Stage: path of the metric, label, kind. What a metric of another name holds is told with -v and in the JSON."""


def headlines(run: StageRun) -> Iterator[str]:
    """The figures that there are of those of the stage, packed into lines."""
    told = []
    for path, label, kind in HEADLINES.get(run.stage, ()):
        value = _at(run.metrics, path)
        if value is not None:
            told.append(f"{tr(label)} {figure(value, kind)}")
    yield from ("  " + line for line in pack(told, " · ", width() - 2))


def figure(value: Any, kind: str) -> str:
    """Write a figure for reading.

    >>> figure(0.2654, "share"), figure(1234.5, "count"), figure(0.84712, "number")
    ('26.5%', '1,234', '0.847')
    """
    if kind == "share":
        return f"{value:.1%}"
    if kind == "count":
        return f"{value:,.0f}"
    return f"{value:.3g}" if kind == "number" else tr(str(value))


def _at(metrics: Mapping[str, Any], path: str) -> Any:
    found: Any = metrics
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def width() -> int:
    """Columns of the terminal that text fills, 100 at most."""
    return min(shutil.get_terminal_size((80, 24)).columns, 100)
