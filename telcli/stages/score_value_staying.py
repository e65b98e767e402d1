"""How long customers stay: by tenure and way of paying, and by signs of leaving where these told it better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.features.exposure import fit_labels, fit_months
from telcli.features.leaving_month import leaving_share
from telcli.features.leaving_signs import DESIGN, EFFECTS, LONGEST, NO_SIGNS, known_signs, watched
from telcli.features.margin import Book
from telcli.methods.landmarks import HERE, LandmarkHazard, Watched, counted, fit_landmarks, outcomes
from telcli.methods.outlook import Outlook, log_likelihood
from telcli.methods.staying import Staying
from telcli.methods.value_backtest import held_back
from telcli.settings import ScoreValueSettings

__all__ = ["Stays", "Trial", "by_labels", "by_months", "effect_rows", "ended_lines", "told"]

SURE = 2.0
"""Signs are used where they told better by so many standard errors."""
_Z95 = 1.959964
_SCHEMA = {
    **dict.fromkeys(("sign", "level"), pl.String),
    **dict.fromkeys(("month_from", "month_to", "at_risk", "left"), pl.Int64),
    **dict.fromkeys(("odds_ratio", "odds_low", "odds_high"), pl.Float64),
}


@dataclass(frozen=True)
class Trial:
    """Signs against the same model without them, in the months after the one that both were fitted up to.

    Parameters
    ----------
    gain : mean gain in the logarithm of the likelihood, per customer; above 0 where signs told better.
    error : its standard error.
    over_tenure : mean gain over the life tables, which serve where signs are not used.
    month, months : the last month known, and how many came after.
    customers : how many were there.
    """

    gain: float
    error: float
    over_tenure: float
    month: date
    months: int
    customers: int

    @property
    def better(self) -> bool:
        """Whether signs told better beyond chance, and better than life tables."""
        return self.gain > SURE * self.error and self.over_tenure > 0


@dataclass(frozen=True)
class Stays:
    """How long customers stay, as known in one month.

    Parameters
    ----------
    staying : by tenure and way of paying.
    signs : by signs too; None where they are not used.
    trial : why they are or are not; None where it could not be tried.
    patterns : of every customer of the book in that month; None without signs.
    leaving : what the month of leaving brought, in usual months, 0..1; 0 where it is not known.
    """

    staying: Staying
    signs: LandmarkHazard | None = None
    trial: Trial | None = None
    patterns: NDArray[np.int16] | None = None
    leaving: float = 0.0

    def outlook(self, everyone: Book, mark: int, months: int, fading: float | None = None) -> Outlook:
        """What is expected of the customers who were there at a mark of the book, `months` ahead.

        `fading` is as in `Staying.outlook`.
        """
        here = everyone.active[mark]
        tenure, group = everyone.tenure[mark][here], everyone.group[here]
        plain = self.staying.outlook(tenure, group, months, fading)
        if self.signs is None or self.patterns is None:
            return plain
        return self.signs.outlook(plain, tenure, self.patterns[here].astype(np.int64))


def by_labels(frame: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], settings: ScoreValueSettings) -> Stays:
    """As told by the label of a flat table."""
    return Stays(fit_labels(frame, tables.get("customers"), settings.label_months, float(settings.min_at_risk)))


def by_months(
    frame: pl.LazyFrame,
    modes: pl.LazyFrame | None,
    calendar: Sequence[date],
    everyone: Book,
    settings: ScoreValueSettings,
) -> tuple[Stays, Stays]:
    """As known at the snapshot, and as known before the months that are held back.

    Months held back decide whether signs are used at the snapshot, and earlier ones whether they are in the month
    before those: the back-test looks at nothing that it should not know.

    Parameters
    ----------
    frame : polars.LazyFrame
        customer_months up to the snapshot.
    modes : polars.LazyFrame or None
        What `features.margin.pay_modes` gives.
    calendar : sequence of date
        All months up to the snapshot.
    everyone : Book
        All customers; way of paying.
    settings : ScoreValueSettings
        Those of the run.
    """
    window = calendar[len(calendar) - everyone.margins.shape[1] :]
    untils = calendar[-1], calendar[-1 - held_back(len(calendar))]
    shares = [leaving_share(frame, everyone, window, until) for until in untils]
    found = _known(frame, modes, calendar, everyone, settings)
    now, then = (replace(stays, leaving=share) for stays, share in zip(found, shares, strict=True))
    return now, then


def _known(
    frame: pl.LazyFrame,
    modes: pl.LazyFrame | None,
    calendar: Sequence[date],
    everyone: Book,
    settings: ScoreValueSettings,
) -> tuple[Stays, Stays]:
    """Chances of leaving alone."""
    cuts = [len(calendar)]
    while len(cuts) < 3 and held_back(cuts[-1]):
        cuts.append(cuts[-1] - held_back(cuts[-1]))
    least = float(settings.min_at_risk)
    marks = [calendar[cut - 1] for cut in reversed(cuts[1:])] or [calendar[-1]]
    plain = fit_months(frame, modes, marks, least)
    if settings.leaving_signs == "none" or len(cuts) < 2 or not known_signs(frame):
        return Stays(plain[0]), Stays(plain[1])
    skipped = max(len(calendar) - LONGEST, 0)
    seen = watched(frame, calendar[skipped:], everyone.ids, everyone.group)
    lasts = [cut - 1 - skipped for cut in cuts]
    cells = [counted(seen, len(DESIGN), max(last, 0)) for last in lasts]
    fitted = [fit_landmarks(each, DESIGN, least) for each in cells]
    found = []
    for place, last in enumerate(lasts[:2]):
        before = place + 1
        tested = None
        if before < len(lasts) and (earlier := fitted[before]) is not None:
            month = calendar[cuts[before] - 1]
            rivals = earlier, fit_landmarks(cells[before], NO_SIGNS, least)
            tested = _tried(seen, plain[before], rivals, everyone.group, (lasts[before], last), month)
        use = tested is not None and tested.better
        found.append(Stays(plain[place], fitted[place] if use else None, tested, seen.pattern[:, last]))
    return found[0], found[1]


def _tried(
    seen: Watched,
    staying: Staying,
    rivals: tuple[LandmarkHazard, LandmarkHazard | None],
    group: NDArray[np.int64],
    span: tuple[int, int],
    month: date,
) -> Trial | None:
    """The model with signs against that without, from one place of the calendar to another; None without customers."""
    start, end = span
    tenure = seen.tenure(start)
    rows = (seen.state[:, start] == HERE) & (tenure >= 0)
    if rows.sum() < 2:
        return None
    left, months = (each[rows] for each in outcomes(seen, start, end))
    plain = staying.outlook(tenure[rows], group[rows], end - start)
    pattern = seen.pattern[rows, start].astype(np.int64)
    signs, without = (plain if each is None else each.outlook(plain, tenure[rows], pattern) for each in rivals)
    told, silent, tables = (log_likelihood(each, left, months) for each in (signs, without, plain))
    gains = told - silent
    error = float(gains.std(ddof=1) / np.sqrt(len(gains)))
    return Trial(float(gains.mean()), error, float((told - tables).mean()), month, end - start, len(gains))


def ended_lines(tables: Mapping[str, pl.LazyFrame], as_of: date) -> int:
    """How many lines are known to have ended by the end of a month."""
    lines = tables.get("subscriptions")
    if lines is None or "ended_on" not in lines.collect_schema():
        return 0
    over = lines.select((pl.col("ended_on").dt.truncate("1mo") <= as_of).sum())
    return int(over.collect(engine="streaming").item())


def effect_rows(stays: Stays, as_of: date) -> pl.DataFrame:
    """survival_effects: odds of leaving by sign, level and months after; without rows where signs are not used."""
    made: list[tuple[Any, ...]] = []
    for band in stays.signs.bands if stays.signs else ():
        model = band.model
        for place, (sign, level) in enumerate(EFFECTS):
            if band.at_risk[place]:
                effect, error = model.coefficients[place], model.errors[place]
                ends = (effect, effect - _Z95 * error, effect + _Z95 * error)
                odds = (round(float(np.exp(end)), 6) for end in ends)
                counts = int(band.at_risk[place]), int(band.left[place])
                made.append((sign, level, band.first, band.last, *counts, *odds))
    return pl.DataFrame(made, schema=_SCHEMA, orient="row").with_columns(as_of=pl.lit(as_of))


def told(stays: Stays) -> dict[str, Any]:
    """For the JSON: whether signs are used, and how much better they told who leaves."""
    if stays.trial is None:
        return {"used": False, "gain": None, "over_tenure": None, "error": None}
    trial = stays.trial
    return {
        "used": stays.signs is not None,
        "gain": round(trial.gain, 6),
        "over_tenure": round(trial.over_tenure, 6),
        "error": round(trial.error, 6),
        "as_of": f"{trial.month:%Y-%m}",
        "months": trial.months,
        "customers": trial.customers,
    }
