"""Tables complaint_handling and complaint_sla: repeats, how long matters take, and tickets of key accounts in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from telcli.errors import UsageError
from telcli.features.working_hours import business_hours, windows_of
from telcli.methods.rates import wilson
from telcli.methods.time_to_close import time_quantiles
from telcli.settings.capacities import capacities
from telcli.stages.complaints_ground import SMALL, Ground, no_rows, topic_names

__all__ = ["handling_rows", "last_moment", "sla_rows", "timed"]

_DIMENSIONS = ("all", "kind", "topic", "channel", "severity", "customer_class", "branch")
_SEVERITIES = {1: "ordinary", 2: "important", 3: "major"}
_HOUR = 3600.0


def last_moment(ground: Ground) -> datetime:
    """The latest moment that contacts tell of, in the month."""
    last = ground.contacts.select(pl.max_horizontal(pl.col("opened_at").max(), pl.col("closed_at").max())).item()
    found: datetime = min(last, ground.end - timedelta(seconds=1))
    return found


def timed(ground: Ground) -> pl.DataFrame:
    """Contacts with hours spent so far or until closed, hours allowed and over, whether closed, late, and again."""
    hours = capacities(ground.settings.sla_hours) or {}
    unknown = sorted(set(hours) - {*_SEVERITIES.values(), "unknown"})
    if unknown or not hours:
        raise UsageError(
            "sla-invalid",
            "[complaints] sla_hours can name ordinary, important, major and unknown.",
            hint='Write it as: sla_hours = "ordinary=72, important=24, major=8, unknown=72"',
        )
    people = ground.tables["customers"].select("customer_id", "customer_class", "manager_id", "branch").collect()
    frame = ground.contacts.join(people, on="customer_id", how="left", maintain_order="left")
    grade = pl.col("severity").replace_strict(_SEVERITIES, default="unknown", return_dtype=pl.String)
    frame = frame.with_columns(severity_name=grade.fill_null("unknown"))
    allowed = pl.col("severity_name").replace_strict(hours, default=None, return_dtype=pl.Float64)
    if not ground.contacts["closed_at"].is_not_null().any():  # then nothing tells what is open still
        allowed = pl.lit(None, pl.Float64)
    frame = frame.with_columns(**_spent(ground, frame)).with_columns(allowed=allowed)
    frame = frame.with_columns(over=pl.col("so_far") >= pl.col("allowed"), done=pl.col("closed_at").is_not_null())
    return _repeated(frame, ground.settings.repeat_days).with_columns(late=pl.col("spent") > pl.col("allowed"))


def _spent(ground: Ground, frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Hours until closed or so far, and so far whether closed or not: of the calendar, or of business where set."""
    opened, closed = frame["opened_at"], frame["closed_at"]
    now = pl.Series([last_moment(ground)], dtype=closed.dtype).new_from_index(0, frame.height)
    ends = {"spent": closed.zip_with(closed.is_not_null(), now), "so_far": now}
    if not ground.settings.working_hours.strip():
        return {name: ((end - opened).dt.total_seconds() / _HOUR).clip(0.0) for name, end in ends.items()}
    windows = windows_of(ground.settings.working_hours)
    return {name: business_hours(opened, end, windows, ground.calendar) for name, end in ends.items()}


def _repeated(frame: pl.DataFrame, days: int) -> pl.DataFrame:
    """`again`: the source says so, or the customer made contact about the same topic within some days before."""
    ordered = frame.sort("customer_id", "code", "opened_at", "contact_id")
    before = pl.col("opened_at").shift(1).over("customer_id", "code")
    soon = (pl.col("opened_at") - before <= pl.duration(days=days)) & (pl.col("code") != "uncoded")
    told = soon.fill_null(value=False) | pl.col("repeat").fill_null(value=False)
    return ordered.with_columns(again=told).sort("contact_id")


def handling_rows(ground: Ground, contacts: pl.DataFrame) -> pl.DataFrame:
    """Table complaint_handling without its month: contacts, as `timed` has them, of the last months by group."""
    kept = set(ground.last(ground.settings.handling_months)["contact_id"])
    frame = contacts.filter(pl.col("contact_id").is_in(list(kept)))
    frame = frame.with_columns(pl.lit("all").alias("all"), severity=pl.col("severity_name"))
    frame = frame.with_columns(topic=pl.col("code"))
    if frame.is_empty():
        return no_rows("complaint_handling")
    rows = []
    for dimension in _DIMENSIONS:
        for (level,), part in (
            frame.drop_nulls(dimension).sort(dimension, "contact_id").group_by(dimension, maintain_order=True)
        ):
            rows.append({"dimension": dimension, "level": str(level), **_handled(part)})
    told = pl.DataFrame(rows, infer_schema_length=None)
    if ground.own_base or ground.contacts["customer_id"].n_unique() < ground.contacts.height:
        return told
    # a customer to each contact, as @row makes them: nobody could come again
    return told.with_columns(pl.lit(None, pl.Float64).alias(f"repeat_{end}") for end in ("share", "low", "high"))


def _handled(part: pl.DataFrame) -> dict[str, float | int | bool | None]:
    """Figures of one group of contacts."""
    customers, repeats = part["customer_id"].n_unique(), int(part["again"].sum())
    low, high = (float(end) for end in wilson(repeats, part.height))
    # of those whose hours still run only the quick ones are closed
    judged = part.filter(pl.col("over") | pl.col("late"))
    in_time = judged.filter(~pl.col("late")).height
    ends = [float(end) for end in wilson(in_time, judged.height)] if judged.height else [None, None]
    half, most = time_quantiles(part["spent"].to_numpy(), part["done"].to_numpy())
    return {
        "contacts": part.height,
        "customers": customers,
        "small": customers < SMALL,
        "repeats": repeats,
        "repeat_share": repeats / part.height,
        "repeat_low": low,
        "repeat_high": high,
        "open": part.filter(~pl.col("done")).height,
        **dict(zip(("median_hours", "median_low", "median_high"), half, strict=True)),
        **dict(zip(("p90_hours", "p90_low", "p90_high"), most, strict=True)),
        "in_time_share": in_time / judged.height if judged.height else None,
        "in_time_low": ends[0],
        "in_time_high": ends[1],
    }


def sla_rows(ground: Ground, contacts: pl.DataFrame) -> pl.DataFrame:
    """Table complaint_sla without its month: of contacts, as `timed` has them, those of key accounts open or late."""
    classes = [name.strip() for name in ground.settings.sla_classes.split(",") if name.strip()]
    frame = contacts.filter(pl.col("customer_class").is_in(classes))
    within = pl.col("closed_at").dt.date().dt.month_start() == ground.as_of
    frame = frame.filter(~pl.col("done") | (within & pl.col("late")))
    left = pl.col("allowed") - pl.col("spent")
    state = pl.when("done").then(pl.lit("late")).when("late").then(pl.lit("overdue")).otherwise(pl.lit("open"))
    told = frame.with_columns(hours_left=left, state=state.fill_null("open"), again="again", topic="code")
    order = pl.col("state").replace_strict({"overdue": 0, "open": 1, "late": 2}, return_dtype=pl.Int64)
    told = told.join(topic_names(ground.own), on="topic", how="left").sort(
        order, "hours_left", "contact_id", nulls_last=True
    )
    return told.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)).rename(
        {"spent": "age_hours", "allowed": "sla_hours"}
    )
