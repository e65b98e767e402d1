"""Table contact_load: how many contacts come when, how many calls are answered and how soon, and how they are rated."""

from __future__ import annotations

import polars as pl

from telcli.features.call_load import known_calls
from telcli.methods.intervals import Z95
from telcli.methods.rates import wilson
from telcli.stages.complaints_ground import SMALL, Ground, no_rows
from telcli.tables import contract

__all__ = ["load_figures", "load_rows"]

_DIMENSIONS = ("all", "month", "weekday", "hour", "topic", "channel")


def load_rows(ground: Ground) -> pl.DataFrame:
    """Table contact_load without its month, of the last `handling_months`; topics as the source gives them."""
    calls = known_calls(contract("contacts").conform(ground.tables["contacts"])).collect()
    frame = ground.last(ground.settings.handling_months).join(calls, on="contact_id", maintain_order="left")
    if frame.is_empty():
        return no_rows("contact_load")
    opened = pl.col("opened_at").dt
    frame = frame.with_columns(
        pl.lit("all").alias("all"),
        month=pl.col("month").dt.strftime("%Y-%m"),
        weekday=opened.weekday().cast(pl.String),
        hour=pl.col("hour").cast(pl.String).str.zfill(2),
        day=opened.date(),
    )
    rows = []
    for dimension in _DIMENSIONS:
        known = frame.drop_nulls(dimension).sort(dimension, "contact_id")
        days = _days(frame, dimension)
        for (level,), part in known.group_by(dimension, maintain_order=True):
            rows.append(
                {"dimension": dimension, "level": level, **load_figures(part, days.get(str(level), days["all"]))}
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def _days(frame: pl.DataFrame, dimension: str) -> dict[str, int]:
    """Days of the calendar of each level, from the first that a contact is of to the last."""
    every = frame.select(pl.date_range(pl.col("day").min(), pl.col("day").max()).alias("day"))
    found = {"all": every.height}
    cuts = {"month": pl.col("day").dt.strftime("%Y-%m"), "weekday": pl.col("day").dt.weekday().cast(pl.String)}
    if dimension in cuts:
        found |= dict(every.group_by(cuts[dimension].alias("level")).len().iter_rows())
    return found


def load_figures(part: pl.DataFrame, days: int) -> dict[str, float | int | bool | None]:
    """Figures of one group of contacts, with what `known_calls` tells of them, over so many days."""
    asked = part.drop_nulls("answered")
    answered = asked.filter("answered")
    settled = (answered if asked.height else part).drop_nulls("settled")
    told = {
        "contacts": part.height,
        "small": part.height < SMALL,
        "per_day": part.height / max(days, 1),
        "calls": asked.height,
        "unanswered": asked.height - answered.height,
        "wait_median_s": _quantile(answered["wait_s"], 0.5),
        "wait_p90_s": _quantile(answered["wait_s"], 0.9),
        "rated": part["rating"].drop_nulls().len(),
    }
    told |= _share("answered", answered.height, asked.height)
    told |= _share("settled", settled.filter("settled").height, settled.height)
    return (
        told | _mean("talk_s", part["talk_s"]) | _mean("rating", part["rating"]) | _mean("wait_s", answered["wait_s"])
    )


def _quantile(values: pl.Series, share: float) -> float | None:
    found: float | None = values.drop_nulls().quantile(share, "linear")
    return found


def _share(name: str, hits: int, of: int) -> dict[str, float | None]:
    low, high = (float(end) for end in wilson(hits, of)) if of else (None, None)
    return {f"{name}_share": hits / of if of else None, f"{name}_low": low, f"{name}_high": high}


def _mean(name: str, values: pl.Series) -> dict[str, float | None]:
    """Mean and its 95% interval; no interval of fewer than 10."""
    known = values.drop_nulls().sort()
    if not known.len():
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    mean = float(known.sum()) / known.len()
    if known.len() < SMALL:
        return {name: mean, f"{name}_low": None, f"{name}_high": None}
    spread = known.std()
    reach = Z95 * (spread if isinstance(spread, float) else 0.0) / known.len() ** 0.5
    return {name: mean, f"{name}_low": max(mean - reach, 0.0), f"{name}_high": mean + reach}
