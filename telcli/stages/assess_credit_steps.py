"""Part of assess-credit: at which step of the operator's calendar each customer stands, and since when."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from telcli.errors import UsageError
from telcli.features.exact import UNITS
from telcli.features.working_days import Calendar, calendar_of
from telcli.settings.dunning_steps import WRITE_OFF
from telcli.stages.assess_credit_ground import Ground

__all__ = ["with_steps"]


def with_steps(ground: Ground, owed: pl.DataFrame) -> pl.DataFrame:
    """What customers owe beside `step`, the day since when it holds (`step_on`), the one after it and when that begins.

    Nothing is written off of who is still a customer: the step before holds on. A step that would begin on a day off
    begins on the next working day, and the one before it holds until then.

    Raises
    ------
    UsageError
        `suspend_from` is no step.
    """
    names, since = [name for name, _ in ground.steps], [days for _, days in ground.steps]
    if ground.settings.suspend_from not in names:
        raise UsageError(
            "dunning-suspend-unknown",
            "[assess-credit] suspend_from: {name} is none of the steps {steps}.",
            hint='Name one of them in telcli.toml, under [assess-credit]: suspend_from = "{last}"',
            name=repr(ground.settings.suspend_from),
            last=names[-1],
            steps=", ".join(names),
        )
    calendar = _calendar(ground)
    # How many days ago the last working day was: what would have begun since then has not.
    idle = (ground.end - calendar.on_or_before(ground.end)).days if calendar else 0
    owes = (pl.col("past_due") / UNITS).round(4) >= max(ground.settings.least_arrears, 1 / UNITS)
    days = pl.when(owes).then("days").otherwise(0)
    stays = pl.col("last") >= ground.at
    off = pl.col("off") > 0
    never = {place: stays & (name == WRITE_OFF) for place, name in enumerate(names)}
    place = pl.max_horizontal(
        pl.when((days >= limit + (idle if at else 0)) & ~never[at]).then(at).otherwise(0)
        for at, limit in enumerate(since)
    )
    # Who has debts written off is past all steps, and the oldest of them says since when.
    last = names.index(WRITE_OFF) if WRITE_OFF in names else 0
    numbered = owed.with_columns(
        place=pl.when(off).then(last).otherwise(place), days=pl.when(off).then("off_days").otherwise("days")
    )
    return _on_working_days(_dated(ground, numbered, stays), calendar)


def _dated(ground: Ground, numbered: pl.DataFrame, stays: pl.Expr) -> pl.DataFrame:
    """Add the step by name, since when it holds, the one after it and when that begins, by days past due alone."""
    names, since = [name for name, _ in ground.steps], [days for _, days in ground.steps]
    starts = dict(enumerate(since))
    follows = {at: since[at + 1] if at + 1 < len(since) else None for at in range(len(since))}
    ago = pl.col("days") - pl.col("place").replace_strict(starts, return_dtype=pl.Int64)
    ahead = pl.col("place").replace_strict(follows, return_dtype=pl.Int64) - pl.col("days")
    after = (pl.col("place") + 1).replace_strict(dict(enumerate(names)), default=None, return_dtype=pl.String)
    goes_on = (pl.col("place") > 0) & ~(stays & (after == WRITE_OFF)).fill_null(value=False)
    day = pl.lit(ground.end)
    dunned_ = pl.col("place") > 0
    return numbered.with_columns(
        step=pl.col("place").replace_strict(dict(enumerate(names)), return_dtype=pl.String),
        step_on=pl.when(dunned_).then(day - pl.duration(days=ago)),
        next_step=pl.when(goes_on).then(after),
        next_step_on=pl.when(goes_on).then(day + pl.duration(days=ahead)),
    )


def _calendar(ground: Ground) -> Calendar | None:
    """The days off by which steps begin; None where any day will do. A year that it does not know is told."""
    name = ground.settings.holidays.strip()
    if not name:
        return None
    found = calendar_of(name, ground.inputs.choices.get("holidays"))
    soon = ground.end + timedelta(days=31)  # a step may begin, and the next one be due, after the turn of the year
    for year in found.unknown(sorted({ground.end.year, soon.year})):
        ground.tell(
            "credit-holidays-unknown",
            "[assess-credit] holidays does not know {year}: steps of dunning keep clear of weekends alone.",
            year=str(year),
        )
    return found


def _on_working_days(told: pl.DataFrame, calendar: Calendar | None) -> pl.DataFrame:
    """Move first days of steps that are off to the next working day."""
    if calendar is None:
        return told
    for name in ("step_on", "next_step_on"):
        days = told[name].drop_nulls().unique().to_list()
        moved = {day: calendar.on_or_after(day) for day in days}
        told = told.with_columns(pl.col(name).replace_strict(moved, default=None, return_dtype=pl.Date))
    return told
