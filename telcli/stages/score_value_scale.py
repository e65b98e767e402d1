"""Whose scales and bounds of tiers a month is scored by: those kept of the month before, or new ones, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.errors import Notice
from telcli.features.value_indicators import CHURN
from telcli.settings import ScoreValueSettings
from telcli.stages.score_value_depends import made_as_before, made_with
from telcli.stages.score_value_plan import Plan
from telcli.stages.score_value_record import WAITS, Measure, Record, same_weights, weight_rows

__all__ = ["lacking", "measured", "reasons", "weights_of"]

Array = NDArray[np.float64]


def weights_of(
    asked: Plan, measure: Measure, known: Mapping[str, float], settings: ScoreValueSettings, as_of: date
) -> pl.DataFrame:
    """Table value_weights."""
    return weight_rows(asked.hierarchy, asked.judged, measure, known, as_of, made_with(settings, asked.columns))


def measured(
    asked: Plan, settings: ScoreValueSettings, values: Mapping[str, Array], before: Record | None, as_of: date
) -> tuple[Measure, list[Notice]]:
    """The scales and bounds of the snapshot before, unless something else is asked for now; then new ones."""
    if before is None:
        return asked.measure(values, as_of), []
    why = _why_anew(asked, settings, before, as_of)
    if why:
        return asked.measure(values, as_of), [why]
    return before.measure, _waiting(before.measure, values)


def _why_anew(asked: Plan, settings: ScoreValueSettings, before: Record, as_of: date) -> Notice | None:
    month = {"month": f"{before.as_of:%Y-%m}"}
    if settings.refit == "always":
        template = "Scales and bounds of tiers are made anew: tiers of {month} do not compare with these."
        return Notice("value-refit", template, month)
    if not same_weights(before, weights_of(asked, before.measure, {}, settings, as_of)):
        template = (
            "Indicators or weights are not those of {month}: scales and bounds of tiers are made anew, and tiers "
            "of then do not compare with these."
        )
        return Notice("value-refit-weights", template, month)
    if not made_as_before(before.made_with, settings, asked.columns):
        template = (
            "Settings behind the score are not those of {month}: scales and bounds of tiers are made anew, and tiers "
            "of then do not compare with these."
        )
        return Notice("value-refit-settings", template, month)
    return None


def _waiting(kept: Measure, values: Mapping[str, Array]) -> list[Notice]:
    """Indicators that had no data when the scales were made, and have some now."""
    new = _new(kept, values)
    if not new:
        return []
    template = "Known now, but without weight, as the scales kept are of {month}: {names}. --refit takes them in once."
    return [Notice("value-indicators-wait", template, {"names": ", ".join(new), "month": f"{kept.since:%Y-%m}"})]


def _new(kept: Measure, values: Mapping[str, Array]) -> list[str]:
    """Indicators without weight that tell customers apart now."""
    return [item for item in kept.dropped if np.unique(values[item][np.isfinite(values[item])]).size > 1]


def reasons(measure: Measure, values: Mapping[str, Array]) -> dict[str, str]:
    """Why indicators have no weight this month: those that are known by now wait for new scales."""
    new = _new(measure, values)
    return {item: WAITS if item in new else why for item, why in measure.dropped.items()}


def lacking(asked: Plan, measure: Measure, values: Mapping[str, Array]) -> list[Notice]:
    """What has no weight for want of data, and what is known of nobody although it has."""
    said, new = [], _new(measure, values)
    dropped = [item for item in measure.dropped if item not in new]
    if dropped:
        template = "Indicators without data, or the same of all, have no weight; their neighbours share it: {names}."
        said.append(Notice("value-indicators-dropped", template, {"names": ", ".join(dropped)}))
    unscored = [item for item in dropped if asked.indicators[item]["column"] == CHURN]
    if unscored:
        template = (
            "{names} has no weight, as telcli predict-churn was run for no earlier month. Run it for this one, and "
            "next month, once, telcli score-value --refit, which takes it in; or for an earlier one, and --refit now."
        )
        said.append(Notice("value-indicators-churn", template, {"names": ", ".join(unscored)}))
    gone = [item for item in measure.scales if not np.isfinite(values[item]).any()]
    if gone:
        template = "Known of nobody this month, so that their neighbours stand in for them: {names}."
        said.append(Notice("value-indicators-gone", template, {"names": ", ".join(gone)}))
    if not measure.scales:
        said.append(Notice("value-no-indicators", "No indicator tells customers apart: all of them score 50."))
    return said
