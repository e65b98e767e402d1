"""What customers usually bring in a month, and how that was told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telcli.methods.lifetime_value import CHOOSABLE, Usual, choose_usual, usual_margin
from telcli.settings import ScoreValueSettings

__all__ = ["usual_months", "usual_sentence", "usual_told"]

Array = NDArray[np.float64]


def usual_months(margins: Array, fees: Array | None, settings: ScoreValueSettings) -> tuple[Array, Usual]:
    """The usual month of each customer, NaN where no month is known, and how it was told.

    Parameters
    ----------
    margins : array of shape (customers, months)
        Up to the month that values are made of.
    fees : array of shape (customers, months) or None
        What plan fees leave as margin, up to the same month; of as many months or more.
    settings : ScoreValueSettings
        Of the run: `recent_months` set makes it their plain mean.
    """
    due = None if fees is None else fees[:, -margins.shape[1] :]
    if settings.recent_months:
        how = Usual(settings.recent_months, settings.spike_limit)
        return usual_margin(margins, how), how
    how = choose_usual(margins, settings.spike_limit, due)
    return usual_margin(margins, how, due), how


def usual_sentence(how: Usual, asked: ScoreValueSettings, months: int, *, fees: bool) -> str:
    """How the usual month was told, as an assumption; `months` are those there are."""
    chosen = "chosen because it foretold best in months held back"
    if asked.recent_months or months < CHOOSABLE:
        chosen = "as set" if asked.recent_months else "there are too few months to choose by"
    recent = min(how.recent, months)
    what = f"the mean of the last {recent} months" if recent > 1 else "the one month that there is"
    if fees and not asked.recent_months:
        what = f"the present plan fee and the mean of what the last {how.recent} months brought beyond theirs"
    if np.isfinite(how.half_life):
        what += f", a month {how.half_life:g} months earlier counting half"
    spikes = f", each within {how.spike_limit:g} usual margins of the customer's median" if how.spike_limit else ""
    return f"The usual month is {what} as far as known{spikes}; {chosen}."


def usual_told(how: Usual) -> dict[str, Any]:
    """For the JSON; no half-life is null."""
    return {**asdict(how), "half_life": how.half_life if np.isfinite(how.half_life) else None}
